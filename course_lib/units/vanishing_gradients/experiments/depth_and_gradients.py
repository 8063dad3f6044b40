"""What depth, scale and activation do to the gradient that reaches the first layer."""

from dataclasses import dataclass

import numpy as np

from course_lib.initialization import glorot_normal, he_normal
from course_lib.layers.network import mlp
from course_lib.training.loop import backprop
from course_lib.units.shared.digits import all_digits, sample_digits
from course_lib.units.shared.small_nets import affine_layers, train
from course_lib.units.vanishing_gradients.experiments.propagation import propagate


@dataclass(frozen=True)
class DepthEffect:
    """Norm of the first weight matrix's gradient in a network of 2 and one of many hidden layers.

    ``norms`` (depth + 1,) are those of all weight matrices of the deep network, from input to output.
    """

    depth: int
    shallow: float
    deep: float
    norms: np.ndarray

    @property
    def ratio(self) -> float:
        """The share of the shallow network's gradient that is left in the deep one."""
        return self.deep / self.shallow


def depth_effect(seed, *, activation, initialization, gain=1.0, depth=20) -> DepthEffect:
    """Compare the first layer's gradient at two depths, all else equal (untrained networks, real digits)."""
    shallow, deep = (
        propagate(depth=layers, activation=activation, initialization=initialization, gain=gain, seed=seed)
        for layers in (2, depth)
    )
    norms = deep.weight_gradient_norm
    return DepthEffect(depth, float(shallow.weight_gradient_norm[0]), float(norms[0]), norms)


@dataclass(frozen=True)
class TanhScales:
    """Share of the first layer's gradient that 20 layers leave, tanh, for two scales of the weights."""

    glorot: float
    narrow: float
    glorot_norms: np.ndarray
    narrow_norms: np.ndarray


def tanh_at_two_scales(seed) -> TanhScales:
    """Tanh with Glorot's variance, and with a third of it: U(-1/sqrt(n), 1/sqrt(n)), the usual choice before 2010."""
    glorot = depth_effect(seed, activation="tanh", initialization="glorot_normal")
    narrow = depth_effect(seed, activation="tanh", initialization="glorot_normal", gain=3**-0.5)
    return TanhScales(glorot.ratio, narrow.ratio, glorot.norms, narrow.norms)


@dataclass(frozen=True)
class RangeAndSlope:
    """Norm of the gradient after 30 layers, relative to where it started, for three activations.

    ``sine`` has the range [-1, 1] and a slope that keeps coming back to 1; ``quarter`` is z / 4: no limit on the
    range, and a slope of 1/4, as the largest one of the sigmoid.
    """

    sine: float
    quarter: float
    sigmoid: float


def range_against_slope(seed, depth=30, width=64) -> RangeAndSlope:
    """Send a gradient back through ``depth`` layers. Variance of the weights: 1 / n, for the sine 1.7 / n."""
    # a signal of variance q leaves the sine with (1 - exp(-2q)) / 2 < 1/2: unit gain would let it fade
    rng = np.random.default_rng(seed)

    def logistic(z):
        return 1 / (1 + np.exp(-z))

    def remaining(function, derivative, variance):
        a = rng.normal(size=(128, width))
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
        remaining(np.sin, np.cos, 1.7),
        remaining(lambda z: z / 4, lambda z: np.full_like(z, 0.25), 1.0),
        remaining(logistic, lambda z: logistic(z) * (1 - logistic(z)), 1.0),
    )


@dataclass(frozen=True)
class InputScale:
    """Gradient norm of all parameters together for standardised digits and for the same digits times 100."""

    standardised: float
    large: float

    @property
    def ratio(self) -> float:
        return self.large / self.standardised


def large_inputs(seed, factor=100.0) -> InputScale:
    """The gradient of an untrained ReLU network of 5 hidden layers, for inputs of two scales."""
    rng = np.random.default_rng(seed)
    x, y = sample_digits(256, rng=rng)
    network = mlp([64, *[64] * 5, 10], activation="relu", initializer=he_normal, rng=rng)
    norms = []
    for scale in (1.0, factor):
        backprop(network, scale * x, y)
        norms.append(float(np.linalg.norm(network.grad)))
    return InputScale(*norms)


@dataclass(frozen=True)
class LayerChange:
    """How far training moves a layer: norm of the change of its weights, relative to the weights' norm.

    ``changes`` (depth,) belongs to the hidden layers, from input to output.
    """

    changes: np.ndarray

    @property
    def first(self) -> float:
        return float(self.changes[0])

    @property
    def last(self) -> float:
        return float(self.changes[-1])

    @property
    def ratio(self) -> float:
        return self.last / self.first


def change_by_layer(seed, activation="sigmoid", depth=6) -> LayerChange:
    """Train a sigmoid network for 3 epochs on the digits, and see which layers have moved."""
    rng = np.random.default_rng(seed)
    x, y = all_digits(rng=rng)
    network = mlp([64, *[32] * depth, 10], activation=activation, initializer=glorot_normal, rng=rng)
    layers = affine_layers(network)[:-1]
    before = [layer.params["w"].copy() for layer in layers]
    train(network, x, y, lr=0.5, epochs=3, rng=rng)
    changes = [
        np.linalg.norm(layer.params["w"] - w) / np.linalg.norm(w) for layer, w in zip(layers, before, strict=True)
    ]
    return LayerChange(np.array(changes))
