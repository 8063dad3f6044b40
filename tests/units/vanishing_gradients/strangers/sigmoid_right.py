"""Right answers to sigmoid."""

import math

import numpy as np
import scipy.special
from numba import njit


def sigmoid__expit(z):
    return scipy.special.expit(np.asarray(z, dtype=float))


def sigmoid__where_exp_abs(z):
    e = np.exp(-np.abs(z))
    return np.where(np.asarray(z) >= 0, 1, e) / (1 + e)


def sigmoid__masks(z):
    z = np.asarray(z, dtype=float)
    a = np.empty(z.shape)
    pos = z >= 0
    a[pos] = 1 / (1 + np.exp(-z[pos]))
    e = np.exp(z[~pos])
    a[~pos] = e / (1 + e)
    return a


def sigmoid__vectorize(z):
    def one(t):
        return 1 / (1 + math.exp(-t)) if t > 0 else math.exp(t) / (1 + math.exp(t))

    return np.vectorize(one, otypes=[float])(z)


def sigmoid__logaddexp(z):
    return np.exp(-np.logaddexp(0.0, -1.0 * np.asarray(z)))


@njit
def _numba_sigmoid(v, out):
    for i in range(v.size):
        if v[i] >= 0:
            out[i] = 1.0 / (1.0 + math.exp(-v[i]))
        else:
            e = math.exp(v[i])
            out[i] = e / (1.0 + e)


def sigmoid__numba(z):
    v = np.ascontiguousarray(z, dtype=np.float64).reshape(-1)
    out = np.empty(v.size)
    _numba_sigmoid(v, out)
    return out.reshape(np.shape(z))
