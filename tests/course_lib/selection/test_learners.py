"""The learners: what they promise to folds and ensembles, and logistic regression against scikit-learn's."""

import pickle

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from course_lib.data.datasets import moons
from course_lib.selection.learners import LogisticRegressionLearner, MLPLearner

both = pytest.mark.parametrize("learner", [MLPLearner(3, hidden=(4,), epochs=2), LogisticRegressionLearner(3, steps=5)])


@both
def test_scaling_is_learnt_inside_and_undoes_units(learner, rng):
    x, y = rng.normal(size=(12, 2)), rng.integers(0, 3, 12)
    new = rng.normal(size=(4, 2))
    scale, shift = np.array([1e3, 1e-3]), np.array([5.0, -2.0])
    first = learner(x, y, np.random.default_rng(0))(new)
    second = learner(x * scale + shift, y, np.random.default_rng(0))(new * scale + shift)
    # standardising leaves round-off of 1e-16 times the shift's ratio to the spread, 2 / 1e-3
    np.testing.assert_allclose(second, first, rtol=0, atol=1e-9)


@both
def test_all_classes_get_a_probability_and_inputs_are_left_alone(learner, rng):
    x, y = rng.normal(size=(6, 2)), np.array([0, 0, 1, 1, 0, 1])
    before = x.copy()
    probs = learner(x, y, rng)(x)
    assert probs.shape == (6, 3)
    np.testing.assert_allclose(probs.sum(axis=1), 1, rtol=1e-14)
    np.testing.assert_array_equal(x, before)


@both
def test_equal_seeds_give_equal_models_and_they_can_be_sent_to_a_process(learner, rng):
    x, y = rng.normal(size=(9, 2)), rng.integers(0, 3, 9)
    one, other = (learner(x, y, np.random.default_rng(4)) for _ in range(2))
    np.testing.assert_array_equal(one(x), other(x))
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(one))(x), one(x))
    assert pickle.loads(pickle.dumps(learner)) == learner


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_precision_is_kept(dtype, rng):
    x, y = rng.normal(size=(9, 2)).astype(dtype), rng.integers(0, 3, 9)
    assert MLPLearner(3, epochs=1, dtype=dtype)(x, y, rng)(x).dtype == dtype
    assert LogisticRegressionLearner(3, steps=2)(x, y, rng)(x).dtype == dtype


@pytest.mark.outcome
def test_a_network_learns_what_a_line_cannot(rng):
    x, y = moons(200, rng=rng)
    curved = MLPLearner(2, hidden=(16,), epochs=30, lr=0.03)(x, y, rng)
    straight = LogisticRegressionLearner(2)(x, y, rng)
    # forty seeds gave at least 0.99 against at most 0.92
    assert np.mean(curved(x).argmax(axis=1) == y) > 0.95 > np.mean(straight(x).argmax(axis=1) == y)


@pytest.mark.outcome
@pytest.mark.parametrize(("n_classes", "l2"), [(2, 0.1), (3, 0.01)])
def test_logistic_regression_finds_scikit_learns_minimum(n_classes, l2, rng):
    x, y = rng.normal(size=(60, 3)), rng.integers(0, n_classes, 60)
    x[:, 0] += y
    ours = LogisticRegressionLearner(n_classes, l2=l2, steps=500)(x, y, rng)
    scaled = (x - x.mean(axis=0)) / x.std(axis=0)
    # scikit-learn's two-class model has one column: with two, the penalty on the difference is half of it
    c = 1 / (len(x) * (l2 / 2 if n_classes == 2 else l2))
    theirs = LogisticRegression(C=c, tol=1e-12, max_iter=1000).fit(scaled, y)
    # what 500 accelerated steps leave at a curvature of 0.01 or more, and their tolerance
    np.testing.assert_allclose(ours(x), theirs.predict_proba(scaled), rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: MLPLearner(0), ValueError, "n_classes must be at least 1, got 0"),
        (lambda: MLPLearner(2, hidden=(8.0,)), TypeError, "hidden must be an integer, got 8.0"),
        (lambda: MLPLearner(2, epochs=-1), ValueError, "epochs must be at least 0, got -1"),
        (lambda: MLPLearner(2, batch_size=0), ValueError, "batch_size must be at least 1, got 0"),
        (lambda: MLPLearner(2, lr=-1), ValueError, "lr must be at least 0"),
        (lambda: MLPLearner(2, activation="rleu"), ValueError, "activation must be one of .* got 'rleu'"),
        (lambda: MLPLearner(2, dtype=int), TypeError, "dtype must be float32 or float64, got int64"),
        (lambda: LogisticRegressionLearner(2, l2=0), ValueError, "l2 must be positive"),
        (lambda: LogisticRegressionLearner(2, steps=1.5), TypeError, "steps must be an integer, got 1.5"),
        (lambda: LogisticRegressionLearner(2)(np.ones((3, 2)), [0, 1, 2], None), ValueError, r"y must lie in \[0, 2\)"),
        (
            lambda: LogisticRegressionLearner(2)(np.ones(3), [0, 1, 1], None),
            ValueError,
            r"x must have the shape \(N, D\)",
        ),
    ],
)
def test_impossible_settings_are_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()
