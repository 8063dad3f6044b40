"""Whether what an exercise asks for is what its docstring in the lesson says."""

import ast
from collections.abc import Iterator

import numpy as np

from autograder.corners import cases_of
from autograder.domain import Domain
from autograder.exercise import Case, Exercise
from autograder.published import SEEDS, drawn_calls, is_published
from autograder.solutions import solution_of, used_in_lesson

ANOTHER = 2  # seed than the published ones
IN_A_TABLE = 'the case "{}" can be answered from a table of what published seeds draw'
UNCHANGED = ("must not be changed", "must be unchanged")


def contract_problems(exercise: Exercise) -> Iterator[str]:
    """What is asked and not said, or said otherwise."""
    if exercise.takes is None:
        yield "declares no domain: give `takes=` (see autograder/domain.py)"
        return
    if tuple(exercise.takes) != exercise.parameters:
        declared, has = ", ".join(exercise.takes), ", ".join(exercise.parameters)
        yield f"declares a domain for {declared}, and has the parameters {has}"
    never = [case.sentence for case in exercise.cases if _never_changes(case)]
    yield from (f'the case "{sentence}" is the same on every seed' for sentence in never)
    yield from (IN_A_TABLE.format(s) for s in _published_cases(exercise) if s not in never)
    solution = solution_of(exercise)
    if solution:
        yield from _docstring_problems(exercise, solution[0])
        if exercise.name not in used_in_lesson(exercise.unit):
            yield "is used by nothing in the lesson but its check: let an experiment call it, as in own.name"


def _never_changes(case: Case) -> bool:
    """Whether a case is the same on every seed, so that a table of what the notebook shows answers it."""
    one, other = ([call.inputs for call in case.calls(seed)] for seed in SEEDS)
    return not any(callable(v) for inputs in one for v in inputs.values()) and _text(one) == _text(other)


def _published_cases(exercise: Exercise) -> Iterator[str]:
    """The cases that another seed draws as published ones, however often it is tried."""
    for case, calls in zip(cases_of(exercise), drawn_calls(exercise, ANOTHER), strict=True):
        # a corner of a function that is handed over counts where all own cases pass, which no table does
        is_of_functions = bool(case.kind) and any(callable(v) for one in calls for v in one.inputs.values())
        if is_published(exercise, calls) and not is_of_functions:
            yield case.sentence


def _text(calls: list) -> str:
    with np.printoptions(threshold=10**6, floatmode="unique"):
        return repr(calls)


def _docstring_problems(exercise: Exercise, source: str) -> Iterator[str]:
    (function,) = ast.parse(source).body
    said = " ".join((ast.get_docstring(function) or "").split())
    written = f"{function.name}({ast.unparse(function.args)})"
    if _signature(written) != _signature(exercise.signature):
        yield f"is {written} in the lesson, and {exercise.signature} here"
    for name, kind in exercise.takes.items():
        for words in kind.says:
            if words not in said:
                yield f"asks for {name} with {words!r}, which its docstring in the lesson does not say"
    domain = Domain(exercise.takes)
    if any(kind.integers for kind in exercise.takes.values()) and "integers" not in said:
        yield "gives arrays of integers, which its docstring in the lesson does not say"
    if domain.is_kept and not any(words in said for words in UNCHANGED):
        yield "asks that arguments stay as they are, and its docstring in the lesson does not: they must not be changed"
    if exercise.new and "new" not in said:
        yield "asks for new arrays, which its docstring in the lesson does not say"


def _signature(text: str) -> list[tuple[str, str]]:
    """The parameters of a definition with the values of their defaults, whichever way numbers are written."""
    (function,) = ast.parse(f"def {text}: ...").body
    defaults = [repr(ast.literal_eval(default)) for default in function.args.defaults]
    names = [parameter.arg for parameter in function.args.args]
    return list(zip(names, [""] * (len(names) - len(defaults)) + defaults, strict=True))
