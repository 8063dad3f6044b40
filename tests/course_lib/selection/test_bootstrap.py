"""Bootstrap samples, and members that have seen different ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.selection.bootstrap import bagging, bootstrap_indices, out_of_bag_mask
from course_lib.selection.learners import MLPLearner

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


@pytest.mark.soak
def test_the_mean_over_many_unseeing_members_keeps_its_digits():
    k, numbers = 40_000, iter(np.random.default_rng(0).uniform(0.1, 0.2, 40_000).astype(np.float32))

    def make_model(x, y, rng):
        p = next(numbers)
        return lambda new: np.tile(np.array([p, 1 - p], np.float32), (len(new), 1))

    x = np.zeros((2, 1))
    ensemble = bagging(make_model, x, np.zeros(2, int), k, rng=np.random.default_rng(0))
    got = ensemble.out_of_bag_probabilities(x)
    probs = np.stack([predict(x) for predict in ensemble.members]).astype(float)
    assert got.dtype == np.float32
    for i in range(2):
        # one rounding to float32 at the end
        np.testing.assert_allclose(got[i], probs[ensemble.out_of_bag[:, i], i].mean(axis=0), rtol=2e-7)


def predicts(out):
    return lambda x, y, rng: lambda new: out(new)


def fitted(out=lambda new: np.ones((len(new), 1)), **changed):
    arguments = {"x": np.zeros((4, 1)), "y": np.zeros(4, int), "n_members": 2, "rng": np.random.default_rng(0)}
    return bagging(predicts(out), **arguments | changed)


def other_widths():
    widths = iter([1, 2])
    return predicts(lambda new: np.ones((len(new), next(widths))))


X = np.zeros((4, 1))
REFUSED = [
    (lambda rng: fitted(n_members=0), ValueError, "n_members must be at least 1, got 0"),
    (lambda rng: fitted(n_members=2.0), TypeError, r"n_members must be an integer, got 2.0 \(float\): type 2"),
    (lambda rng: fitted(rng=0), TypeError, r"rng must be .*: type rng=np.random.default_rng\(0\)"),
    (lambda rng: fitted(y=np.zeros(3, int)), ValueError, r"y must have one row for each of the 4 samples, got .*"),
    (lambda rng: fitted(x=np.zeros((0, 1)), y=[]), ValueError, "x must have at least one sample .*"),
    (lambda rng: bagging(MLPLearner, X, np.zeros(4), 1, rng=rng), TypeError, r"make_model .*: type MLPLearner\(.*\)"),
    (lambda rng: bagging("mlp", X, np.zeros(4), 1, rng=rng), TypeError, r"make_model must be a function .* 'mlp'.*"),
    (lambda rng: bagging(lambda *_: 1, X, np.zeros(4), 1, rng=rng), TypeError, "what make_model returns must be .*"),
    (lambda rng: fitted()(np.zeros((0, 1))), ValueError, "probs must have at least one entry .*"),
    (
        lambda rng: fitted(lambda new: new[:1] + 1)(X),
        ValueError,
        r"predict\(x\) must have one row for each of the 4 .*",
    ),
    (lambda rng: fitted(lambda new: new[:, 0])(X), ValueError, r"probs must have the shape \(K, N, C\), got \(2, 4\)"),
    (lambda rng: fitted(lambda new: new)(X), ValueError, "rows of probs must sum to one, got 0: .*"),
    (lambda rng: bagging(other_widths(), X, np.zeros(4), 2, rng=rng)(X), ValueError, "all models must predict alike.*"),
    (lambda rng: fitted().out_of_bag_probabilities(X[:3]), ValueError, "the 4 training samples expected, got 3"),
    (lambda rng: bootstrap_indices(0, rng=rng), ValueError, "n must be at least 1, got 0"),
    (lambda rng: bootstrap_indices(np.zeros(5), rng=rng), TypeError, r"n must be the number .* \(5,\): type len\(y\)"),
    (lambda rng: bootstrap_indices(5, rng=rng, size=-1), ValueError, "size must be at least 0, got -1"),
    (lambda rng: bootstrap_indices(5, rng=rng, size=2.5), TypeError, r"size must be an integer, got 2.5 \(float\)"),
    (lambda rng: bootstrap_indices(5, rng=3), TypeError, r"rng must be .*: type rng=np.random.default_rng\(3\)"),
    (lambda rng: out_of_bag_mask([0, -1], 3), ValueError, r"indices must lie in \[0, 3\), got -1"),
    (lambda rng: out_of_bag_mask([3], 3), ValueError, r"indices must lie in \[0, 3\), got 3"),
    (lambda rng: out_of_bag_mask([True, False], 2), TypeError, "indices must be integers, got a boolean mask: .*"),
    (lambda rng: out_of_bag_mask([0.9], 2), TypeError, "indices must be integers, got float64"),
    (lambda rng: out_of_bag_mask([0], np.zeros(2)), TypeError, "n must be the number of samples, .*"),
]


@pytest.mark.parametrize(("call", "error", "message"), REFUSED)
def test_what_does_not_fit_is_refused(call, error, message, rng):
    with pytest.raises(error, match=f"^{message}$"):
        call(rng)
