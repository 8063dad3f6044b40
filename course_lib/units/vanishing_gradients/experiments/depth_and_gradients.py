"""What depth, scale and activation do to the gradient that reaches the first layer."""

from dataclasses import dataclass

import numpy as np

from course_lib.initialization import he_normal
from course_lib.layers.network import mlp
from course_lib.training.loop import backprop
from course_lib.units.shared.arms import Arm, best_rate, final_loss, samples, train
from course_lib.units.shared.digits import N_DIGITS
from course_lib.units.shared.small_nets import affine_layers
from course_lib.units.vanishing_gradients.experiments.propagation import propagate

SIGMOID_RATES = (0.3, 1.0, 3.0)
SHALLOW_SIGMOID_RATES = (0.3, 1.0, 3.0, 10.0)
TANH_RATES = (0.1, 0.3, 1.0, 2.0)


def kept(seed, *, depth, **settings) -> tuple[float, np.ndarray]:
    """The share of the first layer's gradient at 2 hidden layers that is left at ``depth``, and all norms at ``depth``.

    Untrained networks, real digits; ``settings`` as of ``propagate``. The norms (depth + 1,) are those of the weight
    matrices, from input to output.
    """
    shallow, deep = (propagate(depth=d, seed=seed, **settings).weight_gradient_norm for d in (2, depth))
    return float(deep[0] / shallow[0]), deep


@dataclass(frozen=True)
class TwoActivations:
    """Share of the first layer's gradient that depth leaves, and the gradient norms by layer, for two activations.

    ``relu`` : the share under ReLU with He's weights.
    """

    sigmoid: float
    tanh: float
    relu: float
    sigmoid_norms: np.ndarray
    tanh_norms: np.ndarray


def sigmoid_and_tanh(
    seed, *, depth=20, width=64, initialization="glorot_normal", gain=1.0, n_samples=128
) -> TwoActivations:
    """The same weights under the sigmoid and under tanh; and ReLU with its own."""
    (sigmoid, sigmoid_norms), (tanh, tanh_norms) = (
        kept(
            seed,
            depth=depth,
            width=width,
            activation=name,
            initialization=initialization,
            gain=gain,
            n_samples=n_samples,
        )
        for name in ("sigmoid", "tanh")
    )
    relu = kept(seed, depth=depth, width=width, activation="relu", initialization="he_normal", n_samples=n_samples)[0]
    return TwoActivations(sigmoid, tanh, relu, sigmoid_norms, tanh_norms)


@dataclass(frozen=True)
class TanhScales:
    """Share of the first layer's gradient that depth leaves: tanh with three scales of the weights, and the sigmoid.

    ``saturated``, ``glorot_saturated`` : the share of slopes below a hundredth of the largest with wide weights, and
    with Glorot's.
    """

    glorot: float
    narrow: float
    wide: float
    sigmoid: float
    saturated: float
    glorot_saturated: float
    glorot_norms: np.ndarray
    narrow_norms: np.ndarray
    wide_norms: np.ndarray
    sigmoid_norms: np.ndarray


def tanh_at_three_scales(seed, *, depth=20, width=64, narrow_gain=3**-0.5, wide_gain=3.0, n_samples=128) -> TanhScales:
    """Glorot's variance, a third of it, that of U(-1/sqrt(n), 1/sqrt(n)), and weights so wide that tanh saturates."""
    arms = [
        kept(
            seed,
            depth=depth,
            width=width,
            activation=name,
            initialization="glorot_normal",
            gain=gain,
            n_samples=n_samples,
        )
        for name, gain in (("tanh", 1.0), ("tanh", narrow_gain), ("tanh", wide_gain), ("sigmoid", 1.0))
    ]
    shares, norms = zip(*arms, strict=True)
    saturated = (
        float(propagate(depth, width, "tanh", seed=seed, gain=gain, n_samples=n_samples).saturated.mean())
        for gain in (wide_gain, 1.0)
    )
    return TanhScales(*shares, *saturated, *norms)


@dataclass(frozen=True)
class RangeAndSlope:
    """Norm of the gradient after many layers, relative to where it started, for five activations.

    ``sine`` has the range [-1, 1] and a slope of 1 at zero; ``quarter`` is z / 4: no limit on the range, and a slope of
    1/4, the largest one of the sigmoid; ``line`` is z itself.
    """

    sine: float
    quarter: float
    line: float
    sigmoid: float
    tanh: float


def range_against_slope(seed, *, depth=30, width=64, variance=1.0, n_samples=128, input_std=1.0) -> RangeAndSlope:
    """Send a gradient back through ``depth`` layers with weights of variance ``variance / width``."""

    def logistic(z):
        return 1 / (1 + np.exp(-z))

    def remaining(function, derivative):
        rng = np.random.default_rng(seed)  # the same weights for all
        a = rng.normal(0, input_std, (n_samples, width))
        weights, slope = [], []
        for _ in range(depth):
            weights.append(rng.normal(0, np.sqrt(variance / width), (width, width)))
            z = a @ weights[-1]
            a = function(z)
            slope.append(derivative(z))
        start = d = rng.normal(size=a.shape)
        for w, s in zip(reversed(weights), reversed(slope), strict=True):
            d = (d * s) @ w.T
        return float(np.linalg.norm(d) / np.linalg.norm(start))

    return RangeAndSlope(
        remaining(np.sin, np.cos),
        remaining(lambda z: z / 4, lambda z: np.full_like(z, 0.25)),
        remaining(lambda z: z, np.ones_like),
        remaining(logistic, lambda z: logistic(z) * (1 - logistic(z))),
        remaining(np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    )


@dataclass(frozen=True)
class ReluKeeps:
    """Share of the first layer's gradient that depth leaves: ReLU, a ReLU of slope 1/4, the sigmoid."""

    relu: float
    quarter: float
    sigmoid: float
    relu_norms: np.ndarray
    sigmoid_norms: np.ndarray


def relu_keeps(seed, *, depth=50, width=64, gain=1.0, n_samples=128) -> ReluKeeps:
    """ReLU with He's weights; the same with a slope of 1/4 for positive z; and the sigmoid with Glorot's."""

    def arm(activation, initialization, factor=1.0):
        return kept(
            seed,
            depth=depth,
            width=width,
            activation=activation,
            initialization=initialization,
            gain=gain * factor,
            n_samples=n_samples,
        )

    (relu, relu_norms), (sigmoid, sigmoid_norms) = arm("relu", "he_normal"), arm("sigmoid", "glorot_normal")
    # a quarter of the slope is a quarter of the weights: ReLU passes on a positive factor
    quarter = arm("relu", "he_normal", 0.25)[0]
    return ReluKeeps(relu, quarter, sigmoid, relu_norms, sigmoid_norms)


@dataclass(frozen=True)
class SmallWeights:
    """Share of the first layer's gradient that depth leaves with small weights, and with He's."""

    plain: float
    skips: float
    he: float
    he_skips: float
    plain_norms: np.ndarray
    skips_norms: np.ndarray


def small_weights(seed, *, depth=20, width=64, std=0.01, n_samples=128) -> SmallWeights:
    """ReLU, and ReLU with skips, for weights of standard deviation ``std`` and for He's."""

    def arm(gain, residual):
        return kept(
            seed,
            depth=depth,
            width=width,
            activation="relu",
            initialization="normal 1",
            gain=gain,
            residual=residual,
            n_samples=n_samples,
        )

    he = np.sqrt(2 / width)
    (plain, plain_norms), (skips, skips_norms) = arm(std, False), arm(std, True)
    return SmallWeights(plain, skips, arm(he, False)[0], arm(he, True)[0], plain_norms, skips_norms)


@dataclass(frozen=True)
class Explosion:
    """Growth of the first layer's gradient from 2 hidden layers to half of the depth and to all of it."""

    half: float
    full: float
    he: float
    narrow: float
    norms: np.ndarray
    he_norms: np.ndarray
    depth: int

    @property
    def factor(self) -> float:
        """The growth by layer over the second half of the depth."""
        return (self.full / self.half) ** (2 / self.depth)

    @property
    def half_factor(self) -> float:
        """The growth by layer over the first half."""
        return self.half ** (1 / (self.depth / 2 - 2))


def explosion(seed, *, depth=20, width=64, gain=2.0, activation="relu", n_samples=128) -> Explosion:
    """``gain`` times He's standard deviation, He's alone, and half of it."""

    def arm(layers, factor):
        return kept(
            seed,
            depth=layers,
            width=width,
            activation=activation,
            initialization="he_normal",
            gain=factor,
            n_samples=n_samples,
        )

    (full, norms), (he, he_norms) = arm(depth, gain), arm(depth, 1.0)
    return Explosion(arm(depth // 2, gain)[0], full, he, arm(depth, 0.5)[0], norms, he_norms, depth)


@dataclass(frozen=True)
class InputScale:
    """Gradient norms by layer (depth + 1,) for standardised inputs and for the same inputs times a factor."""

    standardised: np.ndarray
    large: np.ndarray

    @property
    def growth(self) -> float:
        """Of the norm of the whole gradient."""
        return float(np.linalg.norm(self.large) / np.linalg.norm(self.standardised))

    @property
    def growth_backwards(self) -> float:
        """How much more the first layer's gradient has grown than the output layer's: 1 if nothing adds up."""
        growth = self.large / self.standardised
        return float(growth[0] / growth[-1])

    @property
    def spread(self) -> float:
        """The largest norm over the smallest one at the inputs' own scale."""
        return float(self.standardised.max() / self.standardised.min())


def large_inputs(seed, *, depth=5, width=64, factor=100.0, activation="relu", data="digits") -> InputScale:
    """The gradient of an untrained network for inputs of two scales."""
    rng = np.random.default_rng(seed)
    x, y = samples(data, 256, rng=rng)
    network = mlp([64, *[width] * depth, 10], activation=activation, initializer=he_normal, rng=rng)
    norms = []
    for scale in (1.0, factor):
        backprop(network, scale * x, y)
        norms.append(np.array([np.linalg.norm(g) for g in network.weight_gradients()]))
    return InputScale(*norms)


@dataclass(frozen=True)
class LayerChange:
    """How far training moves each hidden layer: norm of the change of its weights, relative to the weights' norm.

    ``sigmoid`` and ``tanh`` (depth,) run from input to output. ``ratio`` is the change of the sigmoid network's last
    hidden layer over that of its first one, at the rate at which it is smallest: a network that learns nothing has no
    best rate. ``sigmoid`` and ``sigmoid_loss`` belong to that rate. ``shallow_ratio``, ``shallow_loss`` : of a sigmoid
    network that is shallow enough to learn, at its best rate.
    """

    sigmoid: np.ndarray
    tanh: np.ndarray
    ratio: float
    sigmoid_loss: float
    tanh_rate: float
    tanh_loss: float
    shallow_rate: float
    shallow_loss: float
    shallow_ratio: float

    @property
    def first(self) -> float:
        return float(self.sigmoid[0])

    @property
    def last(self) -> float:
        return float(self.sigmoid[-1])

    @property
    def tanh_ratio(self) -> float:
        return float(self.tanh[-1] / self.tanh[0])


def change_by_layer(
    seed, *, depth=6, shallow_depth=3, width=32, epochs=10, data="digits", n_samples=N_DIGITS, gain=1.0
) -> LayerChange:
    """Train a deep sigmoid network, a shallow one and a deep tanh network, and see which layers have moved."""

    def arm(name, layers):
        return Arm(name, "glorot_normal", layers, width, gain=gain, data=data, n_samples=n_samples)

    deep = [_changes(arm("sigmoid", depth), seed, rate, epochs) for rate in SIGMOID_RATES]
    change, loss = min(deep, key=lambda found: found[0][-1] / found[0][0])
    tanh_rate = best_rate(final_loss, arm("tanh", depth), TANH_RATES, epochs=epochs)
    tanh, tanh_loss = _changes(arm("tanh", depth), seed, tanh_rate, epochs)
    shallow_rate = best_rate(final_loss, arm("sigmoid", shallow_depth), SHALLOW_SIGMOID_RATES, epochs=epochs)
    shallow, shallow_loss = _changes(arm("sigmoid", shallow_depth), seed, shallow_rate, epochs)
    return LayerChange(
        change,
        tanh,
        float(change[-1] / change[0]),
        loss,
        tanh_rate,
        tanh_loss,
        shallow_rate,
        shallow_loss,
        float(shallow[-1] / shallow[0]),
    )


def _changes(arm, seed, lr, epochs) -> tuple[np.ndarray, float]:
    """The relative change of every hidden layer's weights (depth,), and the final loss."""
    network, x, y, rng = arm.start(seed)
    layers = affine_layers(network)[:-1]
    before = [layer.params["w"].copy() for layer in layers]
    loss = train(network, x, y, lr=lr, epochs=epochs, rng=rng)[-1]
    pairs = zip(layers, before, strict=True)
    return np.array([np.linalg.norm(now.params["w"] - w) / np.linalg.norm(w) for now, w in pairs]), float(loss)
