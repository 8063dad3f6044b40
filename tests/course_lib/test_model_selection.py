"""Splits and folds: nothing is lost, nothing leaks, and every part looks like the whole."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import model_selection as ms
from course_lib.feature_scaling import standardize_apply, standardize_fit

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
    for part, slack in zip(parts, (2, 2, 1), strict=True):
        expected = counts(y, slice(None)) * len(part) / len(y)
        # entries at equal distances; the validation part is taken from what the test part leaves, which adds its slack
        assert (np.abs(counts(y, part) - expected) < slack + 1e-9).all()


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
        # the bound that the docstring states
        assert (off <= (1 + n_classes * whole / len(y)) / 2 + 1e-9).all()


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


REFUSED = {
    "got 1": lambda rng: ms.k_fold(5, 1, rng=rng),
    "got 6": lambda rng: ms.k_fold(5, 6, rng=rng),
    "[2, 3]": lambda rng: ms.stratified_k_fold([0, 1, 1], 4, rng=rng),
    "(2, 2)": lambda rng: ms.stratified_k_fold(np.zeros((2, 2)), 2, rng=rng),
    "got -0.1": lambda rng: ms.stratified_split([0, 1], test=-0.1, rng=rng),
    "nothing is left": lambda rng: ms.stratified_split([0, 1], validation=0.5, test=0.5, rng=rng),
    "[3, 2]": lambda rng: ms.learning_curve_subsets([0, 1, 1], [3, 2], rng=rng),
    "[0, 2]": lambda rng: ms.learning_curve_subsets([0, 1, 1], [0, 2], rng=rng),
    "[4]": lambda rng: ms.learning_curve_subsets([0, 1, 1], [4], rng=rng),
}


@pytest.mark.parametrize("value", REFUSED)
def test_what_does_not_fit_is_refused_with_its_value(value, rng):
    with pytest.raises(ValueError) as error:
        REFUSED[value](rng)
    assert value in str(error.value)
