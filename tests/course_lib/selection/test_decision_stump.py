"""The sweep against trying every question, and against scikit-learn's tree of depth one."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.tree import DecisionTreeClassifier

from course_lib.selection.decision_stump import Presorted, Stump, fit_stump, presort

seeds = st.integers(0, 2**32 - 1)
dtypes = st.sampled_from([np.float32, np.float64])


def draw(seed, n, d, c, dtype=np.float64):
    rng = np.random.default_rng(seed)
    # few distinct values, so that ties happen
    x = rng.integers(0, 6, (n, d)) / 2
    return x.astype(dtype), rng.integers(0, c, n), rng.uniform(0, 1, n) * rng.integers(0, 2, n) + 1e-3


def error_of(stump, x, y, w):
    return w[stump(x) != y].sum()


def impurity(sides, y, w, c):
    total = 0.0
    for side in sides:
        shares = np.bincount(y[side], w[side], minlength=c)
        if shares.sum() > 0:
            total += shares.sum() * (1 - ((shares / shares.sum()) ** 2).sum())
    return total


@given(seeds, st.integers(1, 12), st.integers(1, 3), st.integers(1, 4), dtypes)
def test_no_question_has_less_error(seed, n, d, c, dtype):
    x, y, w = draw(seed, n, d, c, dtype)
    stump = fit_stump(x, y, w, n_classes=c)
    best = min(
        w[np.where(x[:, j] <= t, left, right) != y].sum()
        for j, left, right in product(range(d), range(c), range(c))
        for t in np.unique(x[:, j])
    )
    # sums of at most 12 weights below 1, and the gain of 1e-12 below which a question counts as no better
    assert error_of(stump, x, y, w) <= best + 1e-11


@given(seeds, st.integers(1, 12), st.integers(1, 3), st.integers(1, 4), dtypes)
def test_no_question_has_purer_sides(seed, n, d, c, dtype):
    x, y, w = draw(seed, n, d, c, dtype)
    stump = fit_stump(x, y, w, n_classes=c, criterion="gini")
    left = x[:, stump.feature] <= stump.threshold
    best = min(impurity((x[:, j] <= t, x[:, j] > t), y, w, c) for j in range(d) for t in np.unique(x[:, j]))
    assert impurity((left, ~left), y, w, c) <= best + 1e-11  # as above
    for side, answer in ((left, stump.left), (~left, stump.right)):
        if side.any():
            votes = np.bincount(y[side], w[side], minlength=c)
            assert votes[answer] >= votes.max() - 1e-12  # the other side's votes are found by subtracting


@pytest.mark.parametrize("seed", range(5))
def test_gini_agrees_with_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    # float32, because scikit-learn's trees round to it; weights and values without ties, so that one split is best
    x, y, w = rng.normal(size=(80, 3)).astype(np.float32), rng.integers(0, 3, 80), rng.uniform(0.1, 1, 80)
    tree = DecisionTreeClassifier(max_depth=1).fit(x, y, sample_weight=w)
    stump = fit_stump(x, y, w, n_classes=3, criterion="gini")
    assert (stump.feature, stump.threshold) == (tree.tree_.feature[0], pytest.approx(tree.tree_.threshold[0], abs=1e-6))
    np.testing.assert_array_equal(stump(x), tree.predict(x))


@given(seeds, st.integers(1, 12), st.integers(1, 3), st.integers(1, 4))
def test_presorted_features_give_the_same_stump(seed, n, d, c):
    x, y, w = draw(seed, n, d, c)
    before = x.copy()
    assert fit_stump(presort(x), y, w, n_classes=c) == fit_stump(x, y, w, n_classes=c)
    np.testing.assert_array_equal(x, before)


def test_a_threshold_between_neighbouring_or_huge_numbers_separates_them():
    # the middle of ``odd`` and the number after it is rounded to the latter
    odd = np.nextafter(1.0, 2)
    pairs = ((1.0, odd), (odd, np.nextafter(odd, 2)), (-1.7e308, 1.7e308), (1.6e308, 1.7e308), (-1.7e308, -1.6e308))
    for below, above in pairs:
        x = np.array([[below], [above]])
        assert fit_stump(x, [0, 1], n_classes=2)(x).tolist() == [0, 1]


def test_constant_features_give_the_heaviest_class():
    x = np.ones((3, 2))
    for criterion in ("error", "gini"):
        stump = fit_stump(x, [0, 1, 2], [0.2, 0.5, 0.3], n_classes=3, criterion=criterion)
        assert stump(x).tolist() == [1, 1, 1]


def test_trailing_samples_without_weight_do_not_make_a_side():
    """Subtracting these weights from their sums leaves 1e-16 and -1e-16: a side of weight 0 that is no side."""
    w = np.array([0.3, 0.1, 0.1, 0.8, 0.9, 0.6, 0.8, 0.6, 0.9, 0.8, 0.0, 0.0])
    x, y = np.arange(12.0)[:, None], np.arange(12) % 2
    shorter = fit_stump(x[:10], y[:10], w[:10], n_classes=2, criterion="gini")
    assert fit_stump(x, y, w, n_classes=2, criterion="gini") == shorter


@given(seeds, st.integers(2, 12), st.integers(1, 3), st.integers(1, 4), st.integers(-1060, 1000), st.booleans())
def test_only_the_proportions_of_the_weights_count(seed, n, d, c, exponent, gini):
    x, y, w = draw(seed, n, d, c)
    w = np.ceil(8 * w) / 8  # some bits, so that the smallest power rounds none away
    criterion = "gini" if gini else "error"
    scaled = fit_stump(x, y, np.ldexp(w, exponent), n_classes=c, criterion=criterion)
    assert scaled == fit_stump(x, y, w, n_classes=c, criterion=criterion)


@given(seeds, st.integers(1, 12), st.integers(1, 3), st.integers(1, 4), dtypes)
def test_infinite_values_are_the_largest_and_smallest(seed, n, d, c, dtype):
    x, y, w = draw(seed, n, d, c, dtype)
    ends = np.where(x == x.max(), np.inf, np.where(x == x.min(), -np.inf, x)).astype(dtype)
    finite, infinite = (fit_stump(z, y, w, n_classes=c) for z in (x, ends))
    np.testing.assert_array_equal(infinite(ends), finite(x))


@pytest.mark.parametrize("kind", [bool, np.int8, np.uint16, np.int64])
def test_features_of_whole_numbers_are_taken(kind):
    x = np.array([[0], [1], [1], [0]]).astype(kind)
    stump = fit_stump(x, x[:, 0], n_classes=2)
    assert (stump.threshold, stump(x).tolist()) == (0.5, [0, 1, 1, 0])


X, Y = np.array([[0.0], [1.0]]), [0, 1]
STUMP = fit_stump(X, Y, n_classes=2)
ONE_HOT = np.eye(2, dtype=int)
REFUSED = [
    (lambda: presort(np.ones(3)), ValueError, r"x must have the shape \(N, D\), got \(3,\): one sample is x\[None\]"),
    (lambda: presort(np.ones((0, 2))), ValueError, r"x must have at least one entry .*, got the shape \(0, 2\)"),
    (lambda: presort(np.ones((2, 0))), ValueError, r"x must have at least one entry .*, got the shape \(2, 0\)"),
    (lambda: presort([[np.nan], [1.0]]), ValueError, "x must not hold NaN, got 1: .*"),
    (lambda: presort(np.ones((2, 1), np.float16)), TypeError, "x is float16, .*"),
    (lambda: Presorted(np.ones((1, 2)), np.array([[0, 2]])), ValueError, r"samples must lie in \[0, 2\), got 2"),
    (lambda: Presorted(np.ones((1, 2)), np.array([[0, -1]])), ValueError, r"samples must lie in \[0, 2\), got -1"),
    (lambda: Presorted(np.ones((1, 2)), np.array([[0]])), ValueError, r"arrays \(D, N\) of the same shape .*"),
    (lambda: fit_stump(X, [0.0, 1.9], n_classes=2), TypeError, "labels must be integers, got float64"),
    (lambda: fit_stump(X, [0.0, 1.0], n_classes=2), TypeError, r"labels .* float64: pass labels.astype\(int\)"),
    (
        lambda: fit_stump(X, ONE_HOT, n_classes=2),
        ValueError,
        r"labels .*: one-hot rows\? pass labels.argmax\(axis=-1\)",
    ),
    (lambda: fit_stump(X, [0], n_classes=2), ValueError, r"labels must have the shape \(2,\), got \(1,\)"),
    (lambda: fit_stump(X, [0, 2], n_classes=2), ValueError, r"labels must lie in \[0, 2\), got 2"),
    (lambda: fit_stump(X, [0, -1], n_classes=2), ValueError, r"labels must lie in \[0, 2\), got -1"),
    (lambda: fit_stump(X, Y, n_classes=0), ValueError, "n_classes must be at least 1, got 0"),
    (lambda: fit_stump(X, Y, n_classes=2.0), TypeError, r"n_classes must be an integer, got 2.0 \(float\): type 2"),
    (lambda: fit_stump(X, Y, [-0.5, 1], n_classes=2), ValueError, "weights must be at least 0 and finite, got -0.5"),
    (lambda: fit_stump(X, Y, [np.nan, 1], n_classes=2), ValueError, "weights must be at least 0 and finite, got nan"),
    (lambda: fit_stump(X, Y, [np.inf, 1], n_classes=2), ValueError, "weights must be at least 0 and finite, got inf"),
    (lambda: fit_stump(X, Y, [0, 0], n_classes=2), ValueError, "weights must not all be zero"),
    (lambda: fit_stump(X, Y, [1], n_classes=2), ValueError, r"weights must have the shape \(2,\), got \(1,\)"),
    (
        lambda: fit_stump(X, Y, n_classes=2, criterion="entropy"),
        ValueError,
        "criterion .* 'error', 'gini', got 'entropy'",
    ),
    (lambda: STUMP(X[:, 0]), ValueError, r"x must have the shape \(N, D\), got \(2,\): one sample is x\[None\]"),
    (lambda: STUMP(np.array([[np.nan]])), ValueError, "x must not hold NaN, got 1: .*"),
    (lambda: Stump(1, 0.0, 0, 1)(X), ValueError, r"x must have more than 1 features, got the shape \(2, 1\)"),
]


@pytest.mark.parametrize(("call", "error", "message"), REFUSED)
def test_what_does_not_fit_is_refused(call, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        call()
