"""16-bit formats against exact rounding of fractions, and loss scaling where it is needed."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.compression.reduced_precision import LossScaler, round_to_bfloat16, round_to_float16

numbers32 = st.floats(width=32, allow_nan=False)


def nearest(value, significant, least_exponent, largest):
    """The nearest number with ``significant`` bits, ties to even; Python rounds fractions so."""
    if value == 0 or not np.isfinite(value):
        return value
    exponent = max(int(np.frexp(value)[1]) - significant, least_exponent)
    rounded = round(Fraction(float(value)) / Fraction(2) ** exponent) * Fraction(2) ** exponent
    return float(rounded) if abs(rounded) <= largest else np.copysign(np.inf, value)


@given(st.lists(numbers32, min_size=1, max_size=8), st.sampled_from([np.float32, np.float64]))
def test_bfloat16_is_the_nearest(values, dtype):
    x = np.array(values, dtype)
    before = x.copy()
    got = round_to_bfloat16(x)
    largest = Fraction(255) * 2**120
    # 8 significant bits; the least subnormal is 2**-133
    np.testing.assert_array_equal(got, np.array([nearest(v, 8, -133, largest) for v in x], dtype))
    assert got.dtype == dtype
    np.testing.assert_array_equal(x, before)


@given(st.lists(numbers32, min_size=1, max_size=8), st.sampled_from([np.float32, np.float64]))
def test_float16_is_the_nearest(values, dtype):
    x = np.array(values, dtype)
    got = round_to_float16(x)
    # 11 significant bits; the least subnormal is 2**-24
    np.testing.assert_array_equal(got, np.array([nearest(v, 11, -24, Fraction(65504)) for v in x], dtype))
    assert got.dtype == dtype


@pytest.mark.parametrize("round_to", [round_to_bfloat16, round_to_float16])
def test_special_values_shapes_and_idempotence(round_to, rng):
    np.testing.assert_array_equal(round_to([np.inf, -np.inf, np.nan, 0.0]), [np.inf, -np.inf, np.nan, 0.0])
    # a NaN whose payload a carry would turn into infinity
    payload = np.array([0x7FFFFFFF, 0x7F800001], np.uint32).view(np.float32)
    assert np.isnan(round_to(payload)).all()
    x = rng.normal(size=(3, 1, 2))
    np.testing.assert_array_equal(round_to(round_to(x)), round_to(x))
    assert round_to(x).shape == x.shape


def test_the_table_of_the_module():
    assert round_to_float16(65519.0) == 65504 and round_to_float16(65520.0) == np.inf
    assert round_to_float16(2.0**-25) == 0 and round_to_bfloat16(2.0**-25) == 2.0**-25
    assert round_to_float16(1 + 2.0**-10) > 1 and round_to_bfloat16(1 + 2.0**-8) == 1
    assert round_to_bfloat16(1 + 3 * 2.0**-8) == 1 + 4 * 2.0**-8  # a tie again, and up is even
    assert round_to_bfloat16(1e38) == pytest.approx(1e38, rel=2.0**-8)


def test_scaling_saves_gradients_that_float16_would_lose(rng):
    gradient = 1e-9 * rng.normal(size=200)
    assert not round_to_float16(gradient).any()
    scaler = LossScaler(2.0**24)
    scaled = round_to_float16(gradient * scaler.scale)
    assert scaler.unscale(scaled)
    # 11 significant bits, but for the few below 2**-14 = 6e-5, which have an absolute error of 2**-25
    np.testing.assert_allclose(scaled, gradient, rtol=2.0**-11, atol=2.0**-25 / 2.0**24)


@given(st.lists(st.booleans(), min_size=1, max_size=30), st.integers(1, 4))
def test_the_scale_follows_the_rule(overflows, interval):
    scaler, scale, good = LossScaler(1024.0, interval=interval), 1024.0, 0
    for overflow in overflows:
        grad = np.array([1.0, np.inf if overflow else 2.0], np.float32)
        assert scaler.unscale(grad) is not overflow
        assert grad[0] == np.float32(1 / scale) and grad.dtype == np.float32
        good = 0 if overflow else good + 1
        if overflow:
            scale /= 2
        elif good == interval:
            scale, good = scale * 2, 0
        assert (scaler.scale, scaler.good_steps) == (scale, good)


def test_nan_is_left_out_too():
    scaler = LossScaler(4.0)
    assert not scaler.unscale(np.array([np.nan]))
    assert scaler.scale == 2.0


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"scale": 0.0}, ValueError, "scale must be positive and finite, got 0.0"),
        ({"scale": np.inf}, ValueError, "scale must be positive and finite, got inf"),
        ({"factor": 1.0}, ValueError, "factor must be above 1 and finite, got 1.0"),
        ({"factor": np.nan}, ValueError, "factor must be above 1 and finite, got nan"),
        ({"interval": 0}, ValueError, "interval must be at least 1, got 0"),
        ({"interval": 2e3}, TypeError, r"interval must be an integer, got 2000.0 \(float\): type 2000"),
    ],
)
def test_scalers_out_of_range_are_refused(arguments, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        LossScaler(**arguments)


@pytest.mark.parametrize(
    ("grad", "error", "message"),
    [
        (np.ones(2, int), TypeError, "grad must be float32 or float64, got int64: .*"),
        (np.ones(2, np.float16), TypeError, "grad must be float32 or float64, got float16: .*"),
        ([1.0], TypeError, "grad must be an array, .*"),
        (np.broadcast_to(1.0, 3), ValueError, "grad is read-only: .*"),
    ],
)
def test_what_cannot_be_unscaled_in_place_is_refused(grad, error, message):
    scaler = LossScaler()
    with pytest.raises(error, match=f"^{message}$"):
        scaler.unscale(grad)
    assert scaler == LossScaler()


@pytest.mark.parametrize("function", [round_to_float16, round_to_bfloat16])
def test_what_is_not_an_array_of_real_numbers_is_refused(function):
    for x in (np.ones(2, complex), "1", None, np.ones(2, np.float16)):
        with pytest.raises(TypeError, match=r"^x "):
            function(x)
