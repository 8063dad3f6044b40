"""Stacking: the meta-model sees out-of-fold predictions only."""

import numpy as np
import pytest

from course_lib.data.splits import k_fold, out_of_fold
from course_lib.selection.learners import LogisticRegressionLearner, MLPLearner
from course_lib.selection.stacked_generalization import stack_features, stacking


def by_heart(x, y, rng):
    """Right about every row that it has seen, and knows nothing of others."""
    known = {row.tobytes(): label for row, label in zip(x, y, strict=True)}

    def predict(new):
        labels = [known.get(row.tobytes(), -1) for row in new]
        return np.array([np.full(2, 0.5) if label < 0 else np.eye(2)[label] for label in labels])

    return predict


def by_sign(x, y, rng):
    """Knows a rule that holds for three samples in four."""
    return lambda new: np.where(new[:, :1] > 0, [[0.25, 0.75]], [[0.75, 0.25]])


def draw(rng, n=80):
    x = rng.normal(size=(n, 1))
    return x, np.where(rng.random(n) < 0.75, x[:, 0] > 0, x[:, 0] <= 0).astype(int)


def test_features_stand_side_by_side(rng):
    a, b = rng.normal(size=(2, 3, 2))
    np.testing.assert_array_equal(stack_features([a, b]), np.hstack([a, b]))


@pytest.mark.outcome
def test_a_member_that_overfits_is_not_trusted(rng):
    x, y = draw(rng)
    stacked = stacking([by_heart, by_sign], x, y, k_fold(len(x), 5, rng=rng), n_classes=2, rng=rng)
    # out of fold, the first member says nothing about any row, and the second what it always says
    np.testing.assert_array_equal(stacked.features[:, :2], 0.5)
    np.testing.assert_array_equal(stacked.features[:, 2:], by_sign(x, y, rng)(x))
    new = rng.normal(size=(50, 1))
    np.testing.assert_array_equal(stacked(new).argmax(axis=1), (new[:, 0] > 0).astype(int))
    # trained on what the members say of their own training rows, it would trust the first alone
    in_sample = stack_features([by_heart(x, y, rng)(x), by_sign(x, y, rng)(x)])
    leaky = LogisticRegressionLearner(2)(in_sample, y, rng)
    trust = np.abs(leaky.network.layers[0].params["w"]).sum(axis=1)
    assert trust[:2].sum() > trust[2:].sum()


def test_features_are_the_members_out_of_fold_predictions(rng):
    x, y = draw(rng, 30)
    folds = k_fold(30, 3, rng=rng)
    learners = [MLPLearner(2, hidden=(2,), epochs=1), LogisticRegressionLearner(2, steps=3)]
    stacked = stacking(learners, x, y, folds, n_classes=2, rng=np.random.default_rng(6))
    assert stacked.features.shape == (30, 4)
    # the second draws no random numbers, so any will do
    np.testing.assert_array_equal(stacked.features[:, 2:], out_of_fold(learners[1], x, y, folds, rng=rng))
    # afterwards the members learn from all samples
    np.testing.assert_array_equal(stacked.members[1](x), learners[1](x, y, rng)(x))
    again = stacking(learners, x, y, folds, n_classes=2, rng=np.random.default_rng(6))
    np.testing.assert_array_equal(again(x), stacked(x))


def test_the_meta_learner_may_be_another(rng):
    x, y = draw(rng, 20)
    seen = []

    def make_meta(features, labels, child):
        seen.append((features.shape, labels.shape))
        return lambda new: new[:, 2:]

    folds = k_fold(20, 4, rng=rng)
    stacked = stacking([by_heart, by_sign], x, y, folds, n_classes=2, make_meta=make_meta, rng=rng)
    assert seen == [((20, 4), (20,))]
    np.testing.assert_array_equal(stacked(x), by_sign(x, y, rng)(x))


def stacked(make_models=(by_sign,), **changed):
    """A call that is valid except for the arguments given."""
    arguments = {"x": np.zeros((4, 1)), "y": np.array([0, 1, 0, 1]), "folds": [([0, 1], [2, 3]), ([2, 3], [0, 1])]}
    arguments |= {"n_classes": 2, "rng": np.random.default_rng(0)}
    return stacking(make_models, **arguments | changed)


REFUSED = [
    (lambda: stacked([]), ValueError, "make_models must hold at least one learner, got none"),
    (lambda: stacked(by_sign), TypeError, r"make_models must be a list of learners, got one: type \[make_model\]"),
    (lambda: stacked([MLPLearner]), TypeError, r"each of make_models .* class MLPLearner: type MLPLearner\(\.\.\.\)"),
    (lambda: stacked([by_sign, None]), TypeError, r"each of make_models must be a function .*, got None .*"),
    (lambda: stacked(make_meta=3), TypeError, r"make_meta must be a function \(x, y, rng\) -> predict, got 3 .*"),
    (
        lambda: stacked(make_meta=lambda *_: None),
        TypeError,
        "what make_meta returns must be a function of x, got None.*",
    ),
    (lambda: stacked(folds=[(range(4), range(4))]), ValueError, "a fold trains on 4 .*, the first is 0"),
    (lambda: stacked(y=[0.0, 1, 0, 1]), TypeError, r"labels must be integers, got float64: pass labels.astype\(int\)"),
    (lambda: stacked(y=[0, 1, 0, 2]), ValueError, r"labels must lie in \[0, 2\), got 2"),
    (lambda: stacked(y=[0, 1]), ValueError, r"labels must have the shape \(4,\), got \(2,\)"),
    (lambda: stacked(n_classes=2.0), TypeError, r"n_classes must be an integer, got 2.0 \(float\): type 2"),
    (lambda: stacked(n_classes=1), ValueError, "n_classes must be at least 2, got 1"),
    (lambda: stacked(rng=0), TypeError, r"rng must be .*: type rng=np.random.default_rng\(0\)"),
    (lambda: stacked(x=np.zeros((0, 1)), y=[]), ValueError, "x must have at least one sample .*"),
    (lambda: stack_features([]), ValueError, r"probs must be a list of arrays \(N, C\) .*, got the shapes \[\]"),
    (lambda: stack_features([np.ones((2, 2)), np.ones((3, 2))]), ValueError, r".* \[\(2, 2\), \(3, 2\)\]"),
    (lambda: stack_features(np.ones((2, 2))), ValueError, r".* \[\(2,\), \(2,\)\]"),
]


@pytest.mark.parametrize(("call", "error", "message"), REFUSED)
def test_what_does_not_fit_is_refused(call, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        call()


def test_members_of_different_width_may_be_stacked(rng):
    """Unlike for an average, nothing is added up."""
    features = stack_features([rng.random((3, 2)), rng.random((3, 1))])
    assert features.shape == (3, 3)
