"""The learning-rate range test: raise the rate from step to step, and look where the loss falls and where it bursts."""

from copy import deepcopy
from dataclasses import dataclass

import numpy as np

from course_lib._arguments.numbers import BELOW_ONE, POSITIVE, integer
from course_lib.functions.losses import softmax_xent
from course_lib.layers.network import Sequential
from course_lib.optimizers.first_order import SGD
from course_lib.optimizers.moving_average import ewma
from course_lib.training.loop import fit


@dataclass(frozen=True)
class RangeTest:
    """What ``range_test`` found.

    Attributes
    ----------
    lr : (S,) array, the rate of each step
    loss : (S,) array, the loss of each step's batch, before the step
    smoothed : (S,) array, its exponentially weighted mean, corrected for its start
    largest : float, the rate at which the smoothed loss is lowest: beyond it, training is about to become unstable
    suggested : float, a tenth of ``largest``: a rate to start with (fastai's rule "minimum / 10")
    """

    lr: np.ndarray
    loss: np.ndarray
    smoothed: np.ndarray
    largest: float

    @property
    def suggested(self) -> float:
        return self.largest / 10


def range_test(
    network: Sequential,
    x,
    y,
    *,
    rng,
    optimizer=None,
    lr_min=1e-5,
    lr_max=10.0,
    steps=100,
    batch_size=32,
    beta=0.9,
    burst=4.0,
    loss=softmax_xent,
) -> RangeTest:
    """Train a copy of ``network`` for ``steps`` steps at rates that rise from ``lr_min`` to ``lr_max``.

    The network and the optimiser stay as they are. Smith 2017 (section 3.3) raises the rate in a straight line and
    watches the accuracy; the geometric rise and the smoothed loss are what most tools use since, such as fastai.

    Parameters
    ----------
    optimizer : the optimiser to test, ``SGD`` by default; its own rate does not matter
    steps : int, at least 2
    beta : float in [0, 1), the memory of the smoothed loss
    burst : float; the test ends early when the smoothed loss exceeds ``burst`` times its lowest value, or is not finite

    Returns
    -------
    RangeTest

    Raises
    ------
    TypeError, ValueError
        When an argument is out of its range, ``fit`` refuses it, or the loss is not finite from the first steps on.
    """
    lr_min, lr_max = POSITIVE(lr_min, name="lr_min"), POSITIVE(lr_max, name="lr_max")
    if not lr_min < lr_max:
        raise ValueError(f"lr_min must be below lr_max, got {lr_min} and {lr_max}")
    steps, beta, burst = integer(steps, 2, name="steps"), BELOW_ONE(beta, name="beta"), POSITIVE(burst, name="burst")
    rates = np.geomspace(lr_min, lr_max, steps)

    def watch(run):
        curve = ewma(run.history.loss, beta)
        run.stop = len(curve) == steps or not curve[-1] <= burst * np.fmin.reduce(curve)

    probe, prober = deepcopy(network), SGD(lr_min) if optimizer is None else deepcopy(optimizer)
    with np.errstate(over="ignore", invalid="ignore"):
        history = fit(
            probe,
            x,
            y,
            rng=rng,
            optimizer=prober,
            epochs=steps,
            batch_size=batch_size,
            loss=loss,
            schedule=lambda step: float(rates[step]),
            callbacks=[watch],
        )
    curve = ewma(history.loss, beta)
    tried = rates[: len(curve)]
    if np.isfinite(curve).sum() < 2:
        raise ValueError(f"the loss is not finite from the first steps on: lower lr_min, {lr_min}")
    return RangeTest(tried, np.array(history.loss), curve, float(tried[np.nanargmin(curve)]))
