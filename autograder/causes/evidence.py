"""What a function did with all calls, taken apart: its values beside those of the reference, result by result."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from autograder.call import Outcome, copy_inputs
from autograder.compare import Tolerance, close
from autograder.exercise import Inputs
from autograder.handed import handed_over
from autograder.probes import Probes

FINGERPRINT = Tolerance(rtol=1e-6, atol=1e-12)
SECONDS = 2.0  # of the processor, after which no more causes are looked for; most searches take a hundredth
DEEPEST = 4  # a list may hold itself
LEAST = 0.5  # of the calls must have returned, for their values to be explained


@dataclass(frozen=True)
class Cause:
    """What explains a wrong answer; ``name`` is the same for the same kind of mistake in every exercise."""

    name: str
    sentence: str


@dataclass(frozen=True)
class Result:
    """One of the values of one call, or the only one: arrays as they should be, and as they are."""

    index: int
    inputs: Inputs
    expected: tuple
    got: tuple


class Evidence:
    """The calls of a function that does not pass.

    Attributes
    ----------
    results : dict of name -> list of Result, one for each call that returned values of the right number
    wrong : the names of those results that are wrong somewhere
    """

    def __init__(self, probes: Probes, outcomes: Sequence[Outcome], verdicts: Sequence[str]):
        self.probes, self.outcomes, self.verdicts = probes, outcomes, verdicts
        self._began = time.thread_time()
        self.returned = [i for i, outcome in enumerate(outcomes) if outcome.status == "returned"]
        self.failing = [i for i, verdict in enumerate(verdicts) if verdict != "pass"]
        self.results: dict[str, list[Result]] = {}
        for index in self.returned:
            for name, expected, got in self._taken_apart(index):
                inputs = probes.complete[index]
                self.results.setdefault(name, []).append(Result(index, inputs, tuple(expected), tuple(got)))
        # the wrong ones first: most explanations fail there
        self.results = {name: sorted(calls, key=is_right) for name, calls in self.results.items()}
        self.wrong = [name for name, calls in self.results.items() if not is_right(calls[0])]

    @property
    def is_out_of_time(self) -> bool:
        """Whether the search for causes has taken as long as it may."""
        return time.thread_time() - self._began > SECONDS

    @property
    def is_about_values(self) -> bool:
        """Whether enough calls have returned, and not only in corners, to say something of their values."""
        return len(self.returned) > LEAST * len(self.outcomes) and bool(self.wrong)

    @cached_property
    def kinds(self) -> set[str]:
        """The kinds of the cases to which the failing calls belong; empty for the exercise's own."""
        return set(map(self.probes.kind_of, self.failing))

    @cached_property
    def is_verdict(self) -> bool:
        """Whether what should be returned is, or holds, something else than numbers."""
        return any(not _is_number(leaf) for outcome in self.probes.expected for leaf in leaves(outcome.value))

    @cached_property
    def judgements(self) -> list[tuple]:
        """What the exercise's judge says of each call."""
        return [self.probes.judgement(index, self.outcomes) for index in range(len(self.outcomes))]

    @cached_property
    def own(self) -> list[int]:
        """The calls of the exercise's own cases, those that fail first."""
        return sorted(self.of_kind(""), key=lambda i: self.verdicts[i] == "pass")

    @cached_property
    def corners(self) -> list[int]:
        """The calls of all other cases."""
        return [i for i in range(len(self.outcomes)) if self.probes.kind_of(i)]

    @cached_property
    def _handed(self) -> list[Inputs]:
        return handed_over(self.probes.exercise, self.probes.complete)

    def given(self, index: int) -> list:
        """Copies of the arguments of a call for an answer with a change in it, whose functions take no more than a
        student's may ask of them: a size that is doubled, or multiplied by another, costs no memory."""
        return [*copy_inputs(self._handed[index]).values()]

    def about(self, sentence: str) -> str:
        """The sentence, and to which results it applies."""
        right = [name for name in self.results if name not in self.wrong]
        return (
            f"In {' and '.join(self.wrong)}: {sentence}" if right and self.wrong else sentence[0].upper() + sentence[1:]
        )

    def part(self, name: str, value) -> list | None:
        """The arrays of the result of that name in what a function returned; None if it returned another number."""
        returns = self.probes.exercise.returns
        if not returns or not isinstance(value, list | tuple):
            return leaves(value)
        return leaves(value[self._place_of(name)]) if len(value) == len(returns) else None

    def _place_of(self, name: str) -> int:
        """Where the result of that name stands among those that are returned."""
        return [f"`{known}`" for known in self.probes.exercise.returns].index(name)

    def keys_of(self, name: str) -> list[str]:
        """The keys of the result of that name, if it should be a dict of arrays, in the order of its leaves."""
        returns, value = self.probes.exercise.returns, self.probes.expected[self.returned[0]].value
        if returns and isinstance(value, tuple):
            value = value[self._place_of(name)]
        return sorted(value) if isinstance(value, dict) and len(leaves(value)) == len(value) else []

    def of_kind(self, kind: str) -> list[int]:
        """The calls of the cases of one kind."""
        return [i for i in range(len(self.outcomes)) if self.probes.kind_of(i) == kind]

    def _taken_apart(self, index: int) -> Iterator[tuple[str, list, list]]:
        expected, got = self.probes.expected[index].value, self.outcomes[index].value
        names = self.probes.exercise.returns
        if names and isinstance(expected, tuple):
            if isinstance(got, list | tuple) and len(got) == len(expected):
                for name, one, other in zip(names, expected, got, strict=True):
                    yield f"`{name}`", leaves(one), leaves(other)
        else:
            yield "the result", leaves(expected), leaves(got)


def leaves(value, depth: int = 0) -> list:
    """The arrays, numbers and the like in a value, in the order in which they stand there, dicts by their keys."""
    if depth < DEEPEST and isinstance(value, dict):
        return [leaf for key in sorted(value) for leaf in leaves(value[key], depth + 1)]
    if depth < DEEPEST and isinstance(value, list | tuple):
        return [leaf for part in value for leaf in leaves(part, depth + 1)]
    return [value]


def is_right(result: Result) -> bool:
    return same(result.expected, result.got)


def same(expected: Sequence, got: Sequence) -> bool:
    """Whether two lists of arrays are the same up to rounding, shapes included."""
    return len(expected) == len(got) and all(map(_same_array, expected, got))


def _is_number(value) -> bool:
    return isinstance(value, np.ndarray | np.generic | int | float) and not isinstance(value, bool)


def _same_array(expected, got) -> bool:
    if not _is_number(expected) or not _is_number(got):
        return type(expected) is type(got) and expected == got
    expected, got = np.asarray(expected), np.asarray(got)
    if expected.shape != got.shape or expected.dtype.kind not in "biuf" or got.dtype.kind not in "biuf":
        return False
    # in float32 nothing is closer than 1e-7
    return bool(close(expected.astype(float), got.astype(float), FINGERPRINT).all())


def explains(results: Sequence[Result], predict: Callable[[Result], Sequence | None]) -> bool:
    """Whether ``predict`` gives what came out, also where that is right.

    A call for which it raises, or predicts something that is not finite, says nothing; but at least half of the calls
    must be explained, and a wrong one among them.
    """
    explained, is_wrong_explained = 0, False
    with np.errstate(all="ignore"):
        for result in results:
            try:
                predicted = predict(result)
            except (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError):
                continue
            if predicted is None:
                return False
            if not all(map(is_finite, predicted)):
                continue
            if not same(tuple(predicted), result.got):
                return False
            explained += 1
            is_wrong_explained |= not is_right(result)
    return is_wrong_explained and 2 * explained >= len(results)


def is_finite(value) -> bool:
    """Whether a value holds neither nan nor an infinity."""
    if not _is_number(value):
        return True
    number = np.asarray(value)
    return number.dtype.kind != "f" or bool(np.isfinite(number).all())
