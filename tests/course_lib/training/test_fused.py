"""The fused run against the layer objects: the same steps, and the same state afterwards."""

from copy import deepcopy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.functions import losses
from course_lib.functions.activations import ACTIVATIONS
from course_lib.layers.dense import Activation, Affine, PReLU
from course_lib.layers.network import Sequential, mlp
from course_lib.optimizers.adam import Adam, AdaMax, AdamW
from course_lib.optimizers.first_order import SGD, Momentum, Nesterov, RMSProp
from course_lib.training.fused import LOSSES, mlp_fit
from course_lib.training.loop import fit

RULES = {
    "sgd": lambda: SGD(0.1),
    "momentum": lambda: Momentum(0.05),
    "nesterov": lambda: Nesterov(0.05),
    "rmsprop": lambda: RMSProp(0.01),
    "adam": lambda: Adam(0.01),
    "adamw": lambda: AdamW(0.01, weight_decay=0.1),
}
widths = st.integers(1, 6)


def problem(rng, n, sizes, loss):
    x = rng.normal(size=(n, sizes[0]))
    if loss == "softmax_xent":
        return x, rng.integers(0, sizes[-1], n)
    return x, rng.uniform(size=(n, sizes[-1]))


def both(network, x, y, make_optimizer, *, seed, loss="softmax_xent", **options):
    """The losses and the end of ``fit`` and of ``mlp_fit``, from the same start."""
    other, ours, theirs = deepcopy(network), make_optimizer(), make_optimizer()
    history = fit(
        network, x, y, rng=np.random.default_rng(seed), optimizer=theirs, loss=getattr(losses, loss), **options
    )
    fused = mlp_fit(other, x, y, rng=np.random.default_rng(seed), optimizer=ours, loss=loss, **options)
    return (history.loss, network, theirs), (fused, other, ours)


def assert_same_run(one, two):
    # the same arithmetic in another order, amplified by some dozens of steps at small rates
    np.testing.assert_allclose(two[0], one[0], rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(two[1].theta, one[1].theta, rtol=1e-7, atol=1e-9)
    assert set(one[2].state) == set(two[2].state)
    for key, value in one[2].state.items():
        np.testing.assert_allclose(two[2].state[key], value, rtol=1e-7, atol=1e-9)


@pytest.mark.outcome
@pytest.mark.parametrize("rule", RULES)
@given(n=st.integers(1, 25), d=widths, h=widths, c=widths, size=st.integers(1, 30), seed=st.integers(0, 10**6))
def test_every_rule_steps_as_the_loop_does(rule, n, d, h, c, size, seed):
    rng = np.random.default_rng(seed)
    network = mlp([d, h, c], activation="tanh", rng=rng)
    x, y = problem(rng, n, [d, h, c], "softmax_xent")
    assert_same_run(*both(network, x, y, RULES[rule], seed=seed, epochs=3, batch_size=size))


@pytest.mark.outcome
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_and_loss_agrees(activation, loss, rng):
    sizes = [3, 7, 5, 2]
    network = mlp(sizes, activation=activation, rng=rng)
    x, y = problem(rng, 23, sizes, loss)
    assert_same_run(*both(network, x, y, RULES["sgd"], seed=1, loss=loss, epochs=4, batch_size=8))


@pytest.mark.outcome
@pytest.mark.parametrize("max_norm", [1e-3, 0.3, 1e9])
def test_clipping_agrees(max_norm, rng):
    network = mlp([3, 6, 2], activation="tanh", rng=rng)
    x, y = problem(rng, 20, [3, 6, 2], "softmax_xent")
    assert_same_run(*both(network, x, y, RULES["momentum"], seed=1, epochs=3, batch_size=7, max_norm=max_norm))


@pytest.mark.outcome
def test_no_hidden_layer_and_layers_without_activation(rng):
    for layers in ([(4, 3)], [(4, 5), (5, 3)]):
        network = Sequential(*(Affine(*size, rng=rng) for size in layers))
        x, y = problem(rng, 11, [4, 3], "softmax_xent")
        assert_same_run(*both(network, x, y, RULES["adam"], seed=0, epochs=2, batch_size=4))


@pytest.mark.outcome
def test_mixed_activations_also_after_the_last_layer(rng):
    network = Sequential(
        Affine(3, 4, rng=rng), Activation("relu"), Affine(4, 4, rng=rng), Activation("swish"),
        Affine(4, 2, rng=rng), Activation("sigmoid"),
    )  # fmt: skip
    x, y = problem(rng, 15, [3, 2], "mse")
    assert_same_run(*both(network, x, y, RULES["sgd"], seed=0, loss="mse", epochs=3, batch_size=4))


@pytest.mark.outcome
def test_runs_can_be_continued(rng):
    """The state of the optimiser and of the generator are kept: two halves make a whole."""
    network = mlp([3, 6, 2], activation="tanh", rng=rng)
    whole, x_y = deepcopy(network), problem(rng, 20, [3, 6, 2], "softmax_xent")
    optimizer, order = Adam(0.01), np.random.default_rng(5)
    halves = [mlp_fit(network, *x_y, rng=order, optimizer=optimizer, epochs=n, batch_size=6) for n in (2, 3)]
    at_once = mlp_fit(whole, *x_y, rng=np.random.default_rng(5), optimizer=Adam(0.01), epochs=5, batch_size=6)
    assert np.array_equal(np.concatenate(halves), at_once)
    assert np.array_equal(network.theta, whole.theta)
    assert int(optimizer.state["t"]) == 5 * 4


def test_no_epochs_are_no_steps(rng):
    network = mlp([3, 2], activation="tanh", rng=rng)
    before = network.theta.copy()
    done = mlp_fit(network, *problem(rng, 5, [3, 2], "softmax_xent"), rng=rng, optimizer=SGD(0.1), epochs=0)
    assert len(done) == 0 and np.array_equal(network.theta, before)


@pytest.mark.outcome
def test_a_run_that_diverges_ends_there(rng):
    network = mlp([3, 6, 2], activation="identity", rng=rng)
    x, y = problem(rng, 20, [3, 6, 2], "mse")
    found = mlp_fit(network, x, y, rng=rng, optimizer=SGD(1e200), epochs=50, loss="mse")
    assert len(found) < 50 and np.isfinite(found[:-1]).all() and not np.isfinite(found[-1])


@pytest.mark.outcome
def test_float32_stays_and_follows_float64(rng):
    x, y = problem(rng, 30, [3, 8, 2], "softmax_xent")
    wide = mlp([3, 8, 2], activation="tanh", rng=rng)
    narrow = mlp([3, 8, 2], activation="tanh", rng=rng, dtype=np.float32)
    narrow.theta[:] = wide.theta
    runs = [
        mlp_fit(network, x, y, rng=np.random.default_rng(0), optimizer=RMSProp(0.01), epochs=3)
        for network in (wide, narrow)
    ]
    assert narrow.theta.dtype == np.float32
    np.testing.assert_allclose(runs[1], runs[0], rtol=1e-4)  # some ten steps at a rounding of 6e-8


def test_inputs_are_not_changed(rng):
    x, y = problem(rng, 9, [3, 2], "softmax_xent")
    saved = x.copy(), y.copy()
    mlp_fit(mlp([3, 2], activation="tanh", rng=rng), x, y, rng=rng, optimizer=SGD(0.5), epochs=2)
    assert np.array_equal(x, saved[0]) and np.array_equal(y, saved[1])


misfits = [Affine(*sizes, rng=np.random.default_rng(0)) for sizes in ((3, 4), (5, 2))]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"optimizer": AdaMax(0.1)}, "optimizer must be one of SGD, Momentum"),
        ({"optimizer": Momentum(0.1, convention="ema")}, "Momentum classic"),
        ({"loss": "hinge"}, "loss must be one of 'softmax_xent', 'binary_xent', 'mse', got 'hinge'"),
        ({"x": np.zeros((4, 5))}, r"x must have the shape \(4, 3\), got \(4, 5\)"),
        ({"x": np.zeros(4)}, r"x must have the shape \(4, 3\), got \(4,\)"),
        ({"y": np.array([0, 1, 2, 0])}, r"y must lie in \[0, 2\), got 2"),
        ({"y": np.array([0, -1, 1, 0])}, r"y must lie in \[0, 2\), got -1"),
        ({"y": np.zeros(4), "loss": "mse"}, r"y must have the shape \(4, 2\), got \(4,\)"),
        ({"y": np.full((4, 2), 1.5), "loss": "binary_xent"}, r"y must lie in \[0, 1\], got 1.5"),
        ({"network": Sequential(*misfits)}, r"w of layers\[1\] must have the shape \(4, 2\), got \(5, 2\)"),
        ({"network": Sequential(PReLU(3))}, "affine layers and activations, got PReLU: use fit"),
        ({"network": Sequential(Activation("relu"))}, "got Activation"),
        ({"network": Sequential()}, "at least one affine layer"),
    ],
)
def test_what_it_cannot_do_is_refused(change, message, rng):
    call = dict(network=mlp([3, 2], activation="relu", rng=rng), x=np.zeros((4, 3)), y=np.zeros(4, int))
    call |= dict(rng=rng, optimizer=SGD(0.1), epochs=1)
    with pytest.raises(ValueError, match=message):
        mlp_fit(**call | change)


def test_frozen_layers_are_refused(rng):
    network = mlp([3, 4, 2], activation="relu", rng=rng)
    network.layers[0].freeze()
    with pytest.raises(ValueError, match="use fit for frozen layers"):
        mlp_fit(network, np.zeros((4, 3)), np.zeros(4, int), rng=rng, optimizer=SGD(0.1), epochs=1)


@pytest.mark.parametrize("other", [[3, 4, 2], [3, 2]])
def test_an_optimizer_of_another_network_is_refused(other, rng):
    x, y, optimizer = np.ones((4, 3)), np.zeros(4, int), Adam(0.1)
    mlp_fit(mlp(other, activation="relu", rng=rng), x, y, rng=rng, optimizer=optimizer, epochs=1)
    with pytest.raises(ValueError, match=r"^state 'm' is .*: make a new optimiser$"):
        mlp_fit(mlp([3, 3, 2], activation="relu", rng=rng), x, y, rng=rng, optimizer=optimizer, epochs=1)
