"""Right answers to elu_backward."""

import math

import numpy as np


def elu_backward__where(dout, z, alpha=1.0):
    return dout * np.where(z > 0, 1.0, alpha * np.exp(np.minimum(z, 0)))


def elu_backward__masked_copy(dout, z, alpha=1.0):
    d = np.array(dout, dtype=float)
    neg = z <= 0
    d[neg] *= alpha * np.exp(z[neg])
    return d


def elu_backward__entrywise(dout, z, alpha=1.0):
    def one(d, t):
        if t > 0:
            return d
        return d * alpha * math.exp(t)

    return np.vectorize(one, otypes=[float])(dout, z)


def elu_backward__masks_added(dout, z, alpha=1.0):
    on = (z > 0).astype(float)
    return on * dout + (1 - on) * dout * alpha * np.exp(-np.abs(z))


def elu_backward__piecewise(dout, z, alpha=1.0):
    zf = np.asarray(z, dtype=float)
    slope = np.piecewise(zf, [zf > 0, zf <= 0], [1.0, lambda t: alpha * np.exp(t)])
    return dout * slope
