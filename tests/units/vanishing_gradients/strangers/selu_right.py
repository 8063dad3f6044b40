"""Right answers to selu."""

import math

import numpy as np

_LAM = 1.0507009873554805


_AL = 1.6732632423543772


def elu__parts(z, alpha=1.0):
    return np.maximum(z, 0) + alpha * np.expm1(np.minimum(z, 0))


def selu__where(z):
    return _LAM * np.where(z > 0, z, _AL * np.expm1(np.minimum(z, 0)))


def selu__masks(z):
    out = np.array(z, dtype=float)
    out[out < 0] = _AL * (np.exp(out[out < 0]) - 1)
    return out * _LAM


def selu__calls_elu(z):
    return 1.0507009873554805 * elu__parts(z, alpha=1.6732632423543772)


def selu__product_constant(z):
    la = _LAM * _AL
    return np.maximum(_LAM * z, 0) + np.minimum(la * np.exp(np.minimum(z, 0)) - la, 0)


def selu__scalar_loop(z):
    vals = [_LAM * v if v > 0 else _LAM * _AL * math.expm1(v) for v in np.ravel(z).tolist()]
    return np.array(vals, dtype=float).reshape(np.shape(z))
