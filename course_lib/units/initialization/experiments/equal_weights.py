"""Weights that are all equal, zero or not, and weights that differ without having been drawn."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from course_lib.analysis.signal import symmetry_report
from course_lib.initialization import constant, glorot_normal, orthogonal, zeros
from course_lib.training.loop import backprop, evaluate
from course_lib.units.shared.arms import Arm, best_rate, final_loss, quickest_rate, steps, train
from course_lib.units.shared.small_nets import affine_layers

LEARNING_RATES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
RATES = (0.1, 0.2, 0.3, 0.5, 1.0)
NEVER = 10**6  # stands for a step that does not come


@dataclass(frozen=True)
class ZeroStart:
    """What moves when all weights and biases start at zero, and what training reaches at each network's best rate.

    ``moved`` counts the weight matrices and biases that ten steps change, tanh or ReLU; ``last_bias`` is 1 when the
    output layer's bias is among them. ``last_step`` and ``first_step`` are the steps at which the last and the first
    weight matrix of a sigmoid network first change, ``units`` how many different units its hidden layers then have.
    """

    moved: int
    last_bias: float
    last_step: int
    first_step: int
    units: int
    accuracy: float
    sigmoid_accuracy: float
    glorot_accuracy: float


def zero_start(seed, *, activation="tanh", depth=1, width=32, data="digits", epochs=20, rate=0.5) -> ZeroStart:
    """Ten steps on all samples at ``rate``; then training, which is scored on its own samples."""
    same = {"depth": depth, "width": width, "data": data}
    when = _first_moves(Arm(activation, zeros, **same), seed, rate)
    sigmoid = Arm("sigmoid", zeros, **same)
    in_sigmoid = _first_moves(sigmoid, seed, rate)
    trained = [
        _trained(arm, seed, epochs)
        for arm in (Arm(activation, zeros, **same), sigmoid, Arm(activation, glorot_normal, **same))
    ]
    return ZeroStart(
        int(np.sum(when < NEVER)),
        float(when[-1, 1] < NEVER),
        int(in_sigmoid[-1, 0]),
        int(in_sigmoid[0, 0]),
        different_units(trained[1][0]),
        *(accuracy for _, accuracy in trained),
    )


def _first_moves(arm, seed, rate, n_steps=10) -> np.ndarray:
    """The step at which each weight matrix and bias first changes (layers, 2); ``NEVER`` if it does not."""
    network, x, y, _ = arm.start(seed)
    when = np.full((len(affine_layers(network)), 2), NEVER)
    for step in range(1, n_steps + 1):
        before = [[layer.params[name].copy() for name in "wb"] for layer in affine_layers(network)]
        backprop(network, x, y)
        network.theta -= rate * network.grad
        for row, layer, old in zip(when, affine_layers(network), before, strict=True):
            for i, name in enumerate("wb"):
                if row[i] == NEVER and np.any(layer.params[name] != old[i]):
                    row[i] = step
    return when


def _trained(arm, seed, epochs):
    """The network after training at its best rate, and its accuracy on the samples."""
    rate = best_rate(final_loss, arm, LEARNING_RATES, epochs=epochs)
    network, x, y, rng = arm.start(seed)
    train(network, x, y, lr=rate, epochs=epochs, rng=rng)
    return network, float(evaluate(network, x, y)[1])


def different_units(network) -> int:
    """How many units of the hidden layer that has most of them differ, beyond rounding."""
    return max(symmetry_report([layer.params["w"] for layer in affine_layers(network)]))


@dataclass(frozen=True)
class ConstantStart:
    """A network whose weights and biases start at one value, against two that it may resemble.

    ``not_affine`` is the share of the outputs' variance that the best affine function of the inputs does not explain,
    after training; ``linear_not_affine`` the same without activation functions. ``units`` counts the different units
    of a hidden layer after training. ``one_unit_difference`` is the largest difference, before it, between the outputs
    and those of a network with one unit in every hidden layer, whose outgoing weights are the width times as large.
    """

    not_affine: float
    linear_not_affine: float
    units: int
    one_unit_difference: float
    accuracy: float
    linear_accuracy: float


def constant_start(seed, *, value=1.5, activation="tanh", depth=2, width=32, data="digits", epochs=20) -> ConstantStart:
    """Training at the best rate, scored on its own samples."""
    same = {"depth": depth, "width": width, "data": data, "bias": value}
    arm = Arm(activation, _constant(value), **same)
    network, x, _, _ = arm.start(seed)
    one = Arm(activation, _constant(value), **{**same, "width": 1}).start(seed)[0]
    for layer in affine_layers(one)[1:]:
        layer.params["w"] *= width
    difference = float(np.abs(network.forward(x) - one.forward(x)).max())
    network, accuracy = _trained(arm, seed, epochs)
    linear, linear_accuracy = _trained(Arm("identity", glorot_normal, depth, width, data=data), seed, epochs)
    return ConstantStart(
        not_affine(x, network.forward(x)),
        not_affine(x, linear.forward(x)),
        different_units(network),
        difference,
        accuracy,
        linear_accuracy,
    )


_constant = cache(constant)


def not_affine(x, out) -> float:
    """The share of the variance of ``out`` (N, M) that no affine function of ``x`` (N, D) explains."""
    with_ones = np.column_stack([x, np.ones(len(x))])
    fitted = with_ones @ np.linalg.lstsq(with_ones, out, rcond=None)[0]
    return float(np.sum((out - fitted) ** 2) / np.sum((out - out.mean(axis=0)) ** 2))


def cosines(rng, fan_in, fan_out):
    """Waves of different frequency as columns, orthogonal to each other: nothing is drawn (``rng`` is not used).

    The discrete cosine transform of type IV, cut to shape; its variance is 1 / fan_in.
    """
    longer = max(fan_in, fan_out)
    j, k = np.arange(fan_in)[:, None], np.arange(fan_out)
    return np.sqrt(2 / fan_in) * np.cos(np.pi * (j + 0.5) * (k + 0.5) / longer)


@cache
def cosines_times(gain):
    """``cosines`` times a gain."""
    return lambda rng, fan_in, fan_out: gain * cosines(rng, fan_in, fan_out)


@dataclass(frozen=True)
class WithoutChance:
    """Steps to the target, each start at its best rate: weights that are drawn, and weights that only differ."""

    cosines: int
    normal: int
    orthogonal: int
    equal: int
    narrow: int
    wide: int
    cosines_rate: float
    normal_rate: float

    @property
    def cosines_over_normal(self) -> float:
        return self.cosines / self.normal

    @property
    def equal_over_cosines(self) -> float:
        return self.equal / self.cosines

    @property
    def narrow_over_cosines(self) -> float:
        return self.narrow / self.cosines

    @property
    def wide_over_cosines(self) -> float:
        return self.wide / self.cosines


def without_chance(
    seed, *, activation="tanh", depth=8, width=32, data="digits", factor=5.0, limit=100
) -> WithoutChance:
    """Cosines, Glorot's normal weights, a random orthogonal start, equal weights; cosines too small and too large."""
    starts = (cosines, glorot_normal, orthogonal, _constant(width**-0.5))
    starts += (cosines_times(1 / factor), cosines_times(factor))
    found = []
    for start in starts:
        arm = Arm(activation, start, depth, width, data=data)
        rate = quickest_rate(arm, RATES, limit=limit)
        found.append((steps(arm, seed, rate, limit=limit), rate))
    return WithoutChance(*(n for n, _ in found), found[0][1], found[1][1])
