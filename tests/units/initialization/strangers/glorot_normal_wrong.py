"""Wrong answers to glorot_normal."""

import math

import numpy as np


def glorot_normal__no_root(rng, fan_in, fan_out):
    """Gives rng.normal the variance where it wants the standard deviation."""
    return rng.normal(0, 2 / (fan_in + fan_out), (fan_in, fan_out))


def glorot_normal__missing_two(rng, fan_in, fan_out):
    """The 2 is missing: the variance is 1 / (fan_in + fan_out)."""
    return rng.normal(0, 1 / np.sqrt(fan_in + fan_out), (fan_in, fan_out))


def glorot_normal__six(rng, fan_in, fan_out):
    """Uses the limit of the uniform rule, sqrt(6 / (n + m)), as the standard deviation."""
    return rng.normal(0, np.sqrt(6 / (fan_in + fan_out)), (fan_in, fan_out))


def glorot_normal__he(rng, fan_in, fan_out):
    """He's variance, 2 / fan_in."""
    return rng.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out))


def glorot_normal__transposed(rng, fan_in, fan_out):
    """The shape is (fan_out, fan_in)."""
    return rng.normal(0, np.sqrt(2 / (fan_in + fan_out)), (fan_out, fan_in))


def glorot_normal__own_seed(rng, fan_in, fan_out):
    """Draws from np.random with a fixed seed and ignores rng."""
    return np.random.RandomState(0).normal(0, np.sqrt(2 / (fan_in + fan_out)), (fan_in, fan_out))


def glorot_normal__precedence(rng, fan_in, fan_out):
    """Forgets the brackets: 2 / fan_in + fan_out."""
    return rng.normal(0, np.sqrt(2 / fan_in + fan_out), (fan_in, fan_out))


def glorot_normal__one_column(rng, fan_in, fan_out):
    """Draws one column and repeats it for all units, so that they are all the same."""
    return np.tile(rng.normal(0, np.sqrt(2 / (fan_in + fan_out)), (fan_in, 1)), (1, fan_out))


def glorot_normal__variance_as_std(rng, fan_in, fan_out):
    """It hands the variance to rng.normal, which wants the standard deviation."""
    return rng.normal(0, 2 / (fan_in + fan_out), (fan_in, fan_out))


def glorot_normal__brackets(rng, fan_in, fan_out):
    """The brackets around the sum are missing, so that it takes the root of 2 / fan_in + fan_out."""
    return rng.normal(0, np.sqrt(2 / fan_in + fan_out), (fan_in, fan_out))


def glorot_normal__turned(rng, fan_in, fan_out):
    """The shape is turned round, (fan_out, fan_in)."""
    return rng.normal(0, np.sqrt(2 / (fan_in + fan_out)), (fan_out, fan_in))


def glorot_normal__own_generator(rng, fan_in, fan_out):
    """It makes a generator of its own with seed 0 in place of using rng, so that all calls give the same numbers."""
    rng = np.random.default_rng(0)
    return rng.normal(0, np.sqrt(2 / (fan_in + fan_out)), (fan_in, fan_out))


def glorot_normal__no_two(rng, fan_in, fan_out):
    """It divides by the sum of the fans in place of their mean, so that the variance is half of what it should be."""
    return rng.standard_normal((fan_in, fan_out)) / np.sqrt(fan_in + fan_out)


def glorot_normal__clipped(rng, fan_in, fan_out):
    """Cuts the tails at two standard deviations, as Keras does, without correcting for it."""
    s = np.sqrt(2 / (fan_in + fan_out))
    return np.clip(rng.normal(0, s, (fan_in, fan_out)), -2 * s, 2 * s)


def glorot_normal__triangle(rng, fan_in, fan_out):
    """The numbers are a difference of two uniform ones, which is a triangle and not normal."""
    s = math.sqrt(2 / (fan_in + fan_out))
    return math.sqrt(6) * s * (rng.random((fan_in, fan_out)) - rng.random((fan_in, fan_out)))
