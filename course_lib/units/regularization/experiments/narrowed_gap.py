"""What each kind of regularisation does to the gap between training and test error, and to the test error itself."""

from dataclasses import dataclass

import numpy as np

from course_lib.units.regularization.experiments.stacked_networks import Method, Net, Stack
from course_lib.units.regularization.experiments.tuned_methods import (
    FIT_RATE,
    RATES,
    best,
    errors,
    errors_of,
    grid,
    networks_of,
    tuned,
)

SIZE_RATES = (0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32)
USUAL_EPS = 0.1


@dataclass(frozen=True)
class NarrowedGap:
    """Errors on training samples, by the labels that they came with, and on new ones, without and with L2.

    At one rate for all, at which a network without regularisation learns its labels by heart (``fitted_...``), L2 and
    L1 have their best strengths: a gap is the test error minus the training error, ``l2_share`` the gap with L2 over
    that of the fitted network, ``l2_large`` the size of the largest weight over its, ``..._zeros`` the share of weights
    that are exactly zero. Then each has the best of the rates (``plain_...`` without L2): ``l2_gain`` is a test error
    over the plain one.
    """

    fitted_train: float
    fitted_gap: float
    l2_gap: float
    l2_share: float
    l2_large: float
    l2_zeros: float
    l1_zeros: float
    l2_at_one_rate: float
    plain_gap: float
    plain_error: float
    l2_error: float
    l2_gain: float
    l2_strength: float


def narrowed_gap(
    seed, *, depth=1, width=64, n_samples=200, wrong=0.2, n_epochs=30, data="digits", n_networks=4
) -> NarrowedGap:
    """ReLU layers; strengths are tuned at the one rate, rates and strengths where each has its own."""
    net = Net(depth, width, n_samples, wrong, data, batch_size=20)
    at_one = [Method(FIT_RATE), *(tuned(net, n_epochs, kind, (FIT_RATE,)) for kind in ("l2", "l1"))]
    at_best = [tuned(net, n_epochs, kind) for kind in (None, "l2")]
    stack = Stack(net, networks_of(seed, n_networks), (*at_one, *at_best)).train(n_epochs)
    pairs = errors_of(stack)
    gaps, found = [test - train for train, test in pairs], [test for _, test in pairs]
    weights = np.concatenate([w.reshape(len(w), -1) for w in stack.w], axis=1)
    zeros, largest = (
        of.reshape(n_networks, -1).mean(axis=0).tolist()
        for of in ((weights == 0).mean(axis=1), np.abs(weights).max(axis=1))
    )
    return NarrowedGap(
        fitted_train=pairs[0][0],
        fitted_gap=gaps[0],
        l2_gap=gaps[1],
        l2_share=gaps[1] / gaps[0],
        l2_large=largest[1] / largest[0],
        l2_zeros=zeros[1],
        l1_zeros=zeros[2],
        l2_at_one_rate=at_one[1].l2,
        plain_gap=gaps[3],
        plain_error=found[3],
        l2_error=found[4],
        l2_gain=found[4] / found[3],
        l2_strength=at_best[1].l2,
    )


@dataclass(frozen=True)
class SmoothingWithWrongLabels:
    """Errors on new samples, each arm at its best; ``usual_...`` has eps of 0.1.

    A gain is an error over the plain one.
    """

    plain_error: float
    smooth_error: float
    usual_error: float
    l2_error: float
    smooth_gain: float
    usual_gain: float
    l2_gain: float
    smooth: float


def smoothing_with_wrong_labels(
    seed, *, depth=1, width=64, n_samples=200, wrong=0.2, n_epochs=30, data="digits", n_networks=4
) -> SmoothingWithWrongLabels:
    """ReLU layers."""
    net = Net(depth, width, n_samples, wrong, data, batch_size=20)
    plain, smooth, l2 = (tuned(net, n_epochs, kind) for kind in (None, "smooth", "l2"))
    usual = best(net, n_epochs, grid(RATES, smooth=(USUAL_EPS,)))
    found = [test for _, test in errors(net, n_epochs, (plain, smooth, usual, l2), seed, n_networks)]
    return SmoothingWithWrongLabels(*found, *(error / found[0] for error in found[1:]), smooth.smooth)


@dataclass(frozen=True)
class SizeAndData:
    """Training and test errors of networks that are fitted, by width, and by the number of samples.

    ``..._best`` is the test error at the best rate. ``..._share`` is a gap over that of the network of middle size,
    ``..._gain`` a test error at the best rate over its.
    """

    narrow_train: float
    middle_gap: float
    narrow_share: float
    more_share: float
    narrow_best: float
    middle_best: float
    wide_best: float
    more_best: float
    narrow_best_gain: float
    wide_best_gain: float
    more_best_gain: float


def size_and_data(
    seed, *, narrow=12, width=64, wide=256, n_samples=200, more=4, wrong=0.2, n_epochs=30, data="digits", n_networks=5
) -> SizeAndData:
    """One ReLU layer, without regularisation."""
    narrow_net, middle, wide_net = (Net(1, w, n_samples, wrong, data, 20) for w in (narrow, width, wide))
    nets = (narrow_net, middle, Net(1, width, more * n_samples, wrong, data, 20 * more), wide_net)
    found = []
    for net in nets:
        methods = (Method(FIT_RATE),) if net is not wide_net else ()
        methods += (best(net, n_epochs, grid(SIZE_RATES)),)
        found.append(errors(net, n_epochs, methods, seed, n_networks))
    gaps = [fitted[1] - fitted[0] for fitted, *_ in found[:3]]
    bests = [each[-1][1] for each in found]
    return SizeAndData(
        narrow_train=found[0][0][0],
        middle_gap=gaps[1],
        narrow_share=gaps[0] / gaps[1],
        more_share=gaps[2] / gaps[1],
        narrow_best=bests[0],
        middle_best=bests[1],
        more_best=bests[2],
        wide_best=bests[3],
        narrow_best_gain=bests[0] / bests[1],
        more_best_gain=bests[2] / bests[1],
        wide_best_gain=bests[3] / bests[1],
    )


@dataclass(frozen=True)
class MaxNorm:
    """Shares of networks that do not learn at a rate that is too high, and errors on new samples, each arm at its best.

    ``start_failed`` is that of networks whose first weights are cut down to the limit, and free from then on.
    ``rescued`` is the share that max-norm saves beside these, ``gain`` the error with max-norm over that without.
    """

    plain_failed: float
    start_failed: float
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
    methods = (Method(high), Method(high), Method(high, max_norm=limit), Method(0.1))
    with np.errstate(all="ignore"):
        stack = Stack(deep, networks_of(seed, 16), methods)
        for w in stack.w[:-1]:
            started = w[1 :: len(methods)]
            started *= np.minimum(1, limit / np.linalg.norm(started, axis=1, keepdims=True))
        failed = (stack.train(10).train_error() > 0.5).mean(axis=0).tolist()
    net = Net(1, width, n_samples, wrong, data, batch_size=20)
    methods = tuned(net, n_epochs), tuned(net, n_epochs, "max_norm")
    pairs = errors(net, n_epochs, methods, seed, n_networks)
    gaps, found = [test - train for train, test in pairs], [test for _, test in pairs]
    return MaxNorm(*failed, failed[1] - failed[2], *gaps, *found, found[1] / found[0], methods[1].max_norm)
