"""Networks: gradients against central differences, flat parameters that are views, residual paths."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from networks import assert_gradient_matches, batch, regularized

from course_lib.functions.activations import ACTIVATIONS
from course_lib.initialization import he_normal
from course_lib.layers.base import evaluating
from course_lib.layers.dense import Activation, Affine, PReLU, Residual
from course_lib.layers.network import Sequential, mlp, residual_mlp
from course_lib.training.loop import backprop

sizes = st.integers(1, 5)


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


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda network: pickle.loads(pickle.dumps(network))])
def test_a_copy_is_whole_and_independent(duplicate, rng):
    network = regularized(rng, dtype=np.float32)
    network.statistics += 0.5
    other = duplicate(network)
    x = rng.normal(size=(5, 4))
    for each in (network, other):
        each.train(False)
    np.testing.assert_array_equal(network.forward(x), other.forward(x))
    before = network.forward(x)
    other.theta *= 0
    other.statistics *= 2
    assert np.array_equal(other.forward(x), np.zeros((5, 3)))  # its layers see its own vector
    np.testing.assert_array_equal(network.forward(x), before)
    assert other.theta.dtype == other.statistics.dtype == np.float32


def test_restore_goes_back_to_a_state(rng):
    network = regularized(rng)
    x = rng.normal(size=(5, 4))
    network.forward(x)
    saved, views = network.state(), network.layers[1].buffers["mean"]
    network.theta += 1
    network.forward(x)
    assert not np.array_equal(views, saved["statistics"][:8])
    network.restore(saved)
    np.testing.assert_array_equal(views, saved["statistics"][:8])
    np.testing.assert_array_equal(network.theta, saved["theta"])


def test_evaluating_gives_every_layer_its_mode_back(rng):
    network = regularized(rng)
    network.layers[3].training = False
    x = rng.normal(size=(5, 4))
    with evaluating(network):
        assert np.array_equal(network.forward(x), network.forward(x))
        assert not any(leaf.training for leaf in network.leaves())
    assert [leaf.training for leaf in network.leaves()] == [True, True, True, False, True]
    with pytest.raises(RuntimeError), evaluating(network):
        raise RuntimeError
    assert network.layers[1].training
