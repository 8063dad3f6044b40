"""An exercise: the reference, the cases that probe it, and the wrong forms that students really write.

One module under ``autograder/exercises/<unit>/`` holds one exercise, bound to the name ``exercise``.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import numpy as np

import autograder.exercises

Inputs = dict[str, object]


@dataclass(frozen=True)
class Case:
    """One probe: a sentence, and a function that draws the inputs from a generator."""

    sentence: str
    draw: Callable[[np.random.Generator], Inputs]

    def inputs(self, seed: int) -> Inputs:
        """The inputs for ``seed``: the same for the same seed, whatever the other cases draw."""
        return self.draw(np.random.default_rng([seed, *self.draw.__name__.encode()]))


@dataclass(frozen=True)
class Form:
    """A complete alternative solution, with the sentence that the student reads when theirs behaves like it."""

    function: Callable

    @property
    def name(self) -> str:
        return self.function.__name__

    @property
    def sentence(self) -> str:
        return " ".join((self.function.__doc__ or "").split())


@dataclass
class Exercise:
    """Everything that judges one function of the student's.

    Parameters
    ----------
    name : the function that the student writes; also the module's name.
    unit : the unit, without its number, such as ``vanishing_gradients``.
    points : what a right solution earns.
    reference : the right function, from ``course_lib``.
    hints : a ladder of hints, each ending in a question.
    rtol : relative tolerance of the comparison.
    atol : absolute tolerance, for entries that should be zero up to rounding.
    """

    name: str
    unit: str
    points: float
    reference: Callable
    hints: tuple[str, ...]
    rtol: float = 1e-6
    atol: float = 1e-12
    cases: list[Case] = field(default_factory=list)
    misconceptions: list[Form] = field(default_factory=list)
    variants: list[Form] = field(default_factory=list)
    equivalents: list[Form] = field(default_factory=list)

    @property
    def parameters(self) -> tuple[str, ...]:
        return tuple(inspect.signature(self.reference).parameters)

    @property
    def signature(self) -> str:
        """The signature as the student should write it, without annotations."""
        shown = [p.replace(annotation=p.empty) for p in inspect.signature(self.reference).parameters.values()]
        return f"{self.name}{inspect.Signature(shown)}"

    def case(self, sentence: str):
        """Add the decorated ``draw(rng) -> inputs`` as a case that reads as ``sentence``."""

        def add(draw):
            self.cases.append(Case(sentence, draw))
            return draw

        return add

    def misconception(self, function):
        """Add a wrong form. Its docstring is what a student who wrote it reads."""
        self.misconceptions.append(Form(function))
        return function

    def variant(self, function):
        """Add a form that is right under another convention: full marks, and its docstring explains."""
        self.variants.append(Form(function))
        return function

    def equivalent(self, function):
        """Add a right solution, written another way, that the cases must accept."""
        self.equivalents.append(Form(function))
        return function


@cache
def _modules() -> dict[str, str]:
    """Exercise name -> dotted module name, read from the files' names without importing them."""
    packages = pkgutil.walk_packages(autograder.exercises.__path__, "autograder.exercises.")
    return {found.name.rpartition(".")[2]: found.name for found in packages if not found.ispkg}


def names() -> frozenset[str]:
    """The names of all exercises."""
    return frozenset(_modules())


def load(name: str) -> Exercise:
    """The exercise called ``name``.

    Raises
    ------
    KeyError
        When there is none; the message lists those that there are.
    """
    if name not in _modules():
        raise KeyError(f"no exercise is called {name!r}; there are: {', '.join(sorted(_modules()))}")
    return importlib.import_module(_modules()[name]).exercise


def catalogue(unit: str | None = None) -> list[Exercise]:
    """All exercises (of one unit), in the order of their units and names."""
    exercises = [load(name) for name in _modules()]
    return sorted((e for e in exercises if unit in (None, e.unit)), key=lambda e: (e.unit, e.name))
