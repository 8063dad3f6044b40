"""How many steps gradient descent needs with one activation and another, each at the rate that suits it best."""

from dataclasses import dataclass

import numpy as np

from course_lib.functions.activations import elu_backward
from course_lib.units.shared.arms import Arm, quickest_rate, steps

# the initialisation meant for each
MEANT = {
    "relu": "he_normal",
    "elu": "he_normal",
    "selu": "lecun_normal",
    "tanh": "glorot_normal",
    "sigmoid": "glorot_normal",
}
RATES = (0.03, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0)
SIGMOID_RATES = (1.0, 2.0, 3.0, 5.0, 10.0)
DEEP_RATES = (0.03, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0)
SHALLOW_RATES = (0.1, 0.3, 1.0, 2.0)
CENTRING_RATES = {
    "sigmoid": (1.0, 3.0, 5.0, 10.0),
    "centred sigmoid": (3.0, 7.0, 10.0, 20.0),
    "tanh": (0.5, 1.0, 2.0, 4.0),
}
ELU_FORM_RATES = (0.3, 0.5, 0.8, 1.2)


def at_its_best(arm, seed, rates, limit) -> tuple[int, float]:
    """Steps to a loss of 0.5 at the arm's best rate, and that rate; ``limit`` stands for "not by then"."""
    rate = quickest_rate(arm, rates, limit=limit)
    return steps(arm, seed, rate, limit=limit), rate


def mean_at_its_best(arm, seed, rates, limit, n_networks) -> tuple[float, float]:
    """The mean of ``at_its_best`` over ``n_networks`` networks that belong to ``seed`` alone, and the rate."""
    found = [at_its_best(arm, s, rates, limit) for s in range(n_networks * seed, n_networks * (seed + 1))]
    return float(np.mean([number for number, _ in found])), found[0][1]


@dataclass(frozen=True)
class Speed:
    """Steps to the target, each activation at its best rate; two of them also at one small rate."""

    relu: int
    tanh: int
    sigmoid: int
    relu_rate: float
    tanh_rate: float
    sigmoid_rate: float
    relu_small_rate: int
    tanh_small_rate: int

    @property
    def relu_over_tanh(self) -> float:
        return self.relu / self.tanh

    @property
    def sigmoid_over_tanh(self) -> float:
        return self.sigmoid / self.tanh

    @property
    def tanh_over_relu_at_small_rate(self) -> float:
        return self.tanh_small_rate / self.relu_small_rate

    @property
    def sigmoid_over_relu(self) -> float:
        return self.sigmoid / self.relu


def speed(seed, *, depth=4, width=32, data="digits", n_samples=300, small_rate=0.1, limit=600) -> Speed:
    """ReLU with He's, tanh and sigmoid with Glorot's initialisation."""
    found = []
    for name, rates in (("relu", RATES), ("tanh", RATES), ("sigmoid", SIGMOID_RATES)):
        arm = Arm(name, MEANT[name], depth, width, data=data, n_samples=n_samples)
        found.append(at_its_best(arm, seed, rates, limit))
    numbers, rates = zip(*found, strict=True)
    at_small_rate = (
        steps(Arm(name, MEANT[name], depth, width, data=data, n_samples=n_samples), seed, small_rate, limit=limit)
        for name in ("relu", "tanh")
    )
    return Speed(*numbers, *rates, *at_small_rate)


@dataclass(frozen=True)
class SeluSpeed:
    """Mean steps to the target over some networks, each activation at its best rate.

    ``relu_shallow`` and ``selu_shallow`` : with one layer.
    """

    selu: float
    relu: float
    tanh: float
    elu: float
    selu_rate: float
    relu_rate: float
    tanh_rate: float
    elu_rate: float
    selu_shallow: float
    relu_shallow: float

    @property
    def gain_over_relu(self) -> float:
        return self.relu / self.selu

    @property
    def gain_over_tanh(self) -> float:
        return self.tanh / self.selu

    @property
    def gain_over_elu(self) -> float:
        return self.elu / self.selu

    @property
    def shallow_gain(self) -> float:
        return self.relu_shallow / self.selu_shallow


def selu_speed(seed, *, depth=8, width=32, data="digits", n_samples=300, limit=120, n_networks=3) -> SeluSpeed:
    """Dense networks, standardised inputs, the initialisation meant for each: where self-normalisation can be had."""

    def found(name, layers, rates):
        arm = Arm(name, MEANT[name], layers, width, data=data, n_samples=n_samples)
        return mean_at_its_best(arm, seed, rates, limit, n_networks)

    deep = [found(name, depth, DEEP_RATES) for name in ("selu", "relu", "tanh", "elu")]
    shallow = [found(name, 1, SHALLOW_RATES)[0] for name in ("selu", "relu")]
    numbers, rates = zip(*deep, strict=True)
    return SeluSpeed(*numbers, *rates, *shallow)


@dataclass(frozen=True)
class Centring:
    """Steps to the target for the sigmoid, the sigmoid minus 1/2, and tanh, each at its best rate.

    ``gain_at_small_rate`` : how many times as many the first takes as the second when both have one small rate.
    """

    sigmoid: int
    centred: int
    tanh: int
    sigmoid_rate: float
    centred_rate: float
    tanh_rate: float
    gain_at_small_rate: float

    @property
    def gain_by_centring(self) -> float:
        return self.sigmoid / self.centred

    @property
    def gain_by_tanh(self) -> float:
        return self.sigmoid / self.tanh

    @property
    def gain_by_slope(self) -> float:
        """tanh(z) = 2 sigmoid(2z) - 1 is centred too, and has four times the slope."""
        return self.centred / self.tanh


def centring(
    seed, *, depth=2, width=32, data="digits", n_samples=300, initialization="glorot_normal", small_rate=1.0
) -> Centring:
    """The same networks but for the activation."""
    arms = {name: Arm(name, initialization, depth, width, data=data, n_samples=n_samples) for name in CENTRING_RATES}
    found = [at_its_best(arm, seed, CENTRING_RATES[name], limit=150) for name, arm in arms.items()]
    numbers, rates = zip(*found, strict=True)
    slow, centred = (steps(arms[name], seed, small_rate, limit=300) for name in ("sigmoid", "centred sigmoid"))
    return Centring(*numbers, *rates, slow / centred)


@dataclass(frozen=True)
class SmoothnessAndSpeed:
    """Steps to the target at the best rates for ELU with alpha = 1 (smooth at zero) and alpha = 2 (a kink there).

    ``smooth_jump`` and ``kinked_jump`` are the jumps of the derivative at zero.
    """

    smooth: float
    kinked: float
    smooth_rate: float
    kinked_rate: float
    smooth_jump: float
    kinked_jump: float

    @property
    def smooth_over_kinked(self) -> float:
        return self.smooth / self.kinked


def smoothness_and_speed(
    seed, *, depth=2, width=32, data="digits", n_samples=300, kinked_alpha=2.0, n_networks=3
) -> SmoothnessAndSpeed:
    """Mean number of steps over ``n_networks`` networks; each form's weights keep the mean square of its signal."""
    found = []
    for name, alpha in (("elu", 1.0), (f"elu, alpha {kinked_alpha:g}", kinked_alpha)):
        arm = Arm(name, "lecun_normal", depth, width, gain=unit_gain(alpha), data=data, n_samples=n_samples)
        found.append(mean_at_its_best(arm, seed, ELU_FORM_RATES, 100, n_networks))
    (smooth, smooth_rate), (kinked, kinked_rate) = found
    return SmoothnessAndSpeed(
        smooth, kinked, smooth_rate, kinked_rate, derivative_jump(1.0), derivative_jump(kinked_alpha)
    )


def unit_gain(alpha) -> float:
    """The factor of weights of variance 1 / fan_in with which ELU keeps the mean square 1 of a normal signal."""
    z = np.linspace(-8, 8, 16_001)
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    values = np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0)))
    return float((np.sum(values**2 * density) * (z[1] - z[0])) ** -0.5)


def derivative_jump(alpha, h=1e-9) -> float:
    """By how much the derivative of ELU jumps at zero."""
    left, right = elu_backward(np.ones(2), np.array([-h, h]), alpha)
    return float(abs(right - left))


@dataclass(frozen=True)
class EluSpeed:
    """Steps to the target at the best rates, ELU against ReLU."""

    elu: int
    relu: int
    elu_rate: float
    relu_rate: float


def elu_speed(seed, *, depth, width, data, n_samples=300, limit=150) -> EluSpeed:
    """Both with He's initialisation."""
    (elu, elu_rate), (relu, relu_rate) = (
        at_its_best(Arm(name, "he_normal", depth, width, data=data, n_samples=n_samples), seed, RATES, limit)
        for name in ("elu", "relu")
    )
    return EluSpeed(elu, relu, elu_rate, relu_rate)
