"""Deep plain networks whose gradients are healthy and that train badly all the same; and what skips change."""

from dataclasses import dataclass

import numpy as np

from course_lib.initialization import glorot_normal, he_normal
from course_lib.layers.network import mlp, residual_mlp
from course_lib.training.loop import backprop
from course_lib.units.shared.digits import all_digits
from course_lib.units.shared.small_nets import training_losses

DEPTH = 24
WIDTH = 32
LEARNING_RATES = (0.01, 0.03)


@dataclass(frozen=True)
class Degradation:
    """Lowest training losses within 5 epochs, each at the better of two rates, and gradient norms before training.

    ``norms`` and ``sigmoid_norms`` (25,) are those of the weight matrices of the deep plain ReLU network and of a
    sigmoid network of the same shape, whose gradient does vanish.
    """

    shallow_loss: float
    deep_loss: float
    norms: np.ndarray
    sigmoid_norms: np.ndarray

    @property
    def loss_ratio(self) -> float:
        return self.deep_loss / self.shallow_loss

    @property
    def norm_spread(self) -> float:
        """Largest gradient norm of the deep network over the smallest one."""
        return float(self.norms.max() / self.norms.min())

    @property
    def sigmoid_norm_spread(self) -> float:
        return float(self.sigmoid_norms.max() / self.sigmoid_norms.min())


def degradation(seed) -> Degradation:
    """Plain ReLU networks of 4 and 24 hidden layers with He initialisation."""
    return Degradation(
        best_loss(_plain(4), seed, epochs=5),
        best_loss(_plain(DEPTH), seed, epochs=5),
        _norms(_plain(DEPTH), seed),
        _norms(_plain(DEPTH, "sigmoid", glorot_normal), seed),
    )


@dataclass(frozen=True)
class SkipConnections:
    """Lowest training losses within 3 epochs of two networks of 24 hidden layers, each at the better of two rates."""

    plain_loss: float
    residual_loss: float

    @property
    def loss_ratio(self) -> float:
        return self.plain_loss / self.residual_loss


def skip_connections(seed) -> SkipConnections:
    """The same depth and width, with and without a skip around every two layers."""
    return SkipConnections(best_loss(_plain(DEPTH), seed, epochs=3), best_loss(_residual, seed, epochs=3))


def best_loss(build, seed, epochs) -> float:
    """The lowest training loss of any epoch at the better of ``LEARNING_RATES``.

    So no network loses by its rate alone, or by the epoch at which training happens to end.
    """
    losses = []
    for lr in LEARNING_RATES:
        rng = np.random.default_rng(seed)
        x, y = all_digits(rng=rng)
        losses += training_losses(build(rng), x, y, lr=lr, epochs=epochs, rng=rng)
    return float(np.nanmin(losses))


def _plain(depth, activation="relu", initializer=he_normal):
    def build(rng):
        return mlp([64, *[WIDTH] * depth, 10], activation=activation, initializer=initializer, rng=rng)

    return build


def _residual(rng):
    n_blocks = DEPTH // 2
    return residual_mlp(
        64, WIDTH, 10, n_blocks, activation="relu", initializer=he_normal, rng=rng, branch_scale=n_blocks**-0.5
    )


def _norms(build, seed) -> np.ndarray:
    rng = np.random.default_rng(seed)
    x, y = all_digits(rng=rng)
    network = build(rng)
    backprop(network, x[:256], y[:256])
    return np.array([np.linalg.norm(g) for g in network.weight_gradients()])
