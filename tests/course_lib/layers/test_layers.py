"""Layer objects for norms and dropout: their gradients, their modes, their state."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from networks import assert_gradient_matches, batch

from course_lib.functions import normalization
from course_lib.functions.dropout import mc_dropout_predict
from course_lib.functions.losses import softmax
from course_lib.layers.base import Layer
from course_lib.layers.dense import Activation, Affine
from course_lib.layers.dropout import AlphaDropout, Dropout
from course_lib.layers.network import Sequential
from course_lib.layers.normalization import BatchNorm, GroupNorm, InstanceNorm, LayerNorm

NORMS = {
    "batch": lambda c: BatchNorm(c),
    "layer": lambda c: LayerNorm(c),
    "group": lambda c: GroupNorm(c, 2),
    "instance of one group": lambda c: GroupNorm(c, 1),
}


@pytest.mark.parametrize("norm", NORMS)
@given(n=st.integers(2, 6), c=st.sampled_from([6, 10]), training=st.booleans(), seed=st.integers(0, 10**6))
def test_gradient_through_a_norm(norm, n, c, training, seed):
    rng = np.random.default_rng(seed)
    network = Sequential(Affine(3, c, rng=rng), NORMS[norm](c), Activation("tanh"), Affine(c, 2, rng=rng))
    network.theta += rng.normal(0, 1, network.theta.shape)
    network.statistics += rng.uniform(0.1, 0.5, network.statistics.shape)
    network.train(training)
    x, y = batch(rng, n, 3, 2)
    network.forward(x)
    _, _, (_, _, inv_std, *_) = network.layers[1]._memory
    # where entries are nearly equal, 1 / std bends within the step of 1e-5: an error of (1e-5 / std)**2 and more
    assume(inv_std.max() < 30)
    saved = network.statistics.copy()
    assert_gradient_matches(network, x, y)
    assert np.array_equal(network.statistics, saved) == (not training or not len(saved))


@pytest.mark.parametrize("layer", [BatchNorm(3), GroupNorm(3, 3), InstanceNorm(3), LayerNorm((3, 2, 2))])
def test_norms_take_images(layer, rng):
    x, dout = rng.normal(size=(4, 3, 2, 2)), rng.normal(size=(4, 3, 2, 2))
    assert layer.forward(x).shape == layer.backward(dout).shape == x.shape
    assert all(np.any(grad != 0) for grad in layer.grads.values())


def test_instance_norm_is_group_norm_with_a_group_for_each_channel(rng):
    x = rng.normal(size=(2, 3, 4, 4))
    expected, _ = normalization.instancenorm_forward(x, np.ones(3), np.zeros(3))
    assert np.array_equal(InstanceNorm(3).forward(x), expected)


def test_batch_norm_averages_what_it_saw_in_training_only(rng):
    layer = BatchNorm(2, momentum=0.5)
    x = rng.normal(3, 2, size=(200, 2))
    for _ in range(30):
        layer.forward(x)
    # 2**-30 of the start is left
    np.testing.assert_allclose(layer.buffers["mean"], x.mean(axis=0), rtol=1e-7)
    np.testing.assert_allclose(layer.buffers["var"], x.var(axis=0), rtol=1e-7)
    saved = {key: value.copy() for key, value in layer.buffers.items()}
    layer.train(False)
    layer.forward(x + 100)
    layer.train()
    layer.freeze()
    frozen = layer.forward(x + 100)
    assert all(np.array_equal(layer.buffers[key], saved[key]) for key in saved)
    assert frozen.mean() > 10  # normalised by the running statistics, not by the batch


@pytest.mark.parametrize("kind", [Dropout, AlphaDropout])
def test_dropout_is_noise_in_training_and_the_identity_in_evaluation(kind, rng):
    layer = kind(0.5, rng=rng)
    x = rng.normal(size=(50, 40))
    first, second = layer.forward(x), layer.forward(x)
    assert not np.array_equal(first, second)
    dout = rng.normal(size=x.shape)
    dx = layer.backward(dout)
    passed = dx != 0
    assert 0.4 < passed.mean() < 0.6  # 2000 fair coins: 9 standard deviations
    if kind is Dropout:
        np.testing.assert_array_equal(dx, 2 * dout * (second != 0))
    layer.train(False)
    assert np.array_equal(layer.forward(x), x)
    assert np.array_equal(layer.backward(dout), dout)


@pytest.mark.parametrize("kind", [Dropout, AlphaDropout])
@pytest.mark.parametrize("p_drop", [-0.1, 1.0, 1.5])
def test_an_impossible_rate_is_refused_at_once(kind, p_drop, rng):
    with pytest.raises(ValueError, match="p_drop must lie in"):
        kind(p_drop, rng=rng)


def test_monte_carlo_dropout_leaves_dropout_alone_in_training_mode(rng):
    network = Sequential(Affine(3, 16, rng=rng), BatchNorm(16), Dropout(0.5, rng=rng), Affine(16, 2, rng=rng))
    network.train(False)
    for leaf in network.leaves():
        leaf.training = isinstance(leaf, Dropout)
    x = rng.normal(size=(4, 3))
    saved = network.statistics.copy()
    mean, std = mc_dropout_predict(lambda x: softmax(network.forward(x)), x, n_passes=20)
    assert mean.shape == std.shape == (4, 2)
    assert np.all(std > 0)
    assert np.array_equal(network.statistics, saved)


def test_the_base_layer_computes_nothing():
    for method in (Layer().forward, Layer().backward):
        with pytest.raises(NotImplementedError):
            method(np.zeros((1, 1)))
