"""Ranges, signs, means, kinks and printed forms of the activation functions."""

from dataclasses import dataclass

import numpy as np

from course_lib.functions.activations import elu, leaky_relu, prelu, relu, sigmoid, tanh
from course_lib.functions.losses import softmax_xent
from course_lib.layers.dense import Activation
from course_lib.layers.network import Sequential
from course_lib.training.loop import evaluate
from course_lib.units.shared.arms import Arm, best_rate, final_loss, train
from course_lib.units.shared.small_nets import affine_layers
from course_lib.units.vanishing_gradients.experiments.activation_speed import centring, derivative_jump
from course_lib.units.vanishing_gradients.experiments.depth_and_gradients import kept
from course_lib.units.vanishing_gradients.experiments.propagation import propagate

KINK_RATES = (0.3, 1.0, 2.0)


@dataclass(frozen=True)
class SigmoidRange:
    """Shares of outputs that are exactly 0 or 1 in float64, for moderate and for large |z|.

    ``smallest`` is the smallest output for z down to -700, ``large_z_shown`` where the large ones begin; ``sum_error``
    how far the outputs for z and -z are from adding up to 1, at most.
    """

    moderate_at_edge: float
    large_at_one: float
    large_at_zero: float
    smallest: float
    large_z_shown: float
    sum_error: float


def sigmoid_range(seed, *, moderate_z=30.0, large_z=40.0) -> SigmoidRange:
    """Draw z of either sign and size, and look for outputs at the edge of the range."""
    rng = np.random.default_rng(seed)
    both = rng.uniform(-moderate_z, moderate_z, 10_000)
    moderate = sigmoid(both)
    z = rng.uniform(large_z, 700, 10_000)
    return SigmoidRange(
        float(np.mean((moderate == 0) | (moderate == 1))),
        float(np.mean(sigmoid(z) == 1)),
        float(np.mean(sigmoid(-z) == 0)),
        float(sigmoid(-z).min()),
        large_z,
        float(np.abs(moderate + sigmoid(-both) - 1).max()),
    )


@dataclass(frozen=True)
class GradientSigns:
    """Shares of gradients of one sign in the second layer of a sigmoid network.

    ``per_unit`` : (unit, example) pairs whose incoming weights' gradients all have one sign; ``per_layer`` : examples
    for which all of the layer's gradients do; ``per_unit_in_batch`` : units, once a batch is summed;
    ``tanh_per_unit`` : as ``per_unit``, under tanh. ``gain_by_centring`` : steps to a target with the sigmoid over
    those with the sigmoid minus 1/2, each at its best rate.
    """

    per_unit: float
    per_layer: float
    per_unit_in_batch: float
    tanh_per_unit: float
    gain_by_centring: float


def gradient_signs(seed, *, depth=2, width=32, batch=64, data="digits") -> GradientSigns:
    """The second layer sees sigmoid outputs, which are all positive."""
    signs, of_batch = _signs(seed, "sigmoid", depth, width, batch, data)
    tanh_signs, _ = _signs(seed, "tanh", depth, width, batch, data)
    return GradientSigns(
        float(np.mean(_one_sign(signs, axis=1))),
        float(np.mean(_one_sign(signs, axis=(1, 2)))),
        float(np.mean(_one_sign(of_batch, axis=0))),
        float(np.mean(_one_sign(tanh_signs, axis=1))),
        centring(seed, depth=depth, width=width, data=data).gain_by_centring,
    )


def _signs(seed, activation, depth, width, batch, data):
    """Signs of the second weight matrix's gradient for every example (N, D, M), and for the whole batch (D, M)."""
    network, x, y, _ = Arm(activation, "glorot_normal", depth, width, data=data, n_samples=batch).start(seed)
    second = affine_layers(network)[1]
    per_example = []
    for i in range(batch):
        network.backward(softmax_xent(network.forward(x[i : i + 1]), y[i : i + 1])[1])
        per_example.append(np.sign(second.grads["w"]))
    network.backward(softmax_xent(network.forward(x), y)[1])
    return np.array(per_example), np.sign(second.grads["w"])


def _one_sign(signs, axis):
    return np.all(signs > 0, axis=axis) | np.all(signs < 0, axis=axis)


@dataclass(frozen=True)
class OutputMean:
    """Mean of an activation's output over its standard deviation, for normally distributed inputs."""

    relu: float
    leaky_relu: float
    elu: float
    tanh: float

    @property
    def ratio(self) -> float:
        return self.leaky_relu / self.relu

    @property
    def elu_ratio(self) -> float:
        return self.elu / self.relu


def leaky_mean(seed, *, slope=0.01, mean=0.0, std=1.0) -> OutputMean:
    """ReLU, leaky ReLU, ELU and tanh of the same 20,000 normally distributed numbers."""
    z = np.random.default_rng(seed).normal(mean, std, 20_000)
    return OutputMean(*(float(abs(a.mean()) / a.std()) for a in (relu(z), leaky_relu(z, slope), elu(z), tanh(z))))


@dataclass(frozen=True)
class EluMean:
    """Mean over standard deviation of the activations, averaged over the hidden layers of an untrained network.

    ``relu_kept``, ``elu_kept``, ``sigmoid_kept`` : the share of the first layer's gradient at 2 layers that is left.
    """

    relu: float
    elu: float
    relu_by_layer: np.ndarray
    elu_by_layer: np.ndarray
    relu_kept: float
    elu_kept: float
    sigmoid_kept: float

    @property
    def ratio(self) -> float:
        return self.relu / self.elu


def elu_mean(seed, *, depth=10, width=64, initialization="he_normal", n_samples=128) -> EluMean:
    """The same weights for all three activations, real digits."""
    profiles, left = [], []
    for activation in ("relu", "elu", "sigmoid"):
        same = {"width": width, "activation": activation, "initialization": initialization, "n_samples": n_samples}
        p = propagate(depth=depth, seed=seed, **same)
        profiles.append(np.abs(p.activation_mean) / p.activation_std)
        left.append(kept(seed, depth=depth, **same)[0])
    return EluMean(*(float(profile.mean()) for profile in profiles[:2]), *profiles[:2], *left)


@dataclass(frozen=True)
class PreluAsPrinted:
    """Shares of inputs for which the printed form agrees with PReLU, and with PReLU turned by half a turn, -f(-x)."""

    agrees: float
    agrees_turned: float
    positive_slope: float


def prelu_as_printed(seed, *, slope=0.25, mean=0.0, std=1.0) -> PreluAsPrinted:
    """The printed form: a x for x > 0, x otherwise."""
    x = np.random.default_rng(seed).normal(mean, std, (1000, 1))
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
    """Jump of ELU's derivative at zero for alpha = 1 and for another, and of its second derivative for alpha = 1."""

    alpha: float
    jump_at_one: float
    jump_at_alpha: float
    curvature_jump: float


def elu_kink(seed, *, low=1.3, high=2.0, h=1e-4) -> EluKink:
    """Draw an alpha between ``low`` and ``high``, and compare one-sided derivatives over a distance ``h``."""
    alpha = float(np.random.default_rng(seed).uniform(low, high))
    # (f(0) - 2 f(-h) + f(-2h)) / h**2 from the left, and the same from the right
    left, right = ((elu(0.0) - 2 * elu(s * h) + elu(2 * s * h)) / h**2 for s in (-1, 1))
    return EluKink(alpha, derivative_jump(1.0), derivative_jump(alpha), float(abs(left - right)))


@dataclass(frozen=True)
class KinkHits:
    """Training with ReLU: how many inputs were exactly at the kink, out of how many, and the median accuracy reached.

    ``smooth_accuracy`` : that of Swish, which has no kink; each at its best rate. ``narrow_share`` : the share of
    inputs at the kink in an untrained network that is deep and narrow.
    """

    hits: int
    evaluations: int
    accuracy: float
    smooth_accuracy: float
    rate: float
    smooth_rate: float
    narrow_share: float

    @property
    def accuracy_lost(self) -> float:
        return self.smooth_accuracy - self.accuracy


class _WatchedReLU(Activation):
    def __init__(self):
        super().__init__("relu")
        self.hits = self.evaluations = 0

    def forward(self, x):
        self.hits += int(np.sum(x == 0))
        self.evaluations += x.size
        return super().forward(x)


def kink_hits(
    seed, *, width=64, data="digits", epochs=5, n_samples=1347, n_networks=3, narrow_depth=20, narrow_width=4
) -> KinkHits:
    """Train one hidden layer, He initialisation, and count z == 0; count them also where whole layers can be off."""
    arms = [Arm(name, "he_normal", 1, width, data=data, n_samples=n_samples) for name in ("relu", "swish")]
    rates = [best_rate(final_loss, arm, KINK_RATES, epochs=epochs) for arm in arms]
    accuracies, hits, evaluations = [], 0, 0
    for arm, lr in zip(arms, rates, strict=True):
        found = []
        for s in range(n_networks * seed, n_networks * (seed + 1)):
            network, x, y, rng = arm.start(s)
            watched = _WatchedReLU()
            if arm.activation == "relu":
                first, _, last = network.layers
                network = Sequential(first, watched, last)
            train(network, x, y, lr=lr, epochs=epochs, rng=rng)
            hits, evaluations = hits + watched.hits, evaluations + watched.evaluations  # of training alone
            found.append(evaluate(network, x, y)[1])
        accuracies.append(float(np.median(found)))
    narrow, x, _, _ = Arm("relu", "he_normal", narrow_depth, narrow_width, data=data, n_samples=n_samples).start(seed)
    seen = _WatchedReLU()
    for layer in narrow.layers:
        x = (layer if "w" in layer.params else seen).forward(x)
    return KinkHits(hits, evaluations, *accuracies, *rates, seen.hits / seen.evaluations)
