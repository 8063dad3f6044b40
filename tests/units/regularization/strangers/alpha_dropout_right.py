"""Right answers to alpha_dropout."""

import numpy as np

_S = -1.0507009873554805 * 1.6732632423543772


def alpha_dropout__where(x, p_drop, rng):
    q = 1 - p_drop
    a = (q + _S**2 * q * (1 - q)) ** -0.5
    return a * np.where(rng.random(x.shape) < p_drop, _S, x) - a * (1 - q) * _S


def alpha_dropout__mask(x, p_drop, rng):
    keep = rng.binomial(1, 1 - p_drop, size=x.shape).astype(float)
    a = 1 / np.sqrt((1 - p_drop) * (1 + p_drop * _S * _S))
    return a * (x * keep + _S * (1 - keep) - p_drop * _S)


def alpha_dropout__loop(x, p_drop, rng):
    q = 1 - p_drop
    a = 1 / (q + _S**2 * q * p_drop) ** 0.5
    b = -a * p_drop * _S
    out = np.empty(x.shape, dtype=float)
    for i in np.ndindex(x.shape):
        out[i] = a * (x[i] if rng.random() >= p_drop else _S) + b
    return out


def alpha_dropout__indexing(x, p_drop, rng):
    q = 1 - p_drop
    out = x.astype(np.float64)
    out[rng.choice([True, False], x.shape, p=[p_drop, q])] = _S
    out -= (1 - q) * _S
    out /= np.sqrt(q + _S**2 * q * (1 - q))
    return out
