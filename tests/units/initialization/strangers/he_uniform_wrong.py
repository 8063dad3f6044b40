"""Wrong answers to he_uniform."""

import numpy as np


def he_uniform__std_as_limit(rng, fan_in, fan_out):
    """The limit is the standard deviation, sqrt(2 / n), without the root of 3."""
    r = np.sqrt(2 / fan_in)
    return rng.uniform(-r, r, (fan_in, fan_out))


def he_uniform__average(rng, fan_in, fan_out):
    """Glorot's limit, sqrt(6 / (n + m))."""
    r = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-r, r, (fan_in, fan_out))


def he_uniform__root_missing(rng, fan_in, fan_out):
    """The limit is 6 / n without the root."""
    r = 6 / fan_in
    return rng.uniform(-r, r, (fan_in, fan_out))


def he_uniform__default_low(rng, fan_in, fan_out):
    """Gives rng.uniform only the upper limit as scale of numbers from 0 to 1: none is negative."""
    return np.sqrt(6 / fan_in) * rng.random((fan_in, fan_out))


def he_uniform__divided_by_three(rng, fan_in, fan_out):
    """Divides by 3 where it should multiply: the limit is sqrt(2 / (3 n))."""
    r = np.sqrt(2 / fan_in / 3)
    return rng.uniform(-r, r, (fan_in, fan_out))
