"""L1 by its sub-gradient and by proximal steps: equal errors, and zeros in one of them."""

from dataclasses import dataclass, replace

import numpy as np

from course_lib.units.regularization.experiments.stacked_networks import Net, Stack
from course_lib.units.regularization.experiments.tuned_methods import networks_of, tuned

SMALL = 0.01


@dataclass(frozen=True)
class L1Zeros:
    """Shares of all weights that are exactly zero, and that are smaller than 0.01, and errors on new digits."""

    proximal_zeros: float
    subgradient_zeros: float
    l2_zeros: float
    plain_small: float
    proximal_small: float
    subgradient_small: float
    plain_error: float
    proximal_error: float
    subgradient_error: float
    strength: float

    @property
    def pushed(self) -> float:
        """How many times as many weights are small with L1, whichever way the steps go, as without."""
        return min(self.proximal_small, self.subgradient_small) / self.plain_small

    @property
    def alike(self) -> float:
        """Errors with steps along the sub-gradient over those with proximal steps."""
        return self.subgradient_error / self.proximal_error

    @property
    def gain(self) -> float:
        """Errors with proximal steps over those without L1."""
        return self.proximal_error / self.plain_error


def l1_zeros(seed, *, depth=1, width=64, n_samples=200, wrong=0.2, n_epochs=30, data="digits", n_networks=3) -> L1Zeros:
    """ReLU layers; the sub-gradient at the rate and strength that suit the proximal steps best."""
    net = Net(depth, width, n_samples, wrong, data, batch_size=20)
    l1, l2, plain = (tuned(net, n_epochs, kind) for kind in ("l1", "l2", None))
    methods = (plain, l1, replace(l1, l1=0.0, l1_subgradient=l1.l1), l2)
    stack = Stack(net, networks_of(seed, n_networks), methods).train(n_epochs)
    weights = np.concatenate([w.reshape(len(w), -1) for w in stack.w], axis=1)
    zeros, small = (
        of.mean(axis=1).reshape(n_networks, -1).mean(axis=0) for of in (weights == 0, np.abs(weights) < SMALL)
    )
    error = stack.test_error().mean(axis=0)
    return L1Zeros(*map(float, (*zeros[1:], *small[:3], *error[:3])), l1.l1)
