"""Learning-rate schedules: pure functions of the step, which counts from 0.

Each is defined for every integer: before step 0 it has the value of step 0, after its last step it stays where it
ended. There is nothing between two steps: 1.5 is refused. Rates are finite and not negative; all functions raise
TypeError or ValueError for arguments that do not make a schedule.
"Step" may be a batch or an epoch; lengths such as ``every`` and ``steps`` are in the same unit.
To use one: ``optimizer.lr = cosine(step, lr=0.1, steps=1000)`` before each step.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from course_lib._arguments.numbers import BELOW_ONE, INSIDE_UNIT, NOT_NEGATIVE, POSITIVE, Interval, integer, number
from course_lib._arguments.objects import function

# beyond it, float64 no longer counts in ones, and a far larger integer has no float at all
LONGEST = 2**53
FACTOR = Interval(0, 1, open_low=True)
AT_LEAST_ONE = Interval(1, math.inf, open_high=True)


def step_decay(step: int, *, lr: float, factor: float, every: int) -> float:
    """lr * factor ** floor(step / every): a fall by ``factor`` in (0, 1] at steps every, 2 every, ...

    PyTorch: StepLR. Keras: ExponentialDecay with ``staircase=True``.
    """
    return _rate(lr) * FACTOR(factor, name="factor") ** (_elapsed(step) // _length(every, "every"))


def exponential(step: int, *, lr: float, factor: float, every: float = 1) -> float:
    """lr * factor ** (step / every), with ``factor`` in (0, 1]: a smooth fall by ``factor`` in every ``every`` steps.

    PyTorch: ExponentialLR (``every`` is 1). Keras: ExponentialDecay.
    """
    return _rate(lr) * FACTOR(factor, name="factor") ** (_elapsed(step) / POSITIVE(every, name="every"))


def power(step: int, *, lr: float, every: float, exponent: float = 1.0) -> float:
    """lr / (1 + step / every) ** exponent, with ``exponent`` in [0, inf): lr, lr/2, lr/3, ... at 0, every, 2 every, ...

    Keras: InverseTimeDecay (exponent 1). PyTorch has none by name. Bengio 2012, section 3.1.1, in another form.
    """
    return _rate(lr) * (1 + _elapsed(step) / POSITIVE(every, name="every")) ** -NOT_NEGATIVE(exponent, name="exponent")


def piecewise_constant(step: int, *, boundaries: Sequence[int], values: Sequence[float]) -> float:
    """values[0] before boundaries[0], values[i] from step boundaries[i - 1] on: the boundary has the new value.

    PyTorch's MultiStepLR changes at the boundary too; Keras's PiecewiseConstantDecay one step later.

    Parameters
    ----------
    boundaries : (n,) integers, rising
    values : (n + 1,) floats
    """
    boundaries = [integer(boundary, name="a boundary") for boundary in boundaries]
    if len(values) != len(boundaries) + 1:
        raise ValueError(f"{len(boundaries)} boundaries need {len(boundaries) + 1} values, got {len(values)}")
    if any(b <= a for a, b in pairwise(boundaries)):
        raise ValueError(f"boundaries must rise, got {boundaries}")
    rates = [_rate(value, "a value") for value in values]
    return rates[bisect_right(boundaries, integer(step, name="step"))]


def cosine(step: int, *, lr: float, steps: int, lr_min: float = 0.0) -> float:
    """Half a cosine from ``lr`` at step 0 to ``lr_min`` at step ``steps``, and ``lr_min`` from there on.

    PyTorch's CosineAnnealingLR rises again after ``T_max``; Keras's CosineDecay stays, as here.
    Loshchilov and Hutter 2017, equation 5.
    """
    lr_min, lr = _range(lr_min, lr, "lr_min", "lr")
    steps = _length(steps, "steps")
    return lr_min + (lr - lr_min) * (1 + math.cos(math.pi * min(_elapsed(step), steps) / steps)) / 2


def cosine_restarts(step: int, *, lr: float, period: int, growth: int = 1, lr_min: float = 0.0) -> float:
    """Cosines one after the other, each ``growth`` times longer than the last, each starting again at ``lr``.

    The value ``lr_min`` itself is never taken: step ``period`` is step 0 of the next cosine.
    PyTorch: CosineAnnealingWarmRestarts (growth is ``T_mult``). Keras: CosineDecayRestarts (``t_mul``, by default 2).
    Loshchilov and Hutter 2017, section 3 (SGDR).
    """
    step, period, growth = _elapsed(step), _length(period, "period"), _length(growth, "growth")
    if growth == 1:
        step %= period
    while step >= period:  # some fifty times at most, for every period is at least twice the last
        step -= period
        period *= growth
    return cosine(step, lr=lr, steps=period, lr_min=lr_min)


def warmup(step: int, *, steps: int, then: Callable[[int], float]) -> float:
    """A linear rise, then(0) * (step + 1) / steps, during ``steps`` steps; after it ``then(step - steps)``.

    No step is lost on a rate of zero, and the clock of ``then`` starts when the warm-up ends.
    PyTorch: LinearLR in SequentialLR (from 1/3 by default). Keras: ``warmup_steps`` of CosineDecay, from its
    ``initial_learning_rate``.
    Goyal et al. 2017, section 2.2.

    Parameters
    ----------
    steps : int, zero or more
    then : function of the step, such as ``partial(cosine, lr=0.1, steps=900)``
    """
    step, steps = max(integer(step, name="step"), 0), _length(steps, "steps", least=0)
    function(then, name="then", form="of the step")
    return _rate(then(0), "then(0)") * (step + 1) / steps if step < steps else then(step - steps)


def triangular(step: int, *, lr_min: float, lr_max: float, half: int) -> float:
    """Up from ``lr_min`` to ``lr_max`` in ``half`` steps, down again in ``half`` steps, without end.

    PyTorch: CyclicLR, where ``half`` is ``step_size_up``. Keras has none.
    Smith 2017, section 3 (``half`` is the stepsize).
    """
    lr_min, lr_max = _range(lr_min, lr_max, "lr_min", "lr_max")
    half = _length(half, "half")
    position = _elapsed(step) % (2 * half)
    return lr_min + (lr_max - lr_min) * (1 - abs(position - half) / half)


class Cycle(NamedTuple):
    """What ``one_cycle`` returns for one step."""

    lr: float
    momentum: float


def one_cycle(
    step: int,
    *,
    lr_max: float,
    steps: int,
    annihilation: float = 0.1,
    div: float = 25.0,
    final_div: float = 1e4,
    momentum_max: float = 0.95,
    momentum_min: float = 0.85,
) -> Cycle:
    """Up to ``lr_max`` and down again in straight lines, then down to almost nothing; momentum moves the other way.

    With h the largest integer such that the last phase has at least ``annihilation * steps`` steps:

    ========  ============  ============  ============  ========================
    step      0             h             2 h           ``steps``
    ========  ============  ============  ============  ========================
    lr        lr_max / div  lr_max        lr_max / div  lr_max / (div final_div)
    momentum  momentum_max  momentum_min  momentum_max  momentum_max
    ========  ============  ============  ============  ========================

    PyTorch's OneCycleLR has two cosine phases by default (a rise of 30 %); nearest to this is
    ``three_phase=True, anneal_strategy="linear"``. Its last rate is also lr_max / (div final_div). Keras has none.

    Parameters
    ----------
    steps : int, at least 3, one for each phase
    annihilation : float in [0, 1), the least share of the last phase, which has at least one step
    div, final_div : floats, at least 1
    momentum_max, momentum_min : floats in [0, 1)

    Returns
    -------
    Cycle : ``lr`` and ``momentum`` (for Adam: ``beta1``)

    References
    ----------
    Smith and Topin 2018, section 3; Smith 2018 (arXiv 1803.09820), section 4.3, for the momentum.
    """
    steps = _length(steps, "steps", least=3)
    annihilation = BELOW_ONE(annihilation, name="annihilation")
    div, final_div = AT_LEAST_ONE(div, name="div"), AT_LEAST_ONE(final_div, name="final_div")
    momentum_max = BELOW_ONE(momentum_max, name="momentum_max")
    momentum_min, momentum_max = _range(momentum_min, momentum_max, "momentum_min", "momentum_max")
    h = max(1, (steps - max(1, math.ceil(annihilation * steps))) // 2)
    step, knots, low = _elapsed(step), [0, h, 2 * h, steps], _rate(lr_max, "lr_max") / div
    return Cycle(
        lr=float(np.interp(step, knots, [low, lr_max, low, low / final_div])),
        momentum=float(np.interp(step, knots, [momentum_max, momentum_min, momentum_max, momentum_max])),
    )


@dataclass
class ReduceOnPlateau:
    """Lower the rate when the loss has stopped falling.

    A loss is better when it is below best - min_delta. After ``patience`` updates in a row without a better one, lr is
    multiplied by ``factor``; then ``cooldown`` updates are not counted. ``best`` is kept. NaN is never better.
    Keras: the same, min_delta 1e-4, but only ``cooldown - 1`` updates are not counted. PyTorch waits one update
    longer before each fall, and its threshold is relative by default.

    Parameters
    ----------
    lr : float, the rate now
    factor : float in (0, 1)
    patience : int, at least 1
    min_delta : float, at least 0, the least fall that counts
    cooldown : int, at least 0
    lr_min : float, at least 0, the floor
    """

    lr: float
    factor: float = 0.1
    patience: int = 10
    min_delta: float = 0.0
    cooldown: int = 0
    lr_min: float = 0.0
    best: float = field(default=math.inf, init=False)
    waited: int = field(default=0, init=False)
    resting: int = field(default=0, init=False)

    def __post_init__(self):
        _rate(self.lr)
        INSIDE_UNIT(self.factor, name="factor")
        integer(self.patience, 1, name="patience")
        NOT_NEGATIVE(self.min_delta, name="min_delta")
        integer(self.cooldown, 0, name="cooldown")
        _rate(self.lr_min, "lr_min")

    def update(self, loss: float) -> float:
        """Take the ``loss`` of one more epoch; returns the rate for the next."""
        loss = number(loss, name="loss")
        better = loss < self.best - self.min_delta
        if better:
            self.best = loss
        if better or self.resting:
            self.waited = 0
        else:
            self.waited += 1
        self.resting = max(self.resting - 1, 0)
        if self.waited == self.patience:
            self.lr = min(self.lr, max(self.lr * self.factor, self.lr_min))
            self.waited, self.resting = 0, self.cooldown
        return self.lr


def _elapsed(step):
    return min(max(integer(step, name="step"), 0), LONGEST)


def _length(value, name, least=1):
    return min(integer(value, least, name=name), LONGEST)


def _rate(value, name="lr"):
    return NOT_NEGATIVE(value, name=name)


def _range(low, high, low_name, high_name):
    low, high = _rate(low, low_name), _rate(high, high_name)
    if low > high:
        raise ValueError(f"{low_name} must be at most {high_name}, got {low} and {high}")
    return low, high
