"""Which single change of a right solution does what the answer does?"""

import inspect
import textwrap
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import islice

import numpy as np

from autograder.box.attempt import observed
from autograder.call import TimeLimitExceeded, copy_inputs, time_limit
from autograder.causes.edits import edits
from autograder.causes.evidence import Cause, Evidence, leaves, same
from autograder.exercise import Exercise
from autograder.solutions import Namespace, solution_of

MOST_EDITS = 500  # that are tried: a check should answer at once
SECONDS = 0.05  # of one edit, which may never end
MOST_OF_OWN, MOST_OF_CORNERS = 0.6, 0.5  # the shares of the calls that must agree
MOST_KINDS = 2  # where more kinds of edits do the same, nothing is said
ENDLESS: set[Callable] = set()  # edits that have not ended in time, and are not tried again


def near_misses(evidence: Evidence) -> Iterator[Cause]:
    """What the edits have in common that do the same as the answer, in words."""
    kinds: dict[str, None] = {}
    for function, words in islice(_edited_solutions(evidence.probes.exercise), MOST_EDITS):
        if words not in kinds and does_the_same(function, evidence):
            kinds[words] = None
    if 1 <= len(kinds) <= MOST_KINDS:
        yield Cause("near_miss", f"One change of a right solution does the same as yours: {', or '.join(kinds)}.")


def does_the_same(function: Callable, evidence: Evidence) -> bool:
    """Whether a function of our own does what the answer did, in all cases of the exercise's own and most corners.

    Two ways to write one mistake differ where numbers overflow, or in the order in which entries are visited. Only the
    main thread can stop what never ends, and elsewhere nothing is tried.
    """
    if function in ENDLESS or threading.current_thread() is not threading.main_thread():
        return False
    try:
        with observed(), time_limit(SECONDS):
            own = _agreement(function, evidence, evidence.own, stop=True)
            return own >= MOST_OF_OWN and _agreement(function, evidence, evidence.corners) >= MOST_OF_CORNERS
    except TimeLimitExceeded:
        ENDLESS.add(function)
        return False


def _agreement(function: Callable, evidence: Evidence, calls: Sequence[int], stop: bool = False) -> float:
    """The share of the calls with the same outcome; 0 at once, if asked for, where two finite outcomes differ."""
    alike = 0
    for index in calls:
        is_alike = _does_the_same_once(function, evidence, index)
        if is_alike is False and stop:
            return 0.0
        alike += is_alike is True
    return alike / max(1, len(calls))


def _edited_solutions(exercise: Exercise) -> Iterator[tuple[Callable, str]]:
    """The single edits of the lesson's solution, then those of the right answers that are listed."""
    solution = solution_of(exercise)
    if solution:
        yield from _edited(*solution, exercise.name)
    for form in exercise.equivalents:
        plain = getattr(form.function, "py_func", form.function)
        yield from _edited(*_source_of(plain), plain.__name__)


@cache
def _source_of(function: Callable) -> tuple[str, Namespace]:
    return textwrap.dedent(inspect.getsource(function)), Namespace(function.__globals__)


@cache
def _edited(source: str, namespace: Namespace, name: str) -> list[tuple[Callable, str]]:
    """The single edits of one solution, ready to be called."""
    found = []
    for tree, words in edits(source):
        own = dict(namespace)
        try:
            exec(compile(tree, "<edit>", "exec"), own)
        except (SyntaxError, ValueError, TypeError):  # not all that can be put together is Python
            continue
        found.append((own[name], words))
    return found


def _does_the_same_once(function: Callable, evidence: Evidence, index: int) -> bool | None:
    """None where one of the outcomes is not finite, and they differ."""
    outcome = evidence.outcomes[index]
    given = copy_inputs(evidence.probes.complete[index])
    try:
        value = leaves(function(*given.values()))
    except TimeLimitExceeded:
        raise
    except Exception as error:
        return outcome.status == "raised" and outcome.error == type(error).__name__
    if outcome.status != "returned":
        return False
    got = leaves(outcome.value)
    return same(value, got) or (None if not (_is_finite(value) and _is_finite(got)) else False)


def _is_finite(values: list) -> bool:
    numbers = [np.asarray(value) for value in values if isinstance(value, np.ndarray | np.generic | float)]
    return all(np.isfinite(number).all() for number in numbers if number.dtype.kind == "f")
