"""Averages, votes, and the two identities that say why they help."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.selection import ensembles as en

seeds = st.integers(0, 2**32 - 1)
small = st.integers(1, 5)
dtypes = st.sampled_from([np.float32, np.float64])


def draw(seed, k, n, c, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return rng.dirichlet(np.ones(c + 1), (k, n)).astype(dtype), rng.uniform(0.1, 2, k)


@given(seeds, small, small, small, dtypes)
def test_average_of_probabilities(seed, k, n, c, dtype):
    probs, weights = draw(seed, k, n, c, dtype)
    before = probs.copy()
    out = en.average_probabilities(probs, weights)
    assert out.dtype == dtype
    # sums of at most 5 products of numbers below 1
    np.testing.assert_allclose(
        out, np.average(probs.astype(float), axis=0, weights=weights), rtol=0, atol=20 * np.finfo(dtype).eps
    )
    np.testing.assert_allclose(
        en.average_probabilities(probs), probs.mean(axis=0), rtol=0, atol=20 * np.finfo(dtype).eps
    )
    np.testing.assert_array_equal(probs, before)


@given(seeds, small, small, small, dtypes)
def test_average_of_logits_is_the_geometric_mean(seed, k, n, c, dtype):
    probs, weights = draw(seed, k, n, c)
    shift = np.random.default_rng(seed).normal(size=(k, n, 1))  # a member's logits may have any common offset
    out = en.average_logits((np.log(probs) + shift).astype(dtype), weights)
    product = np.prod(probs ** (weights / weights.sum())[:, None, None], axis=0)
    assert out.dtype == dtype
    # a rounded logit, of at most ln(1e9) = 21 or so, is off by 21 eps: so is the probability, relatively
    np.testing.assert_allclose(
        out, product / product.sum(axis=1, keepdims=True), rtol=0, atol=200 * np.finfo(dtype).eps
    )


@given(seeds, small, small, small)
def test_the_average_has_at_most_the_mean_cross_entropy(seed, k, n, c):
    probs, _ = draw(seed, k, n, c)
    y = np.random.default_rng(seed).integers(0, c + 1, n)
    members = -np.log(probs[:, np.arange(n), y]).mean()
    assert -np.log(en.average_probabilities(probs)[np.arange(n), y]).mean() <= members + 1e-12  # round-off


def test_a_member_can_veto_among_logits_but_not_among_probabilities():
    probs = np.array([[[0.9, 0.1]], [[0.9, 0.1]], [[1e-9, 1 - 1e-9]]])
    assert en.average_probabilities(probs).argmax() == 0
    assert en.average_logits(np.log(probs)).argmax() == 1


@given(seeds, small, small, small)
def test_votes_are_counted(seed, k, n, c):
    rng = np.random.default_rng(seed)
    labels, weights = rng.integers(0, c, (k, n)), rng.uniform(0.1, 2, k)
    shares = en.vote_shares(labels, c, weights)
    for i in range(n):
        expected = [sum(w for w, label in zip(weights, labels[:, i], strict=True) if label == j) for j in range(c)]
        np.testing.assert_allclose(shares[i], np.array(expected) / weights.sum(), rtol=0, atol=1e-14)
    np.testing.assert_array_equal(en.majority_vote(labels, c, weights), shares.argmax(axis=1))


def test_of_equal_votes_the_first_class_wins():
    assert en.majority_vote([[2], [1]], 3).tolist() == [1]
    assert en.majority_vote([[2], [1]], 3, [1.0, 0.9]).tolist() == [2]


@given(seeds, small, small, st.floats(1e-3, 1e3))
def test_ambiguity_identity(seed, k, n, scale):
    rng = np.random.default_rng(seed)
    predictions, targets, weights = scale * rng.normal(size=(k, n)), scale * rng.normal(size=n), rng.uniform(0.1, 2, k)
    parts = en.ambiguity_decomposition(predictions, targets, weights)
    mean = np.average(predictions, axis=0, weights=weights)
    close = {"rtol": 1e-12, "atol": 1e-13 * scale**2}  # a few sums of squares of order scale**2
    np.testing.assert_allclose(parts.ensemble_error, np.mean((mean - targets) ** 2), **close)
    np.testing.assert_allclose(
        parts.member_error, np.average(((predictions - targets) ** 2).mean(axis=1), weights=weights), **close
    )
    np.testing.assert_allclose(
        parts.ambiguity, np.average(((predictions - mean) ** 2).mean(axis=1), weights=weights), **close
    )
    np.testing.assert_allclose(
        parts.ensemble_error, parts.member_error - parts.ambiguity, rtol=0, atol=1e-12 * scale**2
    )


@given(seeds, small, small, small, st.floats(1e-3, 1e3))
def test_bias_variance_covariance_identity(seed, r, k, n, scale):
    rng = np.random.default_rng(seed)
    shared = rng.normal(size=(r, 1, n))  # what makes members err alike
    predictions, targets = scale * (shared + rng.normal(size=(r, k, n))), scale * rng.normal(size=n)
    parts = en.bias_variance_covariance(predictions, targets)
    total = parts.squared_bias + parts.variance / k + (1 - 1 / k) * parts.covariance
    np.testing.assert_allclose(total, parts.error, rtol=0, atol=1e-12 * scale**2)
    np.testing.assert_allclose(parts.variance, predictions.var(axis=0).mean(), rtol=1e-11, atol=1e-13 * scale**2)
    bias = predictions.mean(axis=(0, 1)) - targets
    np.testing.assert_allclose(parts.squared_bias, np.mean(bias**2), rtol=1e-11)
    if k > 1:
        centred = predictions - predictions.mean(axis=0)
        pairs = [np.mean(centred[:, i] * centred[:, j]) for i in range(k) for j in range(k) if i != j]
        np.testing.assert_allclose(parts.covariance, np.mean(pairs), rtol=0, atol=1e-12 * scale**2)


def test_equal_members_have_no_ambiguity_and_do_not_reduce_the_variance(rng):
    one = rng.normal(size=(6, 1, 4))
    same = np.repeat(one, 3, axis=1)
    parts = en.bias_variance_covariance(same, np.zeros(4))
    assert parts.covariance == pytest.approx(parts.variance, rel=1e-12)
    assert en.ambiguity_decomposition(same[0], np.zeros(4)).ambiguity == pytest.approx(0, abs=1e-30)


@given(seeds, small, small, small, st.sampled_from([1e-320, 1e-150, 1.0, 1e150, 1.7e308]))
def test_only_the_proportions_of_the_weights_count(seed, k, n, c, scale):
    probs, weights = draw(seed, k, n, c)
    weights = np.ceil(8 * weights) / 16  # at most 1, and some 1e-320, where numbers have three digits
    labels = np.random.default_rng(seed).integers(0, c, (k, n))
    calls = (
        lambda w: en.average_probabilities(probs, w),
        lambda w: en.average_logits(np.log(probs), w),
        lambda w: en.vote_shares(labels, c, w),
        lambda w: en.ambiguity_decomposition(labels, np.zeros(n), w).ensemble_error,
    )
    for call in calls:
        # 2000 units of 5e-324 make 1e-320: a weight of a few 16ths of it is off by 1 in 250
        np.testing.assert_allclose(call(scale * weights), call(weights), rtol=1e-2 if scale < 1e-300 else 1e-10)


@given(seeds, small, small, small, st.sampled_from([np.nan, np.inf, -np.inf]), dtypes)
def test_a_member_of_weight_zero_has_no_say(seed, k, n, c, value, dtype):
    rng = np.random.default_rng(seed)
    probs, weights = draw(seed, k, n, c, dtype)
    silent = rng.integers(0, k + 1)
    wider, given_weights = np.insert(probs, silent, np.nan, axis=0), np.insert(weights, silent, 0.0)
    np.testing.assert_array_equal(
        en.average_probabilities(wider, given_weights), en.average_probabilities(probs, weights)
    )
    logits = np.insert(probs, silent, value, axis=0)
    np.testing.assert_array_equal(en.average_logits(logits, given_weights), en.average_logits(probs, weights))
    one, other = (
        en.ambiguity_decomposition(outputs[..., 0], np.zeros(n), w)
        for outputs, w in ((logits, given_weights), (probs, weights))
    )
    assert one == other


def test_nan_stays_nan_in_its_row():
    probs = np.array([[[np.nan, 0.5], [0.25, 0.75]], [[0.5, 0.5], [0.75, 0.25]]])
    out = en.average_probabilities(probs)
    assert np.isnan(out[0, 0]) and out[1].tolist() == [0.5, 0.5]


def test_the_mean_over_many_members_keeps_its_digits():
    k, rng = 40_000, np.random.default_rng(0)
    p = rng.uniform(0.1, 0.2, (k, 1, 1)).astype(np.float32)
    probs = np.concatenate([p, 1 - p], axis=2)
    out = en.average_probabilities(probs)
    assert out.dtype == np.float32
    # one rounding to float32 at the end; a sum in float32 would be off by up to 40,000 of them
    np.testing.assert_allclose(out, probs.mean(axis=0, dtype=np.float64), rtol=np.finfo(np.float32).eps)


def weighted(weights):
    return en.average_logits(np.ones((2, 1, 2)), weights)


REFUSED = [
    (lambda: en.average_probabilities(np.ones((2, 3))), ValueError, r"probs .* shape \(K, N, C\), got \(2, 3\)"),
    (lambda: en.average_probabilities(np.ones((0, 3, 1))), ValueError, r"probs must have at least one entry .*"),
    (
        lambda: en.average_probabilities([[[2.0, -1.0]]]),
        ValueError,
        r"probs must not be negative, got -1.0: .*softmax.*",
    ),
    (lambda: en.average_probabilities([[[0.5, 0.6]]]), ValueError, r"rows of probs must sum to one, got 1.1: .*"),
    (lambda: en.average_probabilities(np.ones((1, 1, 1), np.float16)), TypeError, "probs is float16, .*"),
    (lambda: en.average_logits(np.ones((2, 3))), ValueError, r"logits .* shape \(K, N, C\), got \(2, 3\)"),
    (lambda: en.average_logits([[[1j]]]), TypeError, "logits must hold real numbers, got complex128"),
    (lambda: weighted([-1, 2]), ValueError, "weights must be at least 0 and finite, got -1.0"),
    (lambda: weighted([np.nan, 2]), ValueError, "weights must be at least 0 and finite, got nan"),
    (lambda: weighted([np.inf, 2]), ValueError, "weights must be at least 0 and finite, got inf"),
    (lambda: weighted([0, 0]), ValueError, "weights must not all be zero"),
    (lambda: weighted([1.0]), ValueError, r"weights must have the shape \(2,\), got \(1,\)"),
    (lambda: weighted(2.0), ValueError, r"weights must have the shape \(2,\), got \(\)"),
    (lambda: weighted([[1.0], [1.0]]), ValueError, r"weights must have the shape \(2,\), got \(2, 1\)"),
    (lambda: en.vote_shares([[0, 3]], 3), ValueError, r"labels must lie in \[0, 3\), got 3"),
    (lambda: en.vote_shares([[0, -1]], 3), ValueError, r"labels must lie in \[0, 3\), got -1"),
    (lambda: en.vote_shares([[0.5]], 3), TypeError, "labels must be integers, got float64"),
    (lambda: en.vote_shares([0, 1], 3), ValueError, r"labels must have the shape \(K, N\), got \(2,\)"),
    (lambda: en.majority_vote(np.zeros((0, 2), int), 3), ValueError, "labels must have at least one entry .*"),
    (lambda: en.majority_vote([[0]], 1.0), TypeError, r"n_classes must be an integer, got 1.0 \(float\): type 1"),
    (lambda: en.majority_vote([[0]], 0), ValueError, "n_classes must be at least 1, got 0"),
    (lambda: en.ambiguity_decomposition(np.ones((3, 2, 2)), np.ones(2)), ValueError, r"predictions .*\(3, 2, 2\)"),
    (lambda: en.ambiguity_decomposition(np.ones((3, 2)), np.ones(4)), ValueError, r"targets .* \(2,\), got \(4,\)"),
    (lambda: en.ambiguity_decomposition(np.ones((3, 2)), 1.0), ValueError, r"targets .* \(2,\), got \(\)"),
    (lambda: en.ambiguity_decomposition(np.ones((3, 0)), []), ValueError, "predictions must have at least one .*"),
    (lambda: en.bias_variance_covariance(np.ones((2, 2)), np.ones(2)), ValueError, r"predictions .* got \(2, 2\)"),
    (lambda: en.bias_variance_covariance(np.ones((2, 2, 1)), np.ones((1, 1))), ValueError, "targets .*"),
    (lambda: en.bias_variance_covariance(np.ones((2, 0, 1)), [1]), ValueError, "predictions must have at least one .*"),
]


@pytest.mark.parametrize(("call", "error", "message"), REFUSED)
def test_what_does_not_fit_is_refused(call, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        call()
