"""Weights of a sparse linear problem in the course of training, for five ways to keep them small."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

METHODS = ("L1, sub-gradient", "L1, proximal", "L2", "L2, adaptive", "decoupled decay, adaptive")
STRENGTHS = 10 ** np.arange(-3.0, 1.01, 0.25)
SPREADS = (1.0, 5.0)
TRUE = np.array([2.0, -1.5, 1.0, -0.7, 0.4] + 15 * [0.0])
N_SAMPLES, NOISE, N_SETS, STEPS, BATCH_SIZE = 100, 0.5, 3, 400, 20
ADAPTIVE_RATE, RHO, EPS = 0.01, 0.9, 1e-8
SMALL = 0.01


@dataclass(frozen=True)
class Paths:
    """What ``penalty_paths`` measured on three samples of the data.

    Attributes
    ----------
    scales : (20,) array, the standard deviations of the features
    path : (STEPS + 1, 20) array, the weights of the first sample at the chosen strength, step by step
    ends : (sets, strengths, 20) array, the weights after the last step
    ridge : (sets, strengths, 20) array, the minimum of the squared error with the L2 penalty
    """

    method: str
    strength: float
    spread: float
    seed: int
    scales: np.ndarray
    path: np.ndarray
    ends: np.ndarray
    ridge: np.ndarray

    @property
    def row(self) -> int:
        """The row of the chosen strength."""
        return _row(self.strength)

    @property
    def zeros(self) -> np.ndarray:
        """(sets, strengths) array, how many of the 20 weights are exactly 0 in the end."""
        return np.sum(self.ends == 0, axis=-1)

    @property
    def small(self) -> np.ndarray:
        """(sets, strengths) array, how many of the 20 weights are nearer than 0.01 to 0 in the end."""
        return np.sum(np.abs(self.ends) < SMALL, axis=-1)


def penalty_paths(method="L1, sub-gradient", strength=0.1, spread=1.0, seed=0) -> Paths:
    """Train a linear model with 20 weights, of which 5 have something to do, for 400 steps.

    The loss is half the mean squared error on 100 samples, whose targets have noise of standard deviation 0.5. The
    first three methods use all samples in every step, at a rate of 1 over the loss's largest curvature. The adaptive
    ones divide the gradient by the root of its running mean square, and use 20 samples in a step: with all of them,
    the root would follow the gradient itself, and only its sign would be left.

    Parameters
    ----------
    method : str, one of ``METHODS``
    strength : float, from 0.001 to 10: lam in lam · Σ|w| or lam / 2 · Σw²; or the decay, which times the rate is the
        share that a weight loses in a step
    spread : float from 1 to 5, the largest standard deviation of a feature over the smallest
    seed : int, of the data, the first weights and the batches

    Raises
    ------
    ValueError
        When a parameter is none of these.
    """
    if method not in METHODS:
        raise ValueError(f"method must be one of {'; '.join(METHODS)}, got {method!r}")
    if not STRENGTHS[0] * 0.99 < strength < STRENGTHS[-1] * 1.01:
        raise ValueError(f"strength must lie in [{STRENGTHS[0]:g}, {STRENGTHS[-1]:g}], got {strength!r}")
    if not SPREADS[0] <= spread <= SPREADS[1]:
        raise ValueError(f"spread must lie in [{SPREADS[0]:g}, {SPREADS[1]:g}], got {spread!r}")
    scales, paths, ridge = _all(method, spread, seed)
    return Paths(method, strength, spread, seed, scales, paths[:, 0, _row(strength)], paths[-1], ridge)


def _row(strength) -> int:
    """The row of the strength in the grid that is nearest."""
    return int(np.abs(np.log(STRENGTHS / strength)).argmin())


@lru_cache(maxsize=16)
def _all(method, spread, seed):
    """The features' scales, the paths (STEPS + 1, sets, strengths, 20) of all strengths, and the ridge solutions."""
    # the large scales are not those of the large weights
    scales = spread ** np.random.default_rng(seed).permutation(np.linspace(-0.5, 0.5, len(TRUE)))
    rngs = [np.random.default_rng([seed, at]) for at in range(N_SETS)]
    x = np.stack([rng.standard_normal((N_SAMPLES, len(TRUE))) for rng in rngs]) * scales
    y = x @ TRUE + NOISE * np.stack([rng.standard_normal(N_SAMPLES) for rng in rngs])
    start = np.stack([np.tile(0.5 * rng.standard_normal(len(TRUE)), (len(STRENGTHS), 1)) for rng in rngs])
    hessian, target = x.transpose(0, 2, 1) @ x / N_SAMPLES, (y[:, None] @ x) / N_SAMPLES
    penalised = hessian[:, None] + STRENGTHS[:, None, None] * np.eye(len(TRUE))
    ridge = np.linalg.solve(penalised, np.repeat(target, len(STRENGTHS), axis=1)[..., None])[..., 0]
    if "adaptive" in method:
        paths = _adaptive(x, y, start, method.startswith("decoupled"), np.random.default_rng(seed))
    else:
        rate = 1 / np.linalg.eigvalsh(hessian)[:, -1, None, None]
        paths = _plain(hessian, target, start, rate, method)
    return scales, paths, ridge


def _plain(hessian, target, w, rate, method):
    strengths, paths = STRENGTHS[:, None], np.empty((STEPS + 1, *w.shape))
    paths[0] = w
    for step in range(1, STEPS + 1):
        gradient = w @ hessian - target
        if method == "L1, proximal":
            shifted = w - rate * gradient
            w = np.sign(shifted) * np.maximum(np.abs(shifted) - rate * strengths, 0)
        elif method == "L2":
            # the rate is that of the loss with its penalty: 1 over the largest curvature of both
            w = w - rate / (1 + rate * strengths) * (gradient + strengths * w)
        else:
            w = w - rate * (gradient + strengths * np.sign(w))
        paths[step] = w
    return paths


def _adaptive(x, y, w, decoupled, rng):
    strengths, paths, v = STRENGTHS[:, None], np.empty((STEPS + 1, *w.shape)), np.zeros_like(w)
    paths[0] = w
    for step in range(1, STEPS + 1):
        batch = rng.integers(N_SAMPLES, size=BATCH_SIZE)
        some, answers = x[:, batch], y[:, None, batch]
        gradient = (w @ some.transpose(0, 2, 1) - answers) @ some / BATCH_SIZE
        if not decoupled:
            gradient += strengths * w
        v = RHO * v + (1 - RHO) * gradient**2
        move = gradient / (np.sqrt(v) + EPS)
        w = w - ADAPTIVE_RATE * (move + strengths * w if decoupled else move)
        paths[step] = w
    return paths
