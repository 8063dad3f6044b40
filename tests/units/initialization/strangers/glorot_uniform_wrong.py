"""Wrong answers to glorot_uniform."""

import numpy as np


def glorot_uniform__std_as_limit(rng, fan_in, fan_out):
    """The limit is the standard deviation itself, without the root of 3."""
    r = np.sqrt(2 / (fan_in + fan_out))
    return rng.uniform(-r, r, (fan_in, fan_out))


def glorot_uniform__no_root(rng, fan_in, fan_out):
    """The limit is 6 / (n + m), without its root."""
    r = 6 / (fan_in + fan_out)
    return rng.uniform(-r, r, (fan_in, fan_out))


def glorot_uniform__from_zero(rng, fan_in, fan_out):
    """The numbers are between 0 and r, and not symmetric around 0."""
    r = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(0, r, (fan_in, fan_out))


def glorot_uniform__twelve(rng, fan_in, fan_out):
    """Uses (b - a)^2 / 12 with b - a = r: the limit is sqrt(24 / (n + m)), twice too large."""
    r = np.sqrt(12 * 2 / (fan_in + fan_out))
    return rng.uniform(-r, r, (fan_in, fan_out))


def glorot_uniform__three(rng, fan_in, fan_out):
    """The 2 of Glorot is lost: r = sqrt(3 / (n + m))."""
    r = np.sqrt(3 / (fan_in + fan_out))
    return rng.uniform(-r, r, (fan_in, fan_out))


def glorot_uniform__times_three(rng, fan_in, fan_out):
    """Multiplies the standard deviation by 3 in place of the root of 3."""
    r = 3 * np.sqrt(2 / (fan_in + fan_out))
    return rng.uniform(-r, r, (fan_in, fan_out))


def glorot_uniform__normal(rng, fan_in, fan_out):
    """Normal numbers of the right variance, not uniform ones."""
    return rng.normal(0, np.sqrt(2 / (fan_in + fan_out)), (fan_in, fan_out))


def glorot_uniform__random_without_stretch(rng, fan_in, fan_out):
    """Shifts random numbers to -0.5 ... 0.5 but forgets to double them: half as wide as they should be."""
    r = np.sqrt(6 / (fan_in + fan_out))
    return (rng.random((fan_in, fan_out)) - 0.5) * r


def glorot_uniform__no_three(rng, fan_in, fan_out):
    """It takes the standard deviation for the limit r and forgets the 3 in r**2 / 3."""
    r = np.sqrt(2 / (fan_in + fan_out))
    return rng.uniform(-r, r, (fan_in, fan_out))


def glorot_uniform__positive(rng, fan_in, fan_out):
    """The numbers lie between 0 and r in place of -r and r."""
    r = np.sqrt(6 / (fan_in + fan_out))
    return r * rng.random((fan_in, fan_out))


def glorot_uniform__no_root_again(rng, fan_in, fan_out):
    """It forgets the root and takes 6 / (fan_in + fan_out) for the limit."""
    r = 6 / (fan_in + fan_out)
    return rng.uniform(-r, r, (fan_in, fan_out))


def glorot_uniform__half_width(rng, fan_in, fan_out):
    """It takes r for the width of the whole interval, which is 2 r, so that the numbers end at half of r."""
    r = np.sqrt(6 / (fan_in + fan_out))
    return r * (rng.random((fan_in, fan_out)) - 0.5)


def glorot_uniform__divided_by_three(rng, fan_in, fan_out):
    """It divides the variance by 3 in place of multiplying by 3 to find r squared."""
    r = np.sqrt(2 / (fan_in + fan_out) / 3)
    return rng.uniform(-r, r, size=(fan_in, fan_out))


def glorot_uniform__random_minus_half(rng, fan_in, fan_out):
    """rng.random() - 0.5 has variance 1/12 and is multiplied by the standard deviation."""
    return (rng.random((fan_in, fan_out)) - 0.5) * np.sqrt(2 / (fan_in + fan_out))
