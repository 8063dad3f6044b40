"""AdaBoost: weak learners one after the other, each trained on what the ones before got wrong."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import log

import numpy as np

from course_lib.decision_stump import fit_stump, presort


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
        """Each class's share of the votes (N, C), rows sum to one. They are no calibrated probabilities."""
        *_, shares = self.staged_vote_shares(x)
        return shares

    def staged_vote_shares(self, x) -> Iterator[np.ndarray]:
        """The shares (N, C) after 1, 2, ..., T members, for the curve of the error over the rounds."""
        x = np.asarray(x)
        total, rows = np.zeros((len(x), self.n_classes)), np.arange(len(x))
        for predict, vote in zip(self.members, self.votes, strict=True):
            total[rows, predict(x)] += vote
            yield total / total.sum(axis=1, keepdims=True)


def adaboost(fit_weak, x, y, *, n_rounds, n_classes, algorithm="samme") -> AdaBoost:
    """AdaBoost.M1 (Freund and Schapire 1997, figure 2) or SAMME (Zhu et al. 2009, algorithm 2).

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
    fit_weak : function of the weights (N,), which sum to one and must not be changed, that returns ``predict``, a
        function from (N, D) to labels (N,): ``stump_learner(x, y, n_classes=...)`` or ``resampling_learner``
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
    ValueError
        When the first weak learner is no better than chance, or an argument is outside its range.
    """
    x, y = np.asarray(x), np.asarray(y)
    if algorithm not in ("samme", "m1"):
        raise ValueError(f"algorithm must be 'samme' or 'm1', got {algorithm!r}")
    if n_rounds < 1 or n_classes < 2:
        raise ValueError(f"at least 1 round and 2 classes expected, got {n_rounds} and {n_classes}")
    chance = 1 / 2 if algorithm == "m1" else 1 - 1 / n_classes
    bonus = 0.0 if algorithm == "m1" else log(n_classes - 1)
    weights = np.full(len(x), 1 / len(x))
    members, votes, errors = [], [], []
    for _ in range(n_rounds):
        predict = fit_weak(weights)
        wrong = predict(x) != y
        error = float(weights[wrong].sum())
        if error == 0:
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


def stump_learner(x, y, *, n_classes, criterion="error"):
    """The weak learner ``weights -> Stump`` for ``adaboost``; sorts the features of ``x`` (N, D) once.

    ``criterion`` as in ``course_lib.decision_stump.fit_stump``.
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
        ``course_lib.learners.MLPLearner``
    x : (N, D) array
    y : (N,) array of integer labels

    Returns
    -------
    fit_weak : function of the weights (N,), returning a function from (N, D) to labels (N,)
    """
    x, y = np.asarray(x), np.asarray(y)

    def fit_weak(weights):
        (child,) = rng.spawn(1)
        drawn = child.choice(len(x), len(x), p=weights)
        probabilities = make_model(x[drawn], y[drawn], child)
        return lambda inputs: probabilities(inputs).argmax(axis=1)

    return fit_weak


def training_error_bound(errors):
    """prod_t 2 sqrt(eps_t (1 - eps_t)): the training error after t rounds is at most this.

    For two classes, or M1 (Freund and Schapire 1997, theorems 6 and 10). With errors (T,) that stay below 1/2 by a
    margin it falls exponentially. Returns a (T,) array.
    """
    errors = np.asarray(errors, dtype=np.float64)
    return np.cumprod(2 * np.sqrt(errors * (1 - errors)))
