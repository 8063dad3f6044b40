"""Right answers to variance_factor."""

import math
from statistics import NormalDist

import numpy as np


def variance_factor__grid(phi, q=1.0):
    """A fine grid in units of the standard deviation, weighted by the density."""
    s = math.sqrt(q)
    u = np.linspace(-9, 9, 40_001)
    p = np.exp(-(u**2) / 2)
    p = p / np.sum(p)
    z, h = s * u, s * 1e-5
    return float(np.sum(p * phi(z) ** 2) / q), float(np.sum(p * ((phi(z + h) - phi(z - h)) / (2 * h)) ** 2))


def variance_factor__million(phi, q=1.0):
    """A million normal numbers, half of them the mirror image of the others."""
    z = np.random.default_rng(7).normal(0, np.sqrt(q), 500_000)
    z = np.concatenate([z, -z])
    h = 1e-3 * np.sqrt(q)
    return float((phi(z) ** 2).mean() / q), float((((phi(z + h) - phi(z - h)) / h / 2) ** 2).mean())


def variance_factor__quantiles(phi, q=1.0):
    """Midpoints of equal probability, made by inverting the normal distribution numerically."""
    u = np.linspace(-8, 8, 200_001)
    cdf = np.cumsum(np.exp(-(u**2) / 2))
    cdf /= cdf[-1]
    n = 400_000
    z = np.sqrt(q) * np.interp((np.arange(n) + 0.5) / n, cdf, u)
    h = 1e-3 * np.sqrt(q)
    slope = (phi(z + h) - phi(z - h)) / (2 * h)
    return float(np.dot(phi(z), phi(z)) / n / q), float(np.dot(slope, slope) / n)


def variance_factor__trapezoid_on_columns(phi, q=1.0):
    """The trapezoid rule on a column of z values, and numpy floats returned."""
    s = q**0.5
    z = np.linspace(-8 * s, 8 * s, 100_000)[:, None]
    p = np.exp(-(z**2) / (2 * q)) / np.sqrt(2 * np.pi * q)
    step = z[1, 0] - z[0, 0]
    h = s / 1000
    slope = (phi(z + h) - phi(z - h)) / (2 * h)
    return (p * phi(z) ** 2).sum() * step / q, (p * slope**2).sum() * step


def variance_factor__quantiles_again(phi, q=1.0):
    """Midpoint quantiles of the normal distribution, as a 2-D array."""
    k = 40_000
    normal = NormalDist()
    unit = np.array([normal.inv_cdf((i + 0.5) / k) for i in range(k)]).reshape(200, 200)
    s = q**0.5
    h = s * 1e-5
    forward = (phi(s * unit) ** 2).mean() / q
    backward = (((phi(s * unit + h) - phi(s * unit - h)) / (2 * h)) ** 2).mean()
    return forward, backward


def variance_factor__samples_in_loops(phi, q=1.0):
    """Fresh unseeded samples in twenty portions, both signs of each, the slope by way of np.diff on a stack."""
    rng = np.random.default_rng()
    forward = backward = 0.0
    for _ in range(20):
        z = rng.standard_normal(50_000)
        z = np.concatenate([z, -z]) * np.sqrt(q)
        h = 0.001 * np.sqrt(q)
        below, above = phi(np.stack([z - h, z + h]))
        forward += np.square(phi(z)).mean() / q / 20
        backward += np.square((above - below) / h / 2).mean() / 20
    return float(forward), float(backward)
