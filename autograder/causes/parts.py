"""A known mistake in a part: an answer that calls, or repeats, another exercise with one of its misconceptions."""

from collections.abc import Iterator
from functools import cache

from autograder.box.attempt import observed
from autograder.catalogue import catalogue
from autograder.causes.evidence import Cause, Evidence
from autograder.causes.near_misses import does_the_same
from autograder.exercise import Exercise
from autograder.solutions import define, solutions


def parts(evidence: Evidence) -> Iterator[Cause]:
    """The misconceptions of exercises that the lesson's solution calls, if it then does what the answer does."""
    exercise = evidence.probes.exercise
    with observed():
        found = [w for w in _with_wrong_parts(exercise.unit, exercise.name) if does_the_same(w[3], evidence)]
    for part, name, sentence, _ in found:
        yield Cause(f"{part}:{name}", f"As in {part}: {sentence}")


@cache
def _with_wrong_parts(unit: str, name: str) -> list[tuple]:
    """The solution with one exercise that it calls done wrong: the names of that one and of the form, the form's
    sentence, and the function."""
    namespace, sources = solutions(unit)
    if name not in sources:
        return []
    found = []
    exercises = {exercise.name: exercise for exercise in catalogue()}  # in grading, none that lies about
    for part in [called for called in namespace[name].__code__.co_names if called in exercises]:
        for form in exercises[part].misconceptions:
            own = dict(namespace)
            define(sources[name], own)
            own[part] = _with_defaults(exercises[part], form.function)
            found.append((part, form.name, form.sentence, own[name]))
    return found


def _with_defaults(exercise: Exercise, function):
    """The form with the defaults of the reference, which forms do not repeat."""
    defaults = exercise.defaults

    def completed(*given):
        missing = exercise.parameters[len(given) :]
        return function(*given, *(defaults[name] for name in missing))

    return completed
