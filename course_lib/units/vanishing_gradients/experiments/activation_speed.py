"""How many steps gradient descent needs with one activation and another."""

from dataclasses import dataclass

import numpy as np

from course_lib.functions.activations import elu, elu_backward, sigmoid, tanh
from course_lib.initialization import glorot_normal, he_normal, lecun_normal
from course_lib.layers.dense import Activation
from course_lib.units.shared.digits import sample_digits
from course_lib.units.shared.small_nets import Elementwise, network_of, steps_to_loss

TARGET_LOSS = 0.5


def steps_needed(seed, activation, *, initializer, depth, lr, limit, every=5) -> int:
    """Steps until the training loss on 300 digits is below 0.5, or ``limit``; ``activation()`` makes a layer."""
    rng = np.random.default_rng(seed)
    x, y = sample_digits(300, rng=rng)
    network = network_of([64, *[32] * depth, 10], activation, initializer=initializer, rng=rng)
    return steps_to_loss(network, x, y, target=TARGET_LOSS, lr=lr, rng=rng, limit=limit, every=every)


@dataclass(frozen=True)
class Speed:
    """Steps to the target at rate 0.05, and at the best of four rates, 7 hidden layers."""

    relu_small_rate: int
    tanh_small_rate: int
    relu_best: int
    tanh_best: int
    sigmoid_best: int

    @property
    def relu_over_tanh_at_best_rates(self) -> float:
        return self.relu_best / self.tanh_best

    @property
    def sigmoid_over_relu(self) -> float:
        return self.sigmoid_best / self.relu_best


def speed(seed, limit=150) -> Speed:
    """ReLU with He, tanh and sigmoid with Glorot; 150 stands for "not within 150 steps"."""

    def steps(name, initializer, lr):
        return steps_needed(seed, lambda: Activation(name), initializer=initializer, depth=7, lr=lr, limit=limit)

    relu, tanh_steps = (
        [steps(name, initializer, lr) for lr in (0.05, 0.1, 0.3, 0.5)]
        for name, initializer in (("relu", he_normal), ("tanh", glorot_normal))
    )
    # a sigmoid network of this depth stands still at every rate: one that helps shallow ones will do
    sigmoid_steps = steps("sigmoid", glorot_normal, 1.0)
    return Speed(relu[0], tanh_steps[0], min(relu), min(tanh_steps), sigmoid_steps)


@dataclass(frozen=True)
class SeluSpeed:
    """Steps to the target for SELU and tanh at a moderate and at a large rate, 8 hidden layers."""

    selu_moderate: int
    tanh_moderate: int
    selu_large: int
    tanh_large: int

    @property
    def gain_at_moderate_rate(self) -> float:
        return self.tanh_moderate / self.selu_moderate

    @property
    def loss_at_large_rate(self) -> float:
        return self.selu_large / self.tanh_large


def selu_speed(seed, limit=120) -> SeluSpeed:
    """SELU with LeCun's, tanh with Glorot's initialisation at rates 0.1 and 0.5; 120 is "not within 120 steps"."""

    def steps(name, initializer, lr):
        return steps_needed(seed, lambda: Activation(name), initializer=initializer, depth=8, lr=lr, limit=limit)

    selu, tanh_steps = (
        [steps(name, initializer, lr) for lr in (0.1, 0.5)]
        for name, initializer in (("selu", lecun_normal), ("tanh", glorot_normal))
    )
    return SeluSpeed(selu[0], tanh_steps[0], selu[1], tanh_steps[1])


@dataclass(frozen=True)
class CentringAndSlope:
    """Steps to the target for the sigmoid, the sigmoid minus 1/2, and tanh(z) = 2 sigmoid(2z) - 1."""

    sigmoid: int
    centred: int
    tanh: int

    @property
    def gain_by_centring(self) -> float:
        return self.sigmoid / self.centred

    @property
    def gain_by_tanh(self) -> float:
        return self.sigmoid / self.tanh


def centring_against_slope(seed) -> CentringAndSlope:
    """Two hidden layers at rate 1: centring alone, and centring with a slope four times as steep."""

    def sigmoid_slope(z):
        return sigmoid(z) * (1 - sigmoid(z))

    layers = (
        lambda: Elementwise(sigmoid, sigmoid_slope),
        lambda: Elementwise(lambda z: sigmoid(z) - 0.5, sigmoid_slope),
        lambda: Elementwise(tanh, lambda z: 1 - tanh(z) ** 2),
    )
    return CentringAndSlope(
        *(steps_needed(seed, a, initializer=glorot_normal, depth=2, lr=1.0, limit=300) for a in layers)
    )


@dataclass(frozen=True)
class SmoothnessAndSpeed:
    """Steps to the target for ELU with alpha = 1 (smooth at zero) and alpha = 2 (a kink at zero).

    ``smooth_jump`` and ``kinked_jump`` are the jumps of the derivative at zero.
    """

    smooth: float
    kinked: float
    smooth_jump: float
    kinked_jump: float

    @property
    def gain_by_kink(self) -> float:
        return self.smooth / self.kinked


def smoothness_and_speed(seed, n_networks=3) -> SmoothnessAndSpeed:
    """Mean number of steps over ``n_networks`` networks of 4 hidden layers."""

    def steps(alpha):
        def layer():
            return Elementwise(lambda z: elu(z, alpha), lambda z: elu_backward(np.ones_like(z), z, alpha))

        seeds = range(n_networks * seed, n_networks * (seed + 1))
        return np.mean(
            [steps_needed(s, layer, initializer=he_normal, depth=4, lr=0.05, limit=200, every=2) for s in seeds]
        )

    return SmoothnessAndSpeed(float(steps(1.0)), float(steps(2.0)), derivative_jump(1.0), derivative_jump(2.0))


def derivative_jump(alpha, h=1e-9) -> float:
    """By how much the derivative of ELU jumps at zero."""
    left, right = elu_backward(np.ones(2), np.array([-h, h]), alpha)
    return float(abs(right - left))
