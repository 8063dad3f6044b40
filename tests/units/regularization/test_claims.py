"""What is said of this unit's claims alone; ``test_every_claim.py`` tests them with those of all units."""

import numpy as np
import pytest

from course_lib.claims.claim import VERDICTS
from course_lib.functions.dropout import mc_dropout_predict
from course_lib.functions.losses import softmax_xent
from course_lib.functions.regularization import fgsm, label_smooth, max_norm, soft_threshold
from course_lib.layers.dense import Activation, Affine
from course_lib.layers.network import Sequential
from course_lib.training.early_stopping import EarlyStopping
from course_lib.units.claims import all_claims
from course_lib.units.regularization.experiments import (
    changed_images,
    dropout_in_use,
    mc_dropout,
    shrunken_coefficients,
    stopping_rules,
    tuned_methods,
)
from course_lib.units.regularization.experiments.narrowed_gap import max_norm_networks
from course_lib.units.regularization.experiments.networks import rank
from course_lib.units.regularization.experiments.stacked_networks import Method, Net, Stack, samples
from course_lib.units.regularization.experiments.tuned_methods import SEARCH_SEEDS, best, grid
from course_lib.units.shared.probabilities import softmax

CLAIMS = all_claims("regularization")
LISTED = {f"C{n:02d}" for n in (4, 11, 13, 30, 31, 32, 33, 34, 35, 36, 37, 38, 64, 65, 70, 74, 75)}
SMALL = Net(depth=2, width=8, n_samples=40, batch_size=40)
# float32 sums of some thousand numbers, over a few layers
CLOSE = {"rtol": 2e-3, "atol": 2e-5}


def test_the_listed_claims_are_there():
    assert {claim.in_notes for claim in CLAIMS} >= LISTED
    assert {claim.verdict for claim in CLAIMS} >= set(VERDICTS) - {"slip"}


def in_the_library(stack):
    """The network of a stack of one, made of the library's layers."""
    layers = []
    for i, (w, b) in enumerate(zip(stack.w, stack.b, strict=True)):
        affine = Affine(*w.shape[1:], rng=np.random.default_rng(0), initializer=lambda rng, a, b: np.zeros((a, b)))
        affine.params["w"][...], affine.params["b"][...] = w[0], b[0, 0]
        layers += [affine, Activation("relu")] if i < len(stack.w) - 1 else [affine]
    return Sequential(*layers)


@pytest.mark.parametrize(
    "method",
    [
        Method(0.2),
        Method(0.2, l2=0.1),
        Method(0.2, decay=0.1),
        Method(0.2, l1=0.01),
        Method(0.2, l1_subgradient=0.01),
        Method(0.2, smooth=0.3),
        Method(0.2, max_norm=0.9),
        Method(0.2, adversarial=0.1),
    ],
    ids=str,
)
def test_steps_are_those_of_the_librarys_functions(method):
    stack = Stack(SMALL, (3,), (method,))
    network, s = in_the_library(stack), stack.of_seed[0]
    low, high = -s.shift / s.scale, (1 - s.shift) / s.scale
    targets = label_smooth(np.eye(10)[s.y], method.smooth)
    for _ in range(3):
        stack.train(1)  # one batch of all samples
        x = s.x.astype(float)
        if method.adversarial:
            _, d = softmax_xent(network.forward(x), s.y)
            x = fgsm(x, network.backward(d), method.adversarial / s.scale, -np.inf, np.inf).clip(low, high)
        logits = network.forward(x)
        network.backward((softmax(logits) - targets) / len(x))
        affine = [layer for layer in network.layers if "w" in layer.params]
        for i, layer in enumerate(affine):
            w, old = layer.params["w"], layer.params["w"].copy()
            pull = (method.l2 + method.decay) * old + method.l1_subgradient * np.sign(old)
            w -= method.rate * (layer.grads["w"] + pull)
            w[...] = soft_threshold(w, method.rate * method.l1)
            if method.max_norm and i < len(affine) - 1:
                w[...] = max_norm(w, method.max_norm)
            layer.params["b"] -= method.rate * layer.grads["b"]
    for ours, layer in zip(stack.w, affine, strict=True):
        np.testing.assert_allclose(ours[0], layer.params["w"], **CLOSE)


def test_rmsprop_with_and_without_decoupled_decay():
    for method in (Method(0.01, l2=0.1, adaptive=1), Method(0.01, decay=0.1, adaptive=1)):
        stack = Stack(SMALL, (3,), (method,))
        w = stack.w[0][0].astype(float)
        network, s = in_the_library(stack), stack.of_seed[0]
        _, d = softmax_xent(network.forward(s.x.astype(float)), s.y)
        network.backward(d)
        g = network.layers[0].grads["w"] + method.l2 * w
        step = g / (np.sqrt(0.1 * g * g) + 1e-8)
        stack.train(1)
        moved = np.abs(g) > 1e-6  # where the sign of the gradient is no matter of rounding
        expected = w - method.rate * (step + method.decay * w)
        np.testing.assert_allclose(stack.w[0][0][moved], expected[moved], rtol=1e-3, atol=1e-4)


def test_a_network_is_the_same_alone_and_in_a_stack():
    methods = (Method(0.1), Method(0.1, l2=0.1), Method(0.1, drop=0.5), Method(0.1, signs=0.1))
    together = Stack(SMALL, (0, 1), methods).train(3)
    for k, (seed, method) in enumerate((seed, method) for seed in (0, 1) for method in methods):
        alone = Stack(SMALL, (seed,), (method,))
        if method.drop == 0 and method.signs == 0:  # else the draws come in another order
            np.testing.assert_allclose(together.w[0][k], alone.train(3).w[0][0], **CLOSE)


def test_wrong_labels_are_wrong_and_as_many_as_it_says():
    s = samples(Net(n_samples=200, wrong=0.2), 5)
    assert np.sum(s.y != s.y_right) == 40
    assert not {row.tobytes() for row in s.x} & {row.tobytes() for row in s.x_new}
    np.testing.assert_allclose(s.x.mean(axis=0), 0, atol=1e-5)  # float32


@pytest.mark.parametrize(("hold", "draws"), [(0, 4 * 50), (1, 4), (2, 1)])
def test_masks_are_drawn_as_often_as_it_says(hold, draws, monkeypatch):
    net, seen = Net(n_samples=200, width=32, batch_size=50), set()
    stack = Stack(net, (1,), (Method(0.1, drop=0.5, hold=hold),))
    masks = stack.masks

    def watched(n):
        found = masks(n)
        seen.update(row.tobytes() for row in np.broadcast_to(found[-1][0] > 0, (n, 32)))
        return found

    monkeypatch.setattr(stack, "masks", watched)
    stack.train(1)
    assert len(seen) == draws


def test_dropout_keeps_the_mean_and_is_inverted():
    stack = Stack(Net(width=2000, n_samples=50), (1,), (Method(0.1, drop=0.3),))
    mask = stack.masks(50)[-1][0]
    np.testing.assert_allclose(np.unique(mask), [0, 1 / 0.7], rtol=1e-6)
    # 100 000 draws: a standard deviation of 0.0021
    assert mask.mean() == pytest.approx(1, abs=0.01)


def test_pixels_stay_in_their_range():
    stack = Stack(SMALL, (0, 1), (Method(0.1),))
    moved = stack.moved(stack.x, np.float32(0.3) * np.sign(stack.x))
    for x, s in zip(moved, stack.of_seed, strict=True):
        pixels = x * s.scale + s.shift
        assert pixels.min() > -1e-5 and pixels.max() < 1 + 1e-5  # float32


def test_the_mean_of_passes_is_that_of_the_library():
    stack = Stack(Net(width=16, n_samples=40), (2,), (Method(0.1, drop=0.5),)).train(2)
    x, rng = stack.of_seed[0].x_new[:5], np.random.default_rng(0)
    hidden = np.maximum(x @ stack.w[0][0] + stack.b[0][0], 0) / 0.5

    def predict(_):
        return softmax((hidden * (rng.random(hidden.shape) >= 0.5)) @ stack.w[1][0] + stack.b[1][0])

    mean, std = mc_dropout_predict(predict, x, 2000)
    found = mc_dropout.mean_of_passes(stack, x[None], 2000, 0)[0]
    # two means of 2000 passes each: five of their standard deviations, and what is left where these are tiny
    assert (np.abs(found - mean) < 5 * std * np.sqrt(2 / 2000) + 1e-3).all()


def test_rank_is_one_where_all_wrong_answers_are_less_sure():
    wrong = np.array([True, False, False, True])
    assert rank(np.array([3.0, 1.0, 2.0, 4.0]), wrong) == 1
    assert rank(np.ones(4), wrong) == 0.5


def test_the_rule_of_stopping_is_the_librarys():
    rng = np.random.default_rng(0)
    for _ in range(20):
        losses = rng.uniform(size=25)
        rule, stopped = EarlyStopping(4), len(losses) - 1
        for epoch, loss in enumerate(losses):
            if rule.update(loss, epoch):
                stopped = epoch
                break
        assert stopping_rules._stopped(losses, 4) == (rule.best_params, stopped)


def test_the_same_rule_from_step_to_step_keeps_the_best_step():
    stack, seen = Stack(Net(width=8, n_samples=40, batch_size=5), (0, 1, 2), (Method(0.5),)), []
    x, y = (of[:, :20] for of in stack.new())
    steps = stopping_rules._EveryStep(x, y, 3)

    def watch(stack):
        steps(stack)
        seen.append((stopping_rules._losses(softmax(stack.forward(x)), y).mean(axis=1), [w.copy() for w in stack.w]))

    stack.train(4, watch_step=watch)
    for k in range(3):
        best, _ = stopping_rules._stopped([losses[k] for losses, _ in seen], 3)
        assert steps.best[k] == best + 1
        np.testing.assert_array_equal(steps.kept(stack).w[0][k], seen[best][1][0][k])


@pytest.mark.outcome
def test_a_forest_of_one_network_is_that_network_and_members_differ():
    net = Net(width=8, n_samples=40, wrong=0.2, batch_size=20)
    bagged, members = dropout_in_use._forests(net, (0, 1), (0.1, 0.2), 3, 1)
    assert bagged.shape == (2, 2)
    np.testing.assert_allclose(bagged, members)
    bagged, members = dropout_in_use._forests(net, (0, 1), (0.1, 0.2), 3, 6)
    assert (bagged < members).all()  # the mean of six that see other draws of forty samples


def test_penalised_least_squares_meets_its_conditions():
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((2, 40, 6)), rng.standard_normal((2, 40))
    gram, moment = x.swapaxes(1, 2) @ x / 40, (x.swapaxes(1, 2) @ y[..., None])[..., 0] / 40
    for l1, l2 in ((0.1, 0.0), (0.1, 0.3), (0.0, 0.3)):
        w = shrunken_coefficients.solve(gram, moment, l1, l2)
        slope = (gram @ w[..., None])[..., 0] - moment + l2 * w
        # 150 accelerated steps on six features
        np.testing.assert_allclose(slope[w != 0], -l1 * np.sign(w[w != 0]), atol=1e-6)
        assert (np.abs(slope[w == 0]) <= l1 + 1e-6).all()


@pytest.mark.outcome
def test_strengths_are_tried_on_both_sides_of_the_best():
    found = shrunken_coefficients.elastic_net(0, n_problems=8)
    for strength, tried in (
        (found.l1_strength, shrunken_coefficients.ELASTIC_L1),
        (found.l2_strength, shrunken_coefficients.ELASTIC_L2),
    ):
        assert tried[0] < strength < tried[-1]


def test_the_search_finds_the_best_of_those_that_all_seeds_tried():
    methods = grid((0.001, 0.05, 0.1, 0.2), l2=(0.0, 0.03))
    chosen = best(SMALL, 5, methods)
    errors = Stack(SMALL, SEARCH_SEEDS, methods).train(5).test_error().mean(axis=0)
    assert errors[methods.index(chosen)] <= np.sort(errors)[2]
    assert not {*tuned_methods.MORE_SEARCH_SEEDS} & {*range(20_000)}  # the seeds that judge


def test_the_search_trains_no_network_twice(monkeypatch):
    trained = []

    def watched(net, seeds, methods):
        trained.extend((seed, method) for seed in seeds for method in methods)
        return Stack(net, seeds, methods)

    monkeypatch.setattr(tuned_methods, "Stack", watched)
    best.__wrapped__(SMALL, 1, grid((0.001, 0.01, 0.05, 0.1, 0.2)))
    assert len(trained) == len({*trained}) == 2 * 5 + 2 * 4


def test_each_kind_of_change_is_the_same_alone_and_beside_the_others():
    net, strengths, kinds = Net(width=8, n_samples=40, batch_size=20), (8.0, 1, 0.25), ("plain", "crop", "noise")
    rates = (0.1, 0.2, 0.3)
    together = changed_images._errors(net, (0, 1), kinds, strengths, 1, 2, at=rates)
    for k, (kind, rate) in enumerate(zip(kinds, rates, strict=True)):
        alone = changed_images._errors(net, (0, 1), (kind,), strengths, 1, 2, at=(rate,))
        for both, one in zip(together, alone, strict=True):
            np.testing.assert_allclose(both[k], one[0], atol=0.005)  # one or two of 500 digits, by rounding


def test_a_limit_that_is_never_reached_changes_neither_the_start_nor_the_training():
    found = max_norm_networks(0, limit=1e3, width=8, n_samples=80, n_epochs=1, n_networks=1)
    assert found.plain_failed == found.start_failed == found.max_norm_failed
    assert found.rescued == 0 < found.plain_failed


def test_probabilities_are_those_of_the_formula():
    logits = np.random.default_rng(0).normal(0, 20, (3, 5, 10))
    logits[0, 0, 3], logits[1, 1, 0] = 1e4, np.nan
    largest = logits.max(axis=-1, keepdims=True)
    expected = np.exp(logits - largest) / np.exp(logits - largest).sum(axis=-1, keepdims=True)
    np.testing.assert_allclose(softmax(logits), expected, rtol=1e-12)  # sums in another order
    assert softmax(logits.astype(np.float32)).dtype == np.float32
