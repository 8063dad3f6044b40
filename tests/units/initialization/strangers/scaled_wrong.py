"""Wrong answers to scaled."""

import math

import numpy as np


def _fan(fan_in, fan_out, mode):
    return {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[mode]


def _draw(rng, fan_in, fan_out, std, distribution):
    if distribution == "normal":
        return rng.normal(0, std, (fan_in, fan_out))
    return rng.uniform(-std * np.sqrt(3), std * np.sqrt(3), (fan_in, fan_out))


def scaled__gain_under_root(rng, fan_in, fan_out, mode="fan_in", gain=1.0, distribution="normal"):
    """The gain is not squared in the variance: the standard deviation is sqrt(gain / fan)."""
    return _draw(rng, fan_in, fan_out, np.sqrt(gain / _fan(fan_in, fan_out, mode)), distribution)


def scaled__sum_of_fans(rng, fan_in, fan_out, mode="fan_in", gain=1.0, distribution="normal"):
    """fan_avg uses the sum of the fans, not their mean."""
    fan = fan_in + fan_out if mode == "fan_avg" else _fan(fan_in, fan_out, mode)
    return _draw(rng, fan_in, fan_out, gain / np.sqrt(fan), distribution)


def scaled__uniform_std_as_limit(rng, fan_in, fan_out, mode="fan_in", gain=1.0, distribution="normal"):
    """The uniform numbers lie between -std and std, so that their standard deviation is too small by the root of 3."""
    std = gain / np.sqrt(_fan(fan_in, fan_out, mode))
    return (
        rng.normal(0, std, (fan_in, fan_out)) if distribution == "normal" else rng.uniform(-std, std, (fan_in, fan_out))
    )


def scaled__geometric_mean(rng, fan_in, fan_out, mode="fan_in", gain=1.0, distribution="normal"):
    """fan_avg uses the geometric mean of the fans, sqrt(fan_in * fan_out)."""
    fan = np.sqrt(fan_in * fan_out) if mode == "fan_avg" else _fan(fan_in, fan_out, mode)
    return _draw(rng, fan_in, fan_out, gain / np.sqrt(fan), distribution)


def scaled__gain_forgotten_in_uniform(rng, fan_in, fan_out, mode="fan_in", gain=1.0, distribution="normal"):
    """The gain is used for normal numbers only; uniform ones ignore it."""
    fan = _fan(fan_in, fan_out, mode)
    if distribution == "normal":
        return rng.normal(0, gain / np.sqrt(fan), (fan_in, fan_out))
    r = np.sqrt(3 / fan)
    return rng.uniform(-r, r, (fan_in, fan_out))


def scaled__default_is_average(rng, fan_in, fan_out, mode="fan_in", gain=1.0, distribution="normal"):
    """fan_out falls through to the else branch and gets the mean of the fans."""
    fan = fan_in if mode == "fan_in" else (fan_in + fan_out) / 2
    return _draw(rng, fan_in, fan_out, gain / np.sqrt(fan), distribution)


def scaled__uniform_range_from_zero(rng, fan_in, fan_out, mode="fan_in", gain=1.0, distribution="normal"):
    """The uniform numbers are between 0 and 2 r, with the right spread, but with the mean r in place of 0."""
    std = gain / np.sqrt(_fan(fan_in, fan_out, mode))
    if distribution == "normal":
        return rng.normal(0, std, (fan_in, fan_out))
    return rng.random((fan_in, fan_out)) * 2 * np.sqrt(3) * std


def scaled__variance_for_uniform(rng, fan_in, fan_out, mode="fan_in", gain=1.0, distribution="normal"):
    """The limit of the uniform numbers is 3 times the variance, its root was forgotten."""
    fan = _fan(fan_in, fan_out, mode)
    if distribution == "normal":
        return rng.normal(0, gain / np.sqrt(fan), (fan_in, fan_out))
    r = 3 * gain**2 / fan
    return rng.uniform(-r, r, (fan_in, fan_out))


def _fan_again(fan_in, fan_out, mode):
    return {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[mode]


def _draw_again(rng, shape, std, distribution):
    if distribution == "normal":
        return rng.normal(0, std, shape)
    r = np.sqrt(3) * std
    return rng.uniform(-r, r, shape)


def scaled__geometric_mean_again(rng, fan_in, fan_out, mode="fan_in", gain=1.0, distribution="normal"):
    """In the mode fan_avg it takes the geometric mean of the fans in place of the arithmetic one."""
    fan = np.sqrt(fan_in * fan_out) if mode == "fan_avg" else _fan_again(fan_in, fan_out, mode)
    return _draw_again(rng, (fan_in, fan_out), gain / np.sqrt(fan), distribution)


def scaled__gain_in_root(rng, fan_in, fan_out, mode="fan_in", gain=1.0, distribution="normal"):
    """The gain is under the root and not squared, so that the standard deviation grows with the root of the gain only."""
    return _draw_again(rng, (fan_in, fan_out), np.sqrt(gain / _fan_again(fan_in, fan_out, mode)), distribution)


def scaled__whole_half(rng, fan_in, fan_out, mode="fan_in", gain=1.0, distribution="normal"):
    """The mean of the fans is taken with // 2, which rounds down when their sum is odd."""
    fan = (fan_in + fan_out) // 2 if mode == "fan_avg" else _fan_again(fan_in, fan_out, mode)
    return _draw_again(rng, (fan_in, fan_out), gain / np.sqrt(fan), distribution)


def scaled__uniform_without_gain(rng, fan_in, fan_out, mode="fan_in", gain=1.0, distribution="normal"):
    """The gain is used for normal weights only and forgotten for uniform ones."""
    std = 1 / np.sqrt(_fan_again(fan_in, fan_out, mode))
    return _draw_again(rng, (fan_in, fan_out), gain * std if distribution == "normal" else std, distribution)


def scaled__uniform_without_three(rng, fan_in, fan_out, mode="fan_in", gain=1.0, distribution="normal"):
    """Uniform weights go from -std to std, without the factor of the root of 3."""
    std = gain / np.sqrt(_fan_again(fan_in, fan_out, mode))
    shape = (fan_in, fan_out)
    return rng.normal(0, std, shape) if distribution == "normal" else rng.uniform(-std, std, shape)


def scaled__avg_as_fan_in(rng, fan_in, fan_out, mode="fan_in", gain=1.0, distribution="normal"):
    """The mode fan_avg is not handled and falls to fan_in."""
    fan = fan_out if mode == "fan_out" else fan_in
    s = gain / math.sqrt(fan)
    return (
        rng.normal(0, s, (fan_in, fan_out))
        if distribution == "normal"
        else rng.uniform(-s * 3**0.5, s * 3**0.5, (fan_in, fan_out))
    )
