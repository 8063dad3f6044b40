"""Monte-Carlo dropout against its control, one pass without dropout: errors, probabilities, and which ranks errors."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from course_lib.units.regularization.experiments.networks import rank
from course_lib.units.regularization.experiments.stacked_networks import Net, Stack
from course_lib.units.regularization.experiments.tuned_methods import SEARCH_SEEDS, grid, networks_of
from course_lib.units.shared.probabilities import entropy, softmax

MC_RATES = (0.08, 0.16, 0.32, 0.64)
MC_PROBABILITIES = (0.1, 0.2, 0.3, 0.5)


@dataclass(frozen=True)
class McDropout:
    """Of one plain pass and of the mean of many with dropout: on new digits, and on these turned by 90 degrees.

    ``..._error`` is the share of errors, ``..._loss`` the cross-entropy in nats, ``..._sure`` the mean probability of
    the chosen class. ``..._rank`` is the probability that a wrong answer has a larger entropy than a right one.
    ``entropy_wrong`` and ``entropy_right`` are means over the wrong and the right answers of Monte-Carlo dropout.
    ``noise_sure`` is on random pixels. ``excess`` is by how much the probability of the chosen class exceeds the share
    of right answers; ``rank_gain`` is the difference of the two ranks.
    """

    plain_error: float
    mc_error: float
    plain_loss: float
    mc_loss: float
    mc_sure: float
    plain_rank: float
    mc_rank: float
    entropy_wrong: float
    entropy_right: float
    turned_error: float
    turned_sure: float
    turned_plain_sure: float
    noise_sure: float
    plain_rate: float
    plain_drop: float
    mc_rate: float
    mc_drop: float
    error_ratio: float
    excess: float
    turned_excess: float
    entropy_ratio: float
    rank_gain: float

    @property
    def mc_right(self) -> float:
        return 1 - self.mc_error

    @property
    def less_sure(self) -> float:
        """Of turned digits, by how much Monte-Carlo dropout is less sure than one plain pass."""
        return self.turned_plain_sure - self.turned_sure

    @property
    def turned_right(self) -> float:
        return 1 - self.turned_error


def mc_dropout(
    seed, *, width=64, n_samples=200, wrong=0.0, n_epochs=30, n_passes=30, data="digits", n_networks=3
) -> McDropout:
    """One ReLU layer with dropout behind it; each way of predicting at the rate and probability of its least loss."""
    net = Net(1, width, n_samples, wrong, data, batch_size=20)
    for_plain, for_mc = _best(net, n_epochs, n_passes)
    seeds = networks_of(seed, n_networks)
    single, many = (Stack(net, seeds, (method,)).train(n_epochs) for method in (for_plain, for_mc))
    x, y = single.new()
    turned, noise = _turned(single), _noise(single, seed)
    plain, plain_turned = (softmax(single.forward(each)) for each in (x, turned))
    mc, mc_turned, mc_noise = (mean_of_passes(many, each, n_passes, seed) for each in (x, turned, noise))
    right = mc.argmax(axis=2) == y
    plain_error, mc_error, turned_error = (float((p.argmax(axis=2) != y).mean()) for p in (plain, mc, mc_turned))
    ranks = [np.nanmean(list(map(rank, entropy(p), p.argmax(axis=2) != y))).item() for p in (plain, mc)]
    entropies = [float(entropy(mc)[chosen].mean()) for chosen in (~right, right)]
    return McDropout(
        plain_error,
        mc_error,
        *(_loss(p, y) for p in (plain, mc)),
        _sure(mc),
        *ranks,
        *entropies,
        turned_error,
        *(_sure(p) for p in (mc_turned, plain_turned, mc_noise)),
        for_plain.rate,
        for_plain.drop,
        for_mc.rate,
        for_mc.drop,
        error_ratio=mc_error / plain_error,
        excess=_sure(mc) - (1 - mc_error),
        turned_excess=_sure(mc_turned) - (1 - turned_error),
        entropy_ratio=entropies[0] / entropies[1],
        rank_gain=ranks[1] - ranks[0],
    )


@cache
def _best(net, n_epochs, n_passes):
    """The methods of the smallest loss on new samples, of one pass without dropout and of the mean of many with it."""
    methods = grid(MC_RATES, drop=MC_PROBABILITIES)
    with np.errstate(all="ignore"):  # some diverge
        stack = Stack(net, SEARCH_SEEDS, methods).train(n_epochs)
    x, y = stack.new()
    found = []
    for p in (softmax(stack.forward(x)), mean_of_passes(stack, x, n_passes, 0)):
        losses = _losses(p, y).mean(axis=1).reshape(-1, len(methods)).mean(axis=0)
        found.append(methods[int(np.nanargmin(losses))])
    return found


def mean_of_passes(stack, x, n_passes, seed):
    """Mean probabilities (K, N, 10) over passes with dropout."""
    return sum(stack.passes(x, stack.drop, n_passes, np.random.default_rng([seed, 4]))) / n_passes


def _turned(stack):
    """The new digits, turned by 90 degrees."""
    images = []
    for s in stack.of_seed:
        pixels = s.x_new * s.scale + s.shift
        turned = np.rot90(pixels.reshape(-1, 8, 8), axes=(1, 2)).reshape(len(pixels), -1)
        images.append(((turned - s.shift) / s.scale).astype(np.float32))
    return np.stack(images)[stack.which]


def _noise(stack, seed):
    """As many images of random pixels."""
    pixels = np.random.default_rng([seed, 6]).uniform(size=stack.of_seed[0].x_new.shape)
    return np.stack([((pixels - s.shift) / s.scale).astype(np.float32) for s in stack.of_seed])[stack.which]


def _losses(p, y):
    return -np.log(np.maximum(np.take_along_axis(p, y[..., None], axis=2)[..., 0], 1e-12))


def _loss(p, y) -> float:
    return float(_losses(p, y).mean())


def _sure(p) -> float:
    return float(p.max(axis=2).mean())
