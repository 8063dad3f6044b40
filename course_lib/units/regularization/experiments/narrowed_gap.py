"""What each kind of regularisation does to the gap between training and test error, and to the test error itself."""

from dataclasses import dataclass

import numpy as np

from course_lib.units.regularization.experiments.stacked_networks import Method, Net, Stack
from course_lib.units.regularization.experiments.tuned_methods import (
    FIT_RATE,
    best,
    errors,
    errors_of,
    grid,
    networks_of,
    tuned,
)

SIZE_RATES = (0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64)


@dataclass(frozen=True)
class NarrowedGap:
    """Errors on training samples, by the labels that they came with, and on new ones.

    At one rate for all, at which a network without regularisation learns its labels by heart (``fitted_...``), each
    kind of regularisation at its best strength: a gap is the test error minus the training error, a share is a gap over
    that of the fitted network, ``l2_large`` the size of the largest weight over its. Then each at the best of the same
    rates (``..._error``; ``plain_...`` without regularisation): a gain is a test error over the plain one, ``l1_zeros``
    and ``l2_zeros`` are shares of weights that are exactly zero.
    """

    fitted_train: float
    fitted_error: float
    fitted_gap: float
    l2_gap: float
    l1_gap: float
    plain_gap: float
    plain_error: float
    l2_error: float
    l1_error: float
    smooth_error: float
    l2_share: float
    l1_share: float
    l2_gain: float
    l1_gain: float
    smooth_gain: float
    l1_zeros: float
    l2_zeros: float
    l2_large: float
    l2_strength: float
    l1_strength: float
    l2_at_one_rate: float
    l1_at_one_rate: float
    smooth: float


def narrowed_gap(
    seed, *, depth=1, width=64, n_samples=200, wrong=0.2, n_epochs=30, data="digits", n_networks=4
) -> NarrowedGap:
    """ReLU layers; strengths are tuned at the one rate, rates and strengths where each has its own."""
    net = Net(depth, width, n_samples, wrong, data, batch_size=20)
    at_one = [Method(FIT_RATE), *(tuned(net, n_epochs, kind, (FIT_RATE,)) for kind in ("l2", "l1"))]
    at_best = [tuned(net, n_epochs, kind) for kind in (None, "l2", "l1", "smooth")]
    stack = Stack(net, networks_of(seed, n_networks), (*at_one, *at_best)).train(n_epochs)
    pairs = errors_of(stack)
    gaps, found = [test - train for train, test in pairs], [test for _, test in pairs[3:]]
    weights = np.concatenate([w.reshape(len(w), -1) for w in stack.w], axis=1)
    zeros, largest = (
        of.reshape(n_networks, -1).mean(axis=0) for of in ((weights == 0).mean(axis=1), np.abs(weights).max(axis=1))
    )
    return NarrowedGap(
        *pairs[0],
        *gaps[:4],
        *found,
        gaps[1] / gaps[0],
        gaps[2] / gaps[0],
        *(error / found[0] for error in found[1:]),
        float(zeros[5]),
        float(zeros[4]),
        float(largest[1] / largest[0]),
        at_best[1].l2,
        at_best[2].l1,
        at_one[1].l2,
        at_one[2].l1,
        at_best[3].smooth,
    )


@dataclass(frozen=True)
class SizeAndData:
    """Training and test errors of networks that are fitted, by width, and by the number of samples.

    ``..._best`` is the test error at the best rate. ``..._share`` is a gap over that of the network of middle size,
    ``..._gain`` a test error over its.
    """

    narrow_train: float
    narrow_error: float
    middle_train: float
    middle_error: float
    wide_error: float
    more_train: float
    more_error: float
    narrow_best: float
    middle_best: float
    wide_best: float
    more_best: float
    middle_gap: float
    narrow_share: float
    more_share: float
    narrow_gain: float
    wide_gain: float
    more_gain: float
    narrow_best_gain: float
    more_best_gain: float
    wide_best_gain: float


def size_and_data(
    seed, *, narrow=12, width=64, wide=256, n_samples=200, more=4, wrong=0.2, n_epochs=30, data="digits", n_networks=5
) -> SizeAndData:
    """One ReLU layer, without regularisation."""
    nets = [Net(1, w, n, wrong, data, 20) for w, n in ((narrow, n_samples), (width, n_samples), (wide, n_samples))]
    nets.append(Net(1, width, more * n_samples, wrong, data, 20 * more))
    at_both = [(Method(FIT_RATE), best(net, n_epochs, grid(SIZE_RATES))) for net in nets]
    found = [errors(net, n_epochs, both, seed, n_networks) for net, both in zip(nets, at_both, strict=True)]
    fitted, bests = [both[0] for both in found], [both[1][1] for both in found]
    (a, b), (c, d), (_, e), (f, g) = fitted
    return SizeAndData(
        a, b, c, d, e, f, g, *bests, d - c, (b - a) / (d - c), (g - f) / (d - c), b / d, e / d, g / d,
        bests[0] / bests[1], bests[3] / bests[1], bests[2] / bests[1],
    )  # fmt: skip


@dataclass(frozen=True)
class MaxNorm:
    """Shares of networks that do not learn at a rate that is too high, and errors on new samples, each arm at its best.

    ``rescued`` is the difference of the first two shares, ``gain`` the error with max-norm over that without.
    """

    plain_failed: float
    max_norm_failed: float
    low_failed: float
    rescued: float
    plain_gap: float
    max_norm_gap: float
    plain_error: float
    max_norm_error: float
    gain: float
    limit_found: float


def max_norm_networks(
    seed, *, depth=4, high=0.8, limit=1.0, width=64, n_samples=200, wrong=0.2, n_epochs=30, data="digits", n_networks=4
) -> MaxNorm:
    """A deep network at a high rate, right labels; then one hidden layer, wrong labels."""
    deep = Net(depth, 32, n_samples, 0.0, data, batch_size=20)
    methods = (Method(high), Method(high, max_norm=limit), Method(0.1))
    with np.errstate(all="ignore"):
        failed = Stack(deep, networks_of(seed, 16), methods).train(10).train_error() > 0.5
    net = Net(1, width, n_samples, wrong, data, batch_size=20)
    methods = tuned(net, n_epochs), tuned(net, n_epochs, "max_norm")
    pairs = errors(net, n_epochs, methods, seed, n_networks)
    gaps, found = [test - train for train, test in pairs], [test for _, test in pairs]
    shares = [float(v) for v in failed.mean(axis=0)]
    return MaxNorm(*shares, shares[0] - shares[1], *gaps, *found, found[1] / found[0], methods[1].max_norm)
