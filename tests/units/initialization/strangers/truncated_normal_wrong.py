"""Wrong answers to truncated_normal."""

import numpy as np


def _redraw(rng, shape, sigma, limit):
    w = rng.normal(0, sigma, shape)
    while (far := np.abs(w) > limit).any():
        w[far] = rng.normal(0, sigma, far.sum())
    return w


def truncated_normal__clipped(rng, fan_in, fan_out, std):
    """Clips the tails to the limit in place of drawing again, so that many numbers lie exactly on it."""
    s = std / 0.8796
    return np.clip(rng.normal(0, s, (fan_in, fan_out)), -2 * s, 2 * s)


def truncated_normal__not_corrected(rng, fan_in, fan_out, std):
    """Cuts normal numbers of std at 2 std, and does not correct for what the cut takes off."""
    return _redraw(rng, (fan_in, fan_out), std, 2 * std)


def truncated_normal__cut_at_two_std(rng, fan_in, fan_out, std):
    """Draws with std / 0.8796, but cuts at 2 std, of the result and not of the normal."""
    return _redraw(rng, (fan_in, fan_out), std / 0.8796, 2 * std)


def truncated_normal__drawn_again_once(rng, fan_in, fan_out, std):
    """Draws the far ones again only once, so that a few are still beyond the limit."""
    s = std / 0.8796
    w = rng.normal(0, s, (fan_in, fan_out))
    far = np.abs(w) > 2 * s
    w[far] = rng.normal(0, s, far.sum())
    return w


def truncated_normal__one_side(rng, fan_in, fan_out, std):
    """Forgets the absolute value: only the positive tail is cut."""
    s = std / 0.8796
    w = rng.normal(0, s, (fan_in, fan_out))
    while (far := w > 2 * s).any():
        w[far] = rng.normal(0, s, far.sum())
    return w


def truncated_normal__at_two(rng, fan_in, fan_out, std):
    """The cut is at the number 2 whatever the spread is."""
    s = std / 0.8796
    w = rng.normal(0, s, (fan_in, fan_out))
    while (bad := np.abs(w) > 2).any():
        w[bad] = rng.normal(0, s, bad.sum())
    return w


def truncated_normal__uniform(rng, fan_in, fan_out, std):
    """The numbers are uniform between the cuts."""
    s = std / 0.8796
    return rng.uniform(-2 * s, 2 * s, (fan_in, fan_out))
