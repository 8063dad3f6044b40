"""Bootstrap samples, and members that have seen different ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.bagging import bagging, bootstrap_indices, out_of_bag_mask

seeds = st.integers(0, 2**32 - 1)


def remembering(x, y, rng):
    """Predicts class 1 for rows that it has seen, else class 0."""
    return lambda new: np.eye(2)[np.isin(new[:, 0], x[:, 0]).astype(int)]


@given(seeds, st.integers(1, 30), st.integers(0, 30))
def test_indices_and_mask(seed, n, size):
    drawn = bootstrap_indices(n, rng=np.random.default_rng(seed), size=size)
    assert drawn.shape == (size,) and ((drawn >= 0) & (drawn < n)).all()
    mask = out_of_bag_mask(drawn, n)
    assert set(np.flatnonzero(mask)) == set(range(n)) - set(drawn.tolist())
    assert bootstrap_indices(n, rng=np.random.default_rng(seed)).shape == (n,)


def test_drawn_with_replacement_a_third_is_left_out(rng):
    n, repeats = 50, 2000
    left_out = sum(out_of_bag_mask(bootstrap_indices(n, rng=rng), n).sum() for _ in range(repeats))
    p = (1 - 1 / n) ** n
    # the samples left out are negatively correlated, so the binomial deviation bounds the true one
    assert abs(left_out - repeats * n * p) < 4.5 * np.sqrt(repeats * n * p * (1 - p))


@given(seeds, st.integers(1, 12), st.integers(1, 6))
def test_members_vote_and_the_unseeing_judge(seed, n, k):
    x = np.arange(float(n))[:, None]
    ensemble = bagging(remembering, x, np.zeros(n, int), k, rng=np.random.default_rng(seed))
    np.testing.assert_allclose(ensemble(x)[:, 0], ensemble.out_of_bag.mean(axis=0), rtol=0, atol=1e-15 * k)
    judged = ensemble.out_of_bag_probabilities(x)
    seen_by_all = ~ensemble.out_of_bag.any(axis=0)
    assert np.isnan(judged[seen_by_all]).all()
    assert (judged[~seen_by_all] == [1.0, 0.0]).all()


def test_members_have_samples_and_random_numbers_of_their_own(rng):
    drawn = []

    def make_model(x, y, child):
        drawn.append((tuple(x[:, 0]), tuple(y), child.random()))
        return lambda new: np.ones((len(new), 1))

    bagging(make_model, np.arange(9.0)[:, None], np.arange(9), 5, rng=rng)
    assert all(rows == labels for rows, labels, _ in drawn)  # inputs and labels are drawn together
    assert len({rows for rows, _, _ in drawn}) == len({number for _, _, number in drawn}) == 5


def test_a_member_does_not_depend_on_what_the_others_draw():
    def out_of_bag(n_drawn):
        def make_model(x, y, child):
            child.random(n_drawn)
            return lambda new: np.ones((len(new), 1))

        x = np.arange(9.0)[:, None]
        return bagging(make_model, x, x[:, 0], 4, rng=np.random.default_rng(3)).out_of_bag

    np.testing.assert_array_equal(out_of_bag(0), out_of_bag(5))


def test_more_members_leave_the_first_ones_as_they_are():
    x = np.arange(9.0)[:, None]
    few, many = (bagging(remembering, x, x[:, 0], k, rng=np.random.default_rng(3)) for k in (2, 6))
    np.testing.assert_array_equal(many.out_of_bag[:2], few.out_of_bag)


def test_errors(rng):
    with pytest.raises(ValueError, match="got 0"):
        bagging(remembering, np.zeros((2, 1)), np.zeros(2, int), 0, rng=rng)
    ensemble = bagging(remembering, np.zeros((4, 1)), np.zeros(4, int), 2, rng=rng)
    with pytest.raises(ValueError, match="the 4 training samples expected, got 3"):
        ensemble.out_of_bag_probabilities(np.zeros((3, 1)))
