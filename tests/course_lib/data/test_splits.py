"""Splits and folds: nothing is lost, nothing leaks, and every part looks like the whole."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.data import splits as ms
from course_lib.data.feature_scaling import standardize_apply, standardize_fit
from course_lib.selection.learners import MLPLearner

seeds = st.integers(0, 2**32 - 1)
labels = st.lists(st.integers(0, 4), min_size=2, max_size=60).map(np.array)


def counts(y, part):
    return np.bincount(y[part], minlength=5)


def check_partition(folds, n, k):
    assert len(folds) == k
    for train, test in folds:
        np.testing.assert_array_equal(np.sort(np.concatenate([train, test])), np.arange(n))
        assert (np.diff(train) > 0).all() and (np.diff(test) > 0).all()
    np.testing.assert_array_equal(np.sort(np.concatenate([test for _, test in folds])), np.arange(n))
    sizes = [len(test) for _, test in folds]
    assert max(sizes) - min(sizes) <= 1


@given(seeds, st.integers(2, 60), st.data())
def test_k_fold_tests_everything_once(seed, n, data):
    k = data.draw(st.integers(2, n))
    check_partition(ms.k_fold(n, k, rng=np.random.default_rng(seed)), n, k)


@given(seeds, labels, st.data())
def test_stratified_k_fold_spreads_every_class(seed, y, data):
    k = data.draw(st.integers(2, len(y)))
    folds = ms.stratified_k_fold(y, k, rng=np.random.default_rng(seed))
    check_partition(folds, len(y), k)
    per_fold = np.array([counts(y, test) for _, test in folds])
    assert (per_fold.max(axis=0) - per_fold.min(axis=0) <= 1).all()


@pytest.mark.parametrize(
    "make", [lambda n, rng: ms.k_fold(n, 3, rng=rng), lambda n, rng: ms.stratified_k_fold(np.zeros(n, int), 3, rng=rng)]
)
def test_any_two_samples_may_meet_in_a_test_part(make):
    """A cut of sorted samples would always keep 0 and 1 together, and 0 and 11 apart."""
    rng, n_draws = np.random.default_rng(5), 400
    together = np.zeros((12, 12))
    for _ in range(n_draws):
        for _, test in make(12, rng):
            together[np.ix_(test, test)] += 1
    # 3 of the 11 others share a part of 4: binomial, at 4.5 standard deviations
    p = 3 / 11
    off_diagonal = together[~np.eye(12, dtype=bool)]
    assert np.abs(off_diagonal - n_draws * p).max() < 4.5 * np.sqrt(n_draws * p * (1 - p))


@given(seeds, labels, st.floats(0, 0.45), st.floats(0, 0.45))
def test_stratified_split_is_a_partition_in_proportion(seed, y, validation, test):
    try:
        parts = ms.stratified_split(y, validation=validation, test=test, rng=np.random.default_rng(seed))
    except ValueError:
        assert round(validation * len(y)) + round(test * len(y)) >= len(y)
        return
    np.testing.assert_array_equal(np.sort(np.concatenate(parts)), np.arange(len(y)))
    sizes = [len(part) for part in parts]
    assert sizes[1:] == [round(validation * len(y)), round(test * len(y))]
    # Entries at equal distances: a class's count is off by less than one. What the test part leaves is then cut again,
    # and its own deviation, below one, goes to the two others in proportion: 1 + share and 1 + (1 - share) < 2.
    share = sizes[1] / (sizes[0] + sizes[1])
    for part, slack in zip(parts, (2 - share, 1 + share, 1), strict=True):
        expected = counts(y, slice(None)) * len(part) / len(y)
        assert (np.abs(counts(y, part) - expected) < slack + 1e-9).all()  # round-off


def test_the_validation_part_may_be_off_by_more_than_one():
    """So "less than two" is what can be promised: the worst that a search over small classes found is 1.83."""
    sizes, y = np.array([2, 4, 6, 5, 6]), np.repeat(np.arange(5), [2, 4, 6, 5, 6])
    worst = 0.0
    for seed in range(300):
        _, part, _ = ms.stratified_split(y, validation=21 / 23, test=1 / 23, rng=np.random.default_rng(seed))
        worst = max(worst, np.abs(counts(y, part) - sizes * 21 / 23).max())
    assert 1 < worst < 2


@given(st.integers(1, 40), st.data())
def test_entries_at_equal_distances_are_distinct_and_equally_likely(n, data):
    size = data.draw(st.integers(1, n))

    class Start:
        def __init__(self, r):
            self.r = r

        def integers(self, stop):
            assert stop == n
            return self.r

    drawn = [ms._spread(np.arange(n), size, Start(r)) for r in range(n)]  # all that can be drawn
    assert all(len(chosen) == size and set(chosen) | set(others) == set(range(n)) for chosen, others in drawn)
    assert (np.bincount(np.concatenate([chosen for chosen, _ in drawn])) == size).all()


def test_split_draws_every_sample_equally_often():
    rng, y = np.random.default_rng(8), np.repeat([0, 1, 2], [5, 9, 16])
    drawn = sum(
        np.bincount(ms.stratified_split(y, validation=0, test=0.3, rng=rng)[2], minlength=30) for _ in range(500)
    )
    # binomial with 500 draws of probability 0.3, at 4.5 standard deviations
    assert np.abs(drawn - 150).max() < 4.5 * np.sqrt(500 * 0.3 * 0.7)


@given(seeds, labels, st.data())
def test_learning_curve_subsets_are_nested_and_in_proportion(seed, y, data):
    sizes = sorted(data.draw(st.sets(st.integers(1, len(y)), min_size=1, max_size=5)))
    subsets = ms.learning_curve_subsets(y, sizes, rng=np.random.default_rng(seed))
    assert [len(np.unique(s)) for s in subsets] == sizes
    whole, n_classes = counts(y, slice(None)), len(np.unique(y))
    for smaller, larger in pairwise(subsets):
        np.testing.assert_array_equal(larger[: len(smaller)], smaller)
    for subset in subsets:
        off = np.abs(counts(y, subset) - whole * len(subset) / len(y))
        # the bound that the docstring states, for the classes that there are
        assert (off <= (1 + (n_classes - 2) * whole / len(y)) / 2 + 1e-9)[whole > 0].all()


@given(seeds, st.integers(1, 6), st.integers(1, 9), st.data())
def test_of_equally_large_classes_each_subset_has_its_share(seed, n_classes, count, data):
    y = np.repeat(np.arange(n_classes), count)
    size = data.draw(st.integers(1, len(y)))
    (subset,) = ms.learning_curve_subsets(y, [size], rng=np.random.default_rng(seed))
    off = np.abs(np.bincount(y[subset], minlength=n_classes) - size / n_classes)
    assert off.max() <= 1 - 1 / n_classes + 1e-9


def test_the_smallest_balanced_subset_has_one_of_each_class():
    y = np.repeat(np.arange(5), 20)
    subset, *_ = ms.learning_curve_subsets(y, [5, 50], rng=np.random.default_rng(1))
    assert sorted(y[subset]) == [0, 1, 2, 3, 4]


def test_a_rare_class_is_not_favoured_in_small_subsets_and_no_class_among_equals():
    y = np.repeat([0, 1], [99, 1])
    assert not any(y[ms.learning_curve_subsets(y, [10], rng=np.random.default_rng(i))[0]].any() for i in range(20))
    y = np.repeat(np.arange(5), 20)
    drawn = np.concatenate([y[ms.learning_curve_subsets(y, [1], rng=np.random.default_rng(i))[0]] for i in range(500)])
    # binomial with 500 draws of probability 1/5, at 4.5 standard deviations
    assert np.abs(np.bincount(drawn, minlength=5) - 100).max() < 4.5 * np.sqrt(500 * 0.2 * 0.8)


def nearest_scaled(x, y, rng):
    """A model that knows its training rows by heart, and has scaled them."""
    mean, std = standardize_fit(x)
    known = standardize_apply(x, mean, std)

    def predict(new):
        distances = ((standardize_apply(new, mean, std)[:, None] - known) ** 2).sum(axis=2)
        return np.eye(3, dtype=np.float32)[y[distances.argmin(axis=1)]]

    return predict


def test_out_of_fold_equals_fold_by_fold_work(rng):
    x, y = rng.normal(size=(20, 2)) * [1, 100], rng.integers(0, 3, 20)
    folds = ms.k_fold(20, 4, rng=rng)
    got = ms.out_of_fold(nearest_scaled, x, y, folds, rng=rng)
    assert got.dtype == np.float32 and got.shape == (20, 3)
    for train, test in folds:
        mean, std = x[train].mean(axis=0), x[train].std(axis=0)
        a, b = (x[test] - mean) / std, (x[train] - mean) / std
        nearest = np.linalg.norm(a[:, None] - b, axis=2).argmin(axis=1)
        np.testing.assert_array_equal(got[test].argmax(axis=1), y[train][nearest])


def test_out_of_fold_never_shows_a_model_the_rows_that_it_predicts(rng):
    x, seen = np.arange(15.0)[:, None], []

    def make_model(rows, _, child):
        seen.append(child)
        return lambda new: np.isin(new, rows)

    got = ms.out_of_fold(make_model, x, np.zeros(15, int), ms.k_fold(15, 5, rng=rng), rng=rng)
    assert not got.any()
    assert len({child.random() for child in seen}) == 5


def test_a_model_has_random_numbers_of_its_own():
    """However many the models of other folds draw."""

    def first_numbers(n_drawn):
        def make_model(x, y, child):
            numbers = child.random(n_drawn)
            return lambda new: np.full(len(new), numbers[0])

        rng = np.random.default_rng(4)
        return ms.out_of_fold(make_model, np.zeros(6), np.zeros(6), ms.k_fold(6, 3, rng=rng), rng=rng)

    np.testing.assert_array_equal(first_numbers(1), first_numbers(7))


def test_memorising_random_labels_is_seen_through():
    rng = np.random.default_rng(11)
    x, y = rng.normal(size=(300, 2)), rng.integers(0, 3, 300)
    in_sample = nearest_scaled(x, y, rng)(x).argmax(axis=1)
    honest = ms.out_of_fold(nearest_scaled, x, y, ms.k_fold(300, 5, rng=rng), rng=rng).argmax(axis=1)
    assert (in_sample == y).all()
    # chance, at 4.5 standard deviations
    assert abs((honest == y).mean() - 1 / 3) < 4.5 * np.sqrt(2 / 9 / 300)


def test_leaking_and_incomplete_folds_are_refused(rng):
    x, y = np.zeros((4, 1)), np.zeros(4, int)
    with pytest.raises(ValueError, match="trains on 1 of the samples that it tests, the first is 2"):
        ms.out_of_fold(nearest_scaled, x, y, [([0, 2], [2, 3]), ([2, 3], [0, 1])], rng=rng)
    for folds in ([([0, 1], [2, 3])], [([0], [1, 2, 3]), ([2], [0, 1])], []):
        with pytest.raises(ValueError, match="each of the 4 samples once"):
            ms.out_of_fold(nearest_scaled, x, y, folds, rng=rng)


def test_predictions_of_all_models_fit_into_the_result(rng):
    """The first model's integers do not cut what the others predict."""
    folds = ms.k_fold(6, 3, rng=rng)
    kinds = iter([np.int64, np.float32, np.float64])

    def make_model(x, y, child):
        kind = next(kinds)
        return lambda new: (new[:, 0] + (0.5 if kind != np.int64 else 0)).astype(kind)

    x = np.arange(6.0)[:, None]
    got = ms.out_of_fold(make_model, x, np.zeros(6), folds, rng=rng)
    expected = x[:, 0] + 0.5
    expected[folds[0][1]] -= 0.5
    np.testing.assert_array_equal(got, expected)


def test_strings_are_classes_too():
    y = np.array(["cat", "dog", "cat", "cow", "dog", "cat"])
    codes = np.unique(y, return_inverse=True)[1]
    for a, b in zip(*(ms.stratified_split(z, test=0.5, rng=np.random.default_rng(2)) for z in (y, codes)), strict=True):
        np.testing.assert_array_equal(a, b)


def predicts(out):
    return lambda x, y, rng: lambda new: out(new)


def out_of_fold(make_model=None, **changed):
    """A call that is valid except for the arguments given."""
    fit = {"x": np.zeros((4, 1)), "y": np.zeros(4, int), "folds": [([0, 1], [2, 3]), ([2, 3], [0, 1])]}
    return ms.out_of_fold(
        make_model or predicts(lambda new: new), **{**fit, "rng": np.random.default_rng(0), **changed}
    )


REFUSED = [
    (
        lambda rng: ms.k_fold(np.array([0, 1, 1]), 2, rng=rng),
        TypeError,
        r"n .* \(3,\): type k_fold\(len\(y\), \.\.\.\), or str.*",
    ),
    (
        lambda rng: ms.k_fold([0, 1, 1], 2, rng=rng),
        TypeError,
        r"n must be the number of samples, got an array \(3,\).*",
    ),
    (lambda rng: ms.k_fold(5.0, 2, rng=rng), TypeError, r"n must be an integer, got 5.0 \(float\): type 5"),
    (lambda rng: ms.k_fold(5, 2.0, rng=rng), TypeError, r"k must be an integer, got 2.0 \(float\): type 2"),
    (lambda rng: ms.k_fold(5, 1, rng=rng), ValueError, r"k must be in \[2, 5\], got 1"),
    (lambda rng: ms.k_fold(5, 6, rng=rng), ValueError, r"k must be in \[2, 5\], got 6"),
    (lambda rng: ms.k_fold(1, 2, rng=rng), ValueError, "the number of samples must be at least 2, got 1"),
    (lambda rng: ms.k_fold(-3, 2, rng=rng), ValueError, "n must be at least 1, got -3"),
    (lambda rng: ms.k_fold(5, 2, rng=0), TypeError, r"rng .*: type rng=np.random.default_rng\(0\)"),
    (lambda rng: ms.stratified_k_fold([0, 1, 1], 4, rng=rng), ValueError, r"k must be in \[2, 3\], got 4"),
    (lambda rng: ms.stratified_k_fold(6, 2, rng=rng), ValueError, r"labels must have the shape \(N,\), got \(\)"),
    (lambda rng: ms.stratified_k_fold(np.zeros((2, 2)), 2, rng=rng), ValueError, r"labels .* got \(2, 2\)"),
    (lambda rng: ms.stratified_k_fold([0.0, 1.0], 2, rng=rng), TypeError, r"labels must be integers, got float64: .*"),
    (lambda rng: ms.stratified_k_fold([], 2, rng=rng), ValueError, r"labels must have at least one sample .*"),
    (lambda rng: ms.stratified_k_fold([0, 1], 2, rng=np.random), TypeError, "rng must be .*"),
    (lambda rng: ms.stratified_split([0, 1], test=-0.1, rng=rng), ValueError, r"test must lie in \[0, 1\), got -0.1"),
    (lambda rng: ms.stratified_split([0, 1], validation=1, rng=rng), ValueError, r"validation must lie in .*, got 1"),
    (lambda rng: ms.stratified_split([0, 1], test=np.nan, rng=rng), ValueError, r"test must lie in .*, got nan"),
    (lambda rng: ms.stratified_split([0, 1], test=[0.1, 0.2], rng=rng), TypeError, r"test must be a number, got .*"),
    (lambda rng: ms.stratified_split([0, 1], validation=0.5, test=0.5, rng=rng), ValueError, "nothing is left .*"),
    (lambda rng: ms.stratified_split([0, 1], rng=7), TypeError, r"rng .*: type rng=np.random.default_rng\(7\)"),
    (lambda rng: ms.learning_curve_subsets([0, 1, 1], [3, 2], rng=rng), ValueError, r"sizes .*, got \[3, 2\]"),
    (lambda rng: ms.learning_curve_subsets([0, 1, 1], [0, 2], rng=rng), ValueError, r"sizes .*, got \[0, 2\]"),
    (lambda rng: ms.learning_curve_subsets([0, 1, 1], [4], rng=rng), ValueError, r"sizes .*, got \[4\]"),
    (lambda rng: ms.learning_curve_subsets([0, 1, 1], [], rng=rng), ValueError, r"sizes .*, got \[\]"),
    (lambda rng: ms.learning_curve_subsets([0, 1, 1], [0.5], rng=rng), TypeError, r"each of the sizes .*, got 0.5.*"),
    (lambda rng: ms.learning_curve_subsets([0, 1, 1], 2.0, rng=rng), TypeError, r"each of the sizes .*: type 2"),
    (
        lambda rng: out_of_fold(MLPLearner),
        TypeError,
        r"make_model must be .* class MLPLearner: type MLPLearner\(\.\.\.\)",
    ),
    (lambda rng: out_of_fold(3), TypeError, r"make_model must be a function \(x, y, rng\) -> predict, got 3 \(int\)"),
    (lambda rng: out_of_fold(lambda x, y, rng: None), TypeError, "what make_model returns must be a function .*"),
    (lambda rng: out_of_fold(predicts(lambda new: new[:1])), ValueError, r"predict\(x\) .* 2 samples, got .* \(1, 1\)"),
    (lambda rng: out_of_fold(predicts(lambda new: 0.5)), ValueError, r"predict\(x\) must have one row .*"),
    (lambda rng: out_of_fold(y=np.zeros(3, int)), ValueError, r"y must have one row for each of the 4 samples, got .*"),
    (lambda rng: out_of_fold(x=np.zeros((0, 1))), ValueError, "x must have at least one sample .*"),
    (lambda rng: out_of_fold(rng=1), TypeError, r"rng .*: type rng=np.random.default_rng\(1\)"),
    (lambda rng: out_of_fold(folds=[([-1, 0], [2, 3])]), ValueError, r"train must lie in \[0, 4\), got -1"),
    (lambda rng: out_of_fold(folds=[([0, 1], [2, 4])]), ValueError, r"test must lie in \[0, 4\), got 4"),
    (lambda rng: out_of_fold(folds=[([0.0, 1.9], [2, 3])]), TypeError, "train must be integers, got float64"),
    (lambda rng: out_of_fold(folds=[(np.arange(4) < 2, [2, 3])]), TypeError, "train must be integers, got a bool.*"),
    (lambda rng: out_of_fold(folds=[([], [0, 1, 2, 3])]), ValueError, "the training part .* at least one sample .*"),
]


@pytest.mark.parametrize(("call", "error", "message"), REFUSED)
def test_what_does_not_fit_is_refused(call, error, message, rng):
    with pytest.raises(error, match=f"^{message}$"):
        call(rng)


def test_models_that_predict_rows_of_different_width_are_refused():
    widths = iter([1, 2])
    with pytest.raises(ValueError, match=r"must predict alike, got rows of \(1,\) and \(2,\)"):
        out_of_fold(predicts(lambda new: np.ones((len(new), next(widths)))))
