"""An exercise: the reference, the cases that probe it, and the wrong forms that students really write.

One module under ``autograder/exercises/<unit>/``, or one file of an instructor's (``outside``), holds one exercise,
bound to the name ``exercise``.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from numpy.random import Generator, default_rng

Inputs = dict[str, object]  # by position; a name that ends in "=" is passed by keyword, as it is written in a call

PARTS = ("core", "more")  # of a lesson: what everybody does, and what a class may leave out


class Call(NamedTuple):
    """The inputs of one call, and what is special about it among the calls of its case.

    ``told`` says it in words; of a function that gets a verdict, as "a wrong layer: eps is a tenth" or "a right layer:
    its eps is 0.001, its variance biased": what follows the colon names what a student's probe lets pass, or refuses.
    ``may_refuse`` says that an exception is as good as the right value. Where a judge decides, ``as_first``
    says whether the value must be that of the case's first call, as for the same seed, or not, as for another seed.
    ``right`` is the value of the reference where the case knows it, and need not have it computed.
    """

    inputs: Inputs
    told: str = ""
    may_refuse: bool = False
    as_first: bool | None = None
    right: object = None


@dataclass(frozen=True)
class Case:
    """One probe: a sentence, and a function that draws the inputs of one call from a generator, or several calls.

    ``kind`` is empty for a case of the exercise's own, else one of the corners that are drawn from its domain.
    ``atol_factor`` scales the absolute tolerance.
    """

    sentence: str
    draw: Callable[[Generator], Inputs | list[Call]]
    kind: str = ""
    atol_factor: float = 1.0

    def calls(self, seed: int, attempt: int = 0) -> list[Call]:
        """The calls for ``seed``: the same for the same seed and attempt, whatever the other cases draw."""
        drawn = self.draw(default_rng([seed, *self.draw.__name__.encode(), *[attempt] * (attempt > 0)]))
        return drawn if isinstance(drawn, list) else [Call(drawn)]

    def inputs(self, seed: int) -> Inputs:
        """The inputs of the first call."""
        return self.calls(seed)[0].inputs


@dataclass(frozen=True)
class Form:
    """A complete alternative solution, with the sentence that the student reads when theirs behaves like it.

    ``labels`` are those of the course's list of misconceptions that it covers, such as ``RL3``. ``raises`` is the
    exception that every call of the exercise's own cases ends in, where that is the mistake.
    """

    function: Callable
    labels: tuple[str, ...] = ()
    raises: type[Exception] | None = None

    @property
    def name(self) -> str:
        return self.function.__name__

    @property
    def sentence(self) -> str:
        return " ".join((self.function.__doc__ or "").split())


@dataclass(eq=False)
class Exercise:
    """Everything that judges one function of the student's.

    Parameters
    ----------
    name : the function that the student writes; also the module's name.
    unit : the unit, without its number, such as ``vanishing_gradients``; outside of the course, any word.
    points : what a right solution earns.
    reference : the right function, from ``course_lib``.
    hints : a ladder of hints, each ending in a question.
    rtol : relative tolerance of the comparison.
    atol : absolute tolerance, for entries that should be zero up to rounding.
    returns : what the values are called, where the function returns several.
    takes : what the parameters may be, by name (see ``domain``), from which corner cases are drawn.
    new : whether the results are promised to share no memory with the arguments.
    borrows : whether an argument may be changed for a while, if it is put back.
    judge_together : what is wrong with the values of all calls of a case of its own, each of which is right by
        itself, or None: of a function that draws at random, many values show what one cannot.
    judge : replaces the comparison with the reference where many values are right: what is wrong with a value
        that was returned for the inputs, or None. Forms are told apart by the property alone that it finds.
    part : ``"core"``, or ``"more"`` for what a class may leave out.
    minutes : for someone who knows NumPy.
    difficulty : 1 (a line, once the formula is understood), 2 (one thing to watch) or 3 (several steps, or an idea).
    reasoning : why the lesson's solution is right, in a sentence or two, for those who ask to see it.
    limits : what a call may take where that is more or less than usual, such as ``{"call_seconds": 20}``; the names are
        those of ``grading.isolation.limits.Limits``. The notebook's check keeps ``call_seconds``, too.

    Raises
    ------
    ValueError
        When the part is no such word.
    """

    name: str
    unit: str
    points: float
    reference: Callable
    hints: tuple[str, ...]
    rtol: float = 1e-6
    atol: float = 1e-12
    returns: tuple[str, ...] = ()
    takes: dict[str, object] | None = None
    new: bool = False
    borrows: bool = False
    judge: Callable[[Inputs, object], object] | None = None
    judge_together: Callable[[list], object] | None = None
    part: str = "core"
    minutes: int = 5
    difficulty: int = 2
    reasoning: str = ""
    limits: dict[str, float] = field(default_factory=dict)
    cases: list[Case] = field(default_factory=list)
    misconceptions: list[Form] = field(default_factory=list)
    variants: list[Form] = field(default_factory=list)
    equivalents: list[Form] = field(default_factory=list)

    def __post_init__(self):
        if self.part not in PARTS:
            raise ValueError(f"part must be one of {', '.join(PARTS)}, got {self.part!r}")

    @property
    def effort(self) -> str:
        """What the lesson says of the time that it takes."""
        return f"{self.minutes} minute{'s' * (self.minutes > 1)}, difficulty {self.difficulty} of 3"

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        return tuple(p.name for p in self._parameters)

    @cached_property
    def _parameters(self) -> list[inspect.Parameter]:
        """Those of the reference; where the domain is declared, without what only the library knows."""
        known = inspect.signature(self.reference).parameters.values()
        return [p for p in known if self.takes is None or p.name in self.takes]

    @property
    def defaults(self) -> dict[str, object]:
        """The defaults of those parameters that have one."""
        return {p.name: p.default for p in self._parameters if p.default is not p.empty}

    @property
    def signature(self) -> str:
        """The signature as the student should write it, without annotations."""
        shown = [p.replace(annotation=p.empty) for p in self._parameters]
        return f"{self.name}{inspect.Signature(shown)}"

    def case(self, sentence: str):
        """Add the decorated ``draw(rng) -> inputs`` as a case that reads as ``sentence``."""

        def add(draw):
            self.cases.append(Case(sentence, draw))
            return draw

        return add

    def misconception(self, *labels, raises: type[Exception] | None = None):
        """Add a wrong form. Its docstring is what a student who wrote it reads.

        Written ``@exercise.misconception``, or with labels of the list: ``@exercise.misconception("RL1")``. A form that
        never gets as far as a value says so, as in ``@exercise.misconception(raises=TypeError)``.
        """
        return _adder(self.misconceptions, labels, raises)

    def variant(self, *labels):
        """Add a form that is right under another convention: full marks, and its docstring explains."""
        return _adder(self.variants, labels)

    def equivalent(self, *labels):
        """Add a right solution, written another way, that the cases must accept."""
        return _adder(self.equivalents, labels)


def _adder(forms: list[Form], given: tuple, raises: type[Exception] | None = None):
    """The function itself where a decorator stands without labels, else the decorator."""
    if given and callable(given[0]):
        forms.append(Form(given[0]))
        return given[0]

    def add(function):
        forms.append(Form(function, given, raises))
        return function

    return add
