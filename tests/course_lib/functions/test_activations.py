"""Activations against SciPy, math and plain transcriptions of the papers, and their derivatives against differences."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy.special import expit, ndtr

from course_lib.analysis.gradient_check import rel_error
from course_lib.functions import activations as act

# name -> (its parameter, a transcription for one number, or None where NumPy or SciPy is the oracle)
ELEMENTWISE = {
    "sigmoid": lambda z: expit(z),
    "tanh": lambda z: math.tanh(z),
    "relu": lambda z: max(0.0, z),
    "leaky_relu": lambda z, alpha: z if z > 0 else alpha * z,
    "elu": lambda z, alpha: z if z > 0 else alpha * math.expm1(z),
    "selu": lambda z: 1.0507009873554805 * (z if z > 0 else 1.6732632423543772 * math.expm1(z)),
    "swish": lambda z, beta: z * expit(beta * z),
    "gelu": lambda z: z * ndtr(z),
}
WITH_PARAMETER = ("leaky_relu", "elu", "swish")
FROM_THE_OUTPUT = ("sigmoid", "tanh")  # whose backward takes the output a, the others' the input z
small = st.integers(1, 3)
SHAPES = array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
DTYPES = st.sampled_from([np.float32, np.float64])
# Rounding: float32 has 6e-8, float64 1e-16; exp in a kernel may be off by a few units more.
RTOL = {np.dtype(np.float32): 1e-5, np.dtype(np.float64): 1e-12}


def parameters_of(name, value):
    return (value,) if name in WITH_PARAMETER else ()


def forward(name, z, parameter):
    return getattr(act, name)(z, *parameters_of(name, parameter))


def backward(name, dout, z, parameter):
    base = forward(name, z, parameter) if name in FROM_THE_OUTPUT else z
    return getattr(act, f"{name}_backward")(dout, base, *parameters_of(name, parameter))


def draw_array(data, dtype, limit=50.0):
    width = np.dtype(dtype).itemsize * 8
    limit = float(dtype(limit))
    elements = st.floats(-limit, limit, width=width, allow_subnormal=False)
    return data.draw(arrays(dtype, SHAPES, elements=elements))


@pytest.mark.parametrize("name", ELEMENTWISE)
@given(data=st.data(), dtype=DTYPES, parameter=st.floats(-2, 3))
def test_forward_is_the_formula_at_every_entry(name, data, dtype, parameter):
    z = draw_array(data, dtype)
    parameter = float(dtype(parameter))
    before = z.copy()
    out = forward(name, z, parameter)
    expected = [ELEMENTWISE[name](float(v), *parameters_of(name, parameter)) for v in z.flat]
    assert out.shape == z.shape and out.dtype == z.dtype
    # atol: results below the smallest normal number of the dtype may be flushed or rounded off
    np.testing.assert_allclose(np.ravel(out), expected, rtol=RTOL[z.dtype], atol=float(np.finfo(dtype).tiny))
    np.testing.assert_array_equal(z, before)


@pytest.mark.parametrize("name", ELEMENTWISE)
@given(data=st.data(), parameter=st.floats(-2, 3))
def test_backward_is_the_slope_times_dout(name, data, parameter):
    """Central differences of the transcription, not of the code under test; away from the kink at 0."""
    shape = data.draw(SHAPES)
    size = st.floats(0.01, 6) | st.floats(-6, -0.01)
    z = data.draw(arrays(np.float64, shape, elements=size))
    dout = data.draw(arrays(np.float64, shape, elements=st.floats(-1e3, 1e3)))
    z_before, dout_before = z.copy(), dout.copy()

    h = 1e-5
    extra = parameters_of(name, parameter)
    oracle = ELEMENTWISE[name]
    slope = [(oracle(v + h, *extra) - oracle(v - h, *extra)) / (2 * h) for v in z.ravel().tolist()]
    dz = backward(name, dout, z, parameter)
    assert dz.shape == shape and dz.dtype == np.float64
    # Truncation is h**2 / 6 times a third derivative below 50 in this range, so 1e-9; rounding is 1e-16 * 20 / h.
    np.testing.assert_allclose(
        np.ravel(dz), dout.ravel() * slope, rtol=1e-7, atol=2e-9 * (1 + np.abs(dout).max(initial=0))
    )
    np.testing.assert_array_equal(z, z_before)
    np.testing.assert_array_equal(dout, dout_before)


@pytest.mark.parametrize("name", ELEMENTWISE)
@given(data=st.data(), dtype=DTYPES)
def test_backward_keeps_shape_and_dtype_and_is_linear_in_dout(name, data, dtype):
    z = draw_array(data, dtype, limit=10)
    dout = np.ones_like(z)
    dz = backward(name, dout, z, 0.5)
    assert dz.shape == z.shape and dz.dtype == z.dtype
    np.testing.assert_allclose(backward(name, -4 * dout, z, 0.5), -4 * dz, rtol=0, atol=0)  # a power of 2 is exact


@given(
    shape=st.tuples(small, small) | st.tuples(small, small, small, small),
    slopes=st.sampled_from(["one each", "one", "a number"]),
    seed=st.integers(0, 2**32 - 1),
    scale=st.sampled_from([1e-2, 1.0, 1e2]),
)
def test_prelu_forward_and_both_gradients(shape, slopes, seed, scale):
    """Images too, where as many columns as channels are no reason to take one for the other."""
    rng = np.random.default_rng(seed)
    z = rng.uniform(0.01, 3, size=shape) * rng.choice([-1, 1], size=shape) * scale
    a, dout = rng.normal(size={"one each": shape[1], "one": 1, "a number": ()}[slopes]), rng.normal(size=shape)
    saved = [np.copy(x) for x in (z, a, dout)]
    expected = np.empty(shape)
    for i in np.ndindex(shape):
        slope = a[i[1]] if slopes == "one each" else np.ravel(a)[0]
        expected[i] = z[i] if z[i] > 0 else slope * z[i]
    np.testing.assert_allclose(act.prelu(z, a), expected, rtol=1e-15)

    dz, da = act.prelu_backward(dout, z, a)
    assert dz.shape == z.shape and np.shape(da) == np.shape(a)

    def loss(zz, aa):
        aa = np.reshape(aa, (-1, *(1 for _ in shape[2:])))
        return np.sum(dout * (np.maximum(zz, 0) + aa * np.minimum(zz, 0)))

    def difference(x, at):
        x = np.asarray(x)
        h = 1e-3 * scale  # the loss is linear in z and in a between kinks, so any step below 0.01 * scale is exact
        out = np.empty_like(x)
        for i in np.ndindex(x.shape):
            step = np.zeros_like(x)
            step[i] = h
            out[i] = (at(x + step) - at(x - step)) / (2 * h)
        return out

    # rounding of a sum of up to 81 terms, over a step of a thousandth of them
    assert rel_error(dz, difference(z, lambda x: loss(x, a)), eps=1e-3) < 1e-7
    assert rel_error(da, difference(a, lambda x: loss(z, x)), eps=1e-3 * scale) < 1e-7
    for x, before in zip((z, a, dout), saved, strict=True):
        np.testing.assert_array_equal(x, before)


@given(z=arrays(np.float64, array_shapes(min_side=0, max_side=4), elements=st.floats(-800, 800)))
def test_identities_of_sigmoid_and_tanh(z):
    np.testing.assert_allclose(act.sigmoid(-z), 1 - act.sigmoid(z), rtol=0, atol=1e-15)
    np.testing.assert_allclose(act.tanh(z), 2 * act.sigmoid(2 * z) - 1, rtol=0, atol=1e-15)
    np.testing.assert_array_equal(act.tanh(-z), -act.tanh(z))


@given(z=arrays(np.float64, 5, elements=st.floats(-100, 100)), alpha=st.floats(-2, 3))
def test_special_parameters_give_the_other_functions(z, alpha):
    np.testing.assert_array_equal(act.leaky_relu(z, 0.0), act.relu(z))
    np.testing.assert_array_equal(act.leaky_relu(z, 1.0), z)
    np.testing.assert_array_equal(act.elu(z, 0.0), act.relu(z))
    np.testing.assert_array_equal(act.swish(z, 0.0), z / 2)
    np.testing.assert_array_equal(act.prelu(z[None], np.full(5, alpha))[0], act.leaky_relu(z, alpha))
    # at 1e6 the gate is 0 or 1 beyond |z| of 1e-4, and what is between is smaller than that
    np.testing.assert_allclose(act.swish(z, 1e6), act.relu(z), rtol=0, atol=1e-4)


def test_slopes_at_their_largest():
    z = np.linspace(-8, 8, 16001)
    ones = np.ones_like(z)
    sigmoid_slope, tanh_slope = backward("sigmoid", ones, z, None), backward("tanh", ones, z, None)
    assert sigmoid_slope.max() == 1 / 4 and z[sigmoid_slope.argmax()] == 0
    assert tanh_slope.max() == 1 and z[tanh_slope.argmax()] == 0


@pytest.mark.parametrize("alpha", [0.3, 1.0, 1.7])
def test_elu_has_a_continuous_slope_for_alpha_one_only(alpha):
    step = 1e-9
    left, right = act.elu_backward(np.ones(2), np.array([-step, step]), alpha)
    assert (abs(left - right) < 1e-6) == (alpha == 1)
    assert abs(act.elu(-step, alpha) - act.elu(step, alpha)) < 1e-8  # the function itself always is


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "elu", "selu"])
def test_at_the_kink_the_slope_from_the_left_is_taken(name):
    at_zero, below, above = backward(name, np.ones(3), np.array([0.0, -1e-12, 1e-12]), 0.3)
    assert at_zero == pytest.approx(below, abs=1e-11)
    assert abs(at_zero - above) > 0.1


@pytest.mark.parametrize(("name", "lowest"), [("swish", -0.2784645), ("gelu", -0.1699712)])
def test_swish_and_gelu_are_not_monotone(name, lowest):
    z = np.linspace(-10, 0, 1001)
    out, slope = forward(name, z, 1.0), backward(name, np.ones_like(z), z, 1.0)
    turn = out.argmin()
    assert 0 < turn < z.size - 1
    assert out.min() == pytest.approx(lowest, abs=1e-5)  # of points 0.01 apart one lies so near the lowest
    assert (slope[: turn - 1] < 0).all() and (slope[turn + 2 :] > 0).all()


def test_selu_keeps_mean_zero_and_variance_one_over_layers(rng):
    """The fixed point of Klambauer et al. 2017, with LeCun normal weights; the constants exchanged leave it at once."""
    n, width, depth = 100, 256, 30
    start = rng.normal(size=(n, width))
    published, swapped = start, start
    for _ in range(depth):
        weights = rng.normal(0, 1 / np.sqrt(width), size=(width, width))
        published = act.selu(published @ weights)
        swapped = act.SELU_ALPHA * act.elu(swapped @ weights, act.SELU_LAMBDA)
    # The weights' own second moment strays by 1 / sqrt(width) = 0.06 a layer, and the fixed point pulls back.
    assert abs(published.mean()) < 0.1 and 0.8 < published.var() < 1.25
    assert swapped.var() > 100


def test_selu_fixed_point_by_quadrature():
    """E[selu(z)] = 0 and E[selu(z)**2] = 1 for z ~ N(0, 1), to the accuracy of the trapezium rule."""
    z, step = np.linspace(-12, 12, 240001, retstep=True)
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    out = act.selu(z)
    # the integrands have a kink at 0, a grid point: the error is of the order step**2 = 1e-8
    assert abs(np.sum(out * density) * step) < 1e-7
    assert abs(np.sum(out**2 * density) * step - 1) < 1e-7


EXTREMES = np.array([-np.inf, -1e308, -1e4, -746.0, -710.0, 0.0, 710.0, 746.0, 1e4, 1e308, np.inf])
LIMITS = {
    "sigmoid": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "relu": (0.0, np.inf),
    "elu": (-0.5, np.inf),
    "selu": (-act.SELU_LAMBDA * act.SELU_ALPHA, np.inf),
    "swish": (0.0, np.inf),
    "gelu": (0.0, np.inf),
    "leaky_relu": (-np.inf, np.inf),
}
# The slopes at minus and plus infinity, for the parameter 0.5.
SLOPES = {name: (0.0, 0.0) for name in FROM_THE_OUTPUT} | {
    "relu": (0.0, 1.0),
    "leaky_relu": (0.5, 1.0),
    "elu": (0.0, 1.0),
    "selu": (0.0, act.SELU_LAMBDA),
    "swish": (0.0, 1.0),
    "gelu": (0.0, 1.0),
}


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extremes_reach_the_limits_without_overflow(name, dtype):
    with np.errstate(over="ignore"):
        z = EXTREMES.astype(dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        out = forward(name, z, 0.5)
    assert not np.isnan(out).any()
    # float32 rounds the limit
    np.testing.assert_allclose(out[[0, -1]], LIMITS[name], rtol=1e-6)


@pytest.mark.parametrize("name", ELEMENTWISE)
@given(dtype=DTYPES, size=st.integers(1, 40), dout=st.floats(-8, 8, width=32, allow_subnormal=False))
def test_slopes_at_infinity_are_limits(name, dtype, size, dout):
    for z, slope in zip((-np.inf, np.inf), SLOPES[name], strict=True):
        dz = backward(name, np.full(size, dout, dtype), np.full(size, z, dtype), 0.5)
        # one product, rounded or below the normal numbers; SELU's constants are rounded too
        np.testing.assert_allclose(dz, dout * slope, rtol=1e-6, atol=1e-37)


@given(beta=st.floats(-3, 3), dtype=DTYPES)
def test_swish_at_infinity_for_any_sharpness(beta, dtype):
    """A gate that closes lets nothing through; one that stays half open (beta = 0) lets half of everything through."""
    beta = float(dtype(beta))
    z = np.array([-np.inf, np.inf], dtype)
    gates = np.array([0.5 - np.sign(beta) / 2, 0.5 + np.sign(beta) / 2])
    np.testing.assert_array_equal(act.swish(z, beta), [0 if gate == 0 else v for gate, v in zip(gates, z, strict=True)])
    np.testing.assert_array_equal(act.swish_backward(np.ones(2, dtype), z, beta), gates)


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "elu"])
@given(data=st.data(), dtype=DTYPES)
def test_what_a_rectifier_blocks_is_zero_however_large(name, data, dtype):
    """ReLU, and the others with alpha = 0: neither infinity nor NaN times 0 makes a NaN where nothing passes."""
    z = draw_array(data, dtype)
    z = np.where(data.draw(arrays(bool, z.shape)), -np.inf, z).astype(dtype)
    dout = np.full_like(z, data.draw(st.sampled_from([np.inf, -np.inf, np.nan])))
    np.testing.assert_array_equal(backward(name, dout, z, 0.0), np.where(z > 0, dout, 0))
    np.testing.assert_array_equal(forward(name, z, 0.0), np.maximum(z, 0))


@pytest.mark.parametrize("name", [name for name in ELEMENTWISE if name not in FROM_THE_OUTPUT])
def test_slopes_stay_finite_at_large_inputs(name):
    z = EXTREMES[np.abs(EXTREMES) <= 1e4]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isfinite(backward(name, np.ones_like(z), z, 0.5)).all()
        assert np.isfinite(forward(name, z, 0.5)).all()


@pytest.mark.parametrize("name", [*ELEMENTWISE, "prelu"])
def test_nan_stays_nan_and_where_it_is(name):
    z = np.array([[1.0, np.nan, -1.0], [np.nan, 2.0, -3.0]])
    out = act.prelu(z, np.full(3, 0.1)) if name == "prelu" else forward(name, z, 0.5)
    np.testing.assert_array_equal(np.isnan(out), np.isnan(z))


@pytest.mark.parametrize("name", ELEMENTWISE)
@pytest.mark.parametrize("view", ["transposed", "strided", "reversed", "read-only"])
def test_any_memory_layout_gives_the_same(name, view, rng):
    z = rng.normal(size=(4, 6))
    z = {"transposed": z.T, "strided": z[::2, 1::3], "reversed": z[::-1, ::-1], "read-only": z}[view]
    z.flags.writeable = view != "read-only"
    dout = np.asfortranarray(rng.normal(size=z.shape))
    np.testing.assert_array_equal(forward(name, z, 0.5), forward(name, z.copy(), 0.5))
    np.testing.assert_array_equal(backward(name, dout, z, 0.5), backward(name, dout.copy("C"), z.copy(), 0.5))


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_integers_lists_and_numbers_are_taken_as_float64(name):
    from_integers = forward(name, np.array([-2, 0, 3]), 0.5)
    assert from_integers.dtype == np.float64
    np.testing.assert_array_equal(from_integers, forward(name, [-2.0, 0.0, 3.0], 0.5))
    of_a_number = forward(name, -2, 0.5)
    assert isinstance(of_a_number, float) and of_a_number == from_integers[0]


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_gradients_of_another_shape_are_refused(name):
    """(N,) and (N, 1) would broadcast to (N, N)."""
    with pytest.raises(ValueError, match=r"dout must have the shape \(3, 1\), got \(3,\)"):
        backward(name, np.ones(3), np.ones((3, 1)), 0.5)


@given(n=st.integers(1, 3), c=st.integers(2, 4))
def test_slopes_that_meet_no_channels_are_refused(n, c):
    for shape in ((n, c, c), (n, c + 1), (n, c + 1, c, c), (c,)):
        with pytest.raises(ValueError, match=r"z \(N, C\) or \(N, C, H, W\) and a \(C,\) expected.* got z \("):
            act.prelu(np.ones(shape), np.ones(c))
    with pytest.raises(ValueError, match=r"dout must have the shape \(\d, \d\), got \(\d,\)"):
        act.prelu_backward(np.ones(c), np.ones((n, c)), np.ones(c))


def test_slopes_gradient_over_many_samples_is_accurate_in_float32():
    z = np.full((400_000, 1), -1, np.float32)
    dout = np.full_like(z, 0.1)
    _, da = act.prelu_backward(dout, z, np.ones(1))
    # the sum rounded once, of numbers that were rounded when they became float32
    assert da.dtype == np.float32 and abs(da[0] + 40_000) < 40_000 * 1e-7


@pytest.mark.parametrize("name", WITH_PARAMETER)
@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (np.nan, ValueError, "must be finite, got nan"),
        (np.inf, ValueError, "must be finite, got inf"),
        ("0.1", TypeError, r"must be a number, got '0.1' \(str\)"),
        (np.ones(2), TypeError, "must be a number, got array"),
    ],
)
def test_a_parameter_is_a_finite_number(name, value, error, message):
    for call in (lambda: forward(name, np.ones(2), value), lambda: backward(name, np.ones(2), np.ones(2), value)):
        with pytest.raises(error, match=rf"^(alpha|beta) {message}"):
            call()


@pytest.mark.parametrize("name", [*ELEMENTWISE, "prelu"])
@pytest.mark.parametrize("z", [np.ones((1, 2), np.float16), np.ones((1, 2), complex), [["a", "b"]]])
def test_other_numbers_are_refused(name, z):
    with pytest.raises(TypeError, match=r"float16|real numbers"):
        act.prelu(z, 0.1) if name == "prelu" else forward(name, z, 0.5)
