"""What it costs to make orthogonal matrices, against what it costs to train with them."""

from dataclasses import dataclass
from time import perf_counter

import numpy as np

from course_lib.initialization import glorot_normal, orthogonal
from course_lib.units.initialization.experiments.untrained_networks import pass_through
from course_lib.units.shared.arms import Arm, train

REPEATS = 3


@dataclass(frozen=True)
class OrthogonalCost:
    """Milliseconds: to draw a network's weights, orthogonal and normal, and for one step of training.

    ``tanh_gradient`` and ``relu_gradient`` are what is left of a gradient behind twenty orthogonal layers.
    """

    orthogonal_ms: float
    normal_ms: float
    step_ms: float
    linear_gradient: float
    tanh_gradient: float
    relu_gradient: float

    @property
    def over_normal(self) -> float:
        return self.orthogonal_ms / self.normal_ms

    @property
    def in_steps(self) -> float:
        """How many steps of training take as long as drawing the orthogonal weights."""
        return self.orthogonal_ms / self.step_ms


def orthogonal_cost(seed, *, depth=4, width=256, data="digits", n_samples=640) -> OrthogonalCost:
    """``depth`` square matrices; steps in batches of 64 through a tanh network with as many hidden layers.

    The quickest of three measurements each: what else runs on the machine only adds.
    """
    rng = np.random.default_rng(seed)

    def drawing(rule):
        return _quickest(lambda: [rule(rng, width, width) for _ in range(depth)])

    network, x, y, rng = Arm("tanh", glorot_normal, depth, width, data=data, n_samples=n_samples).start(seed)
    epoch = _quickest(lambda: train(network, x, y, lr=0.01, epochs=1, rng=rng))
    gradients = (
        pass_through(seed, orthogonal, activation, [64] * 21).gradient for activation in ("identity", "tanh", "relu")
    )
    return OrthogonalCost(drawing(orthogonal), drawing(glorot_normal), epoch / (n_samples / 64), *gradients)


def _quickest(work) -> float:
    times = []
    for _ in range(REPEATS):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return 1000 * min(times)
