"""Networks: gradients against central differences, flat parameters that are views, residual paths."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.gradient_check import numeric_grad
from course_lib.initialization import he_normal
from course_lib.losses import softmax_xent
from course_lib.network import ACTIVATIONS, Activation, Affine, PReLU, Residual, Sequential, mlp, residual_mlp
from course_lib.training import backprop

sizes = st.integers(1, 5)


def batch(rng, n, d, c):
    return rng.normal(size=(n, d)), rng.integers(0, c, n)


def assert_gradient_matches(network, x, y):
    def loss_at(theta):
        kept = network.theta.copy()
        network.theta[:] = theta
        loss = softmax_xent(network.forward(x), y)[0]
        network.theta[:] = kept
        return loss

    backprop(network, x, y)
    analytic = network.grad.copy()
    numeric = numeric_grad(loss_at, network.theta)
    # central differences of a loss of order 1 at h = 1e-5 carry a rounding error of about 1e-11
    error = np.linalg.norm(analytic - numeric) / max(np.linalg.norm(analytic) + np.linalg.norm(numeric), 1e-4)
    assert error < 1e-6


@pytest.mark.parametrize("activation", ACTIVATIONS)
@given(n=sizes, d=sizes, h=sizes, c=sizes, seed=st.integers(0, 10**6))
def test_gradient_of_an_mlp_matches_central_differences(activation, n, d, h, c, seed):
    rng = np.random.default_rng(seed)
    network = mlp([d, h, h + 1, c], activation=activation, rng=rng)
    # biases away from zero keep ReLU's inputs away from its kink, where no derivative exists
    network.theta += rng.normal(0, 0.3, network.theta.shape)
    assert_gradient_matches(network, *batch(rng, n, d, c))


@given(n=sizes, d=sizes, h=sizes, c=sizes, blocks=st.integers(1, 3), seed=st.integers(0, 10**6))
def test_gradient_of_a_residual_network_matches_central_differences(n, d, h, c, blocks, seed):
    rng = np.random.default_rng(seed)
    network = residual_mlp(d, h, c, blocks, activation="tanh", initializer=he_normal, rng=rng, branch_scale=0.7)
    assert_gradient_matches(network, *batch(rng, n, d, c))


@given(n=sizes, d=sizes, c=sizes, seed=st.integers(0, 10**6))
def test_gradient_reaches_trainable_slopes(n, d, c, seed):
    rng = np.random.default_rng(seed)
    network = Sequential(Affine(d, 3, rng=rng), PReLU(3), Affine(3, c, rng=rng))
    network.theta += rng.normal(0, 0.3, network.theta.shape)
    assert_gradient_matches(network, *batch(rng, n, d, c))


def test_parameters_are_views_into_one_vector(rng):
    network = mlp([3, 4, 2], activation="tanh", rng=rng)
    x, _ = batch(rng, 5, 3, 2)
    before = network.forward(x)
    network.theta *= 0
    assert np.array_equal(network.forward(x), np.zeros_like(before))
    assert network.theta.size == 3 * 4 + 4 + 4 * 2 + 2


def test_float32_networks_stay_float32(rng):
    network = mlp([3, 4, 2], activation="swish", rng=rng, dtype=np.float32)
    x, y = batch(rng, 5, 3, 2)
    backprop(network, x, y)
    assert network.forward(x).dtype == network.grad.dtype == np.float32


def test_residual_block_with_a_dead_branch_is_the_identity(rng):
    branch = Affine(4, 4, rng=rng, initializer=lambda rng, i, o: np.zeros((i, o)))
    block = Residual(branch, Activation("relu"))
    x, dout = rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
    assert np.array_equal(block.forward(x), x)
    assert np.array_equal(block.backward(dout), dout)


def test_identity_layers_collapse_into_one_affine_map(rng):
    network = mlp([3, 5, 4, 2], activation="identity", rng=rng)
    x, y = rng.normal(size=(6, 3)), rng.normal(size=(6, 3))
    both = network.forward(x + y)
    # equal up to the rounding of a few dozen float64 additions of order 1
    np.testing.assert_allclose(both, network.forward(x) + network.forward(y), atol=1e-12)


def test_an_unknown_activation_is_named_in_the_error():
    with pytest.raises(ValueError, match="got 'rleu'"):
        Activation("rleu")
