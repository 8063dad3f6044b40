"""Ranges, signs, means, kinks and printed forms of the activation functions."""

from dataclasses import dataclass

import numpy as np

from course_lib.functions.activations import elu, leaky_relu, prelu, relu, sigmoid
from course_lib.functions.losses import softmax_xent
from course_lib.initialization import glorot_normal, he_normal
from course_lib.layers.dense import Activation, Affine
from course_lib.layers.network import Sequential, mlp
from course_lib.training.loop import evaluate
from course_lib.units.shared.digits import all_digits, sample_digits
from course_lib.units.shared.small_nets import affine_layers, train
from course_lib.units.vanishing_gradients.experiments.activation_speed import derivative_jump
from course_lib.units.vanishing_gradients.experiments.propagation import propagate


@dataclass(frozen=True)
class SigmoidRange:
    """Shares of outputs that are exactly 0 or 1 in float64, for |z| up to 30, and for z from 40 to 700 and below.

    ``smallest`` is the smallest output for z down to -700.
    """

    moderate_at_edge: float
    large_at_one: float
    large_at_zero: float
    smallest: float


def sigmoid_range(seed) -> SigmoidRange:
    """Draw z of either sign and size, and look for outputs at the edge of the range."""
    rng = np.random.default_rng(seed)
    moderate = sigmoid(rng.uniform(-30, 30, 10_000))
    z = rng.uniform(40, 700, 10_000)
    return SigmoidRange(
        float(np.mean((moderate == 0) | (moderate == 1))),
        float(np.mean(sigmoid(z) == 1)),
        float(np.mean(sigmoid(-z) == 0)),
        float(sigmoid(-z).min()),
    )


@dataclass(frozen=True)
class GradientSigns:
    """Shares of gradients of one sign in the second layer of a sigmoid network.

    ``per_unit`` : (unit, example) pairs whose incoming weights' gradients all have one sign; ``per_layer`` : examples
    for which all of the layer's gradients do; ``per_unit_in_batch`` : units, once a batch of 64 is summed.
    """

    per_unit: float
    per_layer: float
    per_unit_in_batch: float


def gradient_signs(seed, n=64) -> GradientSigns:
    """The second layer sees sigmoid outputs, which are all positive."""
    rng = np.random.default_rng(seed)
    x, y = sample_digits(n, rng=rng)
    network = mlp([64, 32, 32, 10], activation="sigmoid", initializer=glorot_normal, rng=rng)
    second = affine_layers(network)[1]
    per_example = []
    for i in range(n):
        network.backward(softmax_xent(network.forward(x[i : i + 1]), y[i : i + 1])[1])
        per_example.append(np.sign(second.grads["w"]))
    signs = np.array(per_example)
    network.backward(softmax_xent(network.forward(x), y)[1])
    return GradientSigns(
        float(np.mean(_one_sign(signs, axis=1))),
        float(np.mean(_one_sign(signs, axis=(1, 2)))),
        float(np.mean(_one_sign(np.sign(second.grads["w"]), axis=0))),
    )


def _one_sign(signs, axis):
    return np.all(signs > 0, axis=axis) | np.all(signs < 0, axis=axis)


@dataclass(frozen=True)
class OutputMean:
    """Mean of an activation's output over its standard deviation, for normally distributed inputs."""

    relu: float
    leaky_relu: float

    @property
    def ratio(self) -> float:
        return self.leaky_relu / self.relu


def leaky_mean(seed) -> OutputMean:
    """ReLU and leaky ReLU of the same 20,000 standard normal numbers."""
    z = np.random.default_rng(seed).normal(size=20_000)
    return OutputMean(*(float(a.mean() / a.std()) for a in (relu(z), leaky_relu(z))))


@dataclass(frozen=True)
class EluMean:
    """Mean over standard deviation of the activations, averaged over 10 hidden layers of an untrained network."""

    relu: float
    elu: float
    relu_by_layer: np.ndarray
    elu_by_layer: np.ndarray

    @property
    def ratio(self) -> float:
        return self.relu / self.elu


def elu_mean(seed) -> EluMean:
    """He initialisation, real digits."""
    profiles = []
    for activation in ("relu", "elu"):
        p = propagate(depth=10, activation=activation, initialization="he_normal", seed=seed)
        profiles.append(np.abs(p.activation_mean) / p.activation_std)
    return EluMean(*(float(profile.mean()) for profile in profiles), *profiles)


@dataclass(frozen=True)
class PreluAsPrinted:
    """Shares of inputs for which the printed form agrees with PReLU, and with PReLU turned by half a turn, -f(-x)."""

    agrees: float
    agrees_turned: float
    positive_slope: float


def prelu_as_printed(seed, slope=0.25) -> PreluAsPrinted:
    """The printed form: a x for x > 0, x otherwise."""
    x = np.random.default_rng(seed).normal(size=(1000, 1))
    a = np.array([slope])
    printed = np.where(x > 0, slope * x, x)
    positive = x > 0
    return PreluAsPrinted(
        float(np.mean(printed == prelu(x, a))),
        float(np.mean(printed == -prelu(-x, a))),
        float(np.mean(printed[positive] / x[positive])),
    )


@dataclass(frozen=True)
class EluKink:
    """Jump of ELU's derivative at zero for alpha = 1 and for a drawn alpha, and jump of its second derivative at 1."""

    alpha: float
    jump_at_one: float
    jump_at_alpha: float
    curvature_jump: float


def elu_kink(seed) -> EluKink:
    """Draw an alpha off 1, and compare one-sided derivatives."""
    rng = np.random.default_rng(seed)
    alpha = float(rng.choice([rng.uniform(0.2, 0.8), rng.uniform(1.3, 2.0)]))
    h = 1e-4
    # (f(0) - 2 f(-h) + f(-2h)) / h**2 from the left, and the same from the right
    left, right = ((elu(0.0) - 2 * elu(s * h) + elu(2 * s * h)) / h**2 for s in (-1, 1))
    return EluKink(alpha, derivative_jump(1.0), derivative_jump(alpha), float(abs(left - right)))


@dataclass(frozen=True)
class KinkHits:
    """Training with ReLU: how many inputs were exactly at the kink, out of how many, and the accuracy reached."""

    hits: int
    evaluations: int
    accuracy: float


class _WatchedReLU(Activation):
    def __init__(self):
        super().__init__("relu")
        self.hits = self.evaluations = 0

    def forward(self, x):
        self.hits += int(np.sum(x == 0))
        self.evaluations += x.size
        return super().forward(x)


def kink_hits(seed) -> KinkHits:
    """Train 64-64-10 for 5 epochs on the digits, and count z == 0."""
    rng = np.random.default_rng(seed)
    x, y = all_digits(rng=rng)
    watched = _WatchedReLU()
    network = Sequential(
        Affine(64, 64, rng=rng, initializer=he_normal), watched, Affine(64, 10, rng=rng, initializer=he_normal)
    )
    train(network, x, y, lr=0.1, epochs=5, rng=rng)
    return KinkHits(watched.hits, watched.evaluations, evaluate(network, x, y)[1])
