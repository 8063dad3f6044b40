"""Right answers to glorot_uniform."""

import math

import numpy as np


def glorot_uniform__random(rng, fan_in, fan_out):
    """Stretched random numbers."""
    r = math.sqrt(6 / (fan_in + fan_out))
    return r * (2 * rng.random((fan_in, fan_out)) - 1)


def glorot_uniform__sign_and_size(rng, fan_in, fan_out):
    """A random size times a random sign."""
    size = rng.uniform(0, np.sqrt(6 / (fan_in + fan_out)), (fan_in, fan_out))
    return np.where(rng.random((fan_in, fan_out)) < 0.5, size, -size)


def glorot_uniform__loops(rng, fan_in, fan_out):
    """Entry by entry, in nested lists made an array."""
    r = (3 * 2 / (fan_in + fan_out)) ** 0.5
    return np.array([[rng.uniform(-r, r) for _ in range(fan_out)] for _ in range(fan_in)])


def glorot_uniform__wrapped(rng, fan_in, fan_out):
    """The integers of 32 bits, shifted and scaled."""
    k = rng.integers(0, 2**32, (fan_in, fan_out))
    return ((k + 0.5) / 2**31 - 1) * np.sqrt(6 / (fan_in + fan_out))


def glorot_uniform__standardised(rng, fan_in, fan_out):
    """Numbers from 0 to 1, centred and brought to the variance 1, then to Glorot's."""
    u = (rng.random(fan_in * fan_out) - 0.5) * np.sqrt(12)
    return (u / np.sqrt((fan_in + fan_out) / 2)).reshape(fan_in, fan_out)


def glorot_uniform__size_and_sign(rng, fan_in, fan_out):
    """A uniform size from 0 to r, row by row, and a random sign for each number."""
    r = (6.0 / (fan_in + fan_out)) ** 0.5
    rows = []
    for _ in range(fan_in):
        rows.append(rng.uniform(0, r, fan_out) * rng.choice([-1, 1], fan_out))
    return np.array(rows)
