"""Integer inference against exact arithmetic, and against the network in floating point."""

from fractions import Fraction
from math import floor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import int8_inference as ii
from course_lib.datasets import digits
from course_lib.network import mlp
from course_lib.quantization import affine_quantizer, calibrate, dequantize, quantize, symmetric_quantizer
from course_lib.training import fit

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


def test_a_bias_that_is_huge_beside_its_weights_survives():
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


def test_bytes():
    network, x, _ = trained()
    quantized = ii.quantize_mlp(network, x)
    assert quantized.n_bytes == (64 * 16 + 13 * 16 + 5) + (16 * 10 + 13 * 10 + 5)
    assert quantized.n_bytes < network.theta.nbytes / 2


WHOLE = affine_quantizer(0, 1)
REFUSED = {
    "(2, 3), (2,)": lambda: ii.quantize_affine(np.ones((2, 3)), np.ones(2), WHOLE, None),
    "got 66312": lambda: ii.quantize_affine(np.ones((66312, 1)), np.ones(1), WHOLE, None),
    "uint8 quantiser": lambda: ii.quantize_affine(np.ones((2, 1)), np.ones(1), symmetric_quantizer(1), None),
    "float64 (2, 2)": lambda: ii.int8_affine_forward(
        np.ones((2, 2)), ii.quantize_affine(np.ones((2, 1)), np.ones(1), WHOLE, None)
    ),
    "uint8 (2, 3)": lambda: ii.int8_affine_forward(
        np.ones((2, 3), np.uint8), ii.quantize_affine(np.ones((2, 1)), np.ones(1), WHOLE, None)
    ),
    "[0.]": lambda: ii.fixed_point([0.0]),
    "Activation tanh": lambda: ii.quantize_mlp(
        mlp([2, 2, 2], activation="tanh", rng=np.random.default_rng(0)), np.ones((2, 2))
    ),
}


@pytest.mark.parametrize("value", REFUSED)
def test_what_does_not_fit_is_refused_with_its_value(value):
    with pytest.raises(ValueError) as error:
        REFUSED[value]()
    assert value in str(error.value)
