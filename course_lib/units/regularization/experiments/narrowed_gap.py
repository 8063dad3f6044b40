"""What each kind of regularisation does to the gap between training and test error, and to the test error itself."""

from dataclasses import dataclass

import numpy as np

from course_lib.units.regularization.experiments.stacked_networks import Method, Net, Stack
from course_lib.units.regularization.experiments.tuned_methods import FIT_RATE, best, errors, grid, networks_of, tuned

SIZE_RATES = (0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64)


@dataclass(frozen=True)
class NarrowedGap:
    """Errors on training samples, by the labels that they came with, and on new ones.

    ``fitted_...`` is a network without regularisation at a rate at which it learns its labels by heart, ``plain_...``
    one at its best rate; the others are at their best rates and strengths. A gap is the test error minus the training
    error. ``l1_zeros`` and ``l2_zeros`` are the shares of weights that are exactly zero; ``l2_large`` is the size of
    the largest weight with L2 over that of the fitted network.
    """

    fitted_train: float
    fitted_error: float
    plain_gap: float
    plain_error: float
    l2_gap: float
    l2_error: float
    l1_gap: float
    l1_error: float
    max_norm_gap: float
    max_norm_error: float
    smooth_gap: float
    smooth_error: float
    drop_gap: float
    drop_error: float
    fitted_gap: float
    l2_share: float
    l1_share: float
    max_norm_share: float
    drop_share: float
    l2_gain: float
    l1_gain: float
    max_norm_gain: float
    smooth_gain: float
    drop_gain: float
    l1_zeros: float
    l2_zeros: float
    l2_large: float
    l2_strength: float
    l1_strength: float
    max_norm: float
    smooth: float
    drop: float


def narrowed_gap(
    seed, *, depth=1, width=64, n_samples=200, wrong=0.2, n_epochs=30, data="digits", n_networks=4
) -> NarrowedGap:
    """ReLU layers; a share of a gap is that over the gap of the fitted network, a gain its error over the plain one."""
    net = Net(depth, width, n_samples, wrong, data, batch_size=20)
    kinds = ("l2", "l1", "max_norm", "smooth", "drop")
    plain, *methods = (tuned(net, n_epochs, kind) for kind in (None, *kinds))
    fitted = Method(FIT_RATE)
    pairs = [errors(net, n_epochs, each, seed, n_networks) for each in (fitted, plain, *methods)]
    gaps, found = [test - train for train, test in pairs], [test for _, test in pairs]
    shares = {f"{kind}_share": gap / gaps[0] for kind, gap in zip(kinds, gaps[2:], strict=True) if kind != "smooth"}
    gains = {f"{kind}_gain": error / found[1] for kind, error in zip(kinds, found[2:], strict=True)}
    stack = Stack(net, networks_of(seed, 1), (fitted, methods[0], methods[1])).train(n_epochs)
    weights = np.concatenate([w.reshape(len(w), -1) for w in stack.w], axis=1)
    zeros, largest = (weights == 0).mean(axis=1), np.abs(weights).max(axis=1)
    return NarrowedGap(
        pairs[0][0],
        found[0],
        *(value for pair in zip(gaps[1:], found[1:], strict=True) for value in pair),
        gaps[0],
        **shares,
        **gains,
        l1_zeros=float(zeros[2]),
        l2_zeros=float(zeros[1]),
        l2_large=float(largest[1] / largest[0]),
        l2_strength=methods[0].l2,
        l1_strength=methods[1].l1,
        max_norm=methods[2].max_norm,
        smooth=methods[3].smooth,
        drop=methods[4].drop,
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
    fitted = [errors(net, n_epochs, Method(FIT_RATE), seed, n_networks) for net in nets]
    bests = [errors(net, n_epochs, best(net, n_epochs, grid(SIZE_RATES)), seed, n_networks)[1] for net in nets]
    (a, b), (c, d), (_, e), (f, g) = fitted
    return SizeAndData(
        a, b, c, d, e, f, g, *bests, d - c, (b - a) / (d - c), (g - f) / (d - c), b / d, e / d, g / d,
        bests[0] / bests[1], bests[3] / bests[1], bests[2] / bests[1],
    )  # fmt: skip


@dataclass(frozen=True)
class MaxNorm:
    """Shares of networks that do not learn at a rate that is too high, and errors with max-norm at its best rate.

    ``rescued`` is the difference of the first two shares; ``share`` and ``gain`` as in ``NarrowedGap``.
    """

    plain_failed: float
    max_norm_failed: float
    low_failed: float
    rescued: float
    fitted_gap: float
    max_norm_gap: float
    plain_error: float
    max_norm_error: float
    share: float
    gain: float
    limit_found: float


def max_norm_networks(
    seed, *, depth=4, high=0.8, limit=1.0, width=64, n_samples=200, wrong=0.2, n_epochs=30, data="digits", n_networks=4
) -> MaxNorm:
    """A deep network at a high rate, right labels; then one hidden layer, wrong labels, each arm at its best."""
    deep = Net(depth, 32, n_samples, 0.0, data, batch_size=20)
    methods = (Method(high), Method(high, max_norm=limit), Method(0.1))
    with np.errstate(all="ignore"):
        failed = Stack(deep, networks_of(seed, 16), methods).train(10).train_error() > 0.5
    net = Net(1, width, n_samples, wrong, data, batch_size=20)
    plain, tamed = tuned(net, n_epochs), tuned(net, n_epochs, "max_norm")
    pairs = [errors(net, n_epochs, m, seed, n_networks) for m in (Method(FIT_RATE), plain, tamed)]
    gaps = [test - train for train, test in pairs]
    shares = [float(v) for v in failed.mean(axis=0)]
    return MaxNorm(
        *shares, shares[0] - shares[1], gaps[0], gaps[2], pairs[1][1], pairs[2][1], gaps[2] / gaps[0],
        pairs[2][1] / pairs[1][1], tamed.max_norm,
    )  # fmt: skip
