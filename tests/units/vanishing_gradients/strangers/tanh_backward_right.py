"""Right answers to tanh_backward."""

import numpy as np


def tanh_backward__usual(dout, a):
    return dout * (1 - a**2)


def tanh_backward__factors(dout, a):
    return (1 + a) * dout * (1 - a)


def tanh_backward__guarded(dout, a):
    return np.where(np.isfinite(a), dout * (1.0 - np.square(a)), np.nan)


def tanh_backward__loop(dout, a):
    it = (d * (1 - t * t) for d, t in zip(dout.ravel(), a.ravel()))
    return np.fromiter(it, float, dout.size).reshape(dout.shape)


def tanh_backward__float_power(dout, a):
    return np.multiply(dout, np.subtract(1, np.power(a, 2)))
