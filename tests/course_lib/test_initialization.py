"""Initialisers by their statistics: mean, variance, support, independence."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from course_lib import initialization
from course_lib.functions.convolution import conv2d_forward
from course_lib.layers.network import mlp, residual_mlp

FAN_IN, FAN_OUT = 300, 170
VARIANCE = {
    "glorot_normal": 1 / ((FAN_IN + FAN_OUT) / 2),
    "glorot_uniform": 1 / ((FAN_IN + FAN_OUT) / 2),
    "he_normal": 1 / (FAN_IN / 2),
    "lecun_normal": 1 / FAN_IN,
    "normal 0.01": 1e-4,
    "normal 1": 1.0,
}


@pytest.mark.parametrize("name", VARIANCE)
@pytest.mark.parametrize("seed", range(3))
def test_mean_and_variance(name, seed):
    w = initialization.INITIALIZERS[name](np.random.default_rng(seed), FAN_IN, FAN_OUT)
    n, variance = w.size, VARIANCE[name]
    assert w.shape == (FAN_IN, FAN_OUT)
    # 4.5 standard errors: of the mean, and of the variance (2 var^2 / n for a normal, less for a uniform)
    assert abs(w.mean()) < 4.5 * np.sqrt(variance / n)
    assert abs(w.var() - variance) < 4.5 * variance * np.sqrt(2 / n)


def test_the_uniform_one_is_flat_and_bounded(rng):
    w = initialization.glorot_uniform(rng, FAN_IN, FAN_OUT)
    limit = np.sqrt(3 * VARIANCE["glorot_uniform"])
    assert np.abs(w).max() <= limit
    # kurtosis of a uniform distribution is 1.8, of a normal one 3; its standard error here is below 0.01
    assert np.mean(w**4) / np.mean(w**2) ** 2 == pytest.approx(1.8, abs=0.05)


def test_calls_are_independent(rng):
    first, second = (initialization.he_normal(rng, FAN_IN, FAN_OUT).ravel() for _ in range(2))
    assert abs(np.corrcoef(first, second)[0, 1]) < 4.5 / np.sqrt(first.size)


def test_zeros(rng):
    assert not initialization.zeros(rng, 3, 4).any()


def test_constant_and_scaled(rng):
    np.testing.assert_array_equal(initialization.constant(0.5)(rng, 2, 3), [[0.5] * 3] * 2)
    w = initialization.scaled_uniform(0.2)(rng, FAN_IN, FAN_OUT)
    # within 0.2, as uniform on an interval of that half-width: Kolmogorov-Smirnov at 4.5 sigma (p = 7e-6)
    assert stats.kstest(w.ravel(), stats.uniform(-0.2, 0.4).cdf).pvalue > 7e-6


@pytest.mark.parametrize(
    ("name", "limit"), [("he_uniform", sqrt(6 / FAN_IN)), ("lecun_uniform", sqrt(3 / FAN_IN))], ids=["he", "lecun"]
)
def test_uniform_variants(name, limit, rng):
    w = getattr(initialization, name)(rng, FAN_IN, FAN_OUT)
    assert w.shape == (FAN_IN, FAN_OUT)
    assert stats.kstest(w.ravel(), stats.uniform(-limit, 2 * limit).cdf).pvalue > 7e-6  # 4.5 sigma
    normal = VARIANCE[name.replace("uniform", "normal")]
    assert abs(w.var() - normal) < 4.5 * normal * np.sqrt(0.8 / w.size)  # kurtosis 1.8: variance 0.8 var^2 / n


@pytest.mark.parametrize("name", ["glorot", "he", "lecun"])
@pytest.mark.parametrize("seed", range(3))
def test_truncated_normal_keeps_the_variance(name, seed):
    w = getattr(initialization, f"{name}_truncated_normal")(np.random.default_rng(seed), FAN_IN, FAN_OUT)
    std = sqrt(VARIANCE[f"{name}_normal"])
    cut = stats.truncnorm(-2, 2)
    expected = stats.truncnorm(-2, 2, scale=std / cut.std())
    assert w.shape == (FAN_IN, FAN_OUT)
    # 0.23 % of the draws lie beyond 1.98: none of 51000 would be a chance of exp(-117)
    assert 1.98 < np.abs(w).max() / std * cut.std() <= 2 * (1 + 1e-12)
    assert abs(w.var() - std**2) < 4.5 * std**2 * np.sqrt(2 / w.size)  # lighter tails than the normal's 2 var^2 / n
    assert stats.kstest(w.ravel(), expected.cdf).pvalue > 7e-6  # 4.5 sigma


@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.integers(1, 12), st.sampled_from([0.5, 1.0, sqrt(2), -1.0]))
def test_orthogonal_on_the_smaller_side(seed, fan_in, fan_out, gain):
    w = initialization.orthogonal(np.random.default_rng(seed), fan_in, fan_out, gain)
    assert w.shape == (fan_in, fan_out)
    product = w.T @ w if fan_in >= fan_out else w @ w.T
    # Householder factors are orthonormal to a few roundings for each of at most 12 columns
    np.testing.assert_allclose(product, gain**2 * np.eye(min(fan_in, fan_out)), rtol=0, atol=1e-13)


@pytest.mark.parametrize("shape", [(1, 1), (3, 3), (5, 2), (2, 5)])
def test_orthogonal_has_no_preferred_sign(shape, rng):
    n = 4000
    draws = np.array([initialization.orthogonal(rng, *shape) for _ in range(n)])
    # uniform over the orthogonal matrices: every entry has mean 0 and variance 1 / (the larger side)
    assert np.abs(draws.mean(axis=0)).max() < 4.5 * np.sqrt(1 / max(shape) / n)
    # the square of an entry, below 1, has a variance below its mean
    assert np.abs(np.square(draws).mean(axis=0) - 1 / max(shape)).max() < 4.5 * np.sqrt(1 / max(shape) / n)
    if shape[0] == shape[1] > 1:
        trace = np.trace(draws, axis1=1, axis2=2)  # mean 0 and variance 1 (Diaconis and Shahshahani 1994)
        assert abs(trace.mean()) < 4.5 / np.sqrt(n)


def preactivations(network, x):
    """The affine layers' outputs in a chain of layers."""
    outputs = []
    for layer in network.layers:
        x = layer.forward(x)
        if "w" in layer.params:
            outputs.append(x)
    return outputs


# the kernels of the last two take long without the compiler, and have tests of their own
@pytest.mark.parametrize(
    "activation", ["relu", *(pytest.param(n, marks=pytest.mark.compiled) for n in ("tanh", "sigmoid"))]
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_lsuv_gives_every_layer_unit_variance(activation, dtype, rng):
    sizes = [7, *[20] * 15, 3]
    network = mlp(sizes, activation=activation, rng=rng, initializer=initialization.scaled_normal(30), dtype=dtype)
    theta, x = network.theta, (5 + 3 * rng.normal(size=(50, 7))).astype(dtype)
    variances = initialization.lsuv(network, x, rng=rng, tol=0.05)
    measured = [out.var(dtype=float) for out in preactivations(network, x)]
    assert len(measured) == len(sizes) - 1
    assert np.abs(np.array(measured) - 1).max() < 0.05
    np.testing.assert_allclose(variances, measured, rtol=1e-12)  # the same sums
    assert network.theta is theta
    assert network.theta.dtype == dtype
    for layer in network.leaves():
        assert all(np.shares_memory(value, theta) for value in layer.params.values())
        if "w" in layer.params:
            w = layer.params["w"].astype(float)
            product = w @ w.T if len(w) <= w.shape[1] else w.T @ w
            # still a multiple of an orthogonal matrix, in the precision of the weights
            np.testing.assert_allclose(
                product / product[0, 0], np.eye(len(product)), rtol=0, atol=50 * np.finfo(dtype).eps
            )


def test_lsuv_follows_the_paper(rng):
    """Algorithm 1 of Mishkin and Matas 2016 in plain NumPy, from the same weights and with biases in the way."""
    x = rng.normal(size=(30, 4))
    network = mlp([4, 6, 5, 2], activation="relu", rng=rng, initializer=initialization.scaled_normal(3))
    for layer in network.leaves():
        if "b" in layer.params:
            layer.params["b"][...] = rng.normal(size=layer.params["b"].shape) / 2
    chain = [(layer.params["w"].copy(), layer.params["b"].copy()) for layer in network.leaves() if layer.params]
    variances = initialization.lsuv(network, x, tol=0.01, max_iterations=3)
    blob_in = x
    layers = [layer for layer in network.leaves() if layer.params]
    for layer, (w, b), reached in zip(layers, chain, variances, strict=True):
        for _ in range(3):
            blob = blob_in @ w + b
            if abs(np.var(blob) - 1) >= 0.01:
                w = w / np.std(blob)
        blob = blob_in @ w + b
        np.testing.assert_allclose(layer.params["w"], w, rtol=1e-12)  # the same steps, a few roundings each
        np.testing.assert_array_equal(layer.params["b"], b)
        assert reached == pytest.approx(np.var(blob), rel=1e-12)
        blob_in = np.maximum(blob, 0)


def test_lsuv_looks_inside_residual_branches(rng):
    network = residual_mlp(5, 16, 3, 6, activation="relu", initializer=initialization.he_normal, rng=rng)
    x = rng.normal(size=(40, 5))
    variances = initialization.lsuv(network, x, rng=rng)
    assert len(variances) == 1 + 2 * 6 + 1
    assert np.abs(np.array(variances) - 1).max() < 0.1
    stream = network.layers[0].forward(x)
    for block in network.layers[1:7]:
        after = block.forward(stream)
        assert abs((after - stream).var() - 1) < 0.1  # the branch ends with an affine layer
        stream = after
    assert all("forward" not in vars(layer) for layer in network.leaves())  # nothing is left to listen


@pytest.mark.parametrize(("value", "x"), [("0.0", np.zeros((3, 4))), ("nan", np.full((3, 4), np.nan))])
def test_lsuv_refuses_outputs_that_do_not_vary(value, x, rng):
    network = mlp([4, 3, 2], activation="tanh", rng=rng)
    with pytest.raises(ValueError, match=f"layer 0 .* variance {value}"):
        initialization.lsuv(network, x)


def test_lsuv_of_weights_is_that_of_the_network(rng):
    x = rng.normal(size=(30, 4))
    network = mlp([4, 6, 5, 2], activation="tanh", rng=rng, initializer=initialization.scaled_normal(3))
    before = [layer.params["w"].copy() for layer in network.leaves() if layer.params]
    scaled = initialization.lsuv_weights(before, x, np.tanh)
    initialization.lsuv(network, x, tol=1e-6)
    for layer, w, old in zip((leaf for leaf in network.leaves() if leaf.params), scaled, before, strict=True):
        np.testing.assert_allclose(w, layer.params["w"], rtol=1e-12)  # a second division, by 1 up to rounding
        assert not np.shares_memory(w, old)


def test_lsuv_leaves_weights_that_are_good_already(rng):
    x, w = rng.normal(size=(50, 4)), rng.normal(size=(4, 6))
    good = [w / np.std(x @ w) * 1.004]
    np.testing.assert_array_equal(initialization.lsuv_weights(good, x, np.tanh, tol=0.005)[0], good[0])
    assert np.std(x @ initialization.lsuv_weights(good, x, np.tanh)[0]) == pytest.approx(1, rel=1e-12)


@pytest.mark.parametrize("shape", [(7, 5), (6, 3, 2, 5), (1, 4, 3, 3)])
def test_fans_count_what_a_convolution_adds_up(shape):
    fan_in, fan_out = initialization.fans(shape)
    if len(shape) == 2:
        assert (fan_in, fan_out) == shape
        return
    image = np.zeros((1, shape[1], 12, 12))
    image[0, 0, 6, 6] = 1.0
    ones = np.ones(shape)
    assert conv2d_forward(np.ones_like(image), ones, np.zeros(shape[0]))[0][0, 0, 3, 3] == fan_in
    assert np.count_nonzero(conv2d_forward(image, ones, np.zeros(shape[0]))[0]) == fan_out


@pytest.mark.parametrize("shape", [(3,), (3, 4, 5), (3, 0), 4])
def test_shapes_without_fans_are_refused(shape):
    with pytest.raises(ValueError, match="shape"):
        initialization.fans(shape)


@pytest.mark.parametrize("weights", [[np.zeros((4, 3))], [np.ones((5, 3))], [np.ones(4)]])
def test_lsuv_refuses_weights_that_do_not_fit_or_vary(weights, rng):
    with pytest.raises(ValueError, match="layer 0"):
        initialization.lsuv_weights(weights, rng.normal(size=(6, 4)), np.tanh)
