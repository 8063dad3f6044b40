"""A claim: a statement of the lecture notes, the experiment that tests it, and the rule that judges the outcome.

The rule is a tuple of bounds. Every bound must hold for every seed, otherwise the verdict is "not shown", whatever
the course would like to say.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from types import SimpleNamespace

import numpy as np

# what a claim may turn out to be, besides NOT_SHOWN
VERDICTS = ("wrong", "misleading", "incomplete", "slip", "holds")
NOT_SHOWN = "not shown"
DEFAULT_SEEDS = range(5)


@dataclass(frozen=True)
class Bound:
    """``low < quantity < high``, for the field or property ``quantity`` of an experiment's result.

    The limit lies well off the value of "no effect" (a ratio of 1, a difference of 0): it carries the margin.
    NaN satisfies no bound.
    """

    quantity: str
    low: float = -np.inf
    high: float = np.inf

    def holds(self, result) -> bool:
        """Whether the result of one seed satisfies the bound."""
        return bool(self.low < getattr(result, self.quantity) < self.high)

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
class Claim:
    """One statement and its test.

    Attributes
    ----------
    id : str, unique over all units: C.. and N.. for statements that need correction, H.. for those that hold
    statement : str, as the lecture notes make it
    question, options : the prediction that the learner is asked for
    answer : function of a result, returning the index of the option that it bears out; of several seeds' results, it is
        given the median of each field and property
    experiment : pure function seed -> frozen dataclass of measured values
    rule : tuple of Bound; all must hold on all seeds
    verdict : str, one of ``VERDICTS``: the verdict if the rule holds
    evidence : str, a format string over the fields and properties of the results: ``{loss:.2g}`` is the median over
        the seeds, ``{loss.low}`` and ``{loss.high}`` are the extremes
    correction : str, what holds
    source : str, paper and place
    curves : Curves or None
    """

    id: str
    unit: str
    statement: str
    question: str
    options: tuple[str, ...]
    answer: Callable[[object], int]
    experiment: Callable[[int], object]
    rule: tuple[Bound, ...]
    verdict: str
    evidence: str
    correction: str
    source: str
    curves: Curves | None = None

    def __post_init__(self):
        if self.verdict not in VERDICTS:
            raise ValueError(f"{self.id}: verdict must be one of {', '.join(VERDICTS)}, got {self.verdict!r}")
        if not callable(self.answer):
            raise TypeError(f"{self.id}: answer must be a function of the result, got {self.answer!r}")
        if not self.rule:
            raise ValueError(f"{self.id}: a rule without bounds cannot fail; give at least one")


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


def measure(claim: Claim, seeds: Iterable[int] = DEFAULT_SEEDS) -> tuple:
    """The results of the claim's experiment, one per seed.

    Raises
    ------
    ValueError
        When there are fewer than 5 seeds: less is an anecdote.
    """
    seeds = tuple(seeds)
    if len(seeds) < 5:
        raise ValueError(f"a verdict needs at least 5 seeds, got {len(seeds)}")
    return tuple(claim.experiment(seed) for seed in seeds)


def judge(claim: Claim, results: tuple) -> tuple[str, str]:
    """The verdict and the sentence of evidence that follow from ``results`` of ``measure``."""
    shown = all(bound.holds(result) for bound in claim.rule for result in results)
    return claim.verdict if shown else NOT_SHOWN, describe(claim.evidence, results)


def measured_answer(claim: Claim, results: tuple) -> str:
    """The option that ``results`` of ``measure`` bear out."""
    medians = {name: spread.median for name, spread in _spreads(results).items()}
    return claim.options[claim.answer(SimpleNamespace(**medians))]


def run(claim: Claim, seeds: Iterable[int] = DEFAULT_SEEDS) -> Verdict:
    """Run the claim's experiment for every seed, and judge it."""
    start = time.perf_counter()
    verdict, evidence = judge(claim, measure(claim, seeds))
    return Verdict(claim.id, claim.unit, claim.statement, verdict, evidence, time.perf_counter() - start)


def describe(template: str, results: tuple) -> str:
    """Fill the results' figures into a sentence."""
    return template.format_map(_spreads(results) | {"seeds": len(results)})


def _spreads(results: tuple) -> dict[str, Spread]:
    return {name: _spread([getattr(r, name) for r in results]) for name in _scalars(results[0])}


def _scalars(result) -> list[str]:
    properties = [name for name, value in vars(type(result)).items() if isinstance(value, property)]
    names = [field.name for field in fields(result)] + properties
    return [name for name in names if np.ndim(getattr(result, name)) == 0]


def _spread(values) -> Spread:
    return Spread(float(np.median(values)), float(np.min(values)), float(np.max(values)))
