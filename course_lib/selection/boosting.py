"""AdaBoost: weak learners one after the other, each trained on what the ones before got wrong."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import log

import numpy as np

from course_lib._arguments.arrays import array_of, rows, samples
from course_lib._arguments.entries import labels, weights_of
from course_lib._arguments.numbers import UNIT, integer
from course_lib._arguments.objects import choice, function, generator
from course_lib.data.splits import predicted, trained
from course_lib.selection.decision_stump import fit_stump, presort


@dataclass(frozen=True)
class AdaBoost:
    """A weighted vote of weak learners; calling it gives labels.

    Attributes
    ----------
    members : tuple of functions ``predict(x)`` (N, D) -> labels (N,)
    votes : (T,) float64 array, the weight alpha of each member
    errors : (T,) float64 array, the weighted error of each on the weights that it was trained with
    n_classes : int
    """

    members: tuple[Callable, ...]
    votes: np.ndarray
    errors: np.ndarray
    n_classes: int

    def __call__(self, x):
        """Labels (N,) for ``x`` (N, D): the class with the largest sum of votes, of equal ones the first."""
        return self.vote_shares(x).argmax(axis=1)

    def vote_shares(self, x):
        """Each class's share of the votes (N, C), rows sum to one. They are not calibrated probabilities."""
        return deque(self.staged_vote_shares(x), maxlen=1).pop()  # the last one

    def staged_vote_shares(self, x) -> Iterator[np.ndarray]:
        """The shares (N, C) after 1, 2, ..., T members, for the curve of the error over the rounds."""
        x = samples(x)
        total, rows = np.zeros((len(x), self.n_classes)), np.arange(len(x))
        for predict, vote in zip(self.members, self.votes, strict=True):
            total[rows, _labels_of(predict, x, self.n_classes)] += vote
            yield total / total.sum(axis=1, keepdims=True)


def adaboost(fit_weak, x, y, *, n_rounds, n_classes, algorithm="samme") -> AdaBoost:
    """AdaBoost.M1 (Freund and Schapire 1997, figure 3) or SAMME (Zhu et al. 2009, algorithm 2).

    In every round the weak learner is trained with the weights w, its weighted error is eps, and its vote is

        alpha = log((1 - eps) / eps)                   "m1"
        alpha = log((1 - eps) / eps) + log(C - 1)      "samme";

    the weights of the samples that it gets wrong are multiplied by exp(alpha), and all are scaled to the sum one. For
    two classes the two are the same. M1 ends when eps reaches 1/2, which a stump does easily with many classes; SAMME
    when it reaches chance, 1 - 1/C. A member without error has an infinite vote: the ensemble is that member alone.
    scikit-learn's ``AdaBoostClassifier`` is SAMME (with a ``learning_rate`` that multiplies alpha); it gives a member
    without error the vote 1 beside the others.

    Parameters
    ----------
    fit_weak : function of the weights (N,), which sum to one, that returns ``predict``, a function from (N, D) to
        labels (N,): ``stump_learner(x, y, n_classes=...)`` or ``resampling_learner``
    x : (N, D) array
    y : (N,) array of integer labels
    n_rounds : int, at least 1; fewer when the training ends early
    n_classes : int, at least 2
    algorithm : "samme" or "m1"

    Returns
    -------
    AdaBoost

    Raises
    ------
    TypeError
        When ``fit_weak`` or what it returns is not a function, or labels or counts are not integers.
    ValueError
        When the first weak learner is no better than chance, or does not predict one label in
        [0, n_classes) for each sample, or an argument is outside its range.
    """
    function(fit_weak, name="fit_weak", form="of the weights")
    choice(algorithm, ("samme", "m1"), name="algorithm")
    n_rounds, n_classes = integer(n_rounds, 1, name="n_rounds"), integer(n_classes, 2, name="n_classes")
    x = samples(x)
    y = labels(y, n_classes, (len(x),))
    chance = 1 / 2 if algorithm == "m1" else 1 - 1 / n_classes
    bonus = 0.0 if algorithm == "m1" else log(n_classes - 1)
    weights = np.full(len(x), 1 / len(x))
    members, votes, errors = [], [], []
    for _ in range(n_rounds):
        predict = function(fit_weak(weights.copy()), name="what fit_weak returns", form="of x")
        wrong = _labels_of(predict, x, n_classes) != y
        error = float(weights[wrong].sum())
        # none, or, after a thousand rounds, so little that exp(alpha) would overflow
        if error < 1e-300:
            return AdaBoost((predict,), np.ones(1), np.zeros(1), n_classes)
        # at chance exactly, alpha is 0 up to round-off
        if error >= chance * (1 - 1e-12):
            break
        members.append(predict)
        errors.append(error)
        votes.append(log((1 - error) / error) + bonus)
        weights = np.where(wrong, weights * np.exp(votes[-1]), weights)
        weights /= weights.sum()
    if not members:
        raise ValueError(
            f"the weak learner must beat chance: weighted error below {chance:.3g} expected, got {error:.3g}"
        )
    return AdaBoost(tuple(members), np.array(votes), np.array(errors), n_classes)


def _labels_of(predict, x, n_classes):
    """A weak learner's labels (N,): probabilities or a column of labels would broadcast."""
    return labels(predicted(predict, x), n_classes, (len(x),), name="predict(x)")


def stump_learner(x, y, *, n_classes, criterion="error"):
    """The weak learner ``weights -> Stump`` for ``adaboost``; sorts the features of ``x`` (N, D) once.

    ``criterion``, and what is refused, as in ``course_lib.selection.fit_stump``.
    """
    data = presort(x)

    def fit_weak(weights):
        return fit_stump(data, y, weights, n_classes=n_classes, criterion=criterion)

    return fit_weak


def resampling_learner(make_model, x, y, *, rng):
    """A weak learner for ``adaboost`` from one that knows no weights: it trains on samples drawn by their weights.

    This is boosting by resampling (Freund and Schapire 1996), for instance of tiny networks.

    Parameters
    ----------
    make_model : function ``(x, y, rng) -> predict``, where ``predict(x)`` gives probabilities (N, C), such as
        ``course_lib.selection.MLPLearner``
    x : (N, D) array
    y : (N,) array of integer labels

    Returns
    -------
    fit_weak : function of the weights (N,), returning a function from (N, D) to labels (N,)

    Raises
    ------
    TypeError
        When ``make_model`` is not a function, or ``rng`` is not a generator.
    ValueError
        When ``x`` is empty, or ``y`` does not have one row for each of ``x``.
    """
    function(make_model, name="make_model", form="(x, y, rng) -> predict")
    generator(rng)
    x = samples(x)
    y = rows(y, len(x), name="y")

    def fit_weak(weights):
        weights = weights_of(len(x), weights)
        (child,) = rng.spawn(1)
        drawn = child.choice(len(x), len(x), p=weights / weights.sum())
        predict = trained(make_model, x[drawn], y[drawn], child)
        return lambda inputs: array_of(predict(inputs), ("N", "C"), name="predict(x)").argmax(axis=1)

    return fit_weak


def training_error_bound(errors):
    """prod_t 2 sqrt(eps_t (1 - eps_t)): the training error after t rounds is at most this.

    For two classes, or M1 (Freund and Schapire 1997, theorems 6 and 10). With errors (T,) that stay below 1/2 by a
    margin it falls exponentially. Returns a (T,) array.

    Raises
    ------
    ValueError
        When ``errors`` is empty or not one-dimensional, or an error lies outside [0, 1].
    """
    errors = UNIT.every(array_of(errors, ("T",), np.float64, name="errors"), name="errors")
    return np.cumprod(2 * np.sqrt(errors * (1 - errors)))
