"""Gradient descent on a linear model of age, salary and rating, in their own units and standardised."""

from dataclasses import dataclass

import numpy as np

from course_lib.data.datasets import digits
from course_lib.data.feature_scaling import standardize_apply, standardize_fit

FRACTIONS = (0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.99, 1.05)  # of the largest stable rate, 2 / the largest eigenvalue
N_TURNS = 20  # steps in which the path is watched


@dataclass(frozen=True)
class UnequalScales:
    """Which share of the features' effects is learned after some steps at the best rate, and which one exactly.

    ``turns`` is the share of the first steps that go back against the step before, at the best rate and at two fifths
    of the largest stable one. ``borrowed`` is what the loss is multiplied by in ten steps on the raw features at a
    rate that suits the standardised ones. ``fraction`` is the best rate over the largest stable one.
    """

    salary: float
    age: float
    rating: float
    rating_exact: float
    rating_standardized: float
    turns: float
    turns_slow: float
    borrowed: float
    condition: float
    condition_standardized: float
    fraction: float


def unequal_scales(
    seed, *, n_samples=200, age=1000.0, salary=1_000_000.0, rating=5.0, n_steps=1000, n_steps_standardized=50
) -> UnequalScales:
    """Uniform features from 0 to ``age``, 10,000 to ``salary`` and 1 to ``rating``, of equal effects on the target."""
    rng = np.random.default_rng(seed)
    x = rng.uniform([0.0, 10_000.0, 1.0], [age, salary, rating], (n_samples, 3))
    mean, std = standardize_fit(x)
    scaled = standardize_apply(x, mean, std)
    y = scaled.sum(axis=1) + 0.1 * rng.standard_normal(n_samples)
    raw, cured = _Quadratic(x, y), _Quadratic(scaled, y)
    fraction = raw.best_fraction(n_steps)
    after = raw.descend(fraction * raw.limit, n_steps)[-1][:3] * std
    shares = cured.descend(cured.best_fraction(n_steps_standardized) * cured.limit, n_steps_standardized)[-1]
    exact = np.linalg.lstsq(raw.x, y, rcond=None)[0][:3] * std
    path = raw.descend(0.5 * cured.limit, 10)
    return UnequalScales(
        after[1],
        after[0],
        after[2],
        exact[2],
        shares[2],
        _turns(raw.descend(fraction * raw.limit, N_TURNS)),
        _turns(raw.descend(0.4 * raw.limit, N_TURNS)),
        raw.loss(path[-1]) / raw.loss(path[0]),
        raw.condition,
        cured.condition,
        fraction,
    )


class _Quadratic:
    """The mean squared error, halved, of a linear model with a bias: gradient H w - c."""

    def __init__(self, x, y):
        self.x, self.y = np.column_stack([x, np.ones(len(x))]), y
        self.h, self.c = self.x.T @ self.x / len(x), self.x.T @ y / len(x)
        eigenvalues = np.linalg.svd(self.x, compute_uv=False) ** 2 / len(x)
        self.limit, self.condition = 2 / eigenvalues[0], eigenvalues[0] / eigenvalues[-1]

    def descend(self, rate, n_steps):
        """The weights from zero on: (n_steps + 1, 4)."""
        path = np.zeros((n_steps + 1, len(self.c)))
        for i in range(n_steps):
            path[i + 1] = path[i] - rate * (self.h @ path[i] - self.c)
        return path

    def loss(self, w) -> float:
        return float(np.mean((self.x @ w - self.y) ** 2) / 2)

    def best_fraction(self, n_steps) -> float:
        return min(FRACTIONS, key=lambda f: self.loss(self.descend(f * self.limit, n_steps)[-1]))


def _turns(path) -> float:
    moves = np.diff(path, axis=0)
    return float(np.mean(np.sum(moves[1:] * moves[:-1], axis=1) < 0))


@dataclass(frozen=True)
class MistypedAge:
    """The share of age's effect that the exact linear fit has, and what is left of the others' range.

    ``range_...`` is the range that the right ages fill after min-max scaling; ``share_...`` the fitted effect of age,
    the same after either scaling, with the mistyped ages and without the rows that hold them.
    """

    share_min_max: float
    share_standardized: float
    share_removed: float
    range_min_max: float
    spread_standardized: float


def mistyped_age(seed, *, n_samples=400, n_mistyped=2, oldest=90.0, typed=1000.0) -> MistypedAge:
    """Ages uniform from 18 to ``oldest``; a few are entered as ``typed``, while the target knows the right ones."""
    rng = np.random.default_rng(seed)
    right = rng.uniform(18.0, oldest, n_samples)
    y = (right - right.mean()) / right.std() + 0.1 * rng.standard_normal(n_samples)
    entered = right.copy()
    entered[:n_mistyped] = typed
    others = slice(n_mistyped, None)
    low, span = entered.min(), np.ptp(entered)
    min_max, standardized = (entered - low) / span, (entered - entered.mean()) / entered.std()
    return MistypedAge(
        _slope(min_max, y) * right.std() / span,
        _slope(standardized, y) * right.std() / entered.std(),
        _slope(entered[others], y[others]) * right.std(),
        float(np.ptp(min_max[others])),
        float(standardized[others].std()),
    )


def _slope(x, y) -> float:
    x = x - x.mean()
    return float(x @ y / (x @ x))


@dataclass(frozen=True)
class ConstantFeatures:
    """How many pixels become NaN by the formula as printed, and how far out the others' largest new value lies."""

    nan: float
    nan_guarded: float
    farthest: float
    farthest_guarded: float


def constant_features(seed, *, n_train=320, smallest_std=0.1) -> ConstantFeatures:
    """Some training digits give mean and spread; the others are new. Guarded: no spread below ``smallest_std``."""
    x = digits().x_train
    order = np.random.default_rng(seed).permutation(len(x))
    train, new = x[order[:n_train]], x[order[n_train:]]
    mean, std = train.mean(axis=0), train.std(axis=0)
    with np.errstate(all="ignore"):  # 0 / 0 is what is counted
        printed, guarded = ((new - mean) / s for s in (std, np.maximum(std, smallest_std)))
        seen, seen_guarded = ((train - mean) / s for s in (std, np.maximum(std, smallest_std)))
    return ConstantFeatures(
        float(np.isnan(seen).any(axis=0).sum()),
        float(np.isnan(seen_guarded).any(axis=0).sum()),
        float(np.abs(printed[:, std > 0]).max()),
        float(np.abs(guarded).max()),
    )
