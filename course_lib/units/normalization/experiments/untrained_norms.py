"""What norms do to signals and gradients before any training."""

from dataclasses import dataclass

import numpy as np

from course_lib.functions.activations import relu
from course_lib.functions.normalization import (
    batchnorm_backward,
    batchnorm_forward,
    batchnorm_state,
    groupnorm_forward,
    instancenorm_forward,
)
from course_lib.units.normalization.experiments.tuned_networks import Net, Stack, mean_steps

RATES = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0)


@dataclass(frozen=True)
class BiasInFront:
    """The gradient of a bias in front of batch norm, over that of beta behind it; and what the bias changes.

    ``moved`` is the largest change of an output, in standard deviations, when the bias moves. ``evaluation`` is the
    gradient's share after an evaluation pass, ``without`` that of the bias over its own size where no norm follows.
    ``left_mean`` and ``left_spread`` are the mean and standard deviation of z - mu / sigma, read without brackets.
    """

    training: float
    evaluation: float
    moved: float
    moved_without: float
    left_mean: float
    left_spread: float


def bias_in_front(seed, *, n_samples=64, fan_in=32, width=32, bias=5.0) -> BiasInFront:
    """Normal inputs and weights, a random gradient behind ReLU."""
    rng = np.random.default_rng(seed)
    z = rng.standard_normal((n_samples, fan_in)) @ rng.standard_normal((fan_in, width)) / fan_in**0.5
    z += rng.standard_normal(width)
    dout = rng.standard_normal(z.shape)
    gamma, beta, state = np.ones(width), np.zeros(width), batchnorm_state(width)
    shares, outputs = [], []
    for training in (True, False):
        out, cache, _ = batchnorm_forward(z, gamma, beta, state, training)
        dz, _, dbeta = batchnorm_backward(dout * (out > 0), cache)
        shares.append(float(np.linalg.norm(dz.sum(axis=0)) / np.linalg.norm(dbeta)))
        outputs.append(relu(out))
    shifted = relu(batchnorm_forward(z + bias, gamma, beta, state, True)[0])
    printed = z - z.mean(axis=0) / z.std(axis=0)
    return BiasInFront(
        *shares,
        float(np.abs(shifted - outputs[0]).max() / outputs[0].std()),
        float(np.abs(relu(z + bias) - relu(z)).max() / relu(z).std()),
        float(np.sqrt(np.mean(printed.mean(axis=0) ** 2))),
        float(printed.std(axis=0).mean()),
    )


@dataclass(frozen=True)
class ExplodingGradients:
    """What a gradient is multiplied by on its way from the last hidden layer to the first, at two widths of weights."""

    he: float
    wide: float
    batch: float
    batch_wide: float
    batch_per_layer: float

    @property
    def by_width(self) -> float:
        """What wide weights change with batch norm, as a factor."""
        return self.batch_wide / self.batch


def exploding_gradients(
    seed, *, activation="relu", depth=20, width=64, batch_size=64, wide=3.0, n_networks=3
) -> ExplodingGradients:
    """He's weights and ``wide`` times as wide ones, without and with batch norm, on standardised digits."""
    found = []
    for norm in (None, "batch"):
        for gain in (1.0, wide):
            net = Net(activation, norm, depth, width, gain=gain)
            stack = Stack(net, range(n_networks * seed, n_networks * (seed + 1)), (0.1,))
            found.append(_growth(stack, batch_size, np.random.default_rng(seed)))
    return ExplodingGradients(*found, found[-1] ** (1 / (depth - 1)))


def _growth(stack, batch_size, rng) -> float:
    """Root mean square of the gradient behind the first hidden layer over that behind the last one."""
    _, caches = stack.forward(stack.x[:, :batch_size], training=True)
    d = rng.standard_normal(caches[-1].shape).astype(np.float32)
    start = np.sqrt(np.mean(d.astype(float) ** 2))
    return float(np.sqrt(np.mean(stack.through_hidden(d, caches).astype(float) ** 2)) / start)


@dataclass(frozen=True)
class SameValues:
    """Are normalised units alike? And mean steps to the target with gamma and beta learned, and left at one and zero.

    ``alike`` is the mean of the absolute correlation of two units, ``means`` and ``stds`` the largest differences
    between two units' means and standard deviations, ``means_before`` that of the means of z.
    """

    alike: float
    means: float
    stds: float
    means_before: float
    learned: float
    fixed: float
    learned_rate: float
    fixed_rate: float

    @property
    def ratio(self) -> float:
        return self.fixed / self.learned


def same_values(seed, *, activation="relu", depth=4, width=32, data="digits", n_networks=3, limit=100) -> SameValues:
    """The first hidden layer of an untrained network on 300 digits; then training with and without gamma and beta."""
    same = {"depth": depth, "width": width, "data": data}
    nets = [Net(activation, "batch", affine=affine, **same) for affine in (True, False)]
    (learned, learned_rate), (fixed, fixed_rate) = (mean_steps(net, seed, RATES, limit, n_networks) for net in nets)
    stack = Stack(nets[0], (seed,), (0.1,))
    z = np.asarray(stack.x[0] @ stack.layers[0]["w"][0], float) + np.random.default_rng(seed).standard_normal(width)
    xhat, _, _ = batchnorm_forward(z, np.ones(width), np.zeros(width), batchnorm_state(width), True)
    return SameValues(
        _alike(xhat),
        float(np.ptp(xhat.mean(axis=0))),
        float(np.ptp(xhat.std(axis=0))),
        float(np.ptp(z.mean(axis=0))),
        learned,
        fixed,
        learned_rate,
        fixed_rate,
    )


def _alike(values) -> float:
    correlations = np.corrcoef(values.T)
    return float(np.abs(correlations[np.triu_indices(len(correlations), 1)]).mean())


@dataclass(frozen=True)
class Undone:
    """How far gamma and beta, set to the spread and mean of one batch, undo batch norm: the differences from z.

    Root mean squares as a share of the spread of z: on that batch, on another one in training mode, and on that other
    one in evaluation mode with the first batch's statistics; ``plain`` is with gamma at one and beta at zero.
    """

    same_batch: float
    other_batch: float
    evaluation: float
    plain: float


def undone(seed, *, fan_in=64, width=32, batch_size=64, spread=2.0, offset=1.0) -> Undone:
    """Normal z with standard deviations up to ``spread`` times as large, and means of standard deviation ``offset``."""
    rng = np.random.default_rng(seed)
    w = rng.standard_normal((fan_in, width)) / fan_in**0.5 * rng.uniform(1, spread, width)
    first, other = rng.standard_normal((2, batch_size, fan_in)) @ w + offset * rng.standard_normal(width)
    mean, var = first.mean(axis=0), first.var(axis=0)
    state = {"mean": mean, "var": var}
    gamma = np.sqrt(var + 1e-5)

    def difference(z, gamma, beta, training):
        return float(np.sqrt(np.mean((batchnorm_forward(z, gamma, beta, state, training)[0] - z) ** 2)) / z.std())

    return Undone(
        difference(first, gamma, mean, True),
        difference(other, gamma, mean, True),
        difference(other, gamma, mean, False),
        difference(first, np.ones(width), np.zeros(width), True),
    )


@dataclass(frozen=True)
class Restyled:
    """How much of a change of contrast and brightness of one image's channels is left behind each norm.

    The change of the outputs, root mean square, over that of the inputs in their standard deviations.
    """

    batch: float
    layer: float
    group: float
    instance: float


def restyled(seed, *, n_images=16, channels=8, n_groups=2, side=6, contrast=2.0, brightness=1.0) -> Restyled:
    """Every second channel of the first image times ``contrast`` plus ``brightness``."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n_images, channels, side, side)) + rng.standard_normal((1, channels, 1, 1))
    y = x.copy()
    y[0, ::2] = contrast * y[0, ::2] + brightness
    gamma, beta = np.ones(channels), np.zeros(channels)
    norms = (
        lambda v: batchnorm_forward(v, gamma, beta, batchnorm_state(channels), True)[0],
        lambda v: groupnorm_forward(v, gamma, beta, 1)[0],
        lambda v: groupnorm_forward(v, gamma, beta, n_groups)[0],
        lambda v: instancenorm_forward(v, gamma, beta)[0],
    )
    change = np.sqrt(np.mean((y[0] - x[0]) ** 2)) / x.std()
    return Restyled(*(float(np.sqrt(np.mean((norm(y)[0] - norm(x)[0]) ** 2)) / change) for norm in norms))
