"""A claim: a statement of the lecture notes, the experiment that tests it, and the rule that judges the outcome.

Every part of the statement has its bounds, and so has a control, which shows that the experiment could have come out
otherwise. Every bound must hold for every seed, otherwise the verdict is "not shown", whatever the course would like.
Times are the exception: what else runs on a machine disturbs single ones, so it is their medians that must hold.
"""

import inspect
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from types import SimpleNamespace

import numpy as np

from course_lib.claims.rule import Bound

# what a claim may turn out to be, besides NOT_SHOWN
VERDICTS = ("wrong", "misleading", "incomplete", "slip", "holds")
NOT_SHOWN = "not shown"
DEFAULT_SEEDS = range(5)


@dataclass(frozen=True)
class Curves:
    """Curves of an experiment's result, for a claim that a picture shows best.

    Attributes
    ----------
    series : function of a result, returning a dict from label to (n,) array
    log : bool, whether the vertical axis is logarithmic
    """

    xlabel: str
    ylabel: str
    series: Callable[[object], dict[str, np.ndarray]]
    log: bool = False


@dataclass(frozen=True)
class Part:
    """A part of the statement, or all of it, and what became of it.

    Attributes
    ----------
    says : str, in the words of the statement; empty when the statement has but one part
    verdict : str, one of ``VERDICTS``
    evidence : str, a format string over the fields and properties of the results: ``{loss:.2g}`` is the median over
        the seeds, ``{loss.low}`` and ``{loss.high}`` are the extremes
    rule : tuple of Bound
    """

    says: str
    verdict: str
    evidence: str
    rule: tuple[Bound, ...]


@dataclass(frozen=True)
class Control:
    """What shows that the experiment can come out otherwise; ``evidence`` and ``rule`` as of a ``Part``."""

    evidence: str
    rule: tuple[Bound, ...]


@dataclass(frozen=True)
class Neighbour:
    """A setting beside that of the claim: the experiment's parameters that differ."""

    name: str
    changes: dict[str, object]


def vary(**parameters) -> tuple[Neighbour, ...]:
    """One neighbouring setting for each value of each parameter, such as ``vary(depth=(10, 40), width=(16, 128))``."""
    return tuple(
        Neighbour(f"{parameter.replace('_', ' ')} {_shown(value)}", {parameter: value})
        for parameter, values in parameters.items()
        for value in values
    )


@dataclass(frozen=True)
class Claim:
    """One statement and its test.

    Attributes
    ----------
    id : str, unit and number, such as "01.07", in the order of the lesson and then of the appendix; it says nothing of
        the verdict
    in_notes : str, the id in the list of what was found in the lecture notes
    statement : str, as the lecture notes make it, whole
    question, options : the prediction that the learner is asked for
    answer : function of a result, returning the index of the option that it bears out; of several seeds' results, it is
        given the median of each field and property
    experiment : pure function (seed, keyword parameters) -> frozen dataclass of measured values
    setting : str, a format string over the experiment's parameters, all of them: what was compared with what
    parts : tuple of Part, all that the statement says
    control : Control
    verdict : str, one of ``VERDICTS``: the verdict if all bounds hold, see ``shown``
    correction : str, what holds
    source : str, paper and place
    neighbours : tuple of Neighbour, the settings in which the verdict is tried as well
    rates : the learning rates that were tried for each arm, by its name; the best one is in the evidence
    curves : Curves or None
    timed : bool, whether the experiment measures times
    """

    id: str
    in_notes: str
    unit: str
    statement: str
    question: str
    options: tuple[str, ...]
    answer: Callable[[object], int]
    experiment: Callable[..., object]
    setting: str
    parts: tuple[Part, ...]
    control: Control
    verdict: str
    correction: str
    source: str
    neighbours: tuple[Neighbour, ...]
    rates: dict[str, tuple[float, ...]] = field(default_factory=dict)
    curves: Curves | None = None
    timed: bool = False

    def __post_init__(self):
        for verdict in (self.verdict, *(part.verdict for part in self.parts)):
            if verdict not in VERDICTS:
                raise ValueError(f"{self.id}: verdict must be one of {', '.join(VERDICTS)}, got {verdict!r}")
        if not callable(self.answer):
            raise TypeError(f"{self.id}: answer must be a function of the result, got {self.answer!r}")
        if not self.parts or not all(part.rule for part in (*self.parts, self.control)):
            raise ValueError(
                f"{self.id}: a rule without bounds cannot fail; give at least one to each part and control"
            )

    @property
    def rule(self) -> tuple[Bound, ...]:
        """All bounds, those of the control too."""
        return tuple(bound for part in (*self.parts, self.control) for bound in part.rule)

    @property
    def parameters(self) -> dict[str, object]:
        """The experiment's parameters and their values, without the seed."""
        return {
            name: parameter.default
            for name, parameter in inspect.signature(self.experiment).parameters.items()
            if name != "seed"
        }

    @property
    def disclosed(self) -> str:
        """The setting with its numbers, and the rates that were tried."""
        setting = self.setting.format_map({name: _shown(value) for name, value in self.parameters.items()})
        tried = "; ".join(f"{arm} {_shown(rates)}" for arm, rates in self.rates.items())
        return f"{setting} Rates tried: {tried}." if tried else setting


@dataclass(frozen=True)
class Verdict:
    """The outcome of a claim's experiment over several seeds."""

    id: str
    unit: str
    statement: str
    verdict: str
    evidence: str
    seconds: float


@dataclass(frozen=True)
class Spread:
    """Median, smallest and largest value over the seeds; formats as the median."""

    median: float
    low: float
    high: float

    def __format__(self, spec: str) -> str:
        return format(self.median, spec)


def measure(claim: Claim, seeds: Iterable[int] = DEFAULT_SEEDS, **changes) -> tuple:
    """The results of the claim's experiment, one per seed, with some of its parameters changed.

    Raises
    ------
    ValueError
        When there are fewer than 5 seeds: less is an anecdote.
    """
    seeds = tuple(seeds)
    if len(seeds) < 5:
        raise ValueError(f"a verdict needs at least 5 seeds, got {len(seeds)}")
    return tuple(claim.experiment(seed, **changes) for seed in seeds)


def shown(claim: Claim, results: tuple) -> bool:
    """Whether every bound holds in every result; of times, in their medians."""
    judged = (_medians(results),) if claim.timed else results
    return all(bound.holds(result) for bound in claim.rule for result in judged)


def judge(claim: Claim, results: tuple) -> tuple[str, str]:
    """The verdict and the sentences of evidence that follow from ``results`` of ``measure``."""
    evidence = " ".join(describe(part.evidence, results) for part in (*claim.parts, claim.control))
    return claim.verdict if shown(claim, results) else NOT_SHOWN, evidence


def measured_answer(claim: Claim, results: tuple) -> str:
    """The option that ``results`` of ``measure`` bear out."""
    return claim.options[claim.answer(_medians(results))]


def run(claim: Claim, seeds: Iterable[int] = DEFAULT_SEEDS) -> Verdict:
    """Run the claim's experiment for every seed, and judge it."""
    start = time.perf_counter()
    verdict, evidence = judge(claim, measure(claim, seeds))
    return Verdict(claim.id, claim.unit, claim.statement, verdict, evidence, time.perf_counter() - start)


def describe(template: str, results: tuple) -> str:
    """Fill the results' figures into a sentence."""
    return template.format_map(_spreads(results) | {"seeds": len(results)})


def _shown(value) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    return ", ".join(map(_shown, value)) if isinstance(value, tuple) else str(value)


def _medians(results: tuple) -> SimpleNamespace:
    return SimpleNamespace(**{name: spread.median for name, spread in _spreads(results).items()})


def _spreads(results: tuple) -> dict[str, Spread]:
    return {name: _spread([getattr(r, name) for r in results]) for name in _scalars(results[0])}


def _scalars(result) -> list[str]:
    properties = [name for name, value in vars(type(result)).items() if isinstance(value, property)]
    names = [each.name for each in fields(result)] + properties
    return [name for name in names if np.ndim(getattr(result, name)) == 0]


def _spread(values) -> Spread:
    return Spread(float(np.median(values)), float(np.min(values)), float(np.max(values)))
