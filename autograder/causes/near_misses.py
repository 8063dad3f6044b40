"""Which single change of a right solution does what the answer does?"""

import inspect
import textwrap
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice

from autograder.box.attempt import observed
from autograder.call import Outcome, TimeLimitExceeded, copy_inputs, time_limit
from autograder.causes.edits import edits
from autograder.causes.errors import shape_free
from autograder.causes.evidence import Cause, Evidence, is_finite, leaves, same
from autograder.exercise import Exercise
from autograder.solutions import Namespace, define, solution_of

MOST_EDITS = 400  # that are tried: a check should answer at once
SECONDS = 0.25  # of the processor, for one edit, which may never end
SECONDS_OF_A_SEARCH = 0.4
MOST_OF_CORNERS = 0.5  # the share of them in which the outcome must be the same
MOST_KINDS = 2  # where more kinds of edits do the same, nothing is said
ENDLESS: set[Callable] = set()  # edits that have not ended in time, and are not tried again


def near_misses(evidence: Evidence) -> Iterator[Cause]:
    """What those edits change, in words, that do the same as the answer: of the lesson's solution, if there are any."""
    with observed():
        kinds = _kinds(evidence)
    if kinds:
        told = ", or ".join(words for words, _ in kinds.most_common(MOST_KINDS))
        yield Cause("near_miss", f"In one way to write the solution, one change does the same as yours: {told}.")


def _kinds(evidence: Evidence) -> Counter[str]:
    """The edits of the first solution that has any which do the same, counted by their words."""
    kinds: Counter[str] = Counter()
    tried, began = 0, time.process_time()
    for edited in _edited_solutions(evidence.probes.exercise):
        for function, words in islice(edited, MOST_EDITS - tried):
            tried += 1
            if time.process_time() - began > SECONDS_OF_A_SEARCH:
                return +kinds
            kinds[words] += does_the_same(function, evidence)
        kinds = +kinds  # without those that none is of
        if kinds or tried >= MOST_EDITS:
            break
    return kinds


def does_the_same(function: Callable, evidence: Evidence) -> bool:
    """Whether a function of our own, which is wrong, does what the answer did.

    It has to, in all calls that fail and in all of the exercise's own, as far as both are finite, in one failing call
    at least, and in most corners: two ways to write one mistake differ where numbers overflow, or in the order in which
    entries are visited. Only the main thread can stop what never ends, and elsewhere nothing is tried.
    """
    if function in ENDLESS or threading.current_thread() is not threading.main_thread():
        return False
    try:
        with time_limit(SECONDS, of_processor=True):
            is_seen = False
            for index in [*evidence.failing, *evidence.own]:
                alike = _does_the_same_once(function, evidence, index)
                if alike is False:
                    return False
                is_seen |= alike is True and index in evidence.failing
            corners = [_does_the_same_once(function, evidence, index) for index in evidence.corners]
            return is_seen and corners.count(True) >= MOST_OF_CORNERS * len(corners)
    except TimeLimitExceeded:
        ENDLESS.add(function)
        return False


def _edited_solutions(exercise: Exercise) -> Iterator[list[tuple[Callable, str]]]:
    """The single edits of the lesson's solution, then those of each right answer that is listed."""
    solution = solution_of(exercise)
    if solution:
        yield _edited(*solution, exercise.name)
    for form in exercise.equivalents:
        plain = getattr(form.function, "py_func", form.function)
        yield _edited(*_source_of(plain), plain.__name__)


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
            define(tree, own)
        except (SyntaxError, ValueError, TypeError):  # not all that can be put together is Python
            continue
        found.append((own[name], words))
    return found


def _does_the_same_once(function: Callable, evidence: Evidence, index: int) -> bool | None:
    """None where one of the outcomes is not finite, and they differ, or where both raise and say something else."""
    outcome = evidence.outcomes[index]
    given = copy_inputs(evidence.probes.complete[index])
    try:
        value = function(*given.values())
    except TimeLimitExceeded:
        raise
    except Exception as error:
        if outcome.status != "raised" or outcome.error != type(error).__name__:
            return False
        # of one kind alone, an exception explains nothing: an answer may raise it whatever it is given
        return True if shape_free(outcome.message) == shape_free(str(error)) else None
    if outcome.status != "returned" or isinstance(value, dict) != isinstance(outcome.value, dict):
        return False
    if index in evidence.failing and evidence.probes.is_right(index, Outcome("returned", value)):
        return False
    found, got = leaves(value), leaves(outcome.value)
    return same(found, got) or (False if all(map(is_finite, [*found, *got])) else None)
