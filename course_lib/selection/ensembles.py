"""Combining the predictions of several models, and why the combination errs less than its members do.

Training the members is in ``bootstrap.py``, ``boosting.py`` and ``stacked_generalization.py``. Everywhere, K models
predict N samples of C classes. Sums over members run in float64, however many there are; a member of weight 0 has no
say at all, even where it predicts NaN.
"""

from dataclasses import dataclass

import numpy as np

from course_lib._arguments.arrays import array_of, not_empty, same_shape
from course_lib._arguments.entries import labels as as_labels
from course_lib._arguments.entries import probabilities, weights_of
from course_lib._arguments.numbers import integer
from course_lib.functions.losses import softmax


def average_probabilities(probs, weights=None):
    """Mean of the members' probabilities (a linear opinion pool). Its cross-entropy is at most the members' mean one.

    Parameters
    ----------
    probs : (K, N, C) array, rows sum to one
    weights : (K,) array, not negative, or None for equal ones; only their proportions count

    Returns
    -------
    probs : (N, C) array

    Raises
    ------
    ValueError
        When the shapes do not fit together or there is nothing to average, rows are not probabilities, or the weights
        are negative, not finite or all zero.
    """
    probs = probabilities(array_of(probs, ("K", "N", "C"), name="probs"))
    return _mean(probs, weights).astype(probs.dtype)


def average_logits(logits, weights=None):
    """Softmax of the mean of the members' logits: the normalised geometric mean of their probabilities.

    A member that is sure that a class is wrong can veto it here, but not in ``average_probabilities``
    (Hinton 2002, products of experts).

    Parameters
    ----------
    logits : (K, N, C) array
    weights : (K,) array, not negative, or None for equal ones

    Returns
    -------
    probs : (N, C) array

    Raises
    ------
    ValueError
        When the shapes do not fit together, or there is nothing to average; weights as in ``average_probabilities``.
    """
    logits = array_of(logits, ("K", "N", "C"), name="logits")
    return softmax(_mean(logits, weights).astype(logits.dtype))


def vote_shares(labels, n_classes, weights=None):
    """Each class's share of the members' votes.

    Parameters
    ----------
    labels : (K, N) array of integers in [0, n_classes)
    n_classes : int
    weights : (K,) array, not negative, or None for equal ones

    Returns
    -------
    shares : (N, C) float64 array, rows sum to one

    Raises
    ------
    TypeError
        When labels are floats.
    ValueError
        When a label lies outside its range; shapes and weights as in ``average_probabilities``.
    """
    labels = as_labels(labels, integer(n_classes, 1, name="n_classes"))
    if labels.ndim != 2:
        raise ValueError(f"labels must have the shape (K, N), got {labels.shape}")
    shares = np.zeros((not_empty(labels, name="labels").shape[1], n_classes))
    rows = np.arange(len(shares))
    for votes, share in zip(*_heard(labels, weights), strict=True):
        shares[rows, votes] += share
    return shares


def majority_vote(labels, n_classes, weights=None):
    """The class with the most votes (N,); of classes with equally many, the first. Arguments as ``vote_shares``."""
    return vote_shares(labels, n_classes, weights).argmax(axis=1)


@dataclass(frozen=True)
class Ambiguity:
    """ensemble_error = member_error - ambiguity, exactly."""

    ensemble_error: float
    member_error: float
    ambiguity: float


def ambiguity_decomposition(predictions, targets, weights=None):
    """Why an average errs less than its members: what they disagree by is taken off (Krogh and Vedelsby 1995, sec. 2).

    For the squared error and the weighted mean f of the members' predictions f_k with weights that sum to one,

        (f - t)**2 = sum_k w_k (f_k - t)**2  -  sum_k w_k (f_k - f)**2.

    Parameters
    ----------
    predictions : (K, N) array of numbers
    targets : (N,) array
    weights : (K,) array, not negative, or None for equal ones

    Returns
    -------
    Ambiguity
        The three terms, averaged over the samples. No term is negative, so the ensemble is never worse than its
        members are on average (it may be worse than the best of them).

    Raises
    ------
    ValueError
        When the shapes do not fit together, or are empty; weights as in ``average_probabilities``.
    """
    predictions = array_of(predictions, ("K", "N"), np.float64, name="predictions")
    targets = same_shape(targets, predictions.shape[1:], np.float64, name="targets")
    predictions, shares = _heard(predictions, weights)
    mean = shares @ predictions
    errors, disagreement = (predictions - targets) ** 2, (predictions - mean) ** 2
    return Ambiguity(
        ensemble_error=float(np.mean((mean - targets) ** 2)),
        member_error=float(np.mean(shares @ errors)),
        ambiguity=float(np.mean(shares @ disagreement)),
    )


@dataclass(frozen=True)
class BiasVarianceCovariance:
    """error = squared_bias + variance / K + (1 - 1 / K) * covariance, exactly."""

    error: float
    squared_bias: float
    variance: float
    covariance: float


def bias_variance_covariance(predictions, targets):
    """The expected squared error of an average of K members, in three parts (Ueda and Nakano 1996).

    The expectation is over R repetitions with other training data and seeds. Averaging divides the variance by K, but
    leaves the covariance: members that err alike do not help each other, which is why bagging draws other data for
    each.

    Parameters
    ----------
    predictions : (R, K, N) array of numbers: repetition, member, sample
    targets : (N,) array

    Returns
    -------
    BiasVarianceCovariance
        ``squared_bias`` of the members' mean, the members' mean ``variance``, the pairs' mean ``covariance`` (0 when
        K = 1; it may be negative), all averaged over the samples. Moments have the divisor R.

    Raises
    ------
    ValueError
        When the shapes do not fit together, or are empty.
    """
    predictions = array_of(predictions, ("R", "K", "N"), np.float64, name="predictions")
    targets = same_shape(targets, predictions.shape[2:], np.float64, name="targets")
    n_repetitions, n_members, _ = predictions.shape
    expected = predictions.mean(axis=0)
    centred = predictions - expected
    covariances = np.einsum("rin,rjn->ij", centred, centred) / (n_repetitions * len(targets))
    variance, pairs = np.trace(covariances) / n_members, n_members * (n_members - 1)
    return BiasVarianceCovariance(
        error=float(np.mean((predictions.mean(axis=1) - targets) ** 2)),
        squared_bias=float(np.mean((expected.mean(axis=0) - targets) ** 2)),
        variance=float(variance),
        covariance=float((covariances.sum() - np.trace(covariances)) / pairs) if pairs else 0.0,
    )


def _mean(outputs, weights):
    """The weighted mean (N, C) of the members' outputs (K, N, C), in float64."""
    total = np.zeros(outputs.shape[1:])
    for output, share in zip(*_heard(outputs, weights), strict=True):
        total += share * output
    return total


def _heard(outputs, weights):
    """The members whose weight is not zero, and these weights with the sum one."""
    weights = weights_of(len(outputs), weights)
    weights = weights / weights.max()  # the sum of huge ones would be infinite
    heard = weights > 0
    return outputs[heard], weights[heard] / weights.sum()
