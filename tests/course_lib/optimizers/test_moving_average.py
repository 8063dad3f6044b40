"""The moving average against SciPy's filter and against the weights written out."""

from math import e, fsum

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import lfilter

from course_lib.optimizers.moving_average import effective_window, ewma

seeds = st.integers(0, 2**32 - 1)
lengths = st.integers(1, 30)
betas = st.floats(0, 0.999)
shapes = st.sampled_from([(), (1,), (3,), (2, 3)])


def series(seed, length, shape=(), dtype=np.float64):
    rng = np.random.default_rng(seed)
    return (rng.normal(size=(length, *shape)) * 10.0 ** rng.integers(-3, 4)).astype(dtype)


@given(seeds, lengths, betas, shapes, st.sampled_from([np.float32, np.float64]))
def test_uncorrected_it_is_a_first_order_filter(seed, length, beta, shape, dtype):
    xs = series(seed, length, shape, dtype)
    m = ewma(xs, beta, bias_correction=False)
    assert m.dtype == dtype and m.shape == xs.shape
    expected = lfilter([1 - beta], [1, -beta], xs.astype(float), axis=0)
    # at most 30 steps of two products and a sum, each rounded relative to the largest value
    np.testing.assert_allclose(m, expected, rtol=0, atol=100 * np.finfo(dtype).eps * np.abs(xs).max())


@given(seeds, lengths, betas)
def test_corrected_it_is_a_weighted_mean(seed, length, beta):
    xs = series(seed, length)
    m = ewma(xs, beta)
    for t in range(length):
        weights = [beta ** (t - s) for s in range(t + 1)]
        expected = fsum(w * x for w, x in zip(weights, xs, strict=False)) / fsum(weights)
        # 1 - beta loses up to three digits for beta = 0.999, in the product and in the correction
        assert m[t] == pytest.approx(expected, abs=1e-11 * np.abs(xs).max())


@given(st.floats(-1e3, 1e3), lengths, betas)
def test_a_constant_series_is_its_own_corrected_average(value, length, beta):
    xs = np.full(length, value)
    # the same loss of digits as above; numbers below 1e-308 have fewer digits to begin with
    np.testing.assert_allclose(ewma(xs, beta), xs, rtol=1e-11, atol=1e-300)
    shrunk = ewma(xs, beta, bias_correction=False)
    np.testing.assert_allclose(shrunk, xs * (1 - beta ** np.arange(1, length + 1)), rtol=1e-11, atol=1e-300)


def test_the_correction_keeps_float32s_digits_at_a_long_memory():
    xs = np.full(5, 3.0, np.float32)
    # beta = 0.99999 rounded to float32 would leave 1 - beta with two right digits
    np.testing.assert_allclose(ewma(xs, 0.99999), xs, rtol=1e-5)


@given(seeds, st.integers(2, 30), betas, shapes)
def test_the_future_does_not_reach_the_past(seed, length, beta, shape):
    xs = series(seed, length, shape)
    changed = xs.copy()
    changed[-1] += 1
    before = xs.copy()
    np.testing.assert_array_equal(ewma(changed, beta)[:-1], ewma(xs, beta)[:-1])
    np.testing.assert_array_equal(xs, before)


def test_every_column_is_a_series_of_its_own(rng):
    xs = rng.normal(size=(9, 4))
    xs[3, 1] = np.nan
    together = ewma(xs, 0.7)
    np.testing.assert_array_equal(together, np.column_stack([ewma(column, 0.7) for column in xs.T]))
    assert np.isnan(together[3:, 1]).all() and np.isfinite(together[:3]).all()


def test_beta_zero_has_no_memory_and_integers_become_float64():
    m = ewma([3, 1, 2], 0)
    assert m.dtype == np.float64
    np.testing.assert_array_equal(m, [3, 1, 2])
    assert ewma(np.empty((0, 2)), 0.9).shape == (0, 2)


def test_layout_and_order_of_memory_do_not_matter(rng):
    xs = rng.normal(size=(6, 5))
    np.testing.assert_array_equal(ewma(np.asfortranarray(xs), 0.9), ewma(xs, 0.9))
    np.testing.assert_array_equal(ewma(xs[::-2, ::2], 0.9), ewma(xs[::-2, ::2].copy(), 0.9))


@pytest.mark.parametrize("beta", [0.5, 0.9, 0.99, 0.999])
def test_the_window_is_the_mean_age_and_leaves_one_part_in_e(beta):
    window = effective_window(beta)
    ages = np.arange(1, 100_000)
    weights = (1 - beta) * beta ** (ages - 1.0)
    assert window == pytest.approx(np.sum(ages * weights), rel=1e-9)  # the tail beyond is below 1e-40
    if beta >= 0.9:
        older = np.sum(weights[ages > window + 0.5])
        assert older == pytest.approx(1 / e, rel=0.06)  # (1 - 1/n)**n is within 1 / 2n of 1/e


@pytest.mark.parametrize("beta", [-0.1, 1.0, 1.5, float("nan")])
def test_a_share_out_of_range_is_refused(beta):
    for function in (lambda: ewma([1.0], beta), lambda: effective_window(beta)):
        with pytest.raises(ValueError, match=rf"beta must lie in \[0, 1\), got {beta}"):
            function()


def test_a_single_number_is_refused():
    with pytest.raises(ValueError, match=r"time axis, got the number 2.0"):
        ewma(2.0, 0.9)


@pytest.mark.parametrize(
    ("xs", "beta", "error", "message"),
    [
        ([1.0], "0.9", TypeError, r"beta must be a number, got '0.9' \(str\)"),
        ([1.0], None, TypeError, r"beta must be a number, got None \(NoneType\)"),
        ([1j], 0.9, TypeError, "xs must hold real numbers, got complex128"),
        (np.ones(3, np.float16), 0.9, TypeError, "xs is float16, .*"),
        ([[1, 2], [3]], 0.9, ValueError, "xs must be an array of numbers, got rows of different lengths"),
    ],
)
def test_bad_input_is_refused(xs, beta, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        ewma(xs, beta)


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (2, 0, 2)])
def test_no_values_have_no_averages(shape):
    assert ewma(np.empty(shape), 0.9).shape == shape
