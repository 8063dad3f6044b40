"""Single numbers as arguments, and the intervals that they must lie in."""

from dataclasses import dataclass
from math import inf
from operator import index

import numpy as np

from course_lib._arguments.objects import described


def n_samples(n, *, name="n", instead="len(y)") -> int:
    """``n`` as an int, at least 1; the samples themselves are refused."""
    if np.ndim(n):
        raise TypeError(f"{name} must be the number of samples, got an array {np.shape(n)}: type {instead}")
    return integer(n, 1, name=name)


def integer(value, low=None, high=None, *, name) -> int:
    """``value`` as an int in [low, high]; 2.0 is refused, because so is range(2.0)."""
    try:
        number = index(value)
    except TypeError:
        advice = f": type {int(value)}" if isinstance(value, float) and value.is_integer() else ""
        raise TypeError(f"{name} must be an integer, got {described(value)}{advice}") from None
    if (low is not None and number < low) or (high is not None and number > high):
        limits = f"at least {low}" if high is None else f"at most {high}" if low is None else f"in [{low}, {high}]"
        raise ValueError(f"{name} must be {limits}, got {number}")
    return number


def number(value, *, name) -> float:
    """``value`` as a float; NaN and infinity are accepted, text is not."""
    try:
        if not isinstance(value, str):
            return float(value)
    except (TypeError, ValueError):
        pass
    raise TypeError(f"{name} must be a number, got {described(value)}")


def shape_of(value, *, name) -> tuple[int, ...]:
    """``value`` as a tuple of sizes, each at least 1; one integer stands for one axis."""
    sizes = value if isinstance(value, tuple | list) else (value,)
    return tuple(integer(size, 1, name=name) for size in sizes)


@dataclass(frozen=True)
class Interval:
    """Where a number may lie; calling it with a number gives the number as a float, or says where it should lie."""

    low: float
    high: float
    open_low: bool = False
    open_high: bool = False

    def __call__(self, value, *, name) -> float:
        x = value if type(value) is float else number(value, name=name)
        if not self._holds(x):
            raise ValueError(f"{name} must {self}, got {value}")
        return x

    def every(self, x, *, name):
        """The array ``x``, refused unless each of its entries lies in the interval."""
        inside = self._holds(x)
        if not inside.all():
            raise ValueError(f"{name} must {self}, got {x[~inside].flat[0]}")
        return x

    def _holds(self, x):
        # NaN compares as False, and so lies nowhere
        above = x > self.low if self.open_low else x >= self.low
        below = x < self.high if self.open_high else x <= self.high
        return above & below

    def __str__(self):
        if self == FINITE:
            return "be finite"
        if self.high == inf:
            above = "positive" if self.low == 0 else f"above {self.low:g}"
            limit = above if self.open_low else f"at least {self.low:g}"
            return f"be {limit}" + (" and finite" if self.open_high else "")
        left, right = "(" if self.open_low else "[", ")" if self.open_high else "]"
        return f"lie in {left}{self.low:g}, {self.high:g}{right}"


FINITE = Interval(-inf, inf, open_low=True, open_high=True)
POSITIVE = Interval(0, inf, open_low=True, open_high=True)
NOT_NEGATIVE = Interval(0, inf, open_high=True)
UNIT = Interval(0, 1)
BELOW_ONE = Interval(0, 1, open_high=True)
INSIDE_UNIT = Interval(0, 1, open_low=True, open_high=True)
