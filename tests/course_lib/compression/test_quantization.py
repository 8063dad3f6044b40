"""Affine quantisation against exact fractions, and the straight-through gradient."""

from fractions import Fraction
from math import floor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.analysis.gradient_check import numeric_grad, rel_error
from course_lib.compression import quantization as qu

seeds = st.integers(0, 2**32 - 1)
bits = st.integers(2, 8)
dtypes = st.sampled_from([np.float32, np.float64])
shapes = st.lists(st.integers(1, 4), min_size=1, max_size=4).map(tuple)
exponents = st.integers(-8, 8)


def draw(seed, shape, exponent, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return (10.0**exponent * (rng.normal(size=shape) + rng.normal())).astype(dtype)


def half_even(f):
    n = floor(f)
    rest = f - n
    return n + (rest > Fraction(1, 2) or (rest == Fraction(1, 2) and n % 2))


def any_quantizer(x, seed, n_bits, axis):
    rng = np.random.default_rng(seed)
    symmetric = bool(rng.integers(2))
    return qu.calibrate(x, symmetric=symmetric, bits=n_bits, signed=bool(rng.integers(2)), axis=axis)


@given(seeds, shapes, exponents, bits, dtypes, st.data())
def test_quantize_equals_the_definition(seed, shape, exponent, n_bits, dtype, data):
    axis = data.draw(st.sampled_from([None, *range(-len(shape), len(shape))]))
    x = draw(seed, shape, exponent, dtype)
    quantizer = any_quantizer(x, seed, n_bits, axis)
    x = 1.3 * x  # so that some are clipped
    x = x.astype(dtype)
    before = x.copy()
    q = qu.quantize(x, quantizer)
    real = qu.dequantize(q, quantizer)
    assert q.shape == x.shape and q.dtype == quantizer.dtype
    for i in np.ndindex(shape):
        c = 0 if axis is None else i[axis]
        scale, zero = Fraction(float(quantizer.scale[c])), int(quantizer.zero_point[c])
        ratio = Fraction(float(x[i])) / scale
        expected = min(max(half_even(ratio) + zero, quantizer.qmin), quantizer.qmax)
        # the kernel's division is rounded: only next to a half may it decide otherwise
        off_the_half = abs(ratio - floor(ratio) - Fraction(1, 2))
        assert int(q[i]) == expected or (off_the_half < Fraction(1, 10**12) and abs(int(q[i]) - expected) == 1)
        np.testing.assert_allclose(real[i], float(scale * (int(q[i]) - zero)), rtol=1e-15)
    np.testing.assert_array_equal(x, before)


@given(seeds, shapes, exponents, bits, dtypes, st.data())
def test_the_error_is_at_most_half_a_step_and_zero_is_exact(seed, shape, exponent, n_bits, dtype, data):
    axis = data.draw(st.sampled_from([None, *range(len(shape))]))
    x = draw(seed, shape, exponent, dtype)
    x.flat[0] = 0
    quantizer = any_quantizer(x, seed, n_bits, axis)
    real = qu.dequantize(qu.quantize(x, quantizer), quantizer, dtype)
    assert real.dtype == dtype and real.flat[0] == 0
    step = quantizer.scale.max()
    # at the ends of the range, rounding the zero point may clip another half step
    assert np.abs(real.astype(float) - x).max() <= step * (1 + 1e-6)
    symmetric = quantizer.qmin == -quantizer.qmax
    if symmetric:
        assert np.abs(real.astype(float) - x).max() <= step * (0.5 + 1e-6)
        assert not quantizer.zero_point.any()
    assert ((quantizer.qmin <= quantizer.zero_point) & (quantizer.zero_point <= quantizer.qmax)).all()


@given(st.floats(-1e6, 0), st.floats(0, 1e6), bits, st.booleans())
def test_affine_parameters(low, high, n_bits, signed):
    quantizer = qu.affine_quantizer(low, high, bits=n_bits, signed=signed)
    levels = 2**n_bits - 1
    assert quantizer.qmax - quantizer.qmin == levels and quantizer.qmin == (-(2 ** (n_bits - 1)) if signed else 0)
    assert quantizer.dtype == (np.int8 if signed else np.uint8)
    if (high - low) / levels >= np.finfo(float).tiny:
        np.testing.assert_allclose(quantizer.scale, (high - low) / levels, rtol=1e-14)
        # 0 stands low / scale steps above the least integer, to the nearest one
        assert abs(quantizer.zero_point[0] - quantizer.qmin + low / quantizer.scale[0]) <= 0.5 + 1e-9


def test_known_numbers():
    quantizer = qu.affine_quantizer(-1.0, 1.55)  # 255 steps of 0.01
    assert quantizer.scale[0] == pytest.approx(0.01, rel=1e-14) and quantizer.zero_point.tolist() == [100]
    assert qu.quantize([-1.0, 0.0, 1.55, 0.023, -9, 9], quantizer).tolist() == [0, 100, 255, 102, 0, 255]
    symmetric = qu.symmetric_quantizer(12.7)
    assert (symmetric.qmin, symmetric.qmax) == (-127, 127)
    assert qu.quantize([12.7, -12.7, 0.14, -50], symmetric).tolist() == [127, -127, 1, -127]
    # ties go to the even integer
    assert qu.quantize([0.5, 1.5, 2.5, -0.5], qu.symmetric_quantizer(127)).tolist() == [0, 2, 2, 0]


def test_a_range_without_zero_is_widened_and_an_empty_one_still_works():
    for low, high in ((3.0, 5.0), (-5.0, -3.0), (0.0, 0.0)):
        quantizer = qu.affine_quantizer(low, high)
        assert qu.dequantize(qu.quantize([0.0], quantizer), quantizer)[0] == 0
        assert qu.dequantize(qu.quantize([low], quantizer), quantizer)[0] == pytest.approx(low, abs=quantizer.scale[0])
    assert np.isfinite(qu.affine_quantizer(-1.7e308, 1.7e308).scale).all()


def test_channels_of_different_size_keep_their_digits(rng):
    w = rng.normal(size=(20, 3)) * [1e-3, 1, 1e3]
    per_channel, whole = (qu.calibrate(w, symmetric=True, axis=axis) for axis in (1, None))
    errors = [np.abs(qu.dequantize(qu.quantize(w, q), q) - w)[:, 0].max() for q in (per_channel, whole)]
    assert errors[0] < 1e-4 < errors[1]
    assert not qu.quantize(w, whole)[:, 0].any()


@given(seeds, shapes, bits)
def test_opposite_weights_get_opposite_integers(seed, shape, n_bits):
    w = draw(seed, shape, 0)
    quantizer = qu.calibrate(w, symmetric=True, bits=n_bits)
    np.testing.assert_array_equal(qu.quantize(-w, quantizer), -qu.quantize(w, quantizer))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("quantizer", [qu.affine_quantizer(-1, 3), qu.symmetric_quantizer(2, bits=3)])
def test_nan_and_infinity(quantizer, dtype):
    """Integers know no NaN: it becomes zero. Where the numbers stay real, it stays NaN, and has no gradient."""
    x = np.array([np.nan, np.inf, -np.inf], dtype)
    assert qu.quantize(x, quantizer).tolist() == [quantizer.zero_point[0], quantizer.qmax, quantizer.qmin]
    out, cache = qu.fake_quantize_forward(x, quantizer)
    ends = qu.dequantize(np.array([quantizer.qmax, quantizer.qmin]), quantizer, dtype)
    np.testing.assert_array_equal(out, [np.nan, *ends])
    assert out.dtype == dtype and not cache.any()


@given(
    st.floats(-1e308, 1e308, allow_subnormal=True), st.floats(-1e308, 1e308, allow_subnormal=True), bits, st.booleans()
)
def test_any_two_finite_numbers_span_a_range(one, other, n_bits, signed):
    low, high = sorted((one, other))
    quantizer = qu.affine_quantizer(low, high, bits=n_bits, signed=signed)
    q = qu.quantize([low, 0.0, high, one / 3], quantizer)
    real = qu.dequantize(q, quantizer)
    assert np.isfinite(real).all() and real[1] == 0
    # half a step, and another half at the ends for the rounding of the zero point; where the range is below all normal
    # numbers, the step is 1 and all is 0
    step = quantizer.scale[0] if max(-low, high) > 1e-305 else 1e-305
    assert np.abs(real / step - np.array([low, 0.0, high, one / 3]) / step).max() <= 1 + 1e-9


@given(seeds, st.sampled_from([(), (0,), (2, 0), (0, 3)]), dtypes)
def test_nothing_and_a_single_number_are_quantised_too(seed, shape, dtype):
    x = draw(seed, shape, 0, dtype)
    quantizer = qu.affine_quantizer(-1, 1)
    q = qu.quantize(x, quantizer)
    assert q.shape == qu.dequantize(q, quantizer).shape == shape and q.dtype == np.uint8


@given(seeds, shapes, bits, st.data())
def test_axes_count_from_either_end(seed, shape, n_bits, data):
    axis = data.draw(st.integers(0, len(shape) - 1))
    x = draw(seed, shape, 0)
    one, other = (any_quantizer(x, seed, n_bits, a) for a in (axis, axis - len(shape)))
    np.testing.assert_array_equal(qu.quantize(x, one), qu.quantize(x, other))


@given(seeds, shapes, exponents, bits, dtypes, st.data())
def test_fake_quantisation_is_there_and_back(seed, shape, exponent, n_bits, dtype, data):
    axis = data.draw(st.sampled_from([None, *range(len(shape))]))
    x = draw(seed, shape, exponent, dtype)
    quantizer = any_quantizer(x, seed, n_bits, axis)
    x = (1.3 * x).astype(dtype)
    out, cache = qu.fake_quantize_forward(x, quantizer)
    np.testing.assert_array_equal(out, qu.dequantize(qu.quantize(x, quantizer), quantizer, dtype))
    again, _ = qu.fake_quantize_forward(out, quantizer)
    # what is already quantised stays, up to the rounding of the dtype
    np.testing.assert_allclose(again, out, rtol=4 * np.finfo(dtype).eps)
    dout = draw(seed + 1, shape, 0, dtype)
    dx = qu.fake_quantize_backward(dout, cache)
    assert dx.dtype == dtype
    np.testing.assert_array_equal(dx, np.where(cache, dout, 0))


@given(seeds, st.integers(1, 5), st.integers(1, 4))
def test_the_straight_through_gradient_is_that_of_clipping(seed, n, c):
    rng = np.random.default_rng(seed)
    x, dout = 2 * rng.normal(size=(2, n, c))
    quantizer = qu.affine_quantizer(-np.ones(c), 1 + rng.random(c), axis=1)
    # the integers' range, with the half steps that still round to its ends
    low, high = (quantizer.scale * (q - quantizer.zero_point + half) for q, half in ((0, -0.5), (255, 0.5)))
    near_the_kink = np.minimum(np.abs(x - low), np.abs(x - high)) < 1e-4
    x = np.where(near_the_kink, 0.3, x)
    _, cache = qu.fake_quantize_forward(x, quantizer)
    expected = numeric_grad(lambda z: (np.clip(z, low, high) * dout).sum(), x)
    # central differences of a straight line: only round-off, 1e-16 / 1e-5
    assert rel_error(qu.fake_quantize_backward(dout, cache), expected) < 1e-6


ONES = np.ones((3, 2))
ROWS = qu.symmetric_quantizer(np.ones(3), axis=0)
BEYOND = qu.symmetric_quantizer(np.ones(2), axis=5)
WHOLE = qu.affine_quantizer(0, 1)


def quantizer(**changed):
    """A call that is valid except for the arguments given."""
    fit = {"scale": np.ones(2), "zero_point": np.zeros(2, np.int64), "qmin": -127, "qmax": 127, "axis": 0}
    return qu.Quantizer(**fit | changed)


REFUSED = [
    (lambda: qu.affine_quantizer(0, 1, bits=1), ValueError, r"bits must be in \[2, 8\], got 1"),
    (lambda: qu.symmetric_quantizer(1, bits=9), ValueError, r"bits must be in \[2, 8\], got 9"),
    (lambda: qu.symmetric_quantizer(1, bits=8.0), TypeError, r"bits must be an integer, got 8.0 \(float\): type 8"),
    (lambda: qu.affine_quantizer(2, 1), ValueError, r".*low <= high, got \[2.\] and \[1.\]"),
    (lambda: qu.affine_quantizer([0, 0], [1, 1, 1], axis=0), ValueError, "as many low as high expected, .*"),
    (lambda: qu.affine_quantizer(0, np.inf), ValueError, "high must be finite, got inf"),
    (lambda: qu.affine_quantizer(np.nan, 1), ValueError, "low must be finite, got nan"),
    (lambda: qu.affine_quantizer([], [], axis=0), ValueError, "low must have at least one entry .*"),
    (lambda: qu.affine_quantizer("0", 1), TypeError, "low must hold real numbers, got <U1"),
    (lambda: qu.affine_quantizer([0, 0], [1, 1]), ValueError, "axis must name .* 2 scales, got None"),
    (lambda: qu.affine_quantizer([0], [1], axis=1.0), TypeError, r"axis must be an integer, got 1.0 \(float\): type 1"),
    (
        lambda: qu.affine_quantizer(np.zeros((2, 2)), ONES[:2], axis=0),
        ValueError,
        r"low must have the shape \(C,\), .*",
    ),
    (lambda: qu.symmetric_quantizer(-1), ValueError, "max_abs must be at least 0 and finite, got -1.0"),
    (lambda: qu.symmetric_quantizer(np.inf), ValueError, "max_abs must be finite, got inf"),
    (lambda: qu.calibrate([1.0, np.nan]), ValueError, "x must be finite, got nan"),
    (lambda: qu.calibrate(np.ones((0, 2))), ValueError, r"x must have at least one entry .* \(0, 2\)"),
    (lambda: qu.calibrate(ONES, axis=2), ValueError, r"axis must be in \[-2, 1\], got 2"),
    (lambda: qu.calibrate(ONES, axis=0.0), TypeError, r"axis must be an integer, got 0.0 \(float\): type 0"),
    (lambda: qu.calibrate(np.ones(2, np.float16)), TypeError, "x is float16, .*"),
    (lambda: qu.quantize(ONES.T, ROWS), ValueError, r"3 channels along axis 0 expected, got shape \(2, 3\)"),
    (lambda: qu.quantize(ONES, BEYOND), ValueError, r"axis must be in \[-2, 1\], got 5"),
    (lambda: qu.fake_quantize_forward(ONES, BEYOND), ValueError, r"axis must be in \[-2, 1\], got 5"),
    (lambda: qu.quantize(ONES, 0.1), TypeError, r"quantizer must be a Quantizer, got 0.1 \(float\)"),
    (lambda: qu.quantize([1j], WHOLE), TypeError, "x must hold real numbers, got complex128"),
    (lambda: qu.dequantize(np.ones((2, 3), int), ROWS), ValueError, "3 channels along axis 0 expected, .*"),
    (lambda: qu.dequantize([1.9], WHOLE), TypeError, "q must be integers, got float64"),
    (lambda: qu.dequantize([256], WHOLE), ValueError, r"q must be in \[0, 255\], got 256"),
    (lambda: qu.dequantize([1], WHOLE, int), TypeError, "dtype must be float32 or float64, got int64"),
    (lambda: qu.dequantize([1], 0.1), TypeError, "quantizer must be a Quantizer, .*"),
    (lambda: qu.fake_quantize_backward(np.ones(2), np.ones((2, 2), bool)), ValueError, r"dout .* \(2, 2\), got \(2,\)"),
    (lambda: quantizer(scale=np.array([1.0, 0.0])), ValueError, "scale must be positive and finite, got 0.0"),
    (lambda: quantizer(scale=np.array([1.0, np.nan])), ValueError, "scale must be positive and finite, got nan"),
    (lambda: quantizer(scale=[1.0, 1.0]), TypeError, r"scale must be a ndarray, got \[1.0, 1.0\] \(list\)"),
    (lambda: quantizer(zero_point=np.zeros(1, int)), ValueError, r"zero_point must have the shape \(2,\), got \(1,\)"),
    (lambda: quantizer(zero_point=np.zeros(2)), TypeError, "zero_point must be integers, got float64: .*"),
    (lambda: quantizer(zero_point=np.array([0, 128])), ValueError, r"zero_point must be in \[-127, 127\], got 128"),
    (lambda: quantizer(qmax=128), ValueError, r"qmax must be in \[-126, 127\], got 128"),
    (lambda: quantizer(qmin=0, qmax=256), ValueError, r"qmax must be in \[1, 255\], got 256"),
    (lambda: quantizer(qmin=-129), ValueError, r"qmin must be in \[-128, 126\], got -129"),
    (lambda: quantizer(axis=None), ValueError, "axis must name .* 2 scales, got None"),
]


@pytest.mark.parametrize(("call", "error", "message"), REFUSED)
def test_what_does_not_fit_is_refused(call, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        call()
