"""Clipping by value, by global norm and by parts: what each does to the gradient, and to training."""

from dataclasses import dataclass

import numpy as np

from course_lib.initialization import he_normal
from course_lib.layers.network import mlp
from course_lib.optimizers.clipping import clip_by_global_norm, clip_by_value, cosine, global_norm
from course_lib.optimizers.first_order import SGD
from course_lib.training.loop import backprop, evaluate, fit
from course_lib.units.shared.digits import all_digits, sample_digits
from course_lib.units.shared.small_nets import affine_layers, train

GAIN = 1.5  # times He's weights: the gradient of 8 hidden layers grows by about 1.5**8 = 26


@dataclass(frozen=True)
class Clipped:
    """A gradient of norm n after clipping by value and by norm, both with the limit c = n / 10.

    ``norm_after_value`` and ``largest_after_norm`` are in units of c; the cosines are those of the angle between the
    gradient before and after.
    """

    norm_after_value: float
    largest_after_norm: float
    value_cosine: float
    norm_cosine: float

    @property
    def norm_turns(self) -> float:
        """1 - cosine for clipping by norm; 0 up to rounding."""
        return abs(1 - self.norm_cosine)


def value_and_norm(seed) -> Clipped:
    """Clip the gradient of a deep ReLU network both ways."""
    gradient, _ = _gradient(seed)
    c = global_norm(gradient) / 10
    by_value, (by_norm, _) = clip_by_value(gradient, c), clip_by_global_norm(gradient, c)
    return Clipped(
        global_norm(by_value) / c,
        max(float(np.abs(g).max()) for g in by_norm) / c,
        cosine(gradient, clip_by_value(gradient, c / 10)),
        cosine(gradient, by_norm),
    )


@dataclass(frozen=True)
class FurtherMethods:
    """Clipping layer by layer, and unit by unit in proportion to the weights.

    ``layer_cosine``, ``adaptive_cosine`` : between the whole gradient before and after; ``within_layer_cosine`` : the
    smallest one over the layers, for clipping layer by layer; ``largest_ratio`` : of a unit's gradient norm to its
    weights' norm after adaptive clipping, in units of the limit.
    """

    layer_cosine: float
    within_layer_cosine: float
    adaptive_cosine: float
    largest_ratio: float


def further_methods(seed, limit=0.01) -> FurtherMethods:
    """Per-layer norms, with a limit that every layer exceeds, and adaptive clipping (Brock et al. 2021, eq. 3)."""
    # ReLU layers of one kind have gradients of about one norm; those of sigmoid layers differ
    gradient, weights = _gradient(seed, "sigmoid")
    c = min(global_norm([g]) for g in gradient) / 2
    by_layer = [clip_by_global_norm([g], c)[0][0] for g in gradient]
    adaptive = [_clip_units(g, w, limit) for g, w in zip(gradient, weights, strict=True)]
    ratios = [_norms(g) / np.maximum(_norms(w), 1e-3) for g, w in zip(adaptive, weights, strict=True)]
    return FurtherMethods(
        cosine(gradient, by_layer),
        min(cosine([g], [h]) for g, h in zip(gradient, by_layer, strict=True)),
        cosine(gradient, adaptive),
        float(max(ratio.max() for ratio in ratios)) / limit,
    )


def _norms(w) -> np.ndarray:
    """Norm of every unit's incoming weights, (M,) for w (D, M)."""
    return np.linalg.norm(w, axis=0)


def _clip_units(g, w, limit) -> np.ndarray:
    largest = limit * np.maximum(_norms(w), 1e-3)
    return g * np.minimum(1, largest / np.maximum(_norms(g), 1e-12))


@dataclass(frozen=True)
class UnusedLimit:
    """Largest difference of the parameters after training with a limit that the norm exceeds never, and often."""

    never_exceeded: float
    often_exceeded: float
    largest_norm: float


def unused_limit(seed) -> UnusedLimit:
    """Train without a limit, with twice the largest norm that occurred, and with a tenth of it."""

    def trained(max_norm):
        rng = np.random.default_rng(seed)
        x, y = all_digits(rng=rng)
        network = mlp([64, 32, 10], activation="relu", initializer=he_normal, rng=rng)
        history = fit(network, x, y, rng=rng, optimizer=SGD(0.1), epochs=2, batch_size=64, max_norm=max_norm)
        return network.theta, max(history.gradient_norm)

    free, largest = trained(None)
    return UnusedLimit(*(float(np.abs(free - trained(share * largest)[0]).max()) for share in (2.0, 0.1)), largest)


@dataclass(frozen=True)
class Rescue:
    """Training accuracy of a network whose gradients explode, after 5 epochs at rate 0.3.

    ``start_norm`` is the norm of the gradient before training, ``clipped`` the accuracy with the norm limited to 0.5.
    """

    start_norm: float
    unclipped: float
    clipped: float


def rescue(seed) -> Rescue:
    """8 hidden layers with 1.5 times He's weights."""

    def trained(max_norm):
        network, x, y, rng = _exploding(seed)
        backprop(network, x, y)
        norm = global_norm([network.grad])
        train(network, x, y, lr=0.3, epochs=5, rng=rng, max_norm=max_norm)
        with np.errstate(all="ignore"):  # a network that diverged has no finite outputs
            return norm, evaluate(network, x, y)[1]

    norm, unclipped = trained(None)
    return Rescue(norm, unclipped, trained(0.5)[1])


def _exploding(seed, activation="relu"):
    rng = np.random.default_rng(seed)
    x, y = all_digits(rng=rng)
    network = mlp([64, *[32] * 8, 10], activation=activation, initializer=he_normal, rng=rng)
    for layer in affine_layers(network):
        layer.params["w"] *= GAIN
    return network, x, y, rng


def _gradient(seed, activation="relu"):
    """The gradients of the weight matrices of an untrained deep network, and the matrices."""
    network, *_, rng = _exploding(seed, activation)
    backprop(network, *sample_digits(64, rng=rng))
    return [g.copy() for g in network.weight_gradients()], [layer.params["w"] for layer in affine_layers(network)]
