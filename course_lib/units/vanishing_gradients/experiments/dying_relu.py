"""Dying ReLU: what kills a unit, what a dead unit does, and what keeps it alive.

A unit is dead when its slope is 0 for every training sample, or NaN, as in a network that has diverged.
"""

from dataclasses import dataclass, replace

import numpy as np

from course_lib.initialization import he_normal
from course_lib.training.loop import backprop
from course_lib.units.shared.arms import Arm, best_rate, samples, train
from course_lib.units.shared.digits import N_DIGITS
from course_lib.units.shared.small_nets import affine_layers, dead_units, slopes

# Pixel means differ, and all samples share them: the usual state of data that nobody has looked at.
UNCENTRED = "uncentred digits"
RATES = (0.03, 0.1, 0.2, 0.3, 0.7)
WIDE_RATES = (0.003, 0.01, 0.03, 0.1)


def dead_share(network, x) -> float:
    """The share of all hidden units that are dead for the samples ``x``."""
    with np.errstate(all="ignore"):  # a network that diverged
        return float(np.mean(np.concatenate(dead_units(network, x))))


def toll(arm, seed, lr, *, epochs=3, change_weights=None, change_inputs=None) -> tuple[float, float, float]:
    """The share of dead units before training and after it, and the final loss."""
    network, x, y, rng = arm.start(seed)
    if change_inputs is not None:
        x = change_inputs(x)
    if change_weights is not None:
        for layer in affine_layers(network):
            layer.params["w"][...] = change_weights(layer.params["w"])
    before = dead_share(network, x)
    loss = train(network, x, y, lr=lr, epochs=epochs, rng=rng)[-1]
    return before, dead_share(network, x), float(loss)


def loss_after(arm, seed, lr, **settings) -> float:
    """The final loss of ``toll``, by which a rate is chosen."""
    return toll(arm, seed, lr, **settings)[2]


def relu_arm(depth, width, data, **changes) -> Arm:
    """ReLU with He's weights on all training samples of a set."""
    return Arm("relu", "he_normal", depth, width, data=data, n_samples=N_DIGITS, **changes)


@dataclass(frozen=True)
class ByRate:
    """Share of dead units, and final loss, at a moderate and at a large rate."""

    moderate: float
    large: float
    moderate_loss: float
    large_loss: float


def by_rate(
    seed, *, depth=2, width=32, data=UNCENTRED, moderate_rate=0.1, large_rate=2.0, epochs=3, gain=1.0
) -> ByRate:
    """The same network and samples."""
    arm = relu_arm(depth, width, data, gain=gain)
    moderate, large = (toll(arm, seed, lr, epochs=epochs) for lr in (moderate_rate, large_rate))
    return ByRate(moderate[1], large[1], moderate[2], large[2])


@dataclass(frozen=True)
class ByBias:
    """Share of dead units after training, by the value at which the biases of hidden units start, and two of these."""

    zero: float
    slightly: float
    strongly: float
    slight_shown: float
    strong_shown: float


def by_bias(seed, *, depth=1, width=128, data=UNCENTRED, rate=0.1, slight=-0.5, strong=-4.0, epochs=3) -> ByBias:
    """Biases that start at 0, a little below, and far below; z has a standard deviation of about 1.4."""
    return ByBias(
        *(toll(relu_arm(depth, width, data, bias=b), seed, rate, epochs=epochs)[1] for b in (0.0, slight, strong)),
        slight,
        strong,
    )


@dataclass(frozen=True)
class InitialWeights:
    """Share of dead units before and after training, by the weights at the start.

    ``he``, ``wide`` : each at its best rate; ``wide_at_he_rate`` : wide weights at the rate that suits He's best.
    """

    he: float
    wide_before: float
    wide: float
    wide_at_he_rate: float
    negative_before: float
    he_rate: float
    wide_rate: float
    he_loss: float
    wide_loss: float


def by_initial_weights(seed, *, depth=2, width=64, data=UNCENTRED, factor=10.0, epochs=15) -> InitialWeights:
    """He's weights, weights ``factor`` times as wide, and He's with every sign set to minus."""
    he, wide = relu_arm(depth, width, data), relu_arm(depth, width, data, gain=factor)
    he_rate, wide_rate = (
        best_rate(loss_after, arm, rates, epochs=epochs) for arm, rates in ((he, RATES), (wide, WIDE_RATES))
    )
    _, he_dead, he_loss = toll(he, seed, he_rate, epochs=epochs)
    wide_before, wide_dead, wide_loss = toll(wide, seed, wide_rate, epochs=epochs)
    at_he_rate = toll(wide, seed, he_rate, epochs=epochs)[1]
    network, x, _, _ = he.start(seed)
    for layer in affine_layers(network):
        layer.params["w"][...] = -np.abs(layer.params["w"])
    negative_before = dead_share(network, x)
    return InitialWeights(
        he_dead, wide_before, wide_dead, at_he_rate, negative_before, he_rate, wide_rate, he_loss, wide_loss
    )


@dataclass(frozen=True)
class BySign:
    """Share of dead units after training on pixels >= 0, on the same pixels times -1, and centred pixel by pixel."""

    positive: float
    negative: float
    centred: float
    negative_at_moderate_rate: float
    moderate_shown: float

    @property
    def difference(self) -> float:
        return self.negative - self.positive


def by_sign_of_inputs(seed, *, depth=1, width=128, rate=1.0, moderate_rate=0.1, data="digits", epochs=3) -> BySign:
    """All inputs have the mean square 1."""
    arm = relu_arm(depth, width, data)
    dead = [
        toll(arm, seed, lr, epochs=epochs, change_inputs=change)[1]
        for lr, change in (
            (rate, one_sided),
            (rate, lambda x: -one_sided(x)),
            (rate, None),
            (moderate_rate, lambda x: -one_sided(x)),
        )
    ]
    return BySign(*dead, moderate_rate)


def one_sided(x) -> np.ndarray:
    """The samples without a negative pixel, of mean square 1."""
    x = x - x.min(axis=0)
    return x / np.sqrt(np.mean(x**2))


@dataclass(frozen=True)
class Cures:
    """Share of dead units after training at a large rate, with none of the cures and with each of them."""

    none: float
    lower_rate: float
    positive_weights: float
    small_bias: float
    centred: float


def cures(seed, *, depth=1, width=128, rate=1.5, lower_rate=0.1, bias=0.001, epochs=3) -> Cures:
    """A lower rate, weights without their signs, a small positive bias; and each pixel centred, at the large rate."""
    arm, centred = relu_arm(depth, width, UNCENTRED), relu_arm(depth, width, "digits")
    return Cures(
        toll(arm, seed, rate, epochs=epochs)[1],
        toll(arm, seed, lower_rate, epochs=epochs)[1],
        toll(arm, seed, rate, epochs=epochs, change_weights=np.abs)[1],
        toll(replace(arm, bias=bias), seed, rate, epochs=epochs)[1],
        toll(centred, seed, rate, epochs=epochs)[1],
    )


@dataclass(frozen=True)
class PositiveWeights:
    """He's weights against their absolute values, inputs >= 0.

    ``he_dead``, ``positive_dead`` : share of dead units at one rate, which kills few of He's; ``he_loss``,
    ``positive_loss`` : final loss, each at its best rate; ``growth`` : of a signal's standard deviation over layers.
    """

    he_dead: float
    positive_dead: float
    he_loss: float
    positive_loss: float
    he_rate: float
    positive_rate: float
    growth: float
    he_growth: float

    @property
    def more_dead(self) -> float:
        return self.positive_dead - self.he_dead

    @property
    def loss_ratio(self) -> float:
        return self.positive_loss / self.he_loss


def positive_weights(
    seed, *, depth=1, width=128, rate=0.5, data="digits", signal_depth=20, epochs=3
) -> PositiveWeights:
    """Training, and the signal in a deep network."""
    arm, killed, losses, rates, growth = relu_arm(depth, width, data), [], [], [], []
    for change in (None, np.abs):
        settings = {"epochs": epochs, "change_weights": change, "change_inputs": one_sided}
        killed.append(toll(arm, seed, rate, **settings)[1])
        rates.append(best_rate(loss_after, arm, RATES, **settings))
        losses.append(loss_after(arm, seed, rates[-1], **settings))
        rng = np.random.default_rng(seed)
        a = one_sided(samples(data, 128, rng=rng)[0])
        first = a.std()
        for _ in range(signal_depth):
            w = he_normal(rng, 64, 64)
            a = np.maximum(a @ (w if change is None else change(w)), 0)
        growth.append(float(a.std() / first))
    return PositiveWeights(*killed, *losses, *rates, growth[1], growth[0])


@dataclass(frozen=True)
class SmallBias:
    """Mean share of dead units over some networks, with biases that start at zero and at a small value."""

    without: float
    with_bias: float
    with_larger: float

    @property
    def share_left(self) -> float:
        return self.with_bias / self.without

    @property
    def larger_share_left(self) -> float:
        return self.with_larger / self.without


def by_small_bias(
    seed, *, depth=1, width=128, rate=1.5, bias=0.001, larger_bias=0.1, data=UNCENTRED, n_networks=6, epochs=3
) -> SmallBias:
    """At a rate that kills units."""
    seeds = range(n_networks * seed, n_networks * (seed + 1))
    return SmallBias(
        *(
            float(np.mean([toll(relu_arm(depth, width, data, bias=b), s, rate, epochs=epochs)[1] for s in seeds]))
            for b in (0.0, bias, larger_bias)
        )
    )


@dataclass(frozen=True)
class DeadUnits:
    """What the dead units of the first hidden layer do, after 3 epochs at a large rate.

    ``smallest_slope`` is the smallest derivative of any unit for any sample; ``largest_output`` the largest output of a
    dead unit; ``largest_gradient`` the largest absolute gradient of any weight into one; ``largest_move`` the farthest
    that one of these weights got in a further epoch; ``live_move`` the same for the living units.
    """

    dead: float
    smallest_slope: float
    largest_output: float
    largest_gradient: float
    largest_move: float
    live_move: float


def dead_units_at_work(seed, *, depth=1, width=128, data=UNCENTRED, rate=1.2, later_rate=0.1, epochs=3) -> DeadUnits:
    """Kill units by a large rate, then look at their derivatives, gradients and further moves."""
    network, x, y, rng = relu_arm(depth, width, data).start(seed)
    train(network, x, y, lr=rate, epochs=epochs, rng=rng)
    with np.errstate(all="ignore"):  # deeper networks may have diverged
        slope, dead = slopes(network, x)[0], dead_units(network, x)[0]
        outputs = network.layers[1].forward(network.layers[0].forward(x))
        backprop(network, x, y)
    layer = affine_layers(network)[0]
    gradient, before = layer.grads["w"].copy(), layer.params["w"].copy()
    train(network, x, y, lr=later_rate, epochs=1, rng=rng)
    move = np.abs(layer.params["w"] - before)
    return DeadUnits(
        float(dead.mean()),
        float(slope.min()),
        float(outputs[:, dead].max(initial=0.0)),
        float(np.abs(gradient[:, dead]).max(initial=0.0)),
        float(move[:, dead].max(initial=0.0)),
        float(move[:, ~dead].max(initial=0.0)),
    )


@dataclass(frozen=True)
class NegativeInputs:
    """Units that see negative z for some samples but not for all, in a network trained at a moderate rate.

    ``share_negative`` is the median unit's share of samples with z <= 0; ``sometimes_negative`` the share of units
    with at least one such sample; ``without_gradient`` the share of these whose weights get no gradient at all;
    ``moved`` the share of them whose weights the next epoch moves. ``off_moved`` is that of units that see negative z
    for all samples, in a network whose biases start so low that there are many.
    """

    share_negative: float
    sometimes_negative: float
    without_gradient: float
    moved: float
    off_moved: float


def negative_for_some(seed, *, depth=1, width=128, data=UNCENTRED, rate=0.1, low_bias=-4.0) -> NegativeInputs:
    """Which units of the first hidden layer still learn, though z is negative for many samples?"""
    negative, stuck, moved = _after_an_epoch(relu_arm(depth, width, data), seed, rate)
    some = (negative > 0) & (negative < 1)
    low_negative, _, low_moved = _after_an_epoch(relu_arm(depth, width, data, bias=low_bias), seed, rate)
    return NegativeInputs(
        float(np.median(negative)),
        float(some.mean()),
        float(stuck[some].mean()),
        float(moved[some].mean()),
        float(low_moved[low_negative == 1].mean()),
    )


def _after_an_epoch(arm, seed, rate) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each unit of the first hidden layer: its share of negative z, whether it has no gradient, whether it moves."""
    network, x, y, rng = arm.start(seed)
    train(network, x, y, lr=rate, epochs=1, rng=rng)
    negative = np.mean(slopes(network, x)[0] == 0, axis=0)
    backprop(network, x, y)
    layer = affine_layers(network)[0]
    stuck, before = np.all(layer.grads["w"] == 0, axis=0), layer.params["w"].copy()
    train(network, x, y, lr=rate, epochs=1, rng=rng)
    return negative, stuck, np.any(layer.params["w"] != before, axis=0)
