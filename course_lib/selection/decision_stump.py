"""The decision stump: one question about one feature. The weak learner of boosting."""

from dataclasses import dataclass

import numpy as np

from course_lib._arguments.arrays import matrix
from course_lib._arguments.entries import indices, weights_of
from course_lib._arguments.entries import labels as as_labels
from course_lib._arguments.numbers import integer
from course_lib._arguments.objects import choice
from course_lib.kernels.decorators import kernel

CRITERIA = ("error", "gini")


@dataclass(frozen=True)
class Stump:
    """Class ``left`` where x[:, feature] <= threshold, else class ``right``."""

    feature: int
    threshold: float
    left: int
    right: int

    def __call__(self, x):
        """Labels (N,) for ``x`` (N, D).

        Raises
        ------
        ValueError
            When ``x`` is not two-dimensional, lacks the feature, or holds NaN there, which is on no side.
        """
        x = matrix(x)
        if x.shape[1] <= self.feature:
            raise ValueError(f"x must have more than {self.feature} features, got the shape {x.shape}")
        values = _ordered(x[:, self.feature])
        return np.where(values <= self.threshold, self.left, self.right)


@dataclass(frozen=True)
class Presorted:
    """The features' values (D, N) in ascending order, and the samples (D, N) that they belong to."""

    values: np.ndarray
    samples: np.ndarray

    def __post_init__(self):
        if self.values.ndim != 2 or self.samples.shape != self.values.shape:
            raise ValueError(f"arrays (D, N) of the same shape expected, got {self.values.shape}, {self.samples.shape}")
        # the kernel looks up labels and weights at these places
        indices(self.samples, self.values.shape[1], name="samples")


def presort(x) -> Presorted:
    """Sort every feature of ``x`` (N, D) once; boosting then fits many stumps that differ in the weights only.

    Raises
    ------
    ValueError
        When ``x`` is not two-dimensional, has no entries, or holds NaN, which has no place in an order.
    """
    features = np.ascontiguousarray(_ordered(matrix(x)).T)
    samples = np.argsort(features, axis=1, kind="stable")
    return Presorted(np.take_along_axis(features, samples, axis=1), samples.astype(np.int64, copy=False))


def fit_stump(x, y, weights=None, *, n_classes, criterion="error") -> Stump:
    """The stump with the least weighted error, or the purest sides, over all features and thresholds.

    Each feature is swept once in ascending order, moving one sample after the other to the left side: O(N D C) after
    sorting, where trying every threshold from scratch takes O(N**2 D). Each side answers with its heaviest class.
    Thresholds lie halfway between neighbouring values; among equally good questions the first is taken. When every
    feature is constant, or no question beats none, both sides answer with the heaviest class of all.

    Parameters
    ----------
    x : (N, D) array, or what ``presort`` returned for it
    y : (N,) array of integer labels in [0, n_classes)
    weights : (N,) array, finite, not negative, not all zero, or None for equal ones; only their proportions count
    n_classes : int, at least 1
    criterion : "error", which AdaBoost's analysis asks for, or "gini", the weighted sum of the sides' impurities
        1 - sum_c p_c**2 (Breiman et al. 1984), as scikit-learn's ``DecisionTreeClassifier(max_depth=1)`` has it

    Returns
    -------
    Stump

    Raises
    ------
    TypeError
        When labels are floats.
    ValueError
        When the shapes do not fit together, ``x`` is empty or holds NaN, or a label, a weight or the criterion lies
        outside its range.
    """
    data = x if isinstance(x, Presorted) else presort(x)
    n_samples, n_classes = data.values.shape[1], integer(n_classes, 1, name="n_classes")
    labels = as_labels(y, n_classes, (n_samples,))
    weights = weights_of(n_samples, weights)
    # by a power of two, which rounds nothing: no sum or square of them then overflows, nor does the largest underflow
    weights = np.ldexp(weights, -np.frexp(weights.max())[1])
    choice(criterion, CRITERIA, name="criterion")
    total = np.bincount(labels, weights, minlength=n_classes)
    feature, place = _best_split(data.values, data.samples, labels, weights, total, criterion == "gini")
    if feature < 0:
        return Stump(0, np.inf, int(total.argmax()), int(total.argmax()))
    below, above = data.values[feature, place : place + 2]
    left = data.samples[feature, : place + 1]
    votes = np.bincount(labels[left], weights[left], minlength=n_classes)
    # halving first: the sum of two large values may overflow. The middle of two neighbouring floats may be the upper,
    # that of -inf and inf is NaN: then the lower is the threshold.
    with np.errstate(invalid="ignore"):
        middle = below / 2 + above / 2
    return Stump(
        int(feature), float(middle if middle < above else below), int(votes.argmax()), int((total - votes).argmax())
    )


def _ordered(x):
    """``x``, refused when it holds NaN."""
    if np.isnan(x).any():
        raise ValueError(f"x must not hold NaN, got {np.isnan(x).sum()}: fill in or leave out these samples")
    return x


@kernel
def _best_split(values, samples, labels, weights, total, gini):
    """The feature and the last place on the left side of the best split; feature -1 when none beats no split.

    ``values`` and ``samples`` (D, N), the latter below N (``Presorted``); ``labels`` and ``weights`` (N,), the former
    below the size C of ``total`` (``fit_stump``).
    """
    n_features, n_samples = values.shape
    left, right = np.zeros_like(total), total.copy()
    # weights below this are the round-off of subtracting, not samples
    tiny = 1e-12 * total.sum()
    best_feature, best_place = -1, -1
    best = tiny + (np.square(total).sum() / total.sum() if gini else total.max())
    for feature in range(n_features):
        ordered, owners = values[feature], samples[feature]
        left[:] = 0
        right[:] = total
        for i in range(n_samples - 1):
            label, weight = labels[owners[i]], weights[owners[i]]
            left[label] += weight
            right[label] -= weight
            # equal values stay on one side
            if ordered[i] < ordered[i + 1]:
                if gini:
                    # a side's weight less its weighted impurity is sum_c w_c**2 / sum_c w_c
                    score = 0.0
                    for side in (left, right):
                        weight_of_side, squares = 0.0, 0.0
                        for c in range(side.size):
                            weight_of_side += side[c]
                            squares += side[c] * side[c]
                        score += squares / max(weight_of_side, tiny)
                else:
                    score = left.max() + right.max()
                if score > best:
                    best, best_feature, best_place = score, feature, i
    return best_feature, best_place
