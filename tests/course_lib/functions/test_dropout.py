"""Dropout by its statistics, its gradients, and the moments that alpha dropout keeps."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.analysis.gradient_check import numeric_grad, rel_error
from course_lib.functions.activations import selu
from course_lib.functions.dropout import (
    alpha_dropout_backward,
    alpha_dropout_forward,
    dropout_backward,
    dropout_forward,
    mc_dropout_predict,
)
from course_lib.functions.losses import softmax

seeds = st.integers(0, 2**32 - 1)
shapes = st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple)
rates = st.floats(0, 0.95)
dtypes = st.sampled_from([np.float32, np.float64])
SIGMAS = 4.5  # a right draw fails once in 150 000 times
KINDS = {
    "dropout": (dropout_forward, dropout_backward),
    "alpha dropout": (alpha_dropout_forward, alpha_dropout_backward),
}
both_kinds = pytest.mark.parametrize("kind", KINDS)


def draw(seed, shape, dtype=np.float64):
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


def dropped(forward, shape, p_drop, rng):
    return forward(np.ones(shape), p_drop, True, rng=rng)[1] == 0


@given(seeds, shapes, rates, dtypes)
def test_entries_are_dropped_or_scaled_up(seed, shape, p_drop, dtype):
    x = draw(seed, shape, dtype)
    out, mask = dropout_forward(x, p_drop, True, rng=np.random.default_rng(seed))
    assert out.dtype == mask.dtype == dtype
    kept = mask != 0
    assert not out[~kept].any()
    # the scale and the product are rounded once each
    np.testing.assert_allclose(out[kept], x[kept].astype(float) / (1 - p_drop), rtol=4 * np.finfo(dtype).eps)


@given(seeds, shapes, rates, dtypes)
def test_alpha_dropout_is_the_formula_of_the_paper(seed, shape, p_drop, dtype):
    x = draw(seed, shape, dtype)
    out, slope = alpha_dropout_forward(x, p_drop, True, rng=np.random.default_rng(seed))
    assert out.dtype == slope.dtype == dtype
    # Klambauer et al. 2017: lambda and alpha of eq. 14 to the paper's four decimals, q the rate of keeping
    q, saturated = 1 - p_drop, -1.0507 * 1.6733
    a = (q + saturated**2 * q * (1 - q)) ** -0.5
    d = slope != 0
    expected = a * np.where(d, x, saturated) - a * (1 - q) * saturated
    # the paper's decimals: 1e-4 in lambda * alpha, times a <= 4.5 and the entries of at most 5
    np.testing.assert_allclose(out, expected, rtol=0, atol=2e-3)
    np.testing.assert_allclose(slope[d], a, rtol=1e-3)


@both_kinds
@pytest.mark.parametrize("p_drop", [0.1, 0.5, 0.8])
def test_the_rate_is_right_over_all_over_rows_and_over_columns(kind, p_drop, rng):
    N, D = 500, 400
    drops = dropped(KINDS[kind][0], (N, D), p_drop, rng)
    variance = p_drop * (1 - p_drop)
    assert abs(drops.mean() - p_drop) < SIGMAS * np.sqrt(variance / (N * D))
    # Were entries shared in a row or column, the rates of rows or columns would vary far more than binomially.
    # A sample variance of n numbers has the relative standard deviation sqrt(2 / (n - 1)).
    for axis, n, count in ((1, N, D), (0, D, N)):
        ratio = drops.mean(axis=axis).var(ddof=1) / (variance / count)
        assert abs(ratio - 1) < SIGMAS * np.sqrt(2 / (n - 1))


@both_kinds
def test_neighbours_rows_columns_and_calls_are_independent(kind, rng):
    p_drop, forward = 0.3, KINDS[kind][0]
    first, second = (dropped(forward, (400, 300), p_drop, rng) - p_drop for _ in range(2))
    pairs = {
        "rows": (first[:-1], first[1:]),
        "columns": (first[:, :-1], first[:, 1:]),
        "diagonals": (first[:-1, :-1], first[1:, 1:]),
        "calls": (first, second),
    }
    for name, (one, other) in pairs.items():
        correlation = (one * other).mean() / (p_drop * (1 - p_drop))
        assert abs(correlation) < SIGMAS / np.sqrt(one.size), name


@both_kinds
def test_the_size_of_an_entry_does_not_decide(kind, rng):
    x = rng.normal(size=100_000)
    drops = KINDS[kind][0](x, 0.5, True, rng=rng)[1] == 0
    for quantity in (x, np.abs(x)):
        assert abs(np.corrcoef(quantity, drops)[0, 1]) < SIGMAS / np.sqrt(x.size)


@pytest.mark.parametrize("p_drop", [0.1, 0.5, 0.8])
def test_the_expected_output_is_the_input(p_drop, rng):
    n = 200_000
    out, _ = dropout_forward(np.full(n, 3.0), p_drop, True, rng=rng)
    assert abs(out.mean() - 3) < SIGMAS * 3 * np.sqrt(p_drop / (1 - p_drop) / n)


def test_the_number_of_dropped_entries_is_not_fixed(rng):
    counts = [dropped(dropout_forward, 100, 0.5, rng).sum() for _ in range(2000)]
    # binomial variance 25; a sample variance has the relative standard deviation sqrt(2 / (n - 1))
    assert abs(np.var(counts, ddof=1) / 25 - 1) < SIGMAS * np.sqrt(2 / 1999)


@pytest.mark.parametrize("p_drop", [0.05, 0.2, 0.5])
def test_alpha_dropout_keeps_mean_and_variance(p_drop, rng):
    n = 400_000
    out, _ = alpha_dropout_forward(rng.normal(size=n), p_drop, True, rng=rng)
    assert abs(out.mean()) < SIGMAS / np.sqrt(n)
    # Var(s**2) = (kurtosis - 1) / n
    kurtosis = np.mean((out - out.mean()) ** 4) / out.var() ** 2
    assert abs(out.var() - 1) < SIGMAS * np.sqrt((kurtosis - 1) / n)


@pytest.mark.compiled
def test_alpha_dropout_keeps_a_deep_selu_network_normalised(rng):
    x = rng.normal(size=(500, 300))
    moments = {}
    for name, (forward, _) in KINDS.items():
        a = x
        for _ in range(20):
            a = forward(selu(a @ rng.normal(0, np.sqrt(1 / 300), (300, 300))), 0.1, True, rng=rng)[0]
        moments[name] = a.mean(), a.var()
    # the fixed point attracts, but 300 units fluctuate around it
    assert abs(moments["alpha dropout"][0]) < 0.1 and abs(moments["alpha dropout"][1] - 1) < 0.2
    assert abs(moments["dropout"][1] - 1) > abs(moments["alpha dropout"][1] - 1)


@both_kinds
@given(seed=seeds, shape=shapes, p_drop=st.floats(0, 0.9))
def test_gradients(kind, seed, shape, p_drop):
    forward, backward = KINDS[kind]
    x, dout = draw(seed, shape), draw(seed + 1, shape)

    def out(v):  # the same seed: the same mask
        return forward(v, p_drop, True, rng=np.random.default_rng(seed))

    numeric = numeric_grad(lambda v: np.sum(out(v)[0] * dout), x)
    # the sum of up to 625 terms is rounded at 1e-13, divided by the step of 1e-5: entries below 0.1 are held to 1e-7
    assert rel_error(backward(dout, out(x)[1]), numeric, eps=0.1) < 1e-6


@both_kinds
@given(seed=seeds, shape=shapes, p_drop=rates, dtype=dtypes)
def test_outside_training_everything_passes_and_nothing_is_drawn(kind, seed, shape, p_drop, dtype):
    forward, backward = KINDS[kind]
    x, rng = draw(seed, shape, dtype), np.random.default_rng(seed)
    before = rng.bit_generator.state
    out, mask = forward(x, p_drop, False, rng=rng)
    np.testing.assert_array_equal(out, x)
    np.testing.assert_array_equal(backward(x, mask), x)
    assert out.dtype == backward(x, mask).dtype == dtype
    assert rng.bit_generator.state == before


@both_kinds
def test_a_rate_of_zero_drops_nothing(kind, rng):
    x = rng.normal(size=(4, 5))
    np.testing.assert_array_equal(KINDS[kind][0](x, 0.0, True, rng=rng)[0], x)


@both_kinds
def test_both_dtypes_drop_the_same_and_leave_the_input_alone(kind):
    x = draw(3, (50, 40))
    before = x.copy()
    masks = [KINDS[kind][0](x.astype(d), 0.3, True, rng=np.random.default_rng(1))[1] for d in (np.float32, np.float64)]
    np.testing.assert_array_equal(masks[0] == 0, masks[1] == 0)
    np.testing.assert_array_equal(x, before)


@both_kinds
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("p_drop", [-0.1, 1.0, np.nan])
def test_rates_outside_their_range_are_refused(kind, training, p_drop, rng):
    with pytest.raises(ValueError, match=rf"\[0, 1\), got {p_drop}"):
        KINDS[kind][0](np.ones(3), p_drop, training, rng=rng)


def predict_with_dropout(x, w, p_drop, rng):
    return softmax(dropout_forward(x, p_drop, True, rng=rng)[0] @ w)


@given(seeds, st.integers(1, 4), st.integers(1, 4), st.integers(1, 8), dtypes)
def test_monte_carlo_mean_and_spread_of_the_probabilities(seed, N, C, n_passes, dtype):
    x, w = draw(seed, (N, 5), dtype), draw(seed + 1, (5, C), dtype)
    mean, std = mc_dropout_predict(
        partial(predict_with_dropout, w=w, p_drop=0.4, rng=np.random.default_rng(seed)), x, n_passes
    )
    rng, total, squares = np.random.default_rng(seed), 0.0, 0.0
    for _ in range(n_passes):
        probs = predict_with_dropout(x, w, 0.4, rng).astype(float)
        total, squares = total + probs, squares + probs**2
    assert mean.shape == std.shape == (N, C) and mean.dtype == std.dtype == dtype
    eps = float(np.finfo(dtype).eps)
    np.testing.assert_allclose(mean, total / n_passes, rtol=0, atol=10 * eps)
    variance = squares / n_passes - (total / n_passes) ** 2
    np.testing.assert_allclose(std.astype(float) ** 2, variance, rtol=0, atol=40 * eps)


def test_monte_carlo_approaches_the_mean_over_all_masks(rng):
    x, w = rng.normal(size=(3, 4)), rng.normal(size=(4, 2))
    masks = 2.0 * (np.arange(16)[:, None] >> np.arange(4) & 1)
    every = np.array([[softmax((row * m)[None] @ w)[0, 0] for m in masks] for row in x])  # equally likely at p = 1/2
    mean, std = mc_dropout_predict(partial(predict_with_dropout, w=w, p_drop=0.5, rng=rng), x, 4000)
    mean, std = mean[:, 0], std[:, 0]
    assert np.all(np.abs(mean - every.mean(axis=1)) < SIGMAS * every.std(axis=1) / np.sqrt(4000))
    deviations = every - every.mean(axis=1)[:, None]
    error = np.sqrt(((deviations**4).mean(axis=1) - every.var(axis=1) ** 2) / 4000)
    assert np.all(np.abs(std**2 - every.var(axis=1)) < SIGMAS * error + every.var(axis=1) / 1000)


def test_a_function_without_noise_has_no_spread():
    probs = softmax(draw(1, (4, 3)))
    mean, std = mc_dropout_predict(lambda x: probs, np.zeros((4, 2)), 2)  # the sum of two equal numbers is exact
    np.testing.assert_array_equal(mean, probs)
    np.testing.assert_array_equal(std, 0)


SIZES = [3, 2]  # of a prediction, the last one first


@pytest.mark.parametrize(
    ("predict", "n_passes", "message"),
    [
        (lambda x: np.array([[3.5, -1.0]]), 2, "got 3.5; apply softmax"),
        (lambda x: np.array([[np.nan, 1.0]]), 2, "got nan"),
        (lambda x: np.array([[0.5, 0.5]]), 0, "n_passes must be at least 1, got 0"),
        (lambda x: np.empty((0, 2)), 2, r"predict\(x\) must have at least one entry"),
        (lambda x: np.full((1, SIZES.pop()), 0.5), 2, r"predict\(x\) .* \(1, 2\), got \(1, 3\)"),
    ],
)
def test_logits_and_empty_averages_are_refused(predict, n_passes, message):
    with pytest.raises(ValueError, match=message):
        mc_dropout_predict(predict, np.zeros((1, 2)), n_passes)


@both_kinds
@given(seed=seeds, shape=shapes, dtype=dtypes)
def test_gradients_that_would_broadcast_are_refused(kind, seed, shape, dtype):
    forward, backward = KINDS[kind]
    _, mask = forward(draw(seed, shape, dtype), 0.3, True, rng=np.random.default_rng(seed))
    assert backward(np.ones(shape, int), mask).dtype == dtype
    for other in ((1, *shape), shape[:-1], (*shape, 1), (*shape[:-1], shape[-1] + 1)):
        with pytest.raises(ValueError, match="dout must have the shape"):
            backward(np.ones(other), mask)


@both_kinds
@pytest.mark.parametrize(
    ("arguments", "rng", "message"),
    [
        (
            (np.ones(3), 0.5, True),
            0,
            r"rng must be a numpy.random.Generator, got 0 \(int\): type rng=np.random.default",
        ),
        ((np.ones(3), "0.5", True), np.random.default_rng(0), "p_drop must be a number, got '0.5'"),
        ((np.ones(3, np.float16), 0.5, True), np.random.default_rng(0), "x is float16"),
    ],
)
def test_other_arguments_are_refused(kind, arguments, rng, message):
    with pytest.raises(TypeError, match=message):
        KINDS[kind][0](*arguments, rng=rng)


@pytest.mark.parametrize(("predict", "n_passes", "name"), [(np.ones((1, 2)), 2, "predict"), (abs, 2.0, "n_passes")])
def test_a_function_and_a_number_of_passes_are_needed(predict, n_passes, name):
    with pytest.raises(TypeError, match=f"^{name} must be "):
        mc_dropout_predict(predict, np.zeros((1, 2)), n_passes)
