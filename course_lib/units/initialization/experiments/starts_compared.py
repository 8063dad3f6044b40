"""Which first weights train in fewer steps, each start at the rate that suits it best."""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np

from course_lib.analysis.signal import gain_for
from course_lib.functions.activations import elu, relu, tanh
from course_lib.initialization import (
    he_normal,
    lecun_normal,
    lecun_uniform,
    lsuv,
    orthogonal,
)
from course_lib.units.initialization.experiments.rules_in_training import mean_steps
from course_lib.units.initialization.experiments.untrained_networks import pass_through, size_of
from course_lib.units.shared.arms import Arm

RATES = (0.03, 0.1, 0.2, 0.3, 0.5, 1.0)
DEEP_RATES = (0.07, 0.15, 0.3, 0.6)
SHALLOW_RATES = (0.3, 0.7, 1.5, 3.0)
STANDARDISED_RATES = (0.05, 0.1, 0.2, 0.4)
LARGE_RATES = (0.001, 0.003, 0.01, 0.03)
GAIN_RATES = (0.05, 0.15, 0.3, 1.0, 2.0)
DEEP_GAIN_RATES = (0.012, 0.025, 0.05)
SMALLER_GAIN_RATES = (0.025, 0.05, 0.1)


@dataclass(frozen=True)
class OrthogonalStart:
    """What orthogonal layers keep of a signal, and mean steps to the target, against normal weights of that variance.

    ``linear_error`` is the largest relative change of any sample's norm in a linear network, ``normal_error`` the same
    with normal weights; ``tanh`` and ``relu`` are the size of the last output as a share of the inputs'.
    """

    linear_error: float
    normal_error: float
    tanh: float
    relu: float
    relu_with_gain: float
    deep: float
    deep_normal: float
    shallow: float
    shallow_normal: float
    deep_rate: float
    deep_normal_rate: float

    @property
    def deep_gain(self) -> float:
        return self.deep_normal / self.deep

    @property
    def shallow_gain(self) -> float:
        return self.shallow_normal / self.shallow


def orthogonal_start(
    seed,
    *,
    depth=16,
    shallow_depth=2,
    width=32,
    signal_depth=20,
    signal_width=64,
    data="digits",
    n_networks=3,
    limit=120,
) -> OrthogonalStart:
    """Untrained layers of ``signal_width``; then tanh networks on the digits, deep and shallow."""
    widths = [signal_width] * (signal_depth + 1)
    tanh, relu, relu_with_gain = (
        pass_through(seed, rule, name, widths)
        for rule, name in ((orthogonal, "tanh"), (orthogonal, "relu"), (_orthogonal_for_relu, "relu"))
    )
    taken = [
        mean_steps(Arm("tanh", rule, layers, width, data=data), seed, rates, limit, n_networks)
        for layers, rates in ((depth, DEEP_RATES), (shallow_depth, SHALLOW_RATES))
        for rule in (orthogonal, lecun_normal)
    ]
    return OrthogonalStart(
        _largest_change_of_norm(seed, orthogonal, widths),
        _largest_change_of_norm(seed, lecun_normal, widths),
        *(float(p.sizes[-1] / p.first_size) for p in (tanh, relu, relu_with_gain)),
        *(n for n, _ in taken),
        *(rate for _, rate in taken[:2]),
    )


def _orthogonal_for_relu(rng, fan_in, fan_out):
    return orthogonal(rng, fan_in, fan_out, gain=np.sqrt(2))


def _largest_change_of_norm(seed, rule, widths, n_samples=128) -> float:
    rng = np.random.default_rng(seed)
    x = a = rng.standard_normal((n_samples, widths[0]))
    for fan_in, fan_out in pairwise(widths):
        a = a @ rule(rng, fan_in, fan_out)
    return float(np.abs(np.linalg.norm(a, axis=1) / np.linalg.norm(x, axis=1) - 1).max())


def two_points(rng, fan_in, fan_out):
    """Weights of +1 / sqrt(fan_in) or -1 / sqrt(fan_in), by the toss of a coin."""
    return rng.choice([-1.0, 1.0], (fan_in, fan_out)) / np.sqrt(fan_in)


def laplace(rng, fan_in, fan_out):
    """Weights of a Laplace distribution with variance 1 / fan_in: more near zero, and more far from it."""
    return rng.laplace(scale=np.sqrt(0.5 / fan_in), size=(fan_in, fan_out))


@cache
def _lecun_times(factor):
    return lambda rng, fan_in, fan_out: factor * lecun_normal(rng, fan_in, fan_out)


@dataclass(frozen=True)
class Distributions:
    """Mean steps to the target over some networks, by the distribution of the weights, all of variance 1 / fan_in.

    ``narrow`` has normal weights of half that variance. ``best_other`` and ``worst_other`` are the fewest and the most
    steps of the three other distributions, as a share of the normal one's.
    """

    normal: float
    uniform: float
    two_points: float
    laplace: float
    narrow: float
    normal_signal: float
    two_points_signal: float
    laplace_signal: float
    best_other: float
    worst_other: float
    narrow_over_normal: float


def distributions(
    seed, *, depth=8, width=32, data="digits", n_networks=6, signal_depth=20, signal_width=128, limit=200
) -> Distributions:
    """tanh networks; the signal is the size of the last output, as a share of the first, in untrained layers."""
    rules = (lecun_normal, lecun_uniform, two_points, laplace, _lecun_times(0.5**0.5))
    normal, *others, narrow = (
        mean_steps(Arm("tanh", rule, depth, width, data=data), seed, RATES, limit, n_networks)[0] for rule in rules
    )
    widths = [signal_width] * (signal_depth + 1)
    signals = (pass_through(seed, rule, "tanh", widths).size_left for rule in (lecun_normal, two_points, laplace))
    ratios = min(others) / normal, max(others) / normal, narrow / normal
    return Distributions(normal, *others, narrow, *signals, *ratios)


@dataclass(frozen=True)
class FromData(Arm):
    """An arm whose inputs are multiplied by ``inputs``, and whose weights the data scale if ``lsuv`` is set."""

    inputs: float = 1.0
    lsuv: bool = False

    def start(self, seed):
        """As of ``Arm``."""
        network, x, y, rng = super().start(seed)
        x = x * self.inputs
        if self.lsuv:
            lsuv(network, x, tol=0.05)
        return network, x, y, rng


@dataclass(frozen=True)
class DataDependent:
    """Mean steps to the target: He's weights as they are, and scaled layer by layer on the data.

    ``size`` and ``size_unscaled`` are the root mean squares of the outputs before training, from He's weights.
    """

    rule: float
    scaled: float
    rule_unscaled: float
    scaled_unscaled: float
    rule_rate: float
    scaled_rate: float
    rule_unscaled_rate: float
    scaled_unscaled_rate: float
    size: float
    size_unscaled: float

    @property
    def gain(self) -> float:
        return self.rule / self.scaled

    @property
    def gain_unscaled(self) -> float:
        return self.rule_unscaled / self.scaled_unscaled


def data_dependent(
    seed, *, activation="relu", depth=6, width=64, data="digits", factor=30.0, n_networks=4, limit=150
) -> DataDependent:
    """Inputs that are standardised, and the same times ``factor``."""
    found, sizes = [], []
    for inputs, rates in ((1.0, STANDARDISED_RATES), (factor, LARGE_RATES)):
        for scaled in (False, True):
            arm = FromData(activation, he_normal, depth, width, data=data, inputs=inputs, lsuv=scaled)
            found.append(mean_steps(arm, seed, rates, limit, n_networks))
            if not scaled:
                network, x, *_ = arm.start(seed)
                sizes.append(size_of(network.forward(x)))
    taken, rates = zip(*found, strict=True)
    return DataDependent(*taken, *rates, *sizes)


@dataclass(frozen=True)
class GainScan:
    """Mean steps to the target at the computed gain, and at the best of those tried, for three activations.

    ``relu_half`` is ReLU at half its gain; ``deep`` and ``deep_smaller`` are a deep tanh network at its computed gain
    and at a part of it, and ``deep_gradient`` and ``deep_smaller_gradient`` what a gradient is multiplied by on its
    way back through as many untrained layers. ``worst_ratio`` is the largest ratio of the steps at the computed gain
    to the fewest, ``deep_ratio`` and ``half_costs`` are the ratios of the two other pairs, ``gain_ratio`` that of the
    gains for tanh and ELU.
    """

    tanh: float
    tanh_best: float
    relu: float
    relu_best: float
    elu: float
    elu_best: float
    relu_half: float
    deep: float
    deep_rate: float
    deep_smaller: float
    deep_smaller_rate: float
    deep_gradient: float
    deep_smaller_gradient: float
    tanh_gain: float
    relu_gain: float
    elu_gain: float
    worst_ratio: float
    half_costs: float
    deep_ratio: float
    gain_ratio: float


def gain_scan(
    seed,
    *,
    depth=4,
    deep=30,
    width=32,
    data="digits",
    factors=(0.7, 1.4),
    part=0.8,
    n_networks=4,
    n_deep=2,
    limit=150,
) -> GainScan:
    """Normal weights of standard deviation gain / sqrt(fan_in); every gain has its own best rate."""

    def taken(name, factor, layers=depth, rates=GAIN_RATES, n=n_networks):
        arm = Arm(name, lecun_normal, layers, width, gain=factor * gains[name], data=data)
        return mean_steps(arm, seed, rates, limit, n)

    gains = {"tanh": gain_for(tanh), "relu": gain_for(relu), "elu": gain_for(elu)}
    pairs = []
    for name in gains:
        computed, *others = (taken(name, factor)[0] for factor in (1.0, *factors))
        pairs.append((computed, min(computed, *others)))
    half = taken("relu", 0.5)[0]
    (at, rate), (smaller, smaller_rate) = (
        taken("tanh", factor, deep, rates, n_deep)
        for factor, rates in ((1.0, DEEP_GAIN_RATES), (part, SMALLER_GAIN_RATES))
    )
    gradients = (
        pass_through(seed, _lecun_times(f * gains["tanh"]), "tanh", [width] * (deep + 1)).gradient for f in (1.0, part)
    )
    return GainScan(
        *(n for pair in pairs for n in pair),
        half,
        *(at, rate, smaller, smaller_rate),
        *gradients,
        *gains.values(),
        worst_ratio=max(computed / best for computed, best in pairs),
        half_costs=half / pairs[1][0],
        deep_ratio=at / smaller,
        gain_ratio=gains["tanh"] / gains["elu"],
    )
