"""Bagging: members that differ because each learns from its own bootstrap sample (Breiman 1996)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from course_lib.ensembles import average_probabilities


def bootstrap_indices(n, *, rng, size=None):
    """``size`` (by default n) of n samples, drawn with replacement: an (size,) integer array.

    A sample is left out of a bootstrap sample of n with probability (1 - 1 / n)**n, about 1 / e = 37 %.
    """
    return rng.integers(0, n, n if size is None else size)


def out_of_bag_mask(indices, n):
    """Which of n samples were not drawn: an (n,) boolean array, True where ``indices`` do not occur."""
    mask = np.ones(n, bool)
    mask[indices] = False
    return mask


@dataclass(frozen=True)
class Bagging:
    """Trained members; calling it averages their probabilities.

    Attributes
    ----------
    members : tuple of functions ``predict(x)`` (N, D) -> probabilities (N, C)
    out_of_bag : (K, N) boolean array: which training samples member k has not seen
    """

    members: tuple[Callable, ...]
    out_of_bag: np.ndarray

    def __call__(self, x):
        """Probabilities (N, C) for ``x`` (N, D), the mean over the members."""
        return average_probabilities(np.stack([predict(x) for predict in self.members]))

    def out_of_bag_probabilities(self, x):
        """Probabilities (N, C) of the training samples ``x``, each by the members that have not seen it.

        They judge the ensemble without a validation set (Breiman 1996b). Rows of samples that every member has seen
        are NaN: with K members, a share of about (1 - 1 / e)**K.

        Raises
        ------
        ValueError
            When ``x`` does not have one row for each training sample.
        """
        if len(x) != self.out_of_bag.shape[1]:
            raise ValueError(f"the {self.out_of_bag.shape[1]} training samples expected, got {len(x)}")
        total = None
        for predict, unseen in zip(self.members, self.out_of_bag, strict=True):
            probs = predict(x)
            total = np.zeros_like(probs) if total is None else total
            total[unseen] += probs[unseen]
        counts = self.out_of_bag.sum(axis=0)[:, None]
        return np.divide(total, counts, out=np.full_like(total, np.nan), where=counts > 0)


def bagging(make_model, x, y, n_members, *, rng) -> Bagging:
    """Train members on bootstrap samples, each with random numbers of its own.

    Parameters
    ----------
    make_model : function ``(x, y, rng) -> predict``, such as ``course_lib.learners.MLPLearner``. It must give all
        classes a probability, also those that a bootstrap sample lacks.
    x : (N, D) array
    y : (N,) array of labels
    n_members : int, at least 1. A member depends only on ``rng`` and its number: the first are the same for any count.

    Returns
    -------
    Bagging

    Raises
    ------
    ValueError
        When ``n_members`` is below 1.
    """
    if n_members < 1:
        raise ValueError(f"n_members must be at least 1, got {n_members}")
    x, y = np.asarray(x), np.asarray(y)
    members, out_of_bag = [], []
    for child in rng.spawn(n_members):
        drawn = bootstrap_indices(len(x), rng=child)
        members.append(make_model(x[drawn], y[drawn], child))
        out_of_bag.append(out_of_bag_mask(drawn, len(x)))
    return Bagging(tuple(members), np.stack(out_of_bag))
