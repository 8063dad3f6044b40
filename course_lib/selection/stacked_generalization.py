"""Stacking: a model that learns how far to trust each of the others (Wolpert 1992)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from course_lib._arguments.arrays import samples
from course_lib._arguments.entries import labels
from course_lib._arguments.numbers import integer
from course_lib._arguments.objects import function, generator
from course_lib.data.splits import out_of_fold, predicted, trained
from course_lib.selection.learners import LogisticRegressionLearner


def stack_features(probs):
    """The members' predictions side by side: a list of K arrays (N, C) as one array (N, K * C).

    Raises
    ------
    ValueError
        When the list is empty, or the arrays are not matrices of as many rows.
    """
    probs = [np.asarray(of_member) for of_member in probs]
    shapes = [of_member.shape for of_member in probs]
    if not shapes or {(len(shape), shape[:1]) for shape in shapes} != {(2, shapes[0][:1])}:
        raise ValueError(f"probs must be a list of arrays (N, C) with the same N, got the shapes {shapes}")
    return np.concatenate(probs, axis=1)


@dataclass(frozen=True)
class Stacked:
    """Calling it gives the meta-model's probabilities.

    Attributes
    ----------
    members : tuple of functions ``predict(x)`` (N, D) -> probabilities (N, C), trained on all samples
    meta : function (N, K * C) -> (N, C)
    features : (N, K * C) array, the out-of-fold predictions from which ``meta`` has learnt
    """

    members: tuple[Callable, ...]
    meta: Callable
    features: np.ndarray

    def __call__(self, x):
        """Probabilities (N, C) for ``x`` (N, D)."""
        return self.meta(stack_features(predicted(predict, x) for predict in self.members))


def stacking(make_models, x, y, folds, *, n_classes, make_meta=None, rng) -> Stacked:
    """Train a meta-model on out-of-fold predictions, then the members on all samples.

    On the samples that a member has learnt by heart it looks better than it is; the meta-model would trust the member
    that overfits most. Out-of-fold predictions are as good as those on new data. scikit-learn's
    ``StackingClassifier`` does the same, but for two classes drops the redundant column.

    Parameters
    ----------
    make_models : list of functions ``(x, y, rng) -> predict``, such as ``course_lib.selection.MLPLearner``
    x : (N, D) array
    y : (N,) array of integer labels
    folds : list of ``(train, test)`` index arrays, such as those of ``course_lib.data.stratified_k_fold``
    n_classes : int
    make_meta : function ``(features, y, rng) -> predict``; by default
        ``course_lib.selection.LogisticRegressionLearner(n_classes)``

    Returns
    -------
    Stacked

    Raises
    ------
    TypeError
        When a learner is not a function, or labels are floats.
    ValueError
        When there is no model, a label lies outside [0, n_classes), or the folds leak or leave samples out.
    """
    if callable(make_models):
        raise TypeError("make_models must be a list of learners, got one: type [make_model]")
    make_models, folds = list(make_models), list(folds)
    if not make_models:
        raise ValueError("make_models must hold at least one learner, got none")
    for make_model in make_models:
        function(make_model, name="each of make_models", form="(x, y, rng) -> predict")
    n_classes = integer(n_classes, 2, name="n_classes")
    make_meta = make_meta or LogisticRegressionLearner(n_classes)
    x = samples(x)
    y = labels(y, n_classes, (len(x),))
    *children, meta_rng = generator(rng).spawn(len(make_models) + 1)
    features = stack_features(
        out_of_fold(make_model, x, y, folds, rng=child) for make_model, child in zip(make_models, children, strict=True)
    )
    members = tuple(trained(make_model, x, y, child) for make_model, child in zip(make_models, children, strict=True))
    return Stacked(members, trained(make_meta, features, y, meta_rng, name="make_meta"), features)
