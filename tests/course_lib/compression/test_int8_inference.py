"""Integer inference against exact arithmetic, and against the network in floating point."""

from dataclasses import replace
from fractions import Fraction
from math import floor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.compression import int8_inference as ii
from course_lib.compression.quantization import affine_quantizer, calibrate, dequantize, quantize, symmetric_quantizer
from course_lib.data.datasets import digits
from course_lib.layers.dense import Activation
from course_lib.layers.network import Sequential, mlp
from course_lib.training.loop import fit

seeds = st.integers(0, 2**32 - 1)
sizes = st.tuples(st.integers(1, 3), st.integers(1, 9), st.integers(1, 9))
dtypes = st.sampled_from([np.float32, np.float64])


def draw(seed, size, dtype=np.float64):
    """x, w, b of different scales, and the quantisers of x and of x @ w + b."""
    rng = np.random.default_rng(seed)
    n, d, m = size
    x = (10.0 ** rng.integers(-3, 4) * (rng.normal(size=(n, d)) + rng.normal())).astype(dtype)
    w = (10.0 ** rng.integers(-3, 4) * rng.normal(size=(d, m)) * 10.0 ** rng.integers(-1, 2, m)).astype(dtype)
    b = (np.abs(x @ w).max() * rng.normal(size=m)).astype(dtype)
    return x, w, b, calibrate(x), calibrate(x @ w + b)


@given(seeds, sizes, st.booleans(), dtypes)
def test_outputs_are_the_rescaled_integer_sums(seed, size, per_channel, dtype):
    x, w, b, x_quantizer, out_quantizer = draw(seed, size, dtype)
    layer = ii.quantize_affine(w, b, x_quantizer, out_quantizer, per_channel=per_channel)
    q = quantize(x, x_quantizer)
    out = ii.int8_affine_forward(q, layer)
    assert out.dtype == np.uint8 and layer.w.dtype == np.int8 and layer.w.shape == w.T.shape
    sums = q.astype(object) @ layer.w.T.astype(object) + layer.offset.astype(object)
    for n, m in np.ndindex(out.shape):
        value = Fraction(int(layer.multiplier[m]), 2 ** int(layer.shift[m])) * int(sums[n, m])
        expected = floor(value + Fraction(1, 2)) + int(out_quantizer.zero_point[0])
        assert int(out[n, m]) == min(max(expected, 0), 255)
    # and the integer factor is the real one to 31 bits
    np.testing.assert_allclose(
        np.ldexp(layer.multiplier.astype(float), -layer.shift), layer.scale / out_quantizer.scale, rtol=2.0**-30
    )


@given(seeds, sizes, st.booleans(), dtypes)
def test_real_outputs_differ_by_the_roundings_of_inputs_weights_and_bias(seed, size, per_channel, dtype):
    x, w, b, x_quantizer, out_quantizer = draw(seed, size, dtype)
    layer = ii.quantize_affine(w, b, x_quantizer, None, per_channel=per_channel)
    q = quantize(x, x_quantizer)
    got = ii.int8_affine_forward(q, layer)
    assert got.dtype == np.float32
    x_error = np.abs(dequantize(q, x_quantizer) - x)
    w_scale = layer.scale / x_quantizer.scale
    # |x w - x' w'| <= |x - x'| |w| + |x'| |w - w'|, with half a step for each weight and for the bias
    bound = (
        x_error @ np.abs(w) + np.abs(dequantize(q, x_quantizer)).sum(axis=1)[:, None] * w_scale / 2 + layer.scale / 2
    )
    exact = x.astype(float) @ w.astype(float) + b
    # rounding of the outputs to float32, and of the quantised inputs' range to dtype
    slack = 1e-5 * (np.abs(x.astype(float)) @ np.abs(w.astype(float)) + np.abs(b))
    assert (np.abs(got - exact) <= bound + slack).all()
    rounded = ii.int8_affine_forward(q, ii.quantize_affine(w, b, x_quantizer, out_quantizer, per_channel=per_channel))
    ends = dequantize(np.array([0, 255]), out_quantizer)
    further = np.abs(dequantize(rounded, out_quantizer) - np.clip(got, *ends))
    # half a step of the outputs, and the rounding of ``got`` to float32
    assert (further <= out_quantizer.scale[0] * 0.5001 + slack).all()


@pytest.mark.parametrize("n_inputs", [1, 5, 64, 1000])
@pytest.mark.parametrize("n_outputs", [1, 3, 4, 6])
def test_extreme_sums_do_not_overflow(n_inputs, n_outputs):
    w = np.ones((n_inputs, n_outputs)) * (-1.0) ** np.arange(n_outputs)
    layer = ii.quantize_affine(w, np.zeros(n_outputs), affine_quantizer(0, 1), None)
    np.testing.assert_array_equal(np.abs(layer.w), 127)
    out = ii.int8_affine_forward(np.full((2, n_inputs), 255, np.uint8), layer)
    np.testing.assert_allclose(out, np.broadcast_to(n_inputs * w[0], (2, n_outputs)), rtol=1e-6)
    assert ii.MAX_INPUTS * 255 * 127 < 2**31 <= (ii.MAX_INPUTS + 1) * 255 * 127


def test_a_bias_that_is_huge_compared_with_its_weights_survives():
    w, b = np.array([[0.0, 1e-12, 1.0]]), np.array([3.0, -2.0, 0.5])
    layer = ii.quantize_affine(w, b, affine_quantizer(-1, 1), None)
    got = ii.int8_affine_forward(quantize([[1.0]], affine_quantizer(-1, 1)), layer)
    np.testing.assert_allclose(got, [[3.0, -2.0, 1.5]], rtol=1e-2)
    np.testing.assert_allclose(got[0, :2], b[:2], rtol=1e-6)


@given(st.lists(st.floats(1e-25, 1e9), min_size=1, max_size=6))
def test_fixed_point(values):
    multiplier, shift = ii.fixed_point(values)
    assert ((multiplier >= 0) & (multiplier < 2**31)).all() and ((shift >= 1) & (shift <= 62)).all()
    # 31 bits, and what is below 2**-62 rounds to nothing, as it would in any product with 31 bits
    np.testing.assert_allclose(np.ldexp(multiplier.astype(float), -shift), values, rtol=2.0**-30, atol=2.0**-62)


def test_a_factor_just_below_a_power_of_two_keeps_to_31_bits():
    multiplier, _ = ii.fixed_point([np.nextafter(1.0, 0)])
    assert multiplier[0] == 2**31 - 1


def trained(dtype=np.float32, activation="relu"):
    data, rng = digits(), np.random.default_rng(0)
    network = mlp([64, 16, 10], activation=activation, rng=rng, dtype=dtype)
    fit(network, data.x_train, data.y_train, rng=rng, epochs=4)
    return network, data.x_train.astype(dtype), data.x_test[:150].astype(dtype)


@pytest.mark.outcome
@pytest.mark.parametrize("per_channel", [True, False])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_trained_network_answers_as_before(dtype, per_channel):
    network, x, x_test = trained(dtype)
    theta = network.theta.copy()
    quantized = ii.quantize_mlp(network, x, per_channel=per_channel)
    logits, expected = quantized(x_test), network.forward(x_test)
    assert logits.shape == expected.shape and logits.dtype == np.float32
    # logits differ by a few steps of 1 / 255 of their range, and hardly any answer changes
    assert np.abs(logits - expected).max() < 0.05 * np.abs(expected).max()
    assert np.mean(logits.argmax(axis=1) == expected.argmax(axis=1)) > 0.97
    np.testing.assert_array_equal(network.theta, theta)
    assert all(layer.w.dtype == np.int8 for layer in quantized.layers)


@pytest.mark.outcome
def test_relu_is_done_by_clipping():
    network, x, x_test = trained()
    hidden = np.maximum(network.layers[0].forward(x), 0)
    first = ii.quantize_mlp(network, x).layers[0]
    assert first.out.zero_point.tolist() == [0]
    q = ii.int8_affine_forward(quantize(x_test, calibrate(x)), first)
    expected = np.maximum(network.layers[0].forward(x_test), 0)
    # a few steps: of the inputs, the weights and the output
    assert np.abs(dequantize(q, first.out) - np.minimum(expected, hidden.max())).max() < 5 * first.out.scale[0]


@pytest.mark.outcome
def test_layers_without_a_non_linearity_between_them():
    network, x, x_test = trained(activation="identity")
    logits, expected = ii.quantize_mlp(network, x)(x_test), network.forward(x_test)
    assert np.abs(logits - expected).max() < 0.05 * np.abs(expected).max()


@pytest.mark.outcome
def test_bytes():
    network, x, _ = trained()
    quantized = ii.quantize_mlp(network, x)
    assert quantized.n_bytes == (64 * 16 + 13 * 16 + 5) + (16 * 10 + 13 * 10 + 5)
    assert quantized.n_bytes < network.theta.nbytes / 2


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("zero_point", [0, 255])
def test_the_largest_sums_are_rescaled_without_overflow(sign, zero_point):
    """As many inputs as there may be, all at the end of their range, and a bias and a factor as large as they get."""
    x_quantizer = affine_quantizer(-1, 0) if zero_point else affine_quantizer(0, 1)
    w = np.full((ii.MAX_INPUTS, 1), float(sign))
    largest = 2**30 * x_quantizer.scale[0] / 127  # a bias of 2**30 units of the sum
    layer = ii.quantize_affine(w, [sign * largest], x_quantizer, affine_quantizer(-1e9, 1e9))
    for q in (0, 255):
        out = ii.int8_affine_forward(np.full((1, ii.MAX_INPUTS), q, np.uint8), layer)
        total = int(layer.w.sum(dtype=int)) * q + int(layer.offset[0])
        exact = Fraction(int(layer.multiplier[0]) * total, 2 ** int(layer.shift[0]))
        assert int(out[0, 0]) == min(max(floor(exact + Fraction(1, 2)) + int(layer.out.zero_point[0]), 0), 255)
    # and with the largest factor and shift that there may be
    huge = ii.Int8Affine(
        layer.w, layer.offset, layer.scale, np.array([2**31 - 1]), np.array([62]), affine_quantizer(0, 1)
    )
    out = ii.int8_affine_forward(np.full((1, ii.MAX_INPUTS), 255 - zero_point, np.uint8), huge)
    total = int(layer.w.sum(dtype=int)) * (255 - zero_point) + int(layer.offset[0])
    assert int(out[0, 0]) == min(max(floor(Fraction((2**31 - 1) * total, 2**62) + Fraction(1, 2)), 0), 255)


@given(seeds, sizes, st.integers(-320, 308), st.integers(-320, 308))
def test_scales_far_from_one_work_or_are_refused(seed, size, of_x, of_w):
    """Whatever the magnitudes: finite outputs near the true ones, or a sentence."""
    n, d, m = size
    rng = np.random.default_rng(seed)
    x, w = 10.0**of_x * rng.uniform(0.5, 1, (n, d)), 10.0**of_w * rng.uniform(0.5, 1, (d, m))
    try:
        x_quantizer = calibrate(x)
        layer = ii.quantize_affine(w, np.zeros(m), x_quantizer, None)
    except ValueError as error:
        assert "multiply to" in str(error) and not -290 < of_x + of_w < 305
        return
    with np.errstate(over="ignore"):  # the outputs are float32
        got, exact = ii.int8_affine_forward(quantize(x, x_quantizer), layer), (x @ w).astype(np.float32)
    if min(of_x, of_w) > -300:  # else the range is below all normal numbers, and counts as 0
        # numbers of one sign: each is right to one part in 127, and float32 to 1e-45
        np.testing.assert_allclose(got, exact, rtol=0.02, atol=1e-44)
    else:
        assert np.isfinite(got).all()


def test_nan_counts_as_zero():
    network, x, x_test = trained()
    quantized, hole = ii.quantize_mlp(network, x), x_test.copy()
    hole[:, 20] = np.nan
    x_test[:, 20] = 0
    np.testing.assert_array_equal(quantized(hole), quantized(x_test))


WHOLE = affine_quantizer(0, 1)
CHANNELS = affine_quantizer([0, 0], [1, 1], axis=0)
LAYER = ii.quantize_affine(np.ones((2, 1)), np.ones(1), WHOLE, None)
NETWORK = mlp([2, 2, 2], activation="relu", rng=np.random.default_rng(0))


def affine(w=((1.0,), (1.0,)), b=(0.0,), x_quantizer=WHOLE, out_quantizer=None):
    return ii.quantize_affine(np.array(w), np.array(b), x_quantizer, out_quantizer)


REFUSED = [
    (lambda: affine(b=np.ones(2)), ValueError, r"b must have the shape \(1,\), got \(2,\)"),
    (lambda: affine(b=1.0), ValueError, r"b must have the shape \(1,\), got \(\)"),
    (lambda: affine(b=[np.nan]), ValueError, "b must be finite, got nan"),
    (lambda: affine(w=[1.0, 1.0]), ValueError, r"w must have the shape \(D, M\), got \(2,\)"),
    (lambda: affine(w=np.ones((0, 1))), ValueError, r"w must have at least one entry .*, got the shape \(0, 1\)"),
    (lambda: affine(w=[[np.inf]]), ValueError, "w must be finite, got inf"),
    (lambda: affine(w=np.ones((66312, 1))), ValueError, "1 to 66311 inputs fit into a 32-bit sum, got 66312"),
    (lambda: affine(x_quantizer=symmetric_quantizer(1)), ValueError, "x_quantizer must be a uint8 quantiser .*"),
    (lambda: affine(x_quantizer=CHANNELS), ValueError, "x_quantizer must be a uint8 quantiser of a whole tensor, .*"),
    (lambda: affine(out_quantizer=CHANNELS), ValueError, "out_quantizer must be a uint8 quantiser .*"),
    (lambda: affine(x_quantizer=None), TypeError, r"x_quantizer must be a Quantizer, got None \(NoneType\)"),
    (lambda: affine(w=[[1e-300]], x_quantizer=affine_quantizer(0, 1e-20)), ValueError, r".* multiply to \[0.\], .*"),
    (lambda: affine(w=[[1e300]], x_quantizer=affine_quantizer(0, 1e20)), ValueError, r".* multiply to \[inf\], .*"),
    (lambda: replace(LAYER, offset=np.zeros(2, int)), ValueError, r"offset must be int64 \(1,\), got int64 \(2,\)"),
    (lambda: replace(LAYER, w=np.ones((1, 2))), ValueError, r"w must be int8 \(1, 2\), got float64 \(1, 2\)"),
    (lambda: replace(LAYER, out=WHOLE), ValueError, r"multiplier must be int64 \(1,\), got int64 \(0,\)"),
    (lambda: ii.int8_affine_forward(np.ones((2, 2)), LAYER), ValueError, r"q must be uint8 \(N, 2\), got float64 .*"),
    (lambda: ii.int8_affine_forward(np.ones((2, 3), np.uint8), LAYER), ValueError, r".* got uint8 \(2, 3\)"),
    (lambda: ii.int8_affine_forward(np.ones((2, 2), np.int8), LAYER), ValueError, r".* got int8 \(2, 2\)"),
    (lambda: ii.int8_affine_forward(np.ones((0, 2), np.uint8), LAYER), ValueError, "q must have at least one entry .*"),
    (lambda: ii.int8_affine_forward(np.ones((2, 2), np.uint8), NETWORK), TypeError, "layer must be an Int8Affine, .*"),
    (lambda: ii.fixed_point([0.0]), ValueError, r"m must lie in \(0, 1.07374e\+09\), got 0.0"),
    (lambda: ii.fixed_point([1.0, np.nan]), ValueError, "m must lie in .*, got nan"),
    (lambda: ii.fixed_point([2.0**30]), ValueError, "m must lie in .*, got 1073741824.0"),
    (
        lambda: ii.quantize_mlp(mlp([2, 2, 2], activation="tanh", rng=np.random.default_rng(0)), np.ones((2, 2))),
        ValueError,
        "Affine layers and ReLU expected, got Activation tanh",
    ),
    (lambda: ii.quantize_mlp(Sequential(Activation("relu")), np.ones((2, 2))), ValueError, ".* must be affine"),
    (lambda: ii.quantize_mlp(NETWORK.layers, np.ones((2, 2))), TypeError, "network must be a Sequential, .*"),
    (lambda: ii.quantize_mlp(NETWORK, np.ones(2)), ValueError, r"x must have the shape \(N, D\), .*: .* x\[None\]"),
    (lambda: ii.quantize_mlp(NETWORK, np.ones((0, 2))), ValueError, "x must have at least one entry .*"),
    (lambda: ii.quantize_mlp(NETWORK, [[np.nan, 1.0]]), ValueError, "x must be finite, got nan"),
    (lambda: ii.quantize_mlp(NETWORK, np.ones((2, 2)))(np.ones(2)), ValueError, r"x must have the shape \(N, D\).*"),
    (lambda: ii.quantize_mlp(NETWORK, np.ones((2, 2)))(np.ones((1, 3))), ValueError, r"q must be uint8 \(N, 2\), .*"),
]


@pytest.mark.parametrize(("call", "error", "message"), REFUSED)
def test_what_does_not_fit_is_refused(call, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        call()
