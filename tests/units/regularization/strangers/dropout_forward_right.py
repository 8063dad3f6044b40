"""Right answers to dropout_forward."""

import numpy as np


def dropout_forward__random(x, p_drop, training, rng):
    if not training:
        return np.array(x, dtype=float), np.ones(np.shape(x))
    mask = (rng.random(np.shape(x)) >= p_drop) / (1 - p_drop)
    return x * mask, mask


def dropout_forward__choice(x, p_drop, training, rng):
    if not training:
        mask = np.ones(x.shape)
    else:
        mask = rng.choice([0.0, 1 / (1 - p_drop)], size=x.shape, p=[p_drop, 1 - p_drop])
    return x * mask, mask


def dropout_forward__binomial(x, p_drop, training, rng):
    q = 1 - p_drop
    mask = rng.binomial(1, q, x.shape).astype(float) / q if training else np.ones(x.shape)
    return np.multiply(x, mask), mask


def dropout_forward__loop_backwards(x, p_drop, training, rng):
    mask = np.ones(x.size)
    if training:
        for i in reversed(range(x.size)):
            mask[i] = 0.0 if rng.uniform() < p_drop else 1 / (1 - p_drop)
    mask = mask.reshape(x.shape)
    return x * mask, mask


def dropout_forward__high_side(x, p_drop, training, rng):
    mask = np.ones(x.shape, dtype=float)
    if training:
        mask /= 1 - p_drop
        mask[rng.random(x.shape[::-1]).T > 1 - p_drop] = 0.0
    return x * mask, mask
