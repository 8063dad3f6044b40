"""Wrong answers to variance_factor."""

import math

import numpy as np

_Z = np.random.default_rng(0).standard_normal(1_000_000)


def _slope(phi, z, h):
    return (phi(z + h) - phi(z - h)) / (2 * h)


def variance_factor__q_as_std(phi, q=1.0):
    """Takes q for the standard deviation: z is multiplied by q and not by its root."""
    z, h = _Z * q, 1e-4 * q
    return float(np.mean(phi(z) ** 2) / q), float(np.mean(_slope(phi, z, h) ** 2))


def variance_factor__not_divided(phi, q=1.0):
    """The first number is E[phi(z)^2], not divided by q."""
    z, h = _Z * np.sqrt(q), 1e-4 * np.sqrt(q)
    return float(np.mean(phi(z) ** 2)), float(np.mean(_slope(phi, z, h) ** 2))


def variance_factor__variance_of_phi(phi, q=1.0):
    """Uses the variance of phi(z), with its mean subtracted, in place of the mean square."""
    z, h = _Z * np.sqrt(q), 1e-4 * np.sqrt(q)
    return float(np.var(phi(z)) / q), float(np.mean(_slope(phi, z, h) ** 2))


def variance_factor__slope_not_squared(phi, q=1.0):
    """The second number is the mean slope, not the mean of its square."""
    z, h = _Z * np.sqrt(q), 1e-4 * np.sqrt(q)
    return float(np.mean(phi(z) ** 2) / q), float(np.mean(_slope(phi, z, h)))


def variance_factor__square_of_mean_slope(phi, q=1.0):
    """The second number is the square of the mean slope: squared after averaging."""
    z, h = _Z * np.sqrt(q), 1e-4 * np.sqrt(q)
    return float(np.mean(phi(z) ** 2) / q), float(np.mean(_slope(phi, z, h)) ** 2)


def variance_factor__fixed_step(phi, q=1.0):
    """The step h of the difference is 0.5 whatever q is, and not small compared with sqrt(q)."""
    z = _Z * np.sqrt(q)
    return float(np.mean(phi(z) ** 2) / q), float(np.mean(_slope(phi, z, 0.5) ** 2))


def variance_factor__one_h(phi, q=1.0):
    """Divides the central difference by h and not by 2h, so that B is four times too large."""
    z, h = _Z * np.sqrt(q), 1e-4 * np.sqrt(q)
    return float(np.mean(phi(z) ** 2) / q), float(np.mean(((phi(z + h) - phi(z - h)) / h) ** 2))


def variance_factor__grid_not_wide(phi, q=1.0):
    """Sums over a grid from -3 to 3 in z itself, whatever q is: for large q the tails are cut off."""
    z = np.linspace(-3, 3, 4001)
    p = np.exp(-(z**2) / (2 * q))
    p /= p.sum()
    return float(p @ phi(z) ** 2 / q), float(p @ _slope(phi, z, 1e-4) ** 2)


def variance_factor__q_as_std_again(phi, q=1.0):
    """It draws z with the standard deviation q in place of the root of q."""
    z = np.random.default_rng(0).normal(0, q, 1_000_000)
    h = 1e-4 * np.sqrt(q)
    slope = (phi(z + h) - phi(z - h)) / (2 * h)
    return float(np.mean(phi(z) ** 2) / q), float(np.mean(slope**2))


def variance_factor__variance_of_phi_again(phi, q=1.0):
    """It takes the variance of phi(z), which subtracts the mean, in place of the mean square."""
    z = np.random.default_rng(0).normal(0, np.sqrt(q), 1_000_000)
    h = 1e-4 * np.sqrt(q)
    slope = (phi(z + h) - phi(z - h)) / (2 * h)
    return float(np.var(phi(z)) / q), float(np.mean(slope**2))


def variance_factor__fixed_h(phi, q=1.0):
    """Its step h is 0.001 whatever q is, too wide when z itself is tiny."""
    z = np.random.default_rng(0).normal(0, np.sqrt(q), 1_000_000)
    h = 1e-3
    slope = (phi(z + h) - phi(z - h)) / (2 * h)
    return float(np.mean(phi(z) ** 2) / q), float(np.mean(slope**2))


def variance_factor__mean_slope_squared(phi, q=1.0):
    """It squares the mean slope in place of averaging the squared slope."""
    z = np.random.default_rng(0).normal(0, np.sqrt(q), 1_000_000)
    h = 1e-4 * np.sqrt(q)
    slope = (phi(z + h) - phi(z - h)) / (2 * h)
    return float(np.mean(phi(z) ** 2) / q), float(np.mean(slope) ** 2)


def variance_factor__fixed_grid(phi, q=1.0):
    """Its grid goes from -5 to 5 whatever q is, too short for a large q and too coarse for a tiny one."""
    z = np.linspace(-5, 5, 20001)
    p = np.exp(-(z**2) / (2 * q))
    p /= p.sum()
    h = 1e-4 * np.sqrt(q)
    slope = (phi(z + h) - phi(z - h)) / (2 * h)
    return float(p @ phi(z) ** 2 / q), float(p @ slope**2)


def variance_factor__slope_div_q(phi, q=1.0):
    """q divides the second number in place of the first."""
    z = np.random.default_rng(0).normal(0, np.sqrt(q), 100000)
    h = 0.0001 * np.sqrt(q)
    return (np.mean(phi(z) ** 2), np.mean(((phi(z + h) - phi(z - h)) / (2 * h)) ** 2) / q)


def variance_factor__slope_of_relu(phi, q=1.0):
    """The slope is 1 where z is positive and 0 elsewhere: that is ReLU's, not phi's."""
    z = np.random.default_rng(0).normal(0, np.sqrt(q), 10**6)
    return float((phi(z) ** 2).mean() / q), float(np.mean((z > 0).astype(float) ** 2))


def variance_factor__only_positive_z(phi, q=1.0):
    """The grid covers positive z only."""
    z = np.linspace(0, 8 * math.sqrt(q), 20001)
    p = np.exp(-(z**2) / (2 * q))
    p /= p.sum()
    h = 1e-4 * math.sqrt(q)
    return float(p @ phi(z) ** 2 / q), float(p @ ((phi(z + h) - phi(z - h)) / (2 * h)) ** 2)


def variance_factor__narrow_grid(phi, q=1.0):
    """The grid ends at one standard deviation and leaves a third of the distribution out."""
    s = math.sqrt(q)
    z = np.linspace(-s, s, 5001)
    p = np.exp(-(z**2) / 2 / q)
    p /= p.sum()
    h = s * 1e-4
    return float(p @ phi(z) ** 2 / q), float(p @ ((phi(z + h) - phi(z - h)) / (2 * h)) ** 2)
