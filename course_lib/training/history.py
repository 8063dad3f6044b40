"""What a training run leaves behind, and the state that its callbacks see."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import isfinite

import numpy as np

from course_lib.layers.network import Sequential
from course_lib.optimizers.first_order import Optimizer


@dataclass
class History:
    """What happened during training: one entry per step, and one per epoch.

    ``loss``, ``gradient_norm`` (before clipping) and ``lr`` have one entry per step; ``train_loss``,
    ``train_accuracy``, ``test_loss`` and ``test_accuracy`` one per epoch (the last two stay empty without test data;
    accuracies are NaN where the targets are not a vector of labels).
    """

    loss: list[float] = field(default_factory=list)
    gradient_norm: list[float] = field(default_factory=list)
    lr: list[float] = field(default_factory=list)
    train_loss: list[float] = field(default_factory=list)
    train_accuracy: list[float] = field(default_factory=list)
    test_loss: list[float] = field(default_factory=list)
    test_accuracy: list[float] = field(default_factory=list)

    @property
    def diverged(self) -> bool:
        return bool(self.loss) and not isfinite(self.loss[-1])


@dataclass
class Run:
    """A training run. Callbacks read it; setting ``stop`` ends the training after the current step.

    ``epoch`` counts from 0 the epoch that runs, ``epochs`` is how many are planned, ``step`` how many steps are done.
    """

    network: Sequential
    optimizer: Optimizer
    rng: np.random.Generator
    epochs: int
    callbacks: tuple[Callable[["Run"], None], ...] = ()
    history: History = field(default_factory=History)
    epoch: int = 0
    step: int = 0
    epoch_ended: bool = False
    stop: bool = False


Callback = Callable[[Run], None]
