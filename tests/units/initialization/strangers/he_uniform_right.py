"""Right answers to he_uniform."""

import numpy as np


def he_uniform__shifted(rng, fan_in, fan_out):
    """Random numbers, shifted by a half and stretched by the root of 12 times the standard deviation."""
    return (rng.random((fan_in, fan_out)) - 0.5) * np.sqrt(12 * 2 / fan_in)


def he_uniform__from_high_to_low(rng, fan_in, fan_out):
    """One minus: the same numbers from the upper end."""
    r = (6 / fan_in) ** 0.5
    return r - 2 * r * rng.random(fan_in * fan_out).reshape(fan_in, fan_out)


def he_uniform__transposed(rng, fan_in, fan_out):
    """Drawn unit by unit and turned."""
    r = np.sqrt(3) * np.sqrt(2 / fan_in)
    return np.array([rng.uniform(low=-r, high=r, size=fan_in) for _ in range(fan_out)]).T
