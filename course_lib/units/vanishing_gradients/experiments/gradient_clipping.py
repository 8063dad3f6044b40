"""Clipping by value, by global norm and by parts: what each does to the gradient, and to training."""

from dataclasses import dataclass, replace

import numpy as np

from course_lib.optimizers.clipping import clip_by_global_norm, clip_by_value, cosine, global_norm
from course_lib.training.loop import backprop
from course_lib.units.shared.arms import Arm, best_rate, final_loss
from course_lib.units.shared.small_nets import affine_layers

HEALTHY_RATES = (0.1, 0.3, 0.6, 1.0, 1.5, 2.5)
FREE_RATES = (0.003, 0.01, 0.03, 0.1)
CLIPPED_RATES = (0.03, 0.1, 0.3, 1.0)
HE_RATES = (0.03, 0.1, 0.2, 0.5)


def gradient_of(arm, seed, n_samples=64):
    """The gradients of the weight matrices of an untrained network on its first samples, and the matrices."""
    network, x, y, _ = arm.start(seed)
    backprop(network, x[:n_samples], y[:n_samples])
    return [g.copy() for g in network.weight_gradients()], [layer.params["w"] for layer in affine_layers(network)]


@dataclass(frozen=True)
class Clipped:
    """A gradient of norm n after clipping by value and by norm.

    ``norm_after_value`` : the norm after clipping by value at c = n / 10, in units of c; ``largest_after_norm`` : the
    largest entry after clipping by norm at c, in units of c. The cosines are those of the angle between the gradient
    before and after: ``value_cosine`` for the limit of n / 100 on each entry, ``loose_cosine`` for n / 10.
    """

    norm_after_value: float
    largest_after_norm: float
    value_cosine: float
    loose_cosine: float
    norm_cosine: float
    largest_entry: float

    @property
    def norm_turns(self) -> float:
        """1 - cosine for clipping by norm; 0 up to rounding."""
        return abs(1 - self.norm_cosine)


def value_and_norm(
    seed, *, activation="relu", depth=8, width=32, gain=1.5, data="digits", share=0.1, small_share=0.01
) -> Clipped:
    """Clip the gradient of an untrained network both ways; limits as shares of its norm."""
    gradient, _ = gradient_of(Arm(activation, "he_normal", depth, width, gain=gain, data=data), seed)
    norm = global_norm(gradient)
    c = share * norm
    by_value, (by_norm, _) = clip_by_value(gradient, c), clip_by_global_norm(gradient, c)
    return Clipped(
        global_norm(by_value) / c,
        max(float(np.abs(g).max()) for g in by_norm) / c,
        cosine(gradient, clip_by_value(gradient, small_share * norm)),
        cosine(gradient, by_value),
        cosine(gradient, by_norm),
        max(float(np.abs(g).max()) for g in gradient) / norm,
    )


@dataclass(frozen=True)
class ByLayer:
    """Cosines between the whole gradient before and after clipping.

    ``one_norm`` : by the norm of the whole gradient; ``layer_cosine`` : each matrix by its own norm;
    ``within_layer_cosine`` : the smallest cosine over the matrices then; ``adaptive_cosine`` : each unit in proportion
    to its weights. ``norm_ratio`` is the largest norm of a matrix's gradient over the smallest.
    """

    one_norm: float
    layer_cosine: float
    within_layer_cosine: float
    adaptive_cosine: float
    norm_ratio: float


def by_layer(
    seed,
    *,
    activation="sigmoid",
    initialization="glorot_normal",
    depth=4,
    width=32,
    data="digits",
    adaptive_limit=0.001,
) -> ByLayer:
    """A limit of half the smallest norm of a matrix's gradient: each is clipped. Adaptive: Brock et al. 2021, eq. 3."""
    gradient, weights = gradient_of(Arm(activation, initialization, depth, width, data=data), seed)
    norms = [global_norm([g]) for g in gradient]
    c = min(norms) / 2
    layered = [clip_by_global_norm([g], c)[0][0] for g in gradient]
    adaptive = [_clip_units(g, w, adaptive_limit) for g, w in zip(gradient, weights, strict=True)]
    return ByLayer(
        cosine(gradient, clip_by_global_norm(gradient, c)[0]),
        cosine(gradient, layered),
        min(cosine([g], [h]) for g, h in zip(gradient, layered, strict=True)),
        cosine(gradient, adaptive),
        max(norms) / min(norms),
    )


def _clip_units(g, w, limit) -> np.ndarray:
    """Each column, the incoming weights of a unit, limited to ``limit`` times the norm of the unit's weights."""
    largest = limit * np.maximum(np.linalg.norm(w, axis=0), 1e-3)
    return g * np.minimum(1, largest / np.maximum(np.linalg.norm(g, axis=0), 1e-12))


@dataclass(frozen=True)
class Healthy:
    """Median final losses of healthy networks with and without a limit on the gradient's norm.

    ``free``, ``clipped`` : at an ordinary rate; ``free_large``, ``clipped_large`` : at a large one, infinity where
    networks diverge; ``free_best``, ``clipped_best`` : each at its best rate.
    """

    free: float
    clipped: float
    free_large: float
    clipped_large: float
    free_best: float
    clipped_best: float
    free_rate: float
    clipped_rate: float
    start_norm: float

    @property
    def slowdown(self) -> float:
        return self.clipped / self.free

    @property
    def best_ratio(self) -> float:
        """The loss with a limit over that without one, each at its best rate."""
        return self.clipped_best / self.free_best

    @property
    def guard(self) -> float:
        """How many times as large the loss is without a limit at the large rate."""
        return self.free_large / self.clipped_large


def healthy(
    seed,
    *,
    depth=1,
    width=32,
    data="digits",
    n_samples=1347,
    limit=0.5,
    rate=0.1,
    large_rate=2.5,
    epochs=2,
    n_networks=15,
) -> Healthy:
    """ReLU, He initialisation, nothing that explodes at ordinary rates."""
    free = Arm("relu", "he_normal", depth, width, data=data, n_samples=n_samples)
    clipped = replace(free, max_norm=limit)
    seeds = range(n_networks * seed, n_networks * (seed + 1))
    rates = [best_rate(final_loss, arm, HEALTHY_RATES, epochs=epochs) for arm in (free, clipped)]
    network, x, y, _ = free.start(seed)
    backprop(network, x[:64], y[:64])

    def median_loss(arm, lr):
        # near the largest rate that trains, one network in ten is thrown back and would decide a mean
        return float(np.median([final_loss(arm, s, lr, epochs=epochs) for s in seeds]))

    return Healthy(
        *(median_loss(arm, lr) for lr in (rate, large_rate) for arm in (free, clipped)),
        *(median_loss(arm, lr) for arm, lr in zip((free, clipped), rates, strict=True)),
        *rates,
        global_norm([network.grad]),
    )


@dataclass(frozen=True)
class Rescue:
    """Final losses of a network whose gradients explode, with and without a limit on the norm, each at its best rate.

    ``unclipped_there`` is that without a limit at the rate which is best with one; infinity stands for divergence. The
    norms are those of the gradient before training, ``he_norm`` with He's own weights. ``he_loss`` : theirs, without a
    limit at the best rate.
    """

    start_norm: float
    he_norm: float
    unclipped: float
    clipped: float
    unclipped_there: float
    unclipped_rate: float
    clipped_rate: float
    he_loss: float
    he_rate: float

    @property
    def guard(self) -> float:
        """How many times as large the loss is without a limit, at the rate which is best with one."""
        return self.unclipped_there / self.clipped

    @property
    def growth(self) -> float:
        """How many times as large the gradient is at the start as with He's own weights."""
        return self.start_norm / self.he_norm


def rescue(
    seed, *, depth=8, width=32, gain=1.5, data="digits", n_samples=500, limit=5.0, epochs=10, activation="relu"
) -> Rescue:
    """``gain`` times He's weights."""
    free = Arm(activation, "he_normal", depth, width, gain=gain, data=data, n_samples=n_samples)
    clipped, he = replace(free, max_norm=limit), replace(free, gain=1.0)
    grids = {free: FREE_RATES, clipped: CLIPPED_RATES, he: HE_RATES}
    rates = {arm: best_rate(final_loss, arm, grid, epochs=epochs) for arm, grid in grids.items()}
    norms = []
    for arm in (free, he):
        network, x, y, _ = arm.start(seed)
        backprop(network, x[:64], y[:64])
        norms.append(global_norm([network.grad]))
    return Rescue(
        *norms,
        final_loss(free, seed, rates[free], epochs=epochs),
        final_loss(clipped, seed, rates[clipped], epochs=epochs),
        final_loss(free, seed, rates[clipped], epochs=epochs),
        rates[free],
        rates[clipped],
        final_loss(he, seed, rates[he], epochs=epochs),
        rates[he],
    )
