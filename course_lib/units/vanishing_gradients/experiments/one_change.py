"""Which single change gets the playground's deep sigmoid network going?"""

from dataclasses import dataclass

import numpy as np

from course_lib.units.vanishing_gradients.experiments.playground import Playground

STEPS = 2000
STUCK = {"data": "spirals", "depth": 6, "width": 16, "activation": "sigmoid", "lr": 0.1}
CHANGES = {
    "a learning rate ten times larger": {"lr": 1.0},
    "twice as many units in each layer": {"width": 32},
    "skip connections": {"skip": True},
    "first weights of standard deviation 1": {"initialization": "normal 1"},
}


@dataclass(frozen=True)
class OneChange:
    """The median accuracy over the seeds, for the network as it was and with each of ``CHANGES``, in their order."""

    unchanged: float
    changed: tuple[float, ...]


def one_change(seeds=(0, 1, 2)) -> OneChange:
    """Train six sigmoid layers on the spirals for 2000 steps, as they are and with one change each."""

    def accuracy(**change):
        return float(np.median([_trained(seed, **{**STUCK, **change}) for seed in seeds]))

    return OneChange(accuracy(), tuple(accuracy(**change) for change in CHANGES.values()))


def _trained(seed, **settings) -> float:
    playground = Playground(seed=seed, **settings)
    playground.advance(STEPS)
    return playground.snapshot().accuracy
