"""Right answers to elu."""

import math

import numpy as np


def elu__where_minimum(z, alpha=1.0):
    return np.where(z > 0, z, alpha * (np.exp(np.minimum(z, 0)) - 1))


def elu__parts(z, alpha=1.0):
    return np.maximum(z, 0) + alpha * np.expm1(np.minimum(z, 0))


def elu__mask(z, alpha=1.0):
    out = np.array(z, dtype=float)
    neg = out < 0
    out[neg] = alpha * np.expm1(out[neg])
    return out


def elu__frompyfunc(z, alpha=1.0):
    f = np.frompyfunc(lambda t: float(t) if t > 0 else alpha * math.expm1(t), 1, 1)
    return np.asarray(f(z), dtype=float)


def elu__tanh_identity(z, alpha=1.0):
    """exp(t) - 1 = 2 tanh(t/2) / (1 - tanh(t/2))"""
    t = np.tanh(np.minimum(z, 0) / 2)
    return np.where(z > 0, z, 2 * alpha * t / (1 - t))
