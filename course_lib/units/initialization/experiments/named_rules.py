"""What the named rules do to the signal of an untrained network: Glorot's, He's, LeCun's."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from course_lib.initialization import glorot_normal, glorot_uniform, he_normal, lecun_normal, scaled_normal
from course_lib.units.initialization.experiments.untrained_networks import pass_through


@dataclass(frozen=True)
class AlternatingWidths:
    """Size of the last output and of the gradient at the inputs, in networks whose widths alternate.

    ``..._even`` belongs to a network of as many layers, all of the larger width.
    """

    glorot_signal: float
    glorot_gradient: float
    lecun_signal: float
    lecun_gradient: float
    even_signal: float
    even_gradient: float
    wide_shown: int

    @property
    def signal_ratio(self) -> float:
        return self.glorot_signal / self.lecun_signal

    @property
    def gradient_ratio(self) -> float:
        return self.glorot_gradient / self.lecun_gradient


def alternating_widths(
    seed, *, narrow=16, wide=128, pairs=10, activation="tanh", n_samples=128, input_std=1.0
) -> AlternatingWidths:
    """Glorot's variance 2 / (fan_in + fan_out) against 1 / fan_in; as many wide layers as the inputs have, in turn."""
    alternating, even = [wide, *[narrow, wide] * pairs], [wide] * (2 * pairs + 1)
    found = []
    for rule, widths in ((glorot_normal, alternating), (lecun_normal, alternating), (glorot_normal, even)):
        p = pass_through(seed, rule, activation, widths, n_samples=n_samples, input_std=input_std)
        found += [float(p.sizes[-1] / p.first_size), p.gradient]
    return AlternatingWidths(*found, wide)


@dataclass(frozen=True)
class Balance:
    """What differs between samples after the last layer, as a share of that after the first."""

    linear: float
    tanh: float
    sigmoid: float
    tanh_narrow: float
    tanh_spreads: np.ndarray
    sigmoid_spreads: np.ndarray


def glorot_balance(seed, *, depth=20, width=64, narrow_gain=3**-0.5, n_samples=128, input_std=1.0) -> Balance:
    """Glorot's weights without activation, under tanh and the sigmoid; and a narrower tanh network."""
    widths, same = [width] * (depth + 1), {"n_samples": n_samples, "input_std": input_std}

    def narrower(rng, fan_in, fan_out):
        return narrow_gain * glorot_normal(rng, fan_in, fan_out)

    linear = pass_through(seed, glorot_normal, "identity", widths, **same)
    tanh = pass_through(seed, glorot_normal, "tanh", widths, **same)
    sigmoid = pass_through(seed, glorot_normal, "sigmoid", widths, **same)
    narrow = pass_through(seed, narrower, "tanh", widths, **same)
    left = (p.spread_left for p in (linear, tanh, sigmoid, narrow))
    return Balance(*left, tanh.spreads, sigmoid.spreads)


@dataclass(frozen=True)
class Variants:
    """He's weights under ReLU and its variants: the last output as a share of the first, and the signal by layer."""

    relu: float
    leaky: float
    prelu: float
    elu: float
    swish: float
    relu_half: float
    relu_sizes: np.ndarray
    elu_sizes: np.ndarray
    swish_sizes: np.ndarray


def relu_and_variants(seed, *, depth=30, width=128, n_samples=128, input_std=1.0) -> Variants:
    """The same weights for all; PReLU with its slope at the start, 0.25. ``relu_half`` has half the variance."""
    widths = [width] * (depth + 1)
    relu, leaky, prelu, elu, swish = (
        pass_through(seed, he_normal, name, widths, n_samples=n_samples, input_std=input_std)
        for name in ("relu", "leaky_relu", "leaky, slope 0.25", "elu", "swish")
    )
    half = pass_through(seed, lecun_normal, "relu", widths, n_samples=n_samples, input_std=input_std)
    left = (p.size_left for p in (relu, leaky, prelu, elu, swish, half))
    return Variants(*left, relu.sizes, elu.sizes, swish.sizes)


@dataclass(frozen=True)
class TwiceTheVariance:
    """ReLU layers: the last output as a share of the first, and a gradient; weights of variance 2 / n and 1 / n."""

    he: float
    half: float
    he_gradient: float
    half_gradient: float
    he_sizes: np.ndarray
    half_sizes: np.ndarray

    @property
    def ratio(self) -> float:
        return self.he / self.half


def twice_the_variance(seed, *, depth=20, width=128, n_samples=128, input_std=1.0) -> TwiceTheVariance:
    """He's weights against LeCun's."""
    widths = [width] * (depth + 1)
    he, half = (
        pass_through(seed, w, "relu", widths, n_samples=n_samples, input_std=input_std)
        for w in (he_normal, lecun_normal)
    )
    return TwiceTheVariance(he.size_left, half.size_left, he.gradient, half.gradient, he.sizes, half.sizes)


@dataclass(frozen=True)
class BothNeeded:
    """What is left of a gradient, by activation and weights."""

    sigmoid_small: float
    sigmoid_glorot: float
    sigmoid_wide: float
    relu_small: float
    relu_he: float
    relu_wide: float


def both_needed(
    seed, *, small=0.01, wide_gain=3.0, sigmoid_gain=10.0, depth=20, width=128, n_samples=128, input_std=1.0
) -> BothNeeded:
    """The sigmoid and ReLU with normal weights of standard deviation ``small``, with Glorot's or He's, and wider."""
    widths = [width] * (depth + 1)
    arms = (
        ("sigmoid", _normal(small)),
        ("sigmoid", glorot_normal),
        ("sigmoid", _normal(sigmoid_gain * width**-0.5)),
        ("relu", _normal(small)),
        ("relu", he_normal),
        ("relu", _normal(wide_gain * (2 / width) ** 0.5)),
    )
    return BothNeeded(
        *(
            pass_through(seed, rule, name, widths, n_samples=n_samples, input_std=input_std).gradient
            for name, rule in arms
        )
    )


@dataclass(frozen=True)
class WhoseFans:
    """Growth of the signal with a number of neurons that is the whole network's, or each layer's own."""

    glorot_ends: float
    glorot_own: float
    he_ends: float
    he_own: float
    he_output_doubled: float


def whose_fans(seed, *, n_inputs=64, n_outputs=10, depth=10, width=256, n_samples=128) -> WhoseFans:
    """Hidden layers scaled by the network's inputs and outputs, without activation and under ReLU.

    ``he_output_doubled`` is He's own-layer scale in a network with twice as many units in every second layer.
    """
    widths = [n_inputs, *[width] * depth]
    ends = _normal(np.sqrt(2 / (n_inputs + n_outputs)))
    he_ends = _normal(np.sqrt(2 / n_inputs))
    found = [
        pass_through(seed, rule, activation, widths, n_samples=n_samples)
        for rule, activation in (
            (ends, "identity"),
            (glorot_normal, "identity"),
            (he_ends, "relu"),
            (he_normal, "relu"),
        )
    ]
    doubled = [n_inputs, *[width, 2 * width] * (depth // 2)]
    found.append(pass_through(seed, he_normal, "relu", doubled, n_samples=n_samples))
    return WhoseFans(*(p.size_left for p in found))


_normal = cache(scaled_normal)


@dataclass(frozen=True)
class PrintedGlorot:
    """Standard deviations of drawn weights, as shares of Glorot's: sqrt(1 / n), and the uniform form."""

    printed_narrowing: float
    printed_widening: float
    printed_square: float
    uniform_narrowing: float
    uniform_widening: float


def printed_glorot(seed, *, smaller=100, larger=400) -> PrintedGlorot:
    """Layers from the larger to the smaller width, from the smaller to the larger, and square."""
    rng = np.random.default_rng(seed)

    def share(initializer, fan_in, fan_out):
        return float(initializer(rng, fan_in, fan_out).std() / np.sqrt(2 / (fan_in + fan_out)))

    return PrintedGlorot(
        share(lecun_normal, larger, smaller),
        share(lecun_normal, smaller, larger),
        share(lecun_normal, larger, larger),
        share(glorot_uniform, larger, smaller),
        share(glorot_uniform, smaller, larger),
    )
