"""Bagging: members that differ because each learns from its own bootstrap sample (Breiman 1996)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from course_lib._arguments.arrays import array_of, rows, samples
from course_lib._arguments.entries import indices as as_indices
from course_lib._arguments.entries import probabilities
from course_lib._arguments.numbers import integer, n_samples
from course_lib._arguments.objects import generator
from course_lib.data.splits import alike, predicted, trained
from course_lib.selection.ensembles import average_probabilities


def bootstrap_indices(n, *, rng, size=None):
    """``size`` (by default n) of n samples, drawn with replacement: a (size,) integer array.

    A sample is left out of a bootstrap sample of n with probability (1 - 1 / n)**n, about 1 / e = 37 %.

    Raises
    ------
    TypeError, ValueError
        When ``n`` is not an integer of at least 1, or ``size`` not one of at least 0.
    """
    n = n_samples(n)
    return generator(rng).integers(0, n, n if size is None else integer(size, 0, name="size"))


def out_of_bag_mask(indices, n):
    """Which of n samples were not drawn: an (n,) boolean array, True where ``indices`` do not occur.

    Raises
    ------
    TypeError, ValueError
        When ``indices`` are not integers in [0, n).
    """
    n = n_samples(n)
    mask = np.ones(n, bool)
    mask[as_indices(indices, n, name="indices")] = False
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
        return average_probabilities(self._predictions(x))

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
        probs = probabilities(self._predictions(x))
        total = np.zeros(probs.shape[1:])  # float64, however many members there are
        for of_member, unseen in zip(probs, self.out_of_bag, strict=True):
            total[unseen] += of_member[unseen]
        counts = self.out_of_bag.sum(axis=0)[:, None]
        return np.divide(total, counts, out=np.full_like(total, np.nan), where=counts > 0).astype(probs.dtype)

    def _predictions(self, x):
        """The members' probabilities (K, N, C)."""
        outputs = np.stack(alike([predicted(predict, x) for predict in self.members]))
        return array_of(outputs, ("K", "N", "C"), name="probs")


def bagging(make_model, x, y, n_members, *, rng) -> Bagging:
    """Train members on bootstrap samples, each with random numbers of its own.

    Parameters
    ----------
    make_model : function ``(x, y, rng) -> predict``, such as ``course_lib.selection.MLPLearner``. It must give all
        classes a probability, also those that a bootstrap sample lacks.
    x : (N, D) array
    y : (N,) array of labels
    n_members : int, at least 1. A member depends only on ``rng`` and its number: the first are the same for any count.

    Returns
    -------
    Bagging

    Raises
    ------
    TypeError
        When ``make_model`` or what it returns is not a function, or ``n_members`` is not an integer.
    ValueError
        When ``n_members`` is below 1, ``x`` is empty, or ``y`` does not have one row for each of ``x``.
    """
    x = samples(x)
    y = rows(y, len(x), name="y")
    members, out_of_bag = [], []
    for child in generator(rng).spawn(integer(n_members, 1, name="n_members")):
        drawn = bootstrap_indices(len(x), rng=child)
        members.append(trained(make_model, x[drawn], y[drawn], child))
        out_of_bag.append(out_of_bag_mask(drawn, len(x)))
    return Bagging(tuple(members), np.stack(out_of_bag))
