"""What an exercise's parameters may be, as its docstring in the lesson says it; the corner cases are drawn from this.

An exercise binds each parameter to one of these kinds: ``takes={"z": Array(), "alpha": Number(0.1, 0.4, ...)}``.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from autograder.draw import short_seed

SIZES = (3, 5, 2, 4, 6)  # of the axes N, D, ... in the order of their first mention: no two alike
ANY_SHAPE = (3, 4)
MAGNITUDES = (1e-8, 1e-4, 10.0, 1e3)


@dataclass(frozen=True)
class Setting:
    """How one call is drawn: everything that a kind of corner case wants otherwise than usual.

    Attributes
    ----------
    shape : of the arrays of any shape.
    sizes : of the named axes.
    integers : the names of the parameters that hold integers.
    has_large : whether the last entries of arrays are as large as their bounds allow, one of either sign.
    magnitudes : of the entries of arrays, by the parameter's name.
    view : changes the layout of an array in memory, and not its entries.
    numbers : the values of the numbers, by the parameter's name.
    """

    shape: tuple[int, ...] = ANY_SHAPE
    sizes: dict[str, int] = field(default_factory=dict)
    integers: tuple[str, ...] = ()
    has_large: bool = False
    magnitudes: dict[str, float] = field(default_factory=dict)
    view: Callable[[np.ndarray], np.ndarray] | None = None
    numbers: dict[str, float] = field(default_factory=dict)


class Array:
    """An array of floats, of any shape, or with named axes: ``Array("N", "D")``.

    Parameters
    ----------
    low, high : bounds of its entries, as of the outputs of a sigmoid.
    integers : whether it may hold integers.
    magnitudes : of its entries that are tried; those beyond the bounds are left out.
    """

    def __init__(self, *axes: str, low=-np.inf, high=np.inf, integers=True, magnitudes=MAGNITUDES):
        self.axes, self.low, self.high = axes, low, high
        self.integers = integers and not np.isfinite(high)
        self.magnitudes = tuple(m for m in magnitudes if 3 * m < high)

    @property
    def says(self) -> tuple[str, ...]:
        shape = f"({self.axes[0]},)" if len(self.axes) == 1 else f"({', '.join(self.axes)})"
        return (shape if self.axes else "any shape",)

    def draw(self, rng: np.random.Generator, name: str, setting: Setting) -> np.ndarray:
        shape = tuple(setting.sizes[axis] for axis in self.axes) if self.axes else setting.shape
        values = self._values(rng, shape, setting.magnitudes.get(name), name in setting.integers and self.integers)
        if setting.has_large and values.size > 3 and max(self.magnitudes, default=0) > 1:
            values.flat[-2:] = max(self.magnitudes) * np.array([1.0, 1.0 if self.low == 0 else -1.0])
        return setting.view(values) if setting.view else values

    def _values(self, rng, shape, magnitude, integers) -> np.ndarray:
        signs = np.array(rng.choice([-1, 1], shape))
        if self.low >= 0:
            signs = np.abs(signs)
        elif signs.size > 1:
            signs.flat[:2] = 1, -1
        if integers:
            return np.array(signs * rng.integers(1, 5, shape))
        if magnitude is not None:
            return np.array(signs * magnitude * rng.uniform(1, 3, shape).round(2))
        reach = min(self.high, 3.0)
        return np.array(signs * rng.uniform(0.08 * reach, 0.9 * reach, shape).round(3))


class Arrays(Array):
    """A list of arrays of any shapes; several lists of one exercise hold arrays of the same shapes."""

    says = ("list",)

    def draw(self, rng, name, setting):
        shapes = (setting.shape, (setting.shape[-1] + 2,) if setting.shape else (4,))
        return [super(Arrays, self).draw(rng, name, replace(setting, shape=shape)) for shape in shapes]


class Record:
    """A dict of arrays: ``Record(w1=Array("D", "H"), ...)``."""

    def __init__(self, **parts: Array):
        self.parts = parts

    @property
    def axes(self):
        return tuple(axis for part in self.parts.values() for axis in part.axes)

    @property
    def integers(self):
        return all(part.integers for part in self.parts.values())

    @property
    def magnitudes(self):
        return min((part.magnitudes for part in self.parts.values()), key=len)

    @property
    def says(self):
        return tuple(f"{key} {text}" for key, part in self.parts.items() for text in part.says)

    def draw(self, rng, name, setting):
        return {key: part.draw(rng, name, setting) for key, part in self.parts.items()}


class Pack(Record):
    """A tuple of arrays, named for the docstring: ``Pack(x=Array("N", "D"), w=Array("D", "M"))``."""

    def draw(self, rng, name, setting):
        return tuple(super().draw(rng, name, setting).values())


@dataclass(frozen=True)
class Labels:
    """Class labels, one for each of ``axis``, below the size of the axis ``classes``."""

    axis: str
    classes: str
    integers = False
    magnitudes = ()

    @property
    def axes(self):
        return (self.axis, self.classes)

    @property
    def says(self):
        return (f"({self.axis},)",)

    def draw(self, rng, name, setting):
        return rng.integers(0, setting.sizes[self.classes], setting.sizes[self.axis])


class Number:
    """A number between ``low`` and ``high`` in most calls, and each of the ``corners`` in one.

    Parameters
    ----------
    says : the words of the docstring that allow the corners.
    """

    axes = ()
    integers = False
    magnitudes = ()

    def __init__(self, low: float, high: float, corners: tuple = (), says: str = ""):
        self.low, self.high, self.corners = low, high, corners
        self.says = (says,) if says else ()

    def draw(self, rng, name, setting):
        if name in setting.numbers:
            return setting.numbers[name]
        if isinstance(self.low, int):
            return int(rng.integers(self.low, self.high + 1))
        return float(f"{rng.uniform(self.low, self.high):.3g}")


class Generator:
    """A ``np.random.Generator`` that the student's function draws from, as new as ``np.random.default_rng(7)`` is."""

    axes = ()
    integers = False
    magnitudes = ()
    says = ("np.random.Generator",)

    def draw(self, rng, name, setting):
        return short_seed(rng)


class Flag:
    """True or False, as an argument of a function that is ``Given``."""


class Size:
    """The length of an axis of what a function that is ``Given`` makes."""


@dataclass(frozen=True)
class Like:
    """An array of the shape of another parameter of the exercise, as an argument of a function that is ``Given``."""

    name: str


@dataclass(frozen=True)
class Given:
    """What only the exercise can draw, such as a function: ``draw(rng, others)`` gets what is drawn for the others.

    ``kept`` says that it is data which must not be changed. ``called_with`` are the kinds of arguments that a function
    takes, by name: in grading, it is the grader that calls it with what students send.
    """

    draw_from: Callable[[np.random.Generator, dict], object]
    kept: bool = False
    called_with: dict[str, object] | None = None
    axes = ()
    integers = False
    magnitudes = ()
    says = ()

    def draw(self, rng, name, setting):
        raise AssertionError("is drawn after the others, by Domain.draw")


@dataclass(frozen=True)
class Domain:
    """The kinds of all parameters of an exercise, by name and in their order."""

    takes: dict[str, object]

    @cached_property
    def axes(self) -> tuple[str, ...]:
        """The named axes, in the order of their first mention."""
        return tuple(dict.fromkeys(axis for kind in self.takes.values() for axis in kind.axes))

    @cached_property
    def has_any_shape(self) -> bool:
        return any(isinstance(kind, Array) and not kind.axes for kind in self.takes.values())

    @property
    def is_kept(self) -> bool:
        """Whether there are arguments that must stay as they are."""
        return bool(self.of(Array) or self.of(Record)) or any(kind.kept for kind in self.of(Given).values())

    def of(self, kind: type) -> dict[str, object]:
        """The parameters of one kind."""
        return {name: given for name, given in self.takes.items() if isinstance(given, kind)}

    def draw(self, rng: np.random.Generator, setting: Setting = Setting()) -> dict[str, object]:
        """The inputs of one call."""
        sizes = {**dict(zip(self.axes, SIZES, strict=False)), **setting.sizes}
        setting = replace(setting, sizes=sizes)
        drawn = {
            name: kind.draw(rng, name, setting) for name, kind in self.takes.items() if not isinstance(kind, Given)
        }
        return {
            name: kind.draw_from(rng, drawn) if isinstance(kind, Given) else drawn[name]
            for name, kind in self.takes.items()
        }
