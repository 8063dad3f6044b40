"""Which single change of a right solution does what the answer does?"""

import inspect
import itertools
import textwrap
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice

from autograder.box.attempt import observed
from autograder.call import Outcome, TimeLimitExceeded, time_limit
from autograder.causes.edits import changes, edits
from autograder.causes.errors import shape_free
from autograder.causes.evidence import Cause, Evidence, is_finite, leaves, same
from autograder.causes.habits import habits
from autograder.exercise import Exercise
from autograder.solutions import Namespace, define, solution_of

MOST_EDITS = 1500  # that are tried: a check should answer at once
RARE = ("one term has", "absolute values are taken")  # as many as all others, and seldom what was done
SECONDS = 0.25  # of the processor, for one edit, which may never end
SECONDS_OF_A_SEARCH = 0.5
SECONDS_OF_ANOTHER = 0.15  # when they are ready to be called
MOST_OF_CORNERS = 0.5  # the share of them in which the outcome must be the same
MOST_KINDS = 2  # of edits that do the same, which are told
FEWEST_VERDICTS = 2  # that are wrong, or calls, from which one may conclude
ENDLESS: set[Callable] = set()  # edits that have not ended in time, and are not tried again


def near_misses(evidence: Evidence) -> Iterator[Cause]:
    """What those edits change, in words, that do the same as the answer: of the lesson's solution, if there are any."""
    with observed():
        kinds = _kinds(evidence)
    if kinds:
        yield _told(kinds, evidence)


def _told(kinds: Counter[str], evidence: Evidence) -> Cause:
    words = ", or ".join(words for words, _ in kinds.most_common(MOST_KINDS))
    about = evidence.about("in one way to write the solution, one change does the same as yours")
    return Cause("near_miss", f"{about}: {words}.")


def verdict_misses(evidence: Evidence) -> Iterator[Cause]:
    """As near misses, where words or truth values are due: told only if few kinds of edits do the same.

    An exception is told by its own message, and many a change raises one.
    """
    if not {*evidence.failing} <= {*evidence.returned}:
        return
    wrong = {repr(evidence.outcomes[index].value) for index in evidence.failing}
    if len(wrong) < FEWEST_VERDICTS and len(evidence.failing) < FEWEST_VERDICTS:
        return
    with observed():
        kinds = _kinds(evidence)
    if 0 < len(kinds) <= MOST_KINDS:
        yield _told(kinds, evidence)


def _kinds(evidence: Evidence) -> Counter[str]:
    """The edits of the first solution that has any which do the same, counted by their words."""
    kinds: Counter[str] = Counter()
    for _, edited in itertools.groupby(tried(evidence, SECONDS_OF_A_SEARCH), key=lambda edit: edit.of):
        for edit in edited:
            kinds[edit.words] += does_the_same(edit.function, evidence)
        kinds = +kinds  # without those that none is of
        if kinds:
            break
    return kinds


@dataclass(frozen=True)
class Edit:
    """A right answer with one change, ready to be called, the change in words, and the number of the right answer."""

    function: Callable
    words: str
    of: int


def tried(evidence: Evidence, seconds: float = SECONDS_OF_ANOTHER) -> Iterator[Edit]:
    """The edits of the right answers that a search has the time to try."""
    began = time.process_time()
    for edit in islice(_edited_solutions(evidence.probes.exercise), MOST_EDITS):
        if time.process_time() - began > seconds:
            return
        yield edit


def does_the_same(function: Callable, evidence: Evidence) -> bool:
    """Whether a function of our own, which is wrong, does what the answer did.

    It has to, in all calls that fail and in all of the exercise's own, as far as both are finite, in one failing call
    at least, and in most corners: two ways to write one mistake differ where numbers overflow, or in the order in which
    entries are visited.
    """

    def does():
        is_seen = False
        for index in [*evidence.failing, *evidence.own]:
            alike = _does_the_same_once(function, evidence, index)
            if alike is False:
                return False
            is_seen |= alike is True and index in evidence.failing
        corners = [_does_the_same_once(function, evidence, index) for index in evidence.corners]
        return is_seen and corners.count(True) >= MOST_OF_CORNERS * len(corners)

    return bool(in_time(function, does))


def in_time(function: Callable, question: Callable[[], object]) -> object | None:
    """The answer to a question that calls a function of our own; None when that takes too long.

    Only the main thread can stop what never ends, and elsewhere nothing is tried.
    """
    if function in ENDLESS or threading.current_thread() is not threading.main_thread():
        return None
    try:
        with time_limit(SECONDS, of_processor=True):
            return question()
    except TimeLimitExceeded:
        ENDLESS.add(function)
        return None


def _edited_solutions(exercise: Exercise) -> Iterator[Edit]:
    """The single edits of the lesson's solution, then those of each right answer that is listed; the rare ones last."""
    solution = solution_of(exercise)
    sources = [(*solution, exercise.name)] if solution else []
    for form in exercise.equivalents:
        plain = getattr(form.function, "py_func", form.function)
        sources.append((*_source_of(plain), plain.__name__))
    for number, (is_rare, source) in enumerate(itertools.product((False, True), sources)):
        yield from (Edit(function, words, number) for function, words in _edited(*source, is_rare))


@cache
def _source_of(function: Callable) -> tuple[str, Namespace]:
    return textwrap.dedent(inspect.getsource(function)), Namespace(function.__globals__)


class _Kept:
    """What an iterator yields, taken from it once and only as far as somebody asks."""

    def __init__(self, iterator: Iterator):
        self._iterator, self._found = iterator, []

    def __iter__(self):
        for number in itertools.count():
            if number == len(self._found):
                self._found.extend(islice(self._iterator, 1))
            if number == len(self._found):
                return
            yield self._found[number]


@cache
def _edited(source: str, namespace: Namespace, name: str, is_rare: bool) -> Iterable[tuple[Callable, str]]:
    return _Kept(_defined(source, namespace, name, is_rare))


def _defined(source: str, namespace: Namespace, name: str, is_rare: bool) -> Iterator[tuple[Callable, str]]:
    """The single edits of one solution, ready to be called."""
    for change in (changes,) if is_rare else (changes, habits):
        for tree, words in edits(source, change):
            if words.startswith(RARE) != is_rare:
                continue
            own = dict(namespace)
            try:
                define(tree, own)
            except (SyntaxError, ValueError, TypeError):  # not all that can be put together is Python
                continue
            yield own[name], words


def _does_the_same_once(function: Callable, evidence: Evidence, index: int) -> bool | None:
    """None where one of the outcomes is not finite, and they differ, or where both raise and say something else."""
    outcome = evidence.outcomes[index]
    try:
        value = function(*evidence.given(index))
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
