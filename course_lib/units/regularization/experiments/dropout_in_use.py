"""Dropout in use: what test time does, which probability, which layers, what becomes of a unit that is missing."""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from course_lib.units.regularization.experiments.stacked_networks import N_CLASSES, Method, Net, Stack
from course_lib.units.regularization.experiments.tuned_methods import (
    FIT_RATE,
    RATES,
    SEARCH_SEEDS,
    best,
    grid,
    networks_of,
)
from course_lib.units.shared.probabilities import softmax


@dataclass(frozen=True)
class AtTestTime:
    """Errors and losses in nats on new digits by what is done with the weights behind the dropped units.

    Trained without scaling: ``scaled_...`` multiplies them by 1 - p for the test, ``raw_...`` leaves them as they are.
    Trained with inverted dropout: ``inverted_...`` leaves them as they are, ``twice_...`` multiplies them by 1 - p.
    ``raw_off_ratio`` is how far the raw probabilities are from the mean of many passes with dropout, on average over
    the classes, as a multiple of how far the scaled ones are. ``random_error`` is that of one pass with inverted
    dropout, and ``random_ratio`` is that over ``inverted_error``.
    """

    scaled_error: float
    raw_error: float
    inverted_error: float
    twice_error: float
    scaled_loss: float
    raw_loss: float
    inverted_loss: float
    twice_loss: float
    raw_size: float
    twice_loss_ratio: float
    raw_error_ratio: float
    twice_error_ratio: float
    same: float
    raw_off_ratio: float
    random_error: float
    random_ratio: float


def at_test_time(
    seed, *, width=64, n_samples=200, wrong=0.0, p=0.5, rate=0.16, n_epochs=30, data="digits", n_networks=4
) -> AtTestTime:
    """One ReLU layer; without scaling, the weights behind the dropped units start 1 / (1 - p) times as large."""
    net = Net(1, width, n_samples, wrong, data, batch_size=20)
    stack = Stack(net, networks_of(seed, n_networks), (Method(rate, drop=p),)).train(n_epochs)
    classic = Stack(net, networks_of(seed, n_networks), (Method(rate, drop=p, unscaled=1),))
    classic.w[1] /= np.float32(1 - p)
    classic.train(n_epochs)
    x, y = stack.new()
    hidden, of_classic = (np.maximum(x @ s.w[0] + s.b[0], 0) for s in (stack, classic))
    logits = [
        (1 - p) * (of_classic @ classic.w[1]) + classic.b[1],
        of_classic @ classic.w[1] + classic.b[1],
        hidden @ stack.w[1] + stack.b[1],
        (1 - p) * (hidden @ stack.w[1]) + stack.b[1],
    ]
    probs = [softmax(z) for z in logits]
    mean = _passes(of_classic, classic, p, seed).mean(axis=0)
    off = [float(np.abs(q - mean).mean()) for q in probs[:2]]
    random_error = float((_passes(hidden / (1 - p), stack, p, seed, 1)[0].argmax(axis=2) != y).mean())
    errs = [float((q.argmax(axis=2) != y).mean()) for q in probs]
    losses = [
        float(-np.log(np.maximum(np.take_along_axis(q, y[..., None], axis=2), 1e-12)).mean(dtype=float)) for q in probs
    ]
    return AtTestTime(
        *errs,
        *losses,
        float(np.abs(logits[1]).mean() / np.abs(logits[0]).mean()),
        losses[3] / losses[2],
        errs[1] / errs[0],
        errs[3] / errs[2],
        float((probs[0].argmax(axis=2) == probs[2].argmax(axis=2)).mean()),
        off[1] / off[0],
        random_error,
        random_error / errs[2],
    )


def _passes(hidden, stack, p, seed, n_passes=20):
    """The probabilities (passes, K, N, 10) with dropout on hidden units (K, N, D), which are not rescaled."""
    rng = np.random.default_rng([seed, 9])
    kept = (rng.random(hidden.shape[1:], dtype=np.float32) >= p for _ in range(n_passes))
    return np.stack([softmax((hidden * each) @ stack.w[1] + stack.b[1]) for each in kept])


@dataclass(frozen=True)
class DropoutStrength:
    """Training errors, by the labels that came with the samples, and errors on new digits, by probability.

    At one rate, with which a network without dropout learns its labels by heart, then (``best_...``) each at its best.
    """

    train_0: float
    train_3: float
    train_8: float
    train_9: float
    gap_0: float
    gap_3: float
    gap_8: float
    best_0: float
    best_1: float
    best_3: float
    best_5: float
    best_7: float
    best_95: float
    gap_share: float
    train_rise: float
    none_ratio: float
    high_ratio: float
    seven_ratio: float


def dropout_strength(
    seed, *, width=64, n_samples=200, wrong=0.2, n_epochs=30, data="digits", n_networks=4
) -> DropoutStrength:
    """One ReLU layer with dropout behind it."""
    net = Net(1, width, n_samples, wrong, data, batch_size=20)
    seeds = networks_of(seed, n_networks)
    fitted = Stack(net, seeds, [Method(FIT_RATE, drop=p) for p in (0.0, 0.3, 0.8, 0.9)]).train(n_epochs)
    train, test = fitted.train_error().mean(axis=0), fitted.test_error().mean(axis=0)
    probabilities = (0.0, 0.1, 0.3, 0.5, 0.7, 0.95)
    tuned = [best(net, n_epochs, grid(RATES, drop=(p,))) for p in probabilities]
    found = Stack(net, seeds, tuned).train(n_epochs).test_error().mean(axis=0)
    gaps = test - train
    middle = found[1:4].min()
    return DropoutStrength(
        *map(float, (*train, *gaps[:3], *found)),
        float(gaps[2] / gaps[0]),
        float(train[3] - train[0]),
        float(found[0] / middle),
        float(found[5] / middle),
        float(found[4] / middle),
    )


@dataclass(frozen=True)
class LayersDropped:
    """Errors on new digits without dropout, on the last hidden layer, on all hidden layers, and on pixels too."""

    plain: float
    last: float
    hidden: float
    pixels: float
    last_gain: float
    pixels_ratio: float
    hidden_ratio: float
    last_drop: float
    pixels_drop: float


MISSING_RATES = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28)
LAYER_RATES = (0.01, 0.02, 0.04, 0.08, 0.16)
LAYER_PROBABILITIES = (0.1, 0.3, 0.5, 0.7)


def layers_dropped(
    seed, *, depth=2, width=64, n_samples=200, wrong=0.2, n_epochs=30, data="digits", n_networks=5
) -> LayersDropped:
    """ReLU layers, each arm at its best rate and probability, the same in all its layers."""
    net = Net(depth, width, n_samples, wrong, data, batch_size=20)
    methods = grid(LAYER_RATES, drop=LAYER_PROBABILITIES)
    arms = [
        grid(LAYER_RATES),
        methods,
        tuple(replace(m, drop_first=m.drop) for m in methods),
        tuple(replace(m, drop_first=m.drop, drop_input=m.drop) for m in methods),
    ]
    tuned = [best(net, n_epochs, arm) for arm in arms]
    stack = Stack(net, networks_of(seed, n_networks), tuned).train(n_epochs)
    found = [float(v) for v in stack.test_error().mean(axis=0)]
    return LayersDropped(
        *found, found[1] / found[0], found[3] / found[1], found[2] / found[1], tuned[1].drop, tuned[3].drop
    )


@dataclass(frozen=True)
class MissingUnits:
    """Errors on new digits of networks trained without and with dropout, whole, and with a share of units missing."""

    plain: float
    plain_missing: float
    drop: float
    drop_missing: float
    plain_rise: float
    rise_ratio: float
    noisy_plain: float
    noisy_drop: float
    noisy_gain: float
    gain: float


def missing_units(
    seed,
    *,
    width=64,
    n_samples=200,
    wrong=0.2,
    missing=0.5,
    p=0.5,
    n_epochs=30,
    n_draws=5,
    data="digits",
    n_networks=6,
) -> MissingUnits:  # fmt: skip
    """One ReLU layer; the other units are not rescaled; each arm at its best rate, with right labels and with wrong."""
    clean, noisy = (Net(1, width, n_samples, w, data, 20) for w in (0.0, wrong))
    seeds = networks_of(seed, n_networks)
    found = []
    for net in (clean, noisy):
        methods = [best(net, n_epochs, grid(MISSING_RATES, drop=(each,))) for each in (0.0, p)]
        stack = Stack(net, seeds, methods).train(n_epochs)
        found.append(stack.test_error().mean(axis=0))
        if net is clean:
            without = _without(stack, missing, n_draws, seed)
    plain, drop = found[0]
    rises = without - found[0]
    return MissingUnits(
        float(plain), float(without[0]), float(drop), float(without[1]),
        float(rises[0]), float(rises[1] / rises[0]),
        *map(float, found[1]), float(found[1][1] / found[1][0]), float(drop / plain),
    )  # fmt: skip


def _without(stack, missing, n_draws, seed):
    """Mean errors (M,) with a share of the hidden units set to zero, other ones in each draw."""
    rng, (x, y) = np.random.default_rng([seed, 7]), stack.new()
    hidden = np.maximum(x @ stack.w[0] + stack.b[0], 0)
    width, errs = hidden.shape[2], []
    for _ in range(n_draws):
        kept = np.ones(width, np.float32)
        kept[rng.permutation(width)[: round(missing * width)]] = 0
        errs.append((((hidden * kept) @ stack.w[1] + stack.b[1]).argmax(axis=2) != y).mean(axis=1))
    return np.mean(errs, axis=0).reshape(len(stack.seeds), -1).mean(axis=0)


@dataclass(frozen=True)
class SlowerTraining:
    """Epochs until fewer than 5% of the training samples are classified wrongly, without dropout."""

    plain: float
    drop: float
    ratio: float
    plain_rate: float
    drop_rate: float


SPEED_RATES = (0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28)
SPEED_SEEDS = (90_001, 90_002, 90_003)


def slower_training(
    seed, *, width=64, n_samples=200, wrong=0.0, p=0.5, target=0.05, limit=40, data="digits", n_networks=8
) -> SlowerTraining:
    """One ReLU layer, judged without dropout after each epoch; each arm at its quickest rate."""
    net = Net(1, width, n_samples, wrong, data, batch_size=20)
    epochs, rates = [], []
    for drop in (0.0, p):
        rates.append(_quickest(net, drop, target, limit))
        taken = _epochs(net, networks_of(seed, n_networks), [Method(rates[-1], drop=drop)], target, limit)
        epochs.append(float(taken.mean()))
    return SlowerTraining(*epochs, epochs[1] / epochs[0], *rates)


@cache
def _quickest(net, drop, target, limit) -> float:
    tried = _epochs(net, SPEED_SEEDS, [Method(rate, drop=drop) for rate in SPEED_RATES], target, limit)
    return SPEED_RATES[int(np.argmin(tried.mean(axis=0)))]


def _epochs(net, seeds, methods, target, limit):
    below = []
    stack = Stack(net, seeds, methods)
    with np.errstate(all="ignore"):
        for _ in range(limit):
            stack.train(1, lambda s: below.append(s.train_error() < target))
            if np.any(below, axis=0).all():
                break
    reached = np.array(below)
    return np.where(reached.any(axis=0), reached.argmax(axis=0) + 1, limit)


FOREST_RATES = (0.01, 0.02, 0.04, 0.08, 0.16)
FOREST_PROBABILITIES = (0.2, 0.3, 0.4, 0.5)


@dataclass(frozen=True)
class Forest:
    """Errors on new digits: one network, many that each saw a sample of the samples, and one network with dropout.

    ``member`` and ``thinned`` are single members: a network of the many, and the network with one draw of masks.
    ``same`` is the share of digits on which one pass without dropout and the mean of all draws agree.
    """

    plain: float
    bagged: float
    member: float
    drop: float
    drop_mean: float
    thinned: float
    same: float
    plain_rate: float
    bagged_rate: float
    drop_rate: float
    drop_p: float
    bagged_gain: float
    drop_gain: float
    drop_over_bagged: float
    thinned_over_mean: float
    member_over_bagged: float

    @property
    def once_over_mean(self) -> float:
        return self.drop / self.drop_mean


def forest(
    seed, *, width=64, n_samples=200, wrong=0.2, n_members=10, n_epochs=30, data="digits", n_networks=3
) -> Forest:
    """One ReLU layer, each arm at its best rate, dropout also at its best probability, for units and pixels alike."""
    net = Net(1, width, n_samples, wrong, data, batch_size=20)
    plain = best(net, n_epochs, grid(FOREST_RATES))
    dropped = (replace(m, drop_input=m.drop) for m in grid(FOREST_RATES, drop=FOREST_PROBABILITIES))
    drop = best(net, n_epochs, tuple(dropped))
    rate = _best_of_forests(net, n_epochs, n_members)
    seeds = networks_of(seed, n_networks)
    alone = float(Stack(net, seeds, (plain,)).train(n_epochs).test_error().mean())
    bagged, member = (float(each.mean()) for each in _forests(net, seeds, (rate,), n_epochs, n_members))
    stack = Stack(net, seeds, (drop,)).train(n_epochs)
    x, y = stack.new()
    passes = [softmax(stack.forward(x, stack.masks(x.shape[1]))) for _ in range(20)]
    once, mean, thinned = (q.argmax(axis=2) for q in (stack.forward(x), sum(passes), passes[0]))
    of_drop, of_mean, of_thinned = (float((q != y).mean()) for q in (once, mean, thinned))
    return Forest(
        alone, bagged, member, of_drop, of_mean, of_thinned, float((once == mean).mean()), plain.rate, rate, drop.rate,
        drop.drop, bagged / alone, of_drop / alone, of_drop / bagged, of_thinned / of_mean, member / bagged,
    )  # fmt: skip


@cache
def _best_of_forests(net, n_epochs, n_members) -> float:
    with np.errstate(all="ignore"):
        found = _forests(net, SEARCH_SEEDS[:2], FOREST_RATES, n_epochs, n_members)[0]
    return FOREST_RATES[int(np.argmin(found.mean(axis=0)))]


def _forests(net, seeds, rates, n_epochs, n_members):
    """Errors (S, M) of forests and, on average, of their members; each has draws of samples and weights of its own."""
    members = Stack(net, np.repeat(seeds, n_members), [Method(rate) for rate in rates])
    for i, seed in enumerate(members.seeds):
        rng, mine = np.random.default_rng([seed, 8, i % n_members]), members.which == i
        drawn = rng.integers(0, net.n_samples, net.n_samples)
        members.x[i], members.targets[mine] = members.x[i, drawn], members.targets[mine][:, drawn]
        members.w[0][mine] = rng.permuted(members.w[0][mine][0], axis=1)
    members.train(n_epochs)
    x, y = members.new()
    probs = softmax(members.forward(x)).reshape(len(seeds), n_members, len(rates), *y.shape[1:], N_CLASSES)
    y = y.reshape(len(seeds), n_members, len(rates), -1)
    of_members = (probs.argmax(axis=-1) != y).mean(axis=(1, 3))
    return (probs.mean(axis=1).argmax(axis=-1) != y[:, 0]).mean(axis=-1), of_members
