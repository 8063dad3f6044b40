"""Bounds on what an experiment measures, and answers that follow from it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Bound:
    """``low < quantity < high``, for the field or property ``quantity`` of an experiment's result.

    The limit lies well off the value of "no effect" (a ratio of 1, a difference of 0): it carries the margin.
    NaN satisfies no bound; infinity, such as the loss of a run that diverged, lies above every limit.
    """

    quantity: str
    low: float = -np.inf
    high: float = np.inf

    def holds(self, result) -> bool:
        """Whether the result of one seed satisfies the bound."""
        value = getattr(result, self.quantity)
        return bool(self.low < value and (value < self.high or np.isinf(self.high)))

    def __str__(self) -> str:
        name = self.quantity.replace("_", " ")
        if np.isinf(self.low):
            return f"{name} < {self.high:g}"
        if np.isinf(self.high):
            return f"{name} > {self.low:g}"
        return f"{self.low:g} < {name} < {self.high:g}"


def above(quantity, low) -> Bound:
    """The bound ``quantity > low``."""
    return Bound(quantity, low=low)


def below(quantity, high) -> Bound:
    """The bound ``quantity < high``."""
    return Bound(quantity, high=high)


def between(quantity, low, high) -> Bound:
    """The bound ``low < quantity < high``."""
    return Bound(quantity, low, high)


def at_least(quantity, *limits) -> Callable[[object], int]:
    """How many of the limits a quantity reaches: the index of one of the options, from small to large."""
    return lambda result: sum(getattr(result, quantity) >= limit for limit in limits)


def less_than(quantity, *limits) -> Callable[[object], int]:
    """How many of the limits a quantity lies below: the index of one of the options, from large to small."""
    return lambda result: sum(getattr(result, quantity) < limit for limit in limits)
