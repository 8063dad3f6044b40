"""Least squares with two weights: what the scales, means and correlation of two features do to gradient descent."""

from dataclasses import dataclass

import numpy as np

SPREADS, MEANS, CORRELATIONS, RATES = (1.0, 20.0), (0.0, 3.0), (0.0, 0.95), (0.05, 1.1)
CURES = ("none", "centre", "standardise", "whiten")
N_SAMPLES, N_SETS = 100, 5
LIMIT = 1000  # steps
REACHED = 0.01  # of the first loss


@dataclass(frozen=True)
class Zigzag:
    """What ``zigzag`` measured on each of five samples of the data.

    Attributes
    ----------
    hessian : (2, 2) array, of the loss of the first sample; its contours are the ellipses
    path : (steps + 1, 2) array, of the first sample: the two weights, less those of the minimum
    losses : (5, LIMIT + 1) array, in units of the loss before the first step
    condition : (5,) array, the largest eigenvalue of the loss's Hessian over the smallest
    stable_rate : (5,) array, 2 / largest eigenvalue
    steps : (5,) array, until the loss is below a hundredth of the first one; ``LIMIT`` where it never is
    """

    spread: float
    mean: float
    correlation: float
    rate: float
    cure: str
    seed: int
    hessian: np.ndarray
    path: np.ndarray
    losses: np.ndarray
    condition: np.ndarray
    stable_rate: np.ndarray
    steps: np.ndarray


def zigzag(spread=10.0, mean=0.0, correlation=0.0, rate=0.95, cure="none", seed=0) -> Zigzag:
    """Descend from one start on five samples of two features, at a share of the largest stable rate.

    The loss is half the mean square of x · (w - minimum), so its Hessian is the mean of x xᵀ: unequal scales, means
    far from zero and correlation all make its eigenvalues unequal (LeCun, Bottou, Orr and Müller 1998, section 4.3).
    The start is as far from the minimum along the ravine as across, measured in loss: without that, most of the first
    loss would be across, and gone in a few steps.

    Parameters
    ----------
    spread : float, standard deviation of the second feature; that of the first is 1
    mean : float, of both features, in units of their standard deviations
    correlation : float, of the two features
    rate : float, the learning rate in units of 2 / largest eigenvalue, above which gradient descent diverges
    cure : "none"; "centre" subtracts the means; "standardise" divides by the standard deviations too; "whiten" removes
        the correlation too
    seed : int, of the five samples of 100 points

    Raises
    ------
    ValueError
        When a parameter lies outside its range.
    """
    ranges = {"spread": (spread, SPREADS), "mean": (mean, MEANS), "correlation": (correlation, CORRELATIONS)}
    for name, (value, (low, high)) in (ranges | {"rate": (rate, RATES)}).items():
        if not low <= value <= high:
            raise ValueError(f"{name} must lie in [{low:g}, {high:g}], got {value!r}")
    if cure not in CURES:
        raise ValueError(f"cure must be one of {', '.join(CURES)}, got {cure!r}")
    x = np.stack([_cured(_features(spread, mean, correlation, [seed, at]), cure) for at in range(N_SETS)])
    hessians = x.transpose(0, 2, 1) @ x / N_SAMPLES
    values, vectors = np.linalg.eigh(hessians)  # ascending
    stable = 2 / values[:, 1]
    start = vectors[:, :, 0] / np.sqrt(values[:, :1]) + vectors[:, :, 1] / np.sqrt(values[:, 1:])
    path, losses = _descend(hessians, start, rate * stable)
    below = losses < REACHED
    steps = np.where(below.any(axis=1), below.argmax(axis=1), LIMIT)
    condition = values[:, 1] / values[:, 0]
    return Zigzag(spread, mean, correlation, rate, cure, seed, hessians[0], path, losses, condition, stable, steps)


def _features(spread, mean, correlation, seed):
    """(100, 2) array."""
    z = np.random.default_rng(seed).standard_normal((N_SAMPLES, 2))
    z[:, 1] = correlation * z[:, 0] + np.sqrt(1 - correlation**2) * z[:, 1]
    return (z + mean) * (1.0, spread)


def _cured(x, cure):
    if cure == "none":
        return x
    x = x - x.mean(axis=0)
    if cure == "centre":
        return x
    x = x / x.std(axis=0)
    if cure == "standardise":
        return x
    values, vectors = np.linalg.eigh(x.T @ x / len(x))
    return x @ (vectors / np.sqrt(values)) @ vectors.T


def _descend(hessians, w, rates):
    """The path (LIMIT + 1, 2) on the first sample, and the losses (5, LIMIT + 1) on all."""
    w, path, losses = w[:, :, None], np.empty((LIMIT + 1, 2)), np.empty((len(w), LIMIT + 1))
    scaled = rates[:, None, None] * hessians
    with np.errstate(over="ignore", invalid="ignore"):  # above the stable rate it diverges
        for step in range(LIMIT + 1):
            path[step] = w[0, :, 0]
            move = scaled @ w
            losses[:, step] = (w * move).sum(axis=(1, 2))
            w = w - move
    return path, losses / losses[:, :1]
