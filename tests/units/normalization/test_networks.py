"""The networks that the experiments of unit 03 train: right against other computations of the same."""

import numpy as np
import pytest

from course_lib.functions.losses import softmax_xent
from course_lib.initialization import glorot_normal
from course_lib.layers.dense import Activation, Affine
from course_lib.layers.network import Sequential
from course_lib.layers.normalization import BatchNorm
from course_lib.units.normalization.experiments.normed_network import NormedNetwork, batches
from course_lib.units.normalization.experiments.stacked_networks import StackedNetworks

pytestmark = pytest.mark.compiled


def small(normed=True, activation="tanh", disturb=None):
    rng = np.random.default_rng(3)
    network = NormedNetwork([3, 4, 5, 2], normed=normed, rng=rng, activation=activation, disturb=disturb)
    return network, rng.normal(size=(6, 3)), np.array([0, 1, 1, 0, 1, 0])


@pytest.mark.parametrize("normed", [False, True], ids=["plain", "normed"])
def test_gradients_agree_with_central_differences(normed):
    network, x, y = small(normed, disturb=lambda z: (2 * z + 1, 2.0))
    network.backward(softmax_xent(network.forward(x, training=True), y)[1])
    for layer, grad in zip(network.layers, network.grads, strict=True):
        for name, g in grad.items():
            value, numeric, h = layer[name], np.empty_like(g), 1e-6
            for place in np.ndindex(g.shape):
                ends = []
                for sign in (1, -1):
                    layer[name] = value.copy()
                    layer[name][place] += sign * h
                    ends.append(softmax_xent(network.forward(x, training=True), y)[0])
                numeric[place] = (ends[0] - ends[1]) / (2 * h)
            layer[name] = value
            # rounding of the loss, 1e-16 / h, and the third derivative times h^2
            np.testing.assert_allclose(g, numeric, atol=2e-9)


def test_steps_are_those_of_the_library_s_layers():
    network, x, y = small(activation="sigmoid")
    rng, layers = np.random.default_rng(0), []
    for at, layer in enumerate(network.layers):
        affine = Affine(*layer["w"].shape, rng=rng, initializer=glorot_normal)
        affine.params["w"][...] = layer["w"]
        layers += [affine] if at == 2 else [affine, BatchNorm(affine.fan_out), Activation("sigmoid")]
    other = Sequential(*layers)
    for _ in range(3):
        loss, dout = softmax_xent(other.forward(x), y)
        other.backward(dout)
        other.theta -= 0.5 * other.grad
        assert network.step(x, y, 0.5) == pytest.approx(loss, rel=1e-12)
    # in evaluation, so that the running statistics are compared too
    np.testing.assert_allclose(network.forward(x), other.predict(x), rtol=1e-12)


def test_evaluation_leaves_the_network_alone_and_is_not_disturbed():
    network, x, _ = small(disturb=lambda z: (z + np.random.default_rng().normal(size=z.shape), 1.0))
    states = [layer.get("state") for layer in network.layers]
    assert np.array_equal(network.forward(x), network.forward(x))
    assert all(layer.get("state") is state for layer, state in zip(network.layers, states, strict=True))
    assert not np.array_equal(network.forward(x, training=True), network.forward(x, training=True))


def test_batches_have_one_size_and_no_digit_twice():
    order = batches(103, 10, np.random.default_rng(0))
    assert order.shape == (10, 10) and len(np.unique(order)) == 100 and order.max() < 103


def twin(stacked, which, momentum):
    """One of the networks side by side, alone, with copies of all that it holds."""
    network = NormedNetwork([3, 4, 5, 2], normed=True, rng=np.random.default_rng(0), activation="relu")
    for layer, many in zip(network.layers, stacked.hidden, strict=False):
        layer |= {"w": many["w"][which].copy()} | {name: many[name][which, 0].copy() for name in ("gamma", "beta")}
        layer["state"] = {name: many[name][momentum, which, 0].copy() for name in ("mean", "var")}
    network.layers[-1] = {"w": stacked.last["w"][which].copy(), "b": stacked.last["b"][which, 0].copy()}
    return network


def test_networks_side_by_side_are_trained_as_one_alone():
    stacked = StackedNetworks([3, 4, 5, 2], (0.5, 0.9), [np.random.default_rng(seed) for seed in (0, 1)])
    _, x, y = small()
    alone = twin(stacked, which=1, momentum=1)  # whose running statistics have the momentum 0.9 too
    for _ in range(4):
        alone.step(x, y, 0.3)
        stacked.step(np.stack([x[::-1], x]), np.stack([y[::-1], y]), 0.3)
    now = twin(stacked, which=1, momentum=1)
    for layer, other in zip(alone.layers, now.layers, strict=True):
        for name in layer.keys() - {"state"}:
            np.testing.assert_allclose(layer[name], other[name], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(stacked.evaluate(x, 1)[1], alone.forward(x), rtol=1e-9)


def test_running_statistics_of_all_momenta_are_averages_of_the_batches():
    stacked = StackedNetworks([3, 4, 2], (0.0, 0.9), [np.random.default_rng(0)])
    x, y = np.random.default_rng(1).normal(size=(1, 6, 3)), np.zeros((1, 6), dtype=int)
    z = x[0] @ stacked.hidden[0]["w"][0]
    stacked.step(x, y, 0.1)
    mean, var = stacked.hidden[0]["mean"][:, 0, 0], stacked.hidden[0]["var"][:, 0, 0]
    np.testing.assert_allclose(mean, [z.mean(axis=0), 0.1 * z.mean(axis=0)], rtol=1e-12)
    np.testing.assert_allclose(var, [z.var(axis=0), 0.9 + 0.1 * z.var(axis=0)], rtol=1e-12)
