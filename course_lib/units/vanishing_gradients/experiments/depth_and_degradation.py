"""Deep plain networks whose gradients are healthy and that train slowly all the same; and what skips change."""

from dataclasses import dataclass

import numpy as np

from course_lib.training.loop import backprop
from course_lib.units.shared.arms import Arm, best_rate, final_loss, losses

PLAIN_RATES = (0.01, 0.03, 0.1, 0.3)
SHALLOW_RATES = (0.1, 0.3, 0.5)
SCALED_RATES = (0.01, 0.03, 0.1)
UNSCALED_RATES = (0.0003, 0.001, 0.003, 0.01)


@dataclass(frozen=True)
class Degradation:
    """Training losses by epoch (epochs,), each network at its best rate, and gradient norms (depth + 1,) at the start.

    ``skips_losses`` are those of the deep network with skip connections. ``sigmoid_norms`` are those of a sigmoid
    network of the deep network's shape, whose gradient does vanish.
    """

    shallow_losses: np.ndarray
    deep_losses: np.ndarray
    skips_losses: np.ndarray
    shallow_rate: float
    deep_rate: float
    skips_rate: float
    norms: np.ndarray
    sigmoid_norms: np.ndarray

    @property
    def shallow(self) -> float:
        return float(self.shallow_losses[-1])

    @property
    def deep(self) -> float:
        return float(self.deep_losses[-1])

    @property
    def skips(self) -> float:
        return float(self.skips_losses[-1])

    @property
    def gain_by_skips(self) -> float:
        return self.deep / self.skips

    @property
    def depth_of_norms(self) -> int:
        return len(self.norms) - 1

    @property
    def loss_ratio(self) -> float:
        return self.deep / self.shallow

    @property
    def norm_spread(self) -> float:
        """Largest gradient norm of the deep network over the smallest one."""
        return _spread(self.norms)

    @property
    def sigmoid_norm_spread(self) -> float:
        return _spread(self.sigmoid_norms)


def degradation(seed, *, depth=24, shallow_depth=4, width=32, data="digits", n_samples=500, epochs=20) -> Degradation:
    """ReLU networks with He initialisation, a shallow and a deep one; the deep one with skips and scaled branches."""

    def arm(activation, initialization, layers, skip=None):
        return Arm(activation, initialization, layers, width, data=data, n_samples=n_samples, skip=skip)

    curves, rates = [], []
    for layers, skip, grid in (
        (shallow_depth, None, SHALLOW_RATES),
        (depth, None, PLAIN_RATES),
        (depth, (depth // 2) ** -0.5, SCALED_RATES),
    ):
        network = arm("relu", "he_normal", layers, skip)
        rates.append(best_rate(final_loss, network, grid, epochs=epochs))
        curves.append(losses(network, seed, rates[-1], epochs=epochs))
    norms = (_norms(arm("relu", "he_normal", depth), seed), _norms(arm("sigmoid", "glorot_normal", depth), seed))
    return Degradation(*curves, *rates, *norms)


@dataclass(frozen=True)
class SkipConnections:
    """Training losses by epoch (epochs,) of networks of one depth, each at its best rate.

    ``scaled`` has skips whose branches start at 1 / sqrt(number of branches) of their weights, ``unscaled`` at all of
    them. ``plain_spread``, ``scaled_spread`` : the largest norm of a weight matrix's gradient before training over the
    smallest.
    """

    plain_losses: np.ndarray
    scaled_losses: np.ndarray
    unscaled_losses: np.ndarray
    plain_rate: float
    scaled_rate: float
    unscaled_rate: float
    unscaled_at_scaled_rate: float
    plain_spread: float
    scaled_spread: float

    @property
    def plain(self) -> float:
        return float(self.plain_losses[-1])

    @property
    def scaled(self) -> float:
        return float(self.scaled_losses[-1])

    @property
    def unscaled(self) -> float:
        return float(self.unscaled_losses[-1])

    @property
    def gain(self) -> float:
        return self.plain / self.scaled


def skip_connections(seed, *, depth=16, width=32, data="digits", n_samples=500, epochs=8) -> SkipConnections:
    """ReLU, He initialisation: no skips, a skip around every two layers with scaled branches, with unscaled ones."""
    curves, rates, spreads = [], [], []
    for skip, grid in ((None, PLAIN_RATES), ((depth // 2) ** -0.5, SCALED_RATES), (1.0, UNSCALED_RATES)):
        arm = Arm("relu", "he_normal", depth, width, data=data, n_samples=n_samples, skip=skip)
        rates.append(best_rate(final_loss, arm, grid, epochs=epochs))
        curves.append(losses(arm, seed, rates[-1], epochs=epochs))
        spreads.append(_spread(_norms(arm, seed)))
    return SkipConnections(*curves, *rates, final_loss(arm, seed, rates[1], epochs=epochs), *spreads[:2])


def _spread(norms) -> float:
    return float(norms.max() / norms.min())


def _norms(arm, seed) -> np.ndarray:
    network, x, y, _ = arm.start(seed)
    backprop(network, x[:256], y[:256])
    return np.array([np.linalg.norm(g) for g in network.weight_gradients()])
