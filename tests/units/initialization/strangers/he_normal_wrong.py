"""Wrong answers to he_normal."""

import numpy as np


def he_normal__no_root(rng, fan_in, fan_out):
    """The variance in place of the standard deviation."""
    return rng.normal(0, 2 / fan_in, (fan_in, fan_out))


def he_normal__root_of_n_only_missing(rng, fan_in, fan_out):
    """The root covers only the 2: sqrt(2) / n."""
    return rng.normal(0, np.sqrt(2) / fan_in, (fan_in, fan_out))


def he_normal__two_outside(rng, fan_in, fan_out):
    """The 2 stands outside the root: 2 / sqrt(n)."""
    return 2 * rng.standard_normal((fan_in, fan_out)) / np.sqrt(fan_in)


def he_normal__fan_out(rng, fan_in, fan_out):
    """Divides by fan_out and not by fan_in."""
    return rng.normal(0, np.sqrt(2 / fan_out), (fan_in, fan_out))


def he_normal__rectified(rng, fan_in, fan_out):
    """Takes the weights through ReLU: half of them are zero, none is negative."""
    return np.maximum(rng.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out)), 0)
