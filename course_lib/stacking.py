"""Stacking: a model that learns how far to trust each of the others (Wolpert 1992)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from course_lib.learners import LogisticRegressionLearner
from course_lib.model_selection import out_of_fold


def stack_features(probs):
    """The members' predictions side by side: a list of K arrays (N, C) as one array (N, K * C)."""
    return np.concatenate(list(probs), axis=1)


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
        return self.meta(stack_features(predict(x) for predict in self.members))


def stacking(make_models, x, y, folds, *, n_classes, make_meta=None, rng) -> Stacked:
    """Train a meta-model on out-of-fold predictions, then the members on all samples.

    On the samples that a member has learnt by heart it looks better than it is; the meta-model would trust the member
    that overfits most. Out-of-fold predictions are as good as those on new data. scikit-learn's
    ``StackingClassifier`` does the same, but for two classes drops the redundant column.

    Parameters
    ----------
    make_models : list of functions ``(x, y, rng) -> predict``, such as ``course_lib.learners.MLPLearner``
    x : (N, D) array
    y : (N,) array of integer labels
    folds : list of ``(train, test)`` index arrays, such as those of ``course_lib.model_selection.stratified_k_fold``
    n_classes : int
    make_meta : function ``(features, y, rng) -> predict``; by default
        ``course_lib.learners.LogisticRegressionLearner(n_classes)``

    Returns
    -------
    Stacked

    Raises
    ------
    ValueError
        When there is no model, or the folds leak or leave samples out.
    """
    if not make_models:
        raise ValueError("make_models must hold at least one learner, got none")
    make_meta = make_meta or LogisticRegressionLearner(n_classes)
    x, y = np.asarray(x), np.asarray(y)
    *children, meta_rng = rng.spawn(len(make_models) + 1)
    features = stack_features(
        out_of_fold(make_model, x, y, folds, rng=child) for make_model, child in zip(make_models, children, strict=True)
    )
    members = tuple(make_model(x, y, child) for make_model, child in zip(make_models, children, strict=True))
    return Stacked(members, make_meta(features, y, meta_rng), features)
