"""Networks that share layers, and arrays that are replaced: what counts is what is in the layers' dicts."""

import copy
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.functions.affine import affine_backward, affine_forward
from course_lib.functions.losses import mse
from course_lib.functions.normalization import batchnorm_backward, batchnorm_forward
from course_lib.layers.base import Layer
from course_lib.layers.dense import Activation, Affine, Residual
from course_lib.layers.network import Sequential, mlp
from course_lib.layers.normalization import BatchNorm
from course_lib.optimizers.adam import Adam
from course_lib.optimizers.first_order import SGD, Momentum
from course_lib.training.fused import mlp_fit
from course_lib.training.loop import backprop, evaluate, fit

D, RATE = 3, 0.05


@dataclass
class Plain:
    """A layer of the oracle: dicts that nobody else holds, and the functions of the library."""

    params: dict
    buffers: dict
    frozen: bool = False
    cache: tuple = ()

    def forward(self, x, training):
        if "w" in self.params:
            out, self.cache = affine_forward(x, **self.params)
            return out
        training = training and not self.frozen
        out, self.cache, state = batchnorm_forward(x, **self.params, state=self.buffers, training=training)
        self.buffers = {key: value.copy() for key, value in state.items()}
        return out

    def backward(self, dout):
        dx, *grads = (affine_backward if "w" in self.params else batchnorm_backward)(dout, self.cache)
        if not self.frozen:
            for key, grad in zip(self.params, grads, strict=True):
                self.params[key] = self.params[key] - RATE * grad
        return dx


@dataclass
class World:
    """Layers and networks of them, and next to them what a plain copy of the layers makes of everything."""

    rng: np.random.Generator
    layers: list = field(default_factory=list)
    plain: list = field(default_factory=list)
    networks: list = field(default_factory=list)

    def __post_init__(self):
        for _ in range(3):
            self.layers += [Affine(D, D, rng=self.rng), BatchNorm(D)]
        self.plain = [Plain(copy.deepcopy(layer.params), copy.deepcopy(layer.buffers)) for layer in self.layers]
        self.add_network([0, 1, 2])

    def add_network(self, members, nested=False):
        layers = [self.layers[i] for i in members]
        parts = [Sequential(*layers[:2]), *layers[2:]] if nested else layers
        self.networks.append((Sequential(*parts), members))

    def flat(self, members, kind):
        arrays = [value.ravel() for i in members for value in getattr(self.plain[i], kind).values()]
        return np.concatenate([np.empty(0), *arrays])

    def forward(self, members, x, training=False):
        for i in members:
            x = self.plain[i].forward(x, training)
        return x

    def step(self, members, x, y):
        _, dout = mse(self.forward(members, x, training=True), y)
        for i in reversed(members):
            dout = self.plain[i].backward(dout)

    def check(self):
        x = self.rng.normal(size=(4, D))
        for network, members in self.networks:
            # the samples of a batch are added in another order, by some dozens of steps
            close = dict(rtol=1e-9, atol=1e-9)
            np.testing.assert_allclose(network.predict(x), self.forward(members, x), **close)
            np.testing.assert_allclose(network.theta, self.flat(members, "params"), **close)
            np.testing.assert_allclose(network.statistics, self.flat(members, "buffers"), **close)
            for leaf in network.leaves():
                for value in (leaf.params | leaf.buffers).values():
                    assert np.shares_memory(value, network.theta) or np.shares_memory(value, network.statistics)


def replace_one(world, layer, plain, _):
    key = world.rng.choice(list(layer.params))
    layer.params[key] = world.rng.normal(size=layer.params[key].shape)
    plain.params[key] = layer.params[key].copy()


def replace_all(world, layer, plain, _):
    layer.params = {key: world.rng.normal(size=value.shape) for key, value in layer.params.items()}
    plain.params = copy.deepcopy(layer.params)


def change_in_place(world, layer, plain, _):
    for key in layer.params:
        layer.params[key] *= 0.5
        plain.params[key] = plain.params[key] * 0.5


def swap(world, layer, plain, chosen):
    """Two layers of a network change arrays: each array is the other's window."""
    network, members = chosen
    _ = network.theta
    one, two = world.rng.choice(members, 2)
    if world.layers[one].params.keys() == world.layers[two].params.keys():
        for layers in (world.layers, world.plain):
            layers[one].params, layers[two].params = dict(layers[two].params), dict(layers[one].params)


def freeze(world, layer, plain, _):
    plain.frozen = not plain.frozen
    layer.freeze(plain.frozen)


def add(world, *_):
    n = world.rng.integers(1, len(world.layers) + 1)
    world.add_network(list(world.rng.permutation(len(world.layers))[:n]), nested=world.rng.random() < 0.5)


def move_theta(world, layer, plain, chosen):
    network, members = chosen
    if world.rng.random() < 0.5:
        network.theta += 0.1
    else:
        network.theta = network.theta + 0.1
    for i in members:
        for key in world.plain[i].params:
            world.plain[i].params[key] = world.plain[i].params[key] + 0.1


def train(world, layer, plain, chosen):
    network, members = chosen
    x, y = world.rng.normal(size=(5, D)), world.rng.normal(size=(5, D))

    def probe(run):
        for other, _ in world.networks:
            other.predict(x)
            assert other.theta.size == other.grad.size

    fit(network, x, y, rng=world.rng, optimizer=SGD(RATE), epochs=2, batch_size=5, loss=mse, callbacks=[probe])
    for _ in range(2):
        world.step(members, x, y)


def train_fused(world, layer, plain, chosen):
    network, members = chosen
    if all(isinstance(part, Affine) and not part.frozen for part in network.layers):
        x, y = world.rng.normal(size=(5, D)), world.rng.normal(size=(5, D))
        mlp_fit(network, x, y, rng=world.rng, optimizer=SGD(RATE), epochs=2, batch_size=5, loss="mse")
        for _ in range(2):
            world.step(members, x, y)


def look(world, layer, plain, chosen):
    _ = chosen[0].theta, chosen[0].grad, chosen[0].statistics


OPERATIONS = [replace_one, replace_all, change_in_place, swap, freeze, add, move_theta, train, train_fused, look]
steps = st.lists(st.tuples(st.sampled_from(OPERATIONS), st.integers(0, 5), st.integers(0, 10)), max_size=12)


@given(steps, st.integers(0, 2**32 - 1))
def test_whatever_happens_a_network_is_its_layers(steps, seed):
    world = World(np.random.default_rng(seed))
    for operation, i, k in steps:
        operation(world, world.layers[i], world.plain[i], world.networks[k % len(world.networks)])
    world.check()


@given(st.integers(0, 2**32 - 1), st.booleans())
def test_fused_and_layered_training_take_turns(seed, cut_first):
    """Affine layers alone, so that every network can be trained by ``mlp_fit``."""
    world = World(np.random.default_rng(seed))
    world.networks = []
    world.add_network([0, 2, 4])
    world.add_network([2, 4] if cut_first else [0, 2])
    for k in (0, 1, 0, 1):
        train_fused(world, None, None, world.networks[k])
        train(world, None, None, world.networks[1 - k])
    world.check()


def test_the_flat_arrays_stay_the_same_objects(rng):
    network = mlp([3, 4, 2], activation="tanh", rng=rng)
    theta, grad = network.theta, network.grad
    Sequential(*network.layers[:2])
    network.layers[0].params["w"] = np.ones((3, 4))
    network.theta = network.theta * 2
    assert network.theta is theta and network.grad is grad
    assert (network.layers[0].params["w"] == 2).all()


def test_training_goes_on_after_a_look_through_a_part(rng):
    """A network whose first layers have been put into another one learns as if they had not."""
    x, y = rng.normal(size=(40, 3)), rng.integers(0, 2, 40)
    network = mlp([3, 8, 2], activation="tanh", rng=rng)
    alone = copy.deepcopy(network)
    Sequential(*network.layers[:2])
    for each in (network, alone):
        fit(each, x, y, rng=np.random.default_rng(0), optimizer=Adam(0.01), epochs=3)
    np.testing.assert_array_equal(network.theta, alone.theta)


@pytest.mark.parametrize("optimizer", [Momentum, Adam])
def test_a_frozen_part_stays_while_the_rest_trains(optimizer, rng):
    x, y = rng.normal(size=(20, 3)), rng.integers(0, 2, 20)
    network = mlp([3, 4, 2], activation="tanh", rng=rng)
    body = Sequential(*network.layers[:2])
    body.freeze()
    before, head = body.theta.copy(), network.layers[2].params["w"].copy()
    fit(network, x, y, rng=rng, optimizer=optimizer(0.1), epochs=2, callbacks=[lambda run: body.theta])
    np.testing.assert_array_equal(body.theta, before)
    assert (network.layers[2].params["w"] != head).all()


def test_a_checkpoint_holds_what_the_layers_hold(tmp_path, rng):
    x, y = rng.normal(size=(20, 3)), rng.integers(0, 2, 20)

    def run(epochs, path=None):
        start = np.random.default_rng(1)
        network = mlp([3, 4, 2], activation="tanh", rng=start)
        part = Sequential(*network.layers[1:])
        looks = [lambda run: part.theta]
        fit(network, x, y, rng=start, optimizer=Adam(0.1), epochs=epochs, callbacks=looks, checkpoint=path)
        return network.theta

    whole = run(4)
    run(2, tmp_path / "run")
    np.testing.assert_array_equal(run(4, tmp_path / "run"), whole)


def test_another_float_type_is_converted(rng):
    network = mlp([3, 2], activation="tanh", rng=rng, dtype=np.float32)
    network.layers[0].params["w"] = [[1, 2], [3, 4], [5, 6]]
    assert network.theta.dtype == np.float32 and network.theta[:6].tolist() == [1, 2, 3, 4, 5, 6]
    wide = Sequential(*network.layers)
    assert network.forward(np.ones((1, 3))).dtype == np.float32
    assert wide.forward(np.ones((1, 3), np.float32)).dtype == np.float64
    assert backprop(wide, np.ones((2, 3)), [0, 1]) == pytest.approx(
        backprop(network, np.ones((2, 3)), [0, 1]), rel=1e-6
    )
    assert network.grad.dtype == np.float32 and wide.grad.dtype == np.float64


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (
            lambda p: p.update(w=np.ones((4, 3))),
            ValueError,
            r"params\['w'\] of layers\[0\] must have the shape \(3, 4\)",
        ),
        (lambda p: p.update(b=1.0), ValueError, r"params\['b'\] of layers\[0\] must have the shape \(4,\), got \(\)"),
        (lambda p: p.update(w=np.ones((3, 4), complex)), TypeError, r"params\['w'\] of layers\[0\] must hold real"),
        (lambda p: p.pop("b"), ValueError, r"params of layers\[0\] must have the key 'b', got \['w'\]"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_changes(change, error, message, rng):
    network = mlp([3, 4, 2], activation="tanh", rng=rng)
    saved, other = network.theta.copy(), np.ones((4, 2))
    network.layers[2].params["w"] = other
    change(network.layers[0].params)
    with pytest.raises(error, match=message):
        _ = network.theta
    assert network.layers[2].params["w"] is other
    np.testing.assert_array_equal(network._theta.flat, saved)


def test_vectors_of_another_length_are_refused(rng):
    network = mlp([3, 2], activation="tanh", rng=rng)
    for name in ("theta", "grad", "statistics"):
        with pytest.raises(ValueError, match=rf"^{name} must have the shape"):
            setattr(network, name, np.ones(5))
    with pytest.raises(ValueError, match=r"^state\['theta'\] must have the shape \(8,\), got \(\)"):
        network.restore({"theta": 0.0, "statistics": np.empty(0)})
    with pytest.raises(ValueError, match=r"^state lacks 'statistics'"):
        network.restore({"theta": network.theta})


same = Affine(3, 3, rng=np.random.default_rng(0))
plain = Activation("relu")


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([same, Activation("relu"), same], r"layers\[2\] is the same object as layers\[0\]"),
        ([plain, same, plain], r"layers\[2\] is the same object as layers\[0\]"),
        (
            [same, Residual(Activation("tanh"), same)],
            r"Affine\(3, 3\) in layers\[1\] is the same object as layers\[0\]",
        ),
        ([Residual(same, same)], r"Affine\(3, 3\) in layers\[0\] is the same object as Affine\(3, 3\) in layers\[0\]"),
        ([Sequential(same), Sequential(plain, same)], r"Affine\(3, 3\) in layers\[1\] is the same object as"),
    ],
)
def test_one_layer_in_two_places_is_refused(layers: list[Layer], message):
    with pytest.raises(ValueError, match=message + r".*copy\.deepcopy\(layer\)"):
        Sequential(*layers)


def test_evaluation_between_the_passes_does_not_disturb_them(rng):
    network = Sequential(Affine(3, 4, rng=rng), BatchNorm(4), Activation("tanh"), Affine(4, 2, rng=rng))
    x, dout = rng.normal(size=(6, 3)), rng.normal(size=(6, 2))
    network.forward(x)
    expected = network.backward(dout)
    network.forward(x)
    network.predict(x + 1)
    evaluate(network, x + 1, np.zeros(6, int))
    np.testing.assert_array_equal(network.backward(dout), expected)
    assert all(leaf.training for leaf in network.leaves())
