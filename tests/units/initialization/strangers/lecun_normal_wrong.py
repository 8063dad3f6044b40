"""Wrong answers to lecun_normal."""

import numpy as np


def lecun_normal__no_root(rng, fan_in, fan_out):
    """1 / n, the variance, as the standard deviation."""
    return rng.normal(0, 1 / fan_in, (fan_in, fan_out))


def lecun_normal__he(rng, fan_in, fan_out):
    """He's variance, 2 / n."""
    return rng.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out))


def lecun_normal__uniform(rng, fan_in, fan_out):
    """Uniform numbers of the right variance."""
    r = np.sqrt(3 / fan_in)
    return rng.uniform(-r, r, (fan_in, fan_out))


def lecun_normal__multiplied(rng, fan_in, fan_out):
    """Multiplies by the root of n where it should divide."""
    return rng.normal(0, 1, (fan_in, fan_out)) * np.sqrt(fan_in)


def lecun_normal__mean_in_place_of_zero(rng, fan_in, fan_out):
    """Exchanges the arguments of rng.normal: the standard deviation is given as the mean and the spread is 1."""
    return rng.normal(1 / np.sqrt(fan_in), 1, (fan_in, fan_out))
