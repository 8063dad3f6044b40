"""What batch norm knows of the data when training is over, and how it came to know it."""

from dataclasses import dataclass

import numpy as np

from course_lib.data.datasets import digits, glyphs
from course_lib.units.normalization.experiments.scaled_inputs import inputs
from course_lib.units.normalization.experiments.tuned_networks import Net, Stack, best_of, networks_of

RATES = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
LIMIT = 100


@dataclass(frozen=True)
class RunningEstimate:
    """Mean accuracy on digits that were not trained on, by where evaluation takes its statistics from.

    ``slow`` and ``quick`` are running estimates with a large and a small weight of the old value; ``data`` is the mean
    and variance over all training samples. ``batch_change`` and ``evaluation_change`` are how much an output depends
    on the other samples of its batch, as a share of the outputs' spread.
    """

    slow: float
    quick: float
    data: float
    slow_later: float
    batch_change: float
    evaluation_change: float
    rate: float

    @property
    def slow_loss(self) -> float:
        return self.data - self.slow

    @property
    def quick_loss(self) -> float:
        return self.data - self.quick


def running_estimate(
    seed,
    *,
    activation="sigmoid",
    depth=3,
    width=32,
    slow_momentum=0.99,
    quick_momentum=0.9,
    n_steps=60,
    n_later=300,
    data="digits",
    n_networks=3,
) -> RunningEstimate:
    """After ``n_steps``, and with the slow estimate after ``n_later`` steps as well."""
    net = Net(activation, "batch", depth, width, data=data)
    rate = best_of(net, RATES, LIMIT)
    seeds = networks_of(seed, n_networks)
    quick, slow = (trained(net, seeds, (rate,), n_steps, momentum) for momentum in (quick_momentum, slow_momentum))
    new, labels = unseen(net, seeds)
    quick_accuracy, slow_accuracy = (accuracy(stack, new, labels) for stack in (quick, slow))
    batch, evaluation = _change_with_batch(quick)
    later = accuracy(trained(net, seeds, (rate,), n_later, slow_momentum), new, labels)
    quick.forward(quick.x, training=True, momentum=0.0)
    return RunningEstimate(slow_accuracy, quick_accuracy, accuracy(quick, new, labels), later, batch, evaluation, rate)


def trained(net: Net, seeds, rates, n_steps, momentum=0.9, decays=None) -> Stack:
    """A stack of one network for each seed and rate (with its decay) after ``n_steps`` steps."""
    stack, done = Stack(net, seeds, rates, decays), 0
    with np.errstate(all="ignore"):  # divergence is an outcome
        while done < n_steps:
            for orders in stack.epoch(net.batch_size):
                if done < n_steps:
                    stack.step(orders, momentum)
                    done += 1
    return stack


def unseen(net: Net, seeds):
    """For each seed the samples that its network was not trained on, scaled like those: (S, N, 64), and labels."""
    found = [
        inputs(net.data, net.scaling, net.n_samples, rng=np.random.default_rng(s).spawn(2)[0], new=True) for s in seeds
    ]
    return np.stack([x for x, _ in found]).astype(np.float32), np.stack([y for _, y in found])


def accuracy(stack, x, y) -> float:
    """The share of right answers in evaluation mode, over all networks; NaN counts as wrong."""
    return float(np.mean(accuracies(stack, x, y)))


def accuracies(stack, x, y) -> np.ndarray:
    """The share of right answers of each network (K,), in evaluation mode."""
    with np.errstate(all="ignore"):
        logits, _ = stack.forward(x[stack.which], training=False)
    right = (logits.argmax(axis=2) == y[stack.which]) & np.isfinite(logits).all(axis=2)
    return right.mean(axis=1)


def _change_with_batch(stack):
    """How much the outputs of 8 samples differ between two batches, in training and in evaluation mode."""
    first, second = np.r_[0:8, 8:64], np.r_[0:8, 64:120]
    found = []
    for training in (True, False):
        outputs = [
            stack.forward(stack.x[:, rows], training=training, momentum=1.0)[0][:, :8] for rows in (first, second)
        ]
        found.append(float(np.sqrt(np.mean((outputs[0] - outputs[1]) ** 2)) / outputs[0].std()))
    return found


@dataclass(frozen=True)
class RateZero:
    """What changes in a trained network when it sees other data in training mode at the learning rate zero.

    ``before`` and ``after`` are accuracies on unseen digits, ``frozen`` that after the same data in evaluation mode.
    ``weights_moved`` and ``statistics_moved`` are root mean squares. ``other_samples`` and ``other_nodes`` are how
    much a unit's normalised value changes when the other samples of the batch, or the other units, are replaced.
    """

    before: float
    after: float
    frozen: float
    weights_moved: float
    statistics_moved: float
    other_samples: float
    other_nodes: float

    @property
    def lost(self) -> float:
        return self.before - self.after

    @property
    def lost_frozen(self) -> float:
        return self.before - self.frozen


def rate_zero(
    seed, *, activation="relu", depth=3, width=32, n_steps=100, n_seen=30, batch_size=64, n_networks=3
) -> RateZero:
    """Trained on digits; then ``n_seen`` batches of printed digits, scaled like the digits."""
    net = Net(activation, "batch", depth, width, batch_size=batch_size)
    seeds = networks_of(seed, n_networks)
    stack = trained(net, seeds, (best_of(net, RATES, LIMIT),), n_steps)
    new, labels = unseen(net, seeds)
    before = accuracy(stack, new, labels)
    weights, means = ([layer[key].copy() for layer in stack.layers[:-1]] for key in ("w", "mean"))
    stack.rates = np.zeros_like(stack.rates)
    stack.x = _printed(stack, seeds)
    stack.forward(stack.x, training=False)
    frozen = accuracy(stack, new, labels)
    done = 0
    while done < n_seen:
        for orders in stack.epoch(batch_size):
            if done < n_seen:
                stack.step(orders)
                done += 1
    moved = [
        float(
            np.sqrt(np.mean([np.mean((layer[key] - old) ** 2) for layer, old in zip(stack.layers, olds, strict=False)]))
        )
        for key, olds in (("w", weights), ("mean", means))
    ]
    return RateZero(before, accuracy(stack, new, labels), frozen, *moved, *_depends_on(stack, batch_size))


def _printed(stack, seeds):
    own, printed = digits().x_train, glyphs().x_train
    shift, scale = own.mean(axis=0), (own - own.mean(axis=0)).std()
    rows = [np.random.default_rng(seed).permutation(len(printed))[: stack.x.shape[1]] for seed in seeds]
    return np.stack([(printed[r] - shift) / scale for r in rows]).astype(np.float32)[stack.which]


def _depends_on(stack, batch_size):
    """The change of the first unit's value for the first sample: with other samples, and with other units."""
    params = stack.layers[0]

    def first_value(rows, w):
        z = stack.x[:, rows] @ w + params["b"]
        xhat = (z - z.mean(axis=1, keepdims=True)) / z.std(axis=1, keepdims=True)
        return xhat[:, 0, 0]

    rows, others = np.arange(batch_size), np.r_[0, batch_size : 2 * batch_size - 1]
    changed = params["w"].copy()
    changed[:, :, 1:] *= -3
    value = first_value(rows, params["w"])
    samples, nodes = first_value(others, params["w"]), first_value(rows, changed)
    return (float(np.sqrt(np.mean((other - value) ** 2))) for other in (samples, nodes))
