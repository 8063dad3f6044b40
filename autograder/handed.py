"""Functions that students are handed take only what the exercise documents, for students choose the arguments.

In grading they run in the grader, where a shape that nobody has foreseen could take all of its memory. In a notebook's
check the same is refused, so that both agree.
"""

import math
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from functools import singledispatch

import numpy as np
from numpy.random import Generator as Generates

from autograder.box.wire import Seed, in_order
from autograder.domain import Array, Flag, Generator, Given, Like, Number, Record, Size
from autograder.exercise import Exercise, Inputs

MOST_ENTRIES = 1 << 22  # of all arguments of a call together, and of what its sizes ask for: 32 MB


class _Refused(Exception):
    """Why an argument is none that the function takes."""


@dataclass(frozen=True)
class Handed:
    """A function as students get it.

    Parameters
    ----------
    function : the exercise's own.
    name : of the parameter by which it is handed over.
    takes : the kinds of its arguments, by name and in their order; None where the exercise does not say.
    inputs : of the student's function, to which ``Like`` refers.
    """

    function: Callable
    name: str
    takes: dict[str, object] | None
    inputs: Inputs

    @property
    def names(self) -> tuple[str, ...]:
        """Of its parameters, as far as the exercise says."""
        return tuple(self.takes or ())

    def __call__(self, *arguments, **named):
        arguments = in_order(self.names, arguments, named)
        self._check(arguments)
        return self.function(*arguments)

    def __copy__(self):
        return Handed(copy(self.function), self.name, self.takes, self.inputs)

    def _check(self, arguments: Sequence):
        if self.takes is None:
            return
        if len(arguments) != len(self.takes):
            raise TypeError(f"{self.name} takes {len(self.takes)} arguments, got {len(arguments)}")
        found = _Found(self.inputs)
        for (what, kind), argument in zip(self.takes.items(), arguments, strict=True):
            try:
                _check(kind, argument, found)
            except _Refused as error:
                raise ValueError(f"{self.name} takes {what} as {error}") from None
        if max(found.entries, math.prod(found.asked)) > MOST_ENTRIES:
            raise ValueError(f"{self.name} takes at most {MOST_ENTRIES} numbers in a call")


class _Found:
    """What the arguments of a call have shown so far: named axes, entries of arrays, and sizes asked for."""

    def __init__(self, inputs: Inputs):
        self.inputs = inputs
        self.axes: dict[str, int] = {}
        self.shape: tuple[int, ...] | None = None  # of arrays of any shape, which is the same for all in a call
        self.entries = 0
        self.asked: list[int] = []


def handed_over(exercise: Exercise, drawn: Sequence[Inputs]) -> list[Inputs]:
    """The inputs of several calls, with their functions as students get them."""
    takes = exercise.takes or {}
    kinds = {name: kind.called_with for name, kind in takes.items() if isinstance(kind, Given)}
    return [
        {
            name: Handed(value, name, kinds.get(name), inputs) if callable(value) else value
            for name, value in inputs.items()
        }
        for inputs in drawn
    ]


@singledispatch
def _check(kind, value, found: _Found):
    raise TypeError(f"no function takes {kind}")


@_check.register
def _(kind: Array, value, found: _Found):
    shape = _shape_of(value, found)
    if not shape:  # a single number stands for as many as there should be
        return
    if not kind.axes:
        if found.shape not in (None, shape):
            raise _Refused(f"an array of the same shape as the one before it, {found.shape}, got {shape}")
        found.shape = shape
        return
    sizes = [found.axes.get(axis, size) for axis, size in zip(kind.axes, shape, strict=False)]
    if len(shape) != len(kind.axes) or tuple(sizes) != shape:
        raise _Refused(f"an array of shape {kind.says[0]}, got {shape}")
    found.axes |= dict(zip(kind.axes, shape, strict=True))


@_check.register
def _(kind: Like, value, found: _Found):
    shape, due = _shape_of(value, found), np.shape(found.inputs[kind.name])
    if shape not in ((), due):
        raise _Refused(f"an array of the shape of {kind.name}, {due}, got {shape}")


@_check.register
def _(kind: Record, value, found: _Found):
    if not isinstance(value, dict) or not value.keys() >= kind.parts.keys():
        raise _Refused(f"a dict of {', '.join(kind.parts)}")
    for name, part in kind.parts.items():
        _check(part, value[name], found)


@_check.register
def _(kind: Number, value, found: _Found):
    if _shape_of(value, found):
        raise _Refused("a number")


@_check.register
def _(kind: Flag, value, found: _Found):
    if _shape_of(value, found):
        raise _Refused("True or False")


@_check.register
def _(kind: Size, value, found: _Found):
    if _shape_of(value, found) or np.asarray(value).dtype.kind not in "iu" or value < 1:
        raise _Refused("a whole number from 1 on")
    found.asked.append(int(value))


@_check.register
def _(kind: Generator, value, found: _Found):
    if not isinstance(value, Generates | Seed):
        raise _Refused("an np.random.Generator")


def _shape_of(value, found: _Found) -> tuple[int, ...]:
    """The shape of numbers, which are counted."""
    try:
        array = np.asarray(value)
    except (ValueError, TypeError, RuntimeError):
        array = None
    if array is None or array.dtype.kind not in "biuf":
        raise _Refused("real numbers")
    found.entries += array.size
    return array.shape
