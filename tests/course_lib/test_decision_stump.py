"""The sweep against trying every question, and against scikit-learn's tree of depth one."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.tree import DecisionTreeClassifier

from course_lib.decision_stump import fit_stump, presort

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


def test_a_threshold_between_neighbouring_or_huge_numbers_parts_them():
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


REFUSED = {
    "(3,)": lambda: presort(np.ones(3)),
    "(0, 2)": lambda: presort(np.ones((0, 2))),
    "NaN, got 1": lambda: presort([[np.nan], [1.0]]),
    "(1,)": lambda: fit_stump(np.ones((2, 1)), [0], n_classes=2),
    "got 2": lambda: fit_stump(np.ones((2, 1)), [0, 2], n_classes=2),
    "got -1": lambda: fit_stump(np.ones((2, 1)), [0, -1], n_classes=2),
    "got -0.5": lambda: fit_stump(np.ones((2, 1)), [0, 1], [-0.5, 1], n_classes=2),
    "'entropy'": lambda: fit_stump(np.ones((2, 1)), [0, 1], n_classes=2, criterion="entropy"),
}


@pytest.mark.parametrize("value", REFUSED)
def test_what_does_not_fit_is_refused_with_its_value(value):
    with pytest.raises(ValueError) as error:
        REFUSED[value]()
    assert value in str(error.value)
