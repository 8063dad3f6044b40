"""Named rules and plain random numbers in training, each start at the rate that suits it best."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from course_lib.initialization import glorot_normal, he_normal, scaled_normal
from course_lib.training.loop import evaluate
from course_lib.units.initialization.experiments.untrained_networks import pass_through
from course_lib.units.shared.arms import Arm, best_rate, final_loss, quickest_rate, samples, steps, train
from course_lib.units.shared.digits import N_DIGITS
from course_lib.units.shared.small_nets import dead_units

RATES = (0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
WIDE_RATES = (0.001, 0.01, *RATES)
LONGER_RATES = (*RATES, 2.0)
SLOW_RATES = (0.003, 0.01, 0.03, 0.1, 0.3, 0.6)

_normal = cache(scaled_normal)


def mean_steps(arm, seed, rates, limit, n_networks) -> tuple[float, float]:
    """Steps to a loss of 0.5 at the arm's best rate, the mean over some networks, and that rate.

    ``limit`` stands for "not by then".
    """
    taken, rate = steps_of_each(arm, seed, rates, limit, n_networks)
    return float(np.mean(taken)), rate


def steps_of_each(arm, seed, rates, limit, n_networks) -> tuple[list[int], float]:
    """``mean_steps`` before the mean is taken."""
    rate = quickest_rate(arm, rates, limit=limit)
    seeds = range(n_networks * seed, n_networks * (seed + 1))
    return [steps(arm, s, rate, limit=limit) for s in seeds], rate


@dataclass(frozen=True)
class Pairing:
    """Mean steps to the target with tanh and with ReLU, by initialisation."""

    tanh_glorot: float
    tanh_he: float
    relu_glorot: float
    relu_he: float
    tanh_wide: float
    tanh_glorot_rate: float
    tanh_he_rate: float
    relu_glorot_rate: float
    relu_he_rate: float

    @property
    def tanh_gain(self) -> float:
        return self.tanh_glorot / self.tanh_he

    @property
    def price_of_width(self) -> float:
        return self.tanh_wide / self.tanh_he

    @property
    def relu_gain(self) -> float:
        return self.relu_glorot / self.relu_he


def pairing(
    seed, *, tanh_depth=12, relu_depth=6, width=32, data="digits", wide_gain=4.0, n_networks=6, limit=200
) -> Pairing:
    """Glorot's and He's normal weights under both activations, and ``wide_gain`` times Glorot's under tanh."""
    same = {"width": width, "data": data}
    arms = [
        Arm(activation, rule, depth, **same)
        for activation, depth in (("tanh", tanh_depth), ("relu", relu_depth))
        for rule in (glorot_normal, he_normal)
    ]
    arms.append(Arm("tanh", glorot_normal, tanh_depth, gain=wide_gain, **same))
    found = [mean_steps(arm, seed, (0.01, *RATES), limit, n_networks) for arm in arms]
    return Pairing(*(taken for taken, _ in found), *(rate for _, rate in found[:4]))


@dataclass(frozen=True)
class RandomOrHe:
    """Mean steps to the target with ReLU by depth: normal weights of a fixed standard deviation, and He's.

    ``accuracy_...`` is that of one network, after ten epochs, on all digits of the training set: it has seen some.
    """

    random_1: float
    he_1: float
    random_3: float
    he_3: float
    random_6: float
    he_6: float
    accuracy_random_1: float
    accuracy_he_1: float
    accuracy_random_6: float
    accuracy_he_6: float

    @property
    def saved_1(self) -> float:
        return 1 - self.he_1 / self.random_1

    @property
    def saved_3(self) -> float:
        return 1 - self.he_3 / self.random_3

    @property
    def saved_6(self) -> float:
        return 1 - self.he_6 / self.random_6

    @property
    def accuracy_gained_1(self) -> float:
        return self.accuracy_he_1 - self.accuracy_random_1


def random_or_he(seed, *, std=0.05, width=64, data="digits", n_networks=3, limit=120) -> RandomOrHe:
    """1, 3 and 6 hidden layers, each start at its best rate."""
    taken, accuracy = [], []
    for depth in (1, 3, 6):
        for rule in (_normal(std), he_normal):
            arm = Arm("relu", rule, depth, width, data=data)
            mean, rate = mean_steps(arm, seed, LONGER_RATES, limit, n_networks)
            taken.append(mean)
            accuracy.append(_accuracy(arm, seed, rate))
    return RandomOrHe(*taken, *accuracy[:2], *accuracy[4:])


def _accuracy(arm, seed, rate) -> float:
    network, x, y, rng = arm.start(seed)
    train(network, x, y, lr=rate, epochs=10, rng=rng)
    return float(evaluate(network, *samples(arm.data, N_DIGITS, rng=rng))[1])


@dataclass(frozen=True)
class ChanceOrScale:
    """Steps to the target with ReLU: what other random numbers change, and what another standard deviation does.

    ``draws`` is the largest number of steps over the smallest for networks that differ in their random numbers alone;
    ``scales`` the same of the means by standard deviation, as multiples of He's.
    """

    he: float
    small: float
    large: float
    draws: float

    @property
    def scales(self) -> float:
        return max(self.small, self.large) / self.he

    @property
    def scales_over_draws(self) -> float:
        return self.scales / self.draws


def chance_or_scale(
    seed, *, depth=4, width=64, data="digits", small=0.3, large=3.0, n_networks=6, limit=200
) -> ChanceOrScale:
    """He's standard deviation, and a part and a multiple of it."""
    found = []
    for gain in (1.0, small, large):
        arm = Arm("relu", he_normal, depth, width, gain=gain, data=data)
        found.append(steps_of_each(arm, seed, WIDE_RATES, limit, n_networks)[0])
    return ChanceOrScale(*(float(np.mean(taken)) for taken in found), max(found[0]) / min(found[0]))


@dataclass(frozen=True)
class DeadByScale:
    """Mean share of dead ReLU units before and after training, He's weights and half that variance; and final loss."""

    before: float
    before_half: float
    he: float
    half: float
    wide: float
    he_loss: float
    half_loss: float
    he_rate: float
    half_rate: float
    wide_shown: float

    @property
    def difference(self) -> float:
        """By how much more of the units are dead without He's factor of 2."""
        return self.half - self.he

    @property
    def loss_ratio(self) -> float:
        return self.half_loss / self.he_loss

    @property
    def difference_before(self) -> float:
        return self.before_half - self.before


def dead_by_scale(
    seed, *, depth=5, width=64, data="uncentred digits", wide_gain=10.0, n_networks=3, epochs=5
) -> DeadByScale:
    """300 samples; each scale at its best rate. ``wide`` belongs to ``wide_gain`` times He's weights."""
    arms = [Arm("relu", he_normal, depth, width, gain=gain, data=data) for gain in (1.0, 0.5**0.5, wide_gain)]
    found = []
    for arm in arms:
        rate = best_rate(final_loss, arm, SLOW_RATES, epochs=epochs)
        seeds = range(n_networks * seed, n_networks * (seed + 1))
        found.append((*np.mean([_dead(arm, s, rate, epochs) for s in seeds], axis=0), rate))
    (before, he, he_loss, he_rate), (before_half, half, half_loss, half_rate), (_, wide, _, _) = found
    return DeadByScale(before, before_half, he, half, wide, he_loss, half_loss, he_rate, half_rate, wide_gain)


def _dead(arm, seed, rate, epochs) -> tuple[float, float, float]:
    network, x, y, rng = arm.start(seed)
    before = np.mean(np.concatenate(dead_units(network, x)))
    loss = train(network, x, y, lr=rate, epochs=epochs, rng=rng)[-1]
    with np.errstate(all="ignore"):  # a network that diverged
        return before, np.mean(np.concatenate(dead_units(network, x))), loss


@dataclass(frozen=True)
class ScaleAndBias:
    """What a gradient is multiplied by on its way back, and mean steps to the target, by how a ReLU network starts."""

    he_gradient: float
    small_gradient: float
    large_gradient: float
    he: float
    small: float
    large: float
    low_bias: float

    @property
    def slower_scale(self) -> float:
        """The steps of the better one of the two other scales over those of He's."""
        return min(self.small, self.large) / self.he

    @property
    def small_over_large(self) -> float:
        return self.small / self.large

    @property
    def slower_bias(self) -> float:
        return self.low_bias / self.he


def scale_and_bias(
    seed,
    *,
    depth=20,
    signal_width=128,
    factor=3.0,
    trained_depth=4,
    width=64,
    bias=-1.0,
    data="digits",
    n_networks=3,
    limit=200,
) -> ScaleAndBias:
    """He's weights, a third of them and three times them; and He's with biases that start below zero."""
    gains = (1.0, 1 / factor, factor)
    gradients = (
        pass_through(seed, _normal(gain * (2 / signal_width) ** 0.5), "relu", [signal_width] * (depth + 1)).gradient
        for gain in gains
    )
    same = {"depth": trained_depth, "width": width, "data": data}
    arms = [Arm("relu", he_normal, gain=gain, **same) for gain in gains]
    arms.append(Arm("relu", he_normal, bias=bias, **same))
    taken = (mean_steps(arm, seed, WIDE_RATES, limit, n_networks)[0] for arm in arms)
    return ScaleAndBias(*gradients, *taken)
