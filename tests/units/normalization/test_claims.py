"""What is said of this unit's claims alone; ``test_every_claim.py`` tests them with those of all units."""

import copy

import numpy as np
import pytest

from course_lib.claims.claim import VERDICTS
from course_lib.functions.losses import softmax_xent
from course_lib.functions.normalization import batchnorm_forward
from course_lib.layers.dense import Activation, Affine
from course_lib.layers.network import Sequential
from course_lib.layers.normalization import BatchNorm, GroupNorm, LayerNorm
from course_lib.units.claims import all_claims
from course_lib.units.normalization.experiments import as_regularizer, norm_cost, recurrent_norms, three_features
from course_lib.units.normalization.experiments.running_statistics import accuracies, trained, unseen
from course_lib.units.normalization.experiments.scaled_inputs import inputs
from course_lib.units.normalization.experiments.tuned_networks import (
    ACTIVATIONS,
    N_GROUPS,
    Net,
    Stack,
    best_of,
    softmax_loss,
    steps_of,
)
from course_lib.units.shared.arms import TUNING_SEEDS

CLAIMS = all_claims("normalization")
LISTED = {f"C{n:02d}" for n in (3, 7, 39, 40, 41, 54, 55, 61, 66)}
NORMS = {"batch": BatchNorm, "layer": LayerNorm, "group": lambda width: GroupNorm(width, N_GROUPS)}
# a sum of some thousand float32 numbers, over a few layers: 1e-7 times a hundred, and as much again for small gradients
CLOSE = {"rtol": 2e-3, "atol": 2e-5}


def test_the_listed_claims_are_there():
    """C67, on clipping, is unit 01's; its half on recurrent networks stands here."""
    assert {claim.in_notes for claim in CLAIMS} >= LISTED | {"C67-recurrent"}
    assert {claim.verdict for claim in CLAIMS} == set(VERDICTS)


def in_the_library(stack):
    """The network of a stack of one, made of the library's layers."""
    net, layers = stack.net, [BatchNorm(64)] if stack.net.first else []
    for i, params in enumerate(stack.layers):
        affine = Affine(*params["w"].shape[1:], rng=np.random.default_rng(0), initializer=np_normal)
        affine.params["w"][...], affine.params["b"][...] = params["w"][0], params["b"][0, 0]
        layers.append(affine)
        if i < net.depth:
            norm, phi = [NORMS[net.norm](net.width)] if net.norm else [], [Activation(net.activation)]
            layers += phi + norm if net.after else norm + phi
    return Sequential(*layers)


def np_normal(rng, fan_in, fan_out):
    return rng.standard_normal((fan_in, fan_out))


@pytest.mark.parametrize(
    "net",
    [
        *(Net(name, "batch", 2, 8) for name in ACTIVATIONS),
        Net("tanh", "layer", 3, 8, after=True),
        Net("relu", "group", 2, 8),
        Net("relu", "batch", 2, 8, after=True, first=True),
        Net("selu", None, 2, 8, first=True, gain=0.5),
    ],
    ids=str,
)
def test_steps_are_those_of_the_librarys_layers(net):
    stack = Stack(net, (3,), (0.2,), (0.01,))
    network, moving = in_the_library(stack), np.arange(64)[None]
    for _ in range(3):
        logits = network.forward(stack.x[0, :64].astype(float))
        loss, d = softmax_xent(logits, stack.y[0, :64])
        network.backward(d)
        for layer in network.layers:
            if "w" in layer.params:
                layer.grads["w"] += 0.01 * layer.params["w"]
        assert stack.step(moving)[0] == pytest.approx(loss, rel=1e-4)
        network.theta[...] -= 0.2 * network.grad
    ours = [params for params in (stack.first, *stack.layers) if params]
    norms = [layer for layer in network.layers if "gamma" in layer.params]
    for params, layer in zip(stack.layers, [x for x in network.layers if "w" in x.params], strict=True):
        np.testing.assert_allclose(params["w"][0], layer.params["w"], **CLOSE)
    for params, layer in zip([p for p in ours if "gamma" in p], norms, strict=True):
        np.testing.assert_allclose(params["gamma"].ravel(), layer.params["gamma"], **CLOSE)
        for key, value in layer.buffers.items():
            np.testing.assert_allclose(params[key].ravel(), value, **CLOSE)
    network.train(False)
    new, _ = stack.forward(stack.x[:, 64:128], training=False)
    np.testing.assert_allclose(new[0], network.forward(stack.x[0, 64:128].astype(float)), rtol=1e-2, atol=1e-3)


def test_the_gradient_behind_the_first_layer_is_that_of_the_librarys_layers():
    stack = Stack(Net("tanh", "batch", 4, 8), (1,), (0.1,))
    network = in_the_library(stack)
    network.forward(stack.x[0, :64].astype(float))
    d = np.random.default_rng(0).standard_normal((64, 8))
    _, caches = stack.forward(stack.x[:, :64], training=True)
    ours = stack.through_hidden(d[None].astype(np.float32), caches)
    for layer in reversed(network.layers[3:-1]):  # without the first affine layer, norm and activation, and the last
        d = layer.backward(d)
    np.testing.assert_allclose(ours[0], d, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("norm", [None, "batch"])
def test_a_network_is_the_same_alone_and_in_a_stack(norm):
    net, rates = Net("relu", norm, 3, 16), (0.03, 0.1, 0.3, 1.0, 30.0)
    together = steps_of(net, (0, 1), rates, limit=60)
    apart = [[steps_of(net, (seed,), (rate,), limit=60)[0, 0] for rate in rates] for seed in (0, 1)]
    # the same arithmetic in another order: a batch more or less where a loss is close to the target
    np.testing.assert_allclose(together, apart, atol=1)
    assert (together[:, -1] == 60).all()  # diverged, or wild: not there


def test_the_race_finds_the_rate_of_the_smallest_median():
    net, rates = Net("tanh", "batch", 3, 16), (0.03, 0.1, 0.3, 1.0, 3.0)
    medians = np.median(steps_of(net, TUNING_SEEDS, rates, limit=60), axis=0)
    assert medians[rates.index(best_of(net, rates, 60))] == medians.min()


def test_the_target_is_the_mean_loss_of_five_batches():
    net = Net("tanh", None, 2, 16)
    stack, losses = Stack(net, (4,), (0.3,)), []
    while len(losses) < 5 or np.mean(losses[-5:]) >= 0.5:
        for orders in stack.epoch(net.batch_size):
            losses.append(float(stack.step(orders)[0]))
            if len(losses) >= 5 and np.mean(losses[-5:]) < 0.5:
                break
    assert steps_of(net, (4,), (0.3,), limit=100)[0, 0] == len(losses)


@pytest.mark.parametrize("norm", [None, "batch"])
def test_noise_shifts_and_stretches_units_for_all_samples_alike(norm):
    quiet, noisy = (Stack(Net("relu", norm, 1, 8, noise=n), (0,), (0.1,)) for n in (None, (0.5, 2.0)))
    still = Stack(Net("relu", norm, 1, 8, noise=(0.0, 1.0)), (0,), (0.1,))
    x = quiet.x[:, :64]
    plain, same, shaken, again = (s.forward(x, training=True)[1][1][1] for s in (quiet, still, noisy, noisy))
    np.testing.assert_array_equal(plain, same)
    assert np.abs(shaken - again).max() > 0.01
    both = (plain > 0) & (shaken > 0)
    for unit in range(8):  # a line through what ReLU lets pass
        z, out = plain[0, both[0, :, unit], unit], shaken[0, both[0, :, unit], unit]
        slope, offset = np.polyfit(z, out, 1)
        assert 1 - 1e-3 <= slope <= 2 + 1e-3  # float32
        assert abs(offset) <= 0.5 + 1e-3
        np.testing.assert_allclose(slope * z + offset, out, atol=1e-4)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("norm", [None, "batch"])
def test_a_short_step_in_noise_lowers_the_loss_by_the_square_of_its_gradient(norm, after):
    rate = 1e-3
    stack = Stack(Net("tanh", norm, 3, 8, noise=(0.5, 2.0), after=after), (0,), (rate,))
    noise = copy.deepcopy(stack.rngs)  # the loss after the step is that of the same noise
    before = [{key: params[key].astype(float) for key in params} for params in stack.layers]
    loss = stack.step(np.arange(64)[None])[0]
    stack.rngs = noise
    logits, _ = stack.forward(stack.x[:, :64], training=True)
    moved = sum(
        np.sum((old[key] - params[key]) ** 2)
        for old, params in zip(before, stack.layers, strict=True)
        for key in old
        if key not in ("mean", "var")
    )
    lower = softmax_loss(logits.astype(float), stack.y[:, :64])[0][0]
    # the second derivative's part of so short a step, and float32
    assert loss - lower == pytest.approx(moved / rate, rel=0.05)


def test_new_samples_are_others_on_the_scale_of_the_training_samples():
    seen, new = (inputs("digits", "unequal, standardized", 300, rng=np.random.default_rng(2), new=n) for n in (0, 1))
    assert len(seen[0]) == 300 and len(new[0]) == 1347 - 300
    varied = seen[0].std(axis=0) > 0
    np.testing.assert_allclose(seen[0].mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(seen[0].std(axis=0)[varied], 1, rtol=1e-12)
    together = np.concatenate([seen[0], new[0]])
    assert len(np.unique(together[:, varied].round(9), axis=0)) == 1347  # no digit twice


@pytest.mark.parametrize(("scaling", "low", "high"), [("raw", 0, 1), ("min-max", 0, 1), ("unequal, min-max", 0, 1)])
def test_ranges(scaling, low, high):
    x, _ = inputs("digits", scaling, 200, rng=np.random.default_rng(0))
    assert x.min() == low and x.max() == pytest.approx(high, abs=1e-12)
    x, _ = inputs("digits", "min-max centred", 200, rng=np.random.default_rng(0))
    np.testing.assert_allclose(x.mean(axis=0), 0, atol=1e-12)
    assert np.ptp(x, axis=0).max() == pytest.approx(1)


def test_accuracy_counts_nan_as_wrong():
    net = Net("relu", "batch", 1, 8)
    stack, (x, y) = trained(net, (0, 1), (0.3,), 20), unseen(net, (0, 1))
    assert (accuracies(stack, x, y) > 0.5).all()
    x[1, : x.shape[1] // 2] = np.nan
    fine, spoiled = accuracies(stack, x, y)
    assert fine > 0.5 > spoiled


def test_the_reader_reads_row_by_row():
    readers = recurrent_norms.Readers(recurrent_norms.Reader(None, 6), (0,), (0.5,))
    p, h = {key: value[0].astype(float) for key, value in readers.params.items()}, np.zeros((5, 6))
    for t in range(8):
        rows = readers.x[0, :5].reshape(5, 64)[:, 8 * t : 8 * t + 8]
        h = np.tanh(rows @ p["wx"] + h @ p["wh"] + p["b"])
    np.testing.assert_allclose(
        readers.read(readers.x[:, :5], training=True)[0][0], h @ p["v"] + p["c"], rtol=1e-4, atol=1e-5
    )


@pytest.mark.parametrize("norm", [None, "batch", "batch by row", "layer"])
def test_a_short_step_of_the_reader_lowers_the_loss_by_the_square_of_its_gradient(norm):
    readers = recurrent_norms.Readers(recurrent_norms.Reader(norm, 6), (0,), (0.002,))
    x, y = readers.x[:, :32], readers.y[:, :32]
    before = {key: value.astype(float) for key, value in readers.params.items()}
    loss = softmax_loss(readers.read(x, training=True)[0].astype(float), y)[0]
    readers._step(x, y)
    square = sum(np.sum(((before[key] - value) / 0.002) ** 2) for key, value in readers.params.items())
    lower = softmax_loss(readers.read(x, training=True)[0].astype(float), y)[0]
    # the second derivative's part of so short a step, and float32
    assert (loss - lower)[0] == pytest.approx(0.002 * square, rel=0.05)


def test_the_timed_prediction_is_that_of_batch_norm():
    rng = np.random.default_rng(0)
    layer, x = norm_cost._layer(5, rng), rng.standard_normal((7, 5))
    state = {"mean": layer["mean"], "var": layer["var"]}
    expected, _, _ = batchnorm_forward(x @ layer["w"] + layer["b"], layer["gamma"], layer["beta"], state, False)
    found = norm_cost._predict_normed(x, [(layer["w"], layer["b"], 1 / np.sqrt(layer["var"] + 1e-5), layer)])
    np.testing.assert_allclose(found, np.maximum(expected, 0), rtol=1e-12)


def test_descent_turns_back_above_half_of_the_largest_stable_rate():
    rng = np.random.default_rng(0)
    problem = three_features._Quadratic(rng.standard_normal((50, 2)) * [1.0, 30.0], rng.standard_normal(50))
    for fraction, turns in ((0.45, 0.0), (0.9, 1.0)):
        assert three_features._turns(problem.descend(fraction * problem.limit, 5)) == turns
    assert problem.loss(problem.descend(1.05 * problem.limit, 300)[-1]) > 1e3 * problem.loss(np.zeros(3))


@pytest.mark.soak
@pytest.mark.outcome
def test_rates_and_decays_are_tried_on_both_sides_of_the_best():
    net = Net("relu", None, depth=2, width=32, n_samples=160, batch_size=32)  # that of the claim
    (rate, _), (with_decay, decay) = as_regularizer._best(net, 100)
    rates, decays = as_regularizer.RATES, as_regularizer.DECAYS
    assert rates[0] < min(rate, with_decay) and max(rate, with_decay) < rates[-1] and decays[0] < decay < decays[-1]
