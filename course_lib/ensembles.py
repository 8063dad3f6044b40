"""Combining the predictions of several models, and why the combination errs less than its members do.

Training the members is in ``bagging.py``, ``boosting.py`` and ``stacking.py``. Everywhere, K models predict N samples
of C classes.
"""

from dataclasses import dataclass

import numpy as np

from course_lib._arguments import as_float
from course_lib.losses import softmax


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
        When the shapes do not fit together, or a weight is negative.
    """
    probs = _members(probs, "probs")
    return np.tensordot(_shares(weights, probs), probs, axes=1)


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
        As ``average_probabilities``.
    """
    logits = _members(logits, "logits")
    return softmax(np.tensordot(_shares(weights, logits), logits, axes=1))


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
    ValueError
        When a label lies outside its range, the shapes do not fit together, or a weight is negative.
    """
    labels = np.asarray(labels)
    if labels.ndim != 2 or not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(f"integer labels (K, N) expected, got {labels.dtype} {labels.shape}")
    for label in (labels.min(), labels.max()):
        if not 0 <= label < n_classes:
            raise ValueError(f"labels must lie in [0, {n_classes}), got {label}")
    shares = np.zeros((labels.shape[1], n_classes))
    rows = np.arange(labels.shape[1])
    for votes, weight in zip(labels, _shares(weights, labels), strict=True):
        shares[rows, votes] += weight
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
        When the shapes do not fit together, or a weight is negative.
    """
    predictions = np.asarray(predictions, dtype=np.float64)
    targets = np.asarray(targets, dtype=np.float64)
    if predictions.ndim != 2 or targets.shape != predictions.shape[1:]:
        raise ValueError(f"predictions (K, N) and targets (N,) expected, got {predictions.shape}, {targets.shape}")
    shares = _shares(weights, predictions)
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
        When the shapes do not fit together.
    """
    predictions = np.asarray(predictions, dtype=np.float64)
    targets = np.asarray(targets, dtype=np.float64)
    if predictions.ndim != 3 or targets.shape != predictions.shape[2:]:
        raise ValueError(f"predictions (R, K, N) and targets (N,) expected, got {predictions.shape}, {targets.shape}")
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


def _members(outputs, name):
    outputs = as_float(outputs)
    if outputs.ndim != 3:
        raise ValueError(f"{name} (K, N, C) expected, got {outputs.shape}")
    return outputs


def _shares(weights, outputs):
    """The weights (K,) with the sum one, in the dtype of the outputs."""
    dtype = outputs.dtype if np.issubdtype(outputs.dtype, np.floating) else np.float64
    weights = np.ones(len(outputs)) if weights is None else np.asarray(weights, dtype=np.float64)
    if weights.shape != outputs.shape[:1] or not (weights >= 0).all() or not weights.sum() > 0:
        raise ValueError(f"weights ({len(outputs)},), not negative and not all zero, expected, got {weights}")
    return (weights / weights.sum()).astype(dtype)
