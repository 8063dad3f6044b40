"""Hidden cases that no table of the published ones answers.

Anybody can read what the seeds of a notebook's checks draw. Where an exercise has a small domain, another seed may draw
the same; such a case is drawn again.
"""

import types
from collections.abc import Hashable
from functools import lru_cache, partial

import numpy as np

from autograder.box.wire import Seed
from autograder.call import call_unwatched
from autograder.corners import cases_of
from autograder.exercise import Call, Case, Exercise, Inputs

SEEDS = (0, 1)  # of the visible and of the hidden tests of a notebook
TRIES = 50
FEW = 2  # calls of a case
DEEPEST = 6


def drawn_calls(exercise: Exercise, seed: int) -> list[list[Call]]:
    """The calls of each case for ``seed``. Of a seed that is not published, no case consists of published calls alone.

    The calls of a case come in random order then, so that verdicts such as True and False cannot be learned by heart,
    and where answers are verdicts, a case of two calls is drawn twice, for one of two orders is soon guessed. A case
    that cannot be drawn otherwise is left as it is; `course lint` names it.
    """
    cases = cases_of(exercise)
    if seed in SEEDS:
        return [case.calls(seed) for case in cases]
    return [_unpublished(exercise, case, seed) for case in cases]


def order_of_cases(exercise: Exercise, seed: int) -> list[int]:
    """In which order the cases are run: as they stand, but where answers are verdicts, those of the exercise's own come
    in random order for a seed that is not published. Else an answer need only count its calls.
    """
    cases = cases_of(exercise)
    own = [number for number, case in enumerate(cases) if not case.kind]
    if seed not in SEEDS and _answers_are_verdicts(exercise):
        own = [own[place] for place in np.random.default_rng([seed, len(own)]).permutation(len(own))]
    return [*own, *(number for number, case in enumerate(cases) if case.kind)]


@lru_cache(maxsize=128)
def _answers_are_verdicts(exercise: Exercise) -> bool:
    """Whether the answers are words, whole numbers, True and False, or some of these: few, so that they repeat."""
    if exercise.judge or not exercise.cases:
        return False
    inputs = exercise.cases[0].calls(SEEDS[0])[0].inputs
    try:
        return _is_verdict(call_unwatched(exercise.reference, inputs).value)
    except (Exception, SystemExit):  # a fault of the exercise, which is said where its cases are judged
        return False


def _is_verdict(value) -> bool:
    parts = value if isinstance(value, list | tuple) else [value]
    return all(isinstance(part, str | bool | int | np.bool_ | np.integer | None) for part in parts)


def is_published(exercise: Exercise, calls: list[Call]) -> bool:
    """Whether a table of the published calls answers all of these."""
    known = _published_calls(exercise)
    return bool(calls) and all(key_of(complete(exercise, one.inputs)) in known for one in calls)


def complete(exercise: Exercise, inputs: Inputs) -> Inputs:
    """All arguments by position."""
    if exercise.takes is None:
        return inputs
    given = {name.rstrip("="): value for name, value in inputs.items()}
    return {name: given[name] if name in given else exercise.defaults[name] for name in exercise.parameters}


def key_of(value, depth: int = 0) -> Hashable:
    """Equal for values that no function can tell apart, whatever their types and layouts."""
    if depth > DEEPEST:
        return "..."
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        return value.shape, np.ascontiguousarray(value, dtype=float).tobytes()
    if isinstance(value, bool | int | float | np.generic):
        return key_of(np.asarray(value), depth) if np.asarray(value).dtype.kind in "biuf" else repr(value)
    if isinstance(value, list | tuple):
        return tuple(key_of(part, depth + 1) for part in value)
    if isinstance(value, dict):
        return tuple((name, key_of(part, depth + 1)) for name, part in value.items())
    if isinstance(value, Seed):
        return "seed", value.number
    if isinstance(value, partial):
        return key_of([value.func, value.args, value.keywords], depth + 1)
    if isinstance(value, types.FunctionType):
        inside = [cell.cell_contents for cell in value.__closure__ or ()]
        return value.__code__, key_of([inside, value.__defaults__, value.__kwdefaults__], depth + 1)
    if hasattr(value, "__dict__") and not isinstance(value, type):
        return type(value), key_of(vars(value), depth + 1)
    return repr(value)


@lru_cache(maxsize=128)
def _published_calls(exercise: Exercise) -> frozenset[Hashable]:
    calls = (one for seed in SEEDS for case in cases_of(exercise) for one in case.calls(seed))
    return frozenset(key_of(complete(exercise, one.inputs)) for one in calls)


def _unpublished(exercise: Exercise, case: Case, seed: int) -> list[Call]:
    calls = case.calls(seed)
    for attempt in range(1, TRIES):
        if not is_published(exercise, calls):
            break
        calls = case.calls(seed, attempt)
    if case.kind or exercise.judge:  # where a call may be about those before it
        return calls
    if 1 < len(calls) <= FEW and _answers_are_verdicts(exercise):
        calls = [*calls, *case.calls(seed, TRIES)]
    return [calls[i] for i in np.random.default_rng([seed, *case.sentence.encode()]).permutation(len(calls))]
