"""Judge a function against an exercise: what a notebook's check cells call, and what the grader calls."""

import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from autograder.call import Outcome, call, copy_inputs
from autograder.catalogue import ExerciseError, load
from autograder.catalogue import names as exercise_names
from autograder.compare import Tolerance, compare
from autograder.compiled import call_compiled, reaches_compiled_code
from autograder.diagnose import diagnose
from autograder.exercise import Exercise, Inputs
from autograder.probes import FATAL, LAST, Probes
from autograder.reference_use import reference_used_by
from autograder.report import CaseResult, Diagnosis, Report

VISIBLE = 0
HIDDEN = 1  # other numbers and sizes than the visible cases, not a secret
VERDICT_OF_STATUS = {"not_implemented": "not_implemented", "timeout": "timeout", "crashed": "error"}

Runner = Callable[[Inputs], Outcome]
RunnerOfAll = Callable[[Sequence[Inputs]], Sequence[Outcome]]


def check(name: str, function: Callable | None = None, *, seed: int = VISIBLE) -> Report:
    """Judge ``function`` as a solution of the exercise ``name``, on this machine.

    Parameters
    ----------
    name : the exercise, such as ``"relu_backward"``.
    function : the student's function; by default the one called ``name`` where ``check`` is called from, so that a
        notebook whose function is missing gets a verdict and goes on.
    seed : draws the numbers and sizes of the cases.

    Returns
    -------
    Report
        Shows as HTML in Jupyter and as text elsewhere; as a number it is the score.
    """
    notebook = sys._getframe(1).f_globals
    function = notebook.get(name) if function is None else function
    report = _judge_here(name, function, seed)
    if not report.passed:
        used = [other for other in _exercises_called_by(function) if other != name and other in notebook]
        report = defer_to(report, [other for other in used if _fails(other, notebook[other], seed)])
    return report


def defer_to(report: Report, failing: Sequence[str]) -> Report:
    """The report of a function that calls ``failing``, other answers which do not pass: theirs may be all its faults.

    The score stays, as the cases were run all the same.
    """
    if not failing:
        return report
    headline = f"{report.exercise} calls {', '.join(failing)}, which must pass first; then check again."
    return replace(report, verdict="skipped", headline=headline, diagnosis=None)


def _judge_here(name: str, function: Callable | None, seed: int) -> Report:
    """The report of a function in this process, or, when it runs compiled code, in one that is forked from it."""
    exercise = load(name)
    sealed = reference_used_by(function)
    if not sealed and reaches_compiled_code(function):
        return judge_all(exercise, partial(call_compiled, function), seed)

    def run(inputs: Inputs) -> Outcome:
        return Outcome("reference_used", message=sealed) if sealed else call(function, inputs)

    return judge(exercise, run, seed)


def _fails(name: str, function: Callable | None, seed: int) -> bool:
    try:
        return not _judge_here(name, function, seed).passed
    except ExerciseError:  # an instructor's file that cannot be used
        return False


def _exercises_called_by(function: Callable | None) -> list[str]:
    """The exercises whose names a function reads, in the order of reading."""
    code = getattr(getattr(function, "py_func", function), "__code__", None)
    known = exercise_names()
    return [name for name in getattr(code, "co_names", ()) if name in known]


def judge(exercise: Exercise, run: Runner, seed: int) -> Report:
    """Run the cases through ``run`` one by one, as far as it makes sense, and compare outside it.

    Never raises on behalf of the student's function.
    """

    def run_all(cases: Sequence[Inputs]) -> list[Outcome]:
        outcomes = []
        for inputs in cases:
            outcomes.append(run(copy_inputs(inputs)))
            if outcomes[-1].status in LAST:
                break
        return outcomes

    return judge_all(exercise, run_all, seed)


def judge_all(exercise: Exercise, run_all: RunnerOfAll, seed: int) -> Report:
    """Run the cases through ``run_all``, which may leave out what follows a ``LAST`` status; as ``judge``."""
    try:
        probes = Probes(exercise, seed)
    except Exception as error:
        return _report(exercise, "grader_error", headline=f"{type(error).__name__}: {error}")
    return report_on(probes, run_all(probes.drawn))


def report_on(probes: Probes, outcomes: Sequence[Outcome]) -> Report:
    """The report of a function that did ``outcomes`` with the cases, in their order, as far as they were run."""
    exercise, drawn = probes.exercise, probes.drawn
    last = next((number for number, outcome in enumerate(outcomes, 1) if outcome.status in LAST), len(outcomes))
    outcomes = outcomes[:last]
    if outcomes[-1].status in FATAL:
        return _fatal(exercise, outcomes[-1])

    results = [_judge_case(probes, index, outcome) for index, outcome in enumerate(outcomes)]
    results += [CaseResult(c.sentence, "skipped") for c in exercise.cases[len(outcomes) :]]
    notes = _notes(outcomes)
    first_bad = next((r for r in results if r.verdict != "pass"), None)
    if first_bad is None:
        return _report(exercise, "pass", results, notes=notes)

    named = diagnose(probes, outcomes) if len(outcomes) == len(drawn) else None
    if named is None:
        return _report(exercise, first_bad.verdict, results, notes=notes)
    if named in exercise.variants:
        passed = [CaseResult(r.sentence, "pass") for r in results]
        return _report(exercise, "pass", passed, Diagnosis(named.name, named.sentence, "variant"), notes=notes)
    diagnosis = Diagnosis(named.name, named.sentence, "misconception")
    return _report(exercise, first_bad.verdict, results, diagnosis, notes=notes)


def example(name: str, case: int, seed: int = VISIBLE) -> tuple:
    """The inputs of one case, to call a function with by hand: ``f(*example("relu_backward", 2))``.

    ``case`` counts from 1.
    """
    return tuple(load(name).cases[case - 1].inputs(seed).values())


def reproduce_line(exercise: Exercise, index: int, seed: int = VISIBLE) -> str:
    """A line that calls the student's function on the inputs of the case of that index (from 0)."""
    return _reproduce(exercise.name, index, exercise.cases[index].inputs(seed), seed)


def hint(name: str, number: int = 1) -> str:
    """The hint of that number (from 1) of the exercise ``name``; past the last one, the last."""
    hints = load(name).hints
    return hints[min(max(number, 1), len(hints)) - 1]


def _judge_case(probes: Probes, index: int, outcome: Outcome) -> CaseResult:
    exercise = probes.exercise
    sentence, tolerance = exercise.cases[index].sentence, Tolerance(exercise.rtol, exercise.atol)
    returned = outcome.status == "returned"
    difference = compare(probes.expected[index], outcome, tolerance, exercise.returns) if returned else None
    if returned and difference is None:
        return CaseResult(sentence, "pass")
    reproduce = _reproduce(exercise.name, index, probes.drawn[index], probes.seed)
    if difference is not None:
        return CaseResult(sentence, "fail", difference.sentence, difference.property, reproduce)
    verdict = VERDICT_OF_STATUS.get(outcome.status, "error")
    text = f"{outcome.error}: {outcome.message}" if outcome.error else outcome.message
    if outcome.where:
        text += f" ({outcome.where})"
    return CaseResult(sentence, verdict, text, outcome.status, reproduce)


def _fatal(exercise: Exercise, outcome: Outcome) -> Report:
    headlines = {
        "missing": f"no function {exercise.name} to call: {outcome.message}. Define {exercise.signature}.",
        "signature": f"{outcome.message}. Keep the signature {exercise.signature}.",
        "not_implemented": f"{exercise.name} still raises NotImplementedError: replace it with your own code.",
        "reference_used": f"{exercise.name} uses {outcome.message} of the course's library, which is what you are "
        "to write here: no points.",
    }
    verdict = "not_implemented" if outcome.status == "not_implemented" else "error"
    return _report(exercise, verdict, headline=headlines[outcome.status])


def _report(exercise, verdict, results=(), diagnosis=None, headline="", notes=()) -> Report:
    passed = sum(r.verdict == "pass" for r in results)
    score = round(exercise.points * passed / len(exercise.cases), 2)
    hints = () if verdict == "pass" else exercise.hints
    return Report(
        exercise.name, verdict, score, exercise.points, headline, tuple(results), diagnosis, hints, tuple(notes)
    )


def _notes(outcomes) -> list[str]:
    warned = dict.fromkeys(w for o in outcomes for w in o.warnings)
    printed = next((o.printed for o in outcomes if o.printed), "")
    notes = [f"NumPy or Python warned: {w}" for w in warned]
    if printed:
        notes.append(f"it printed: {printed.strip()[:200]}")
    return notes


def _reproduce(name: str, index: int, inputs: Inputs, seed: int) -> str:
    """A line to paste: with the numbers themselves where they fit, else by the case's number."""
    if not any(map(callable, inputs.values())):
        options = {"linewidth": 10**6, "threshold": 10**6, "nanstr": "np.nan", "infstr": "np.inf"}
        with np.printoptions(**options, floatmode="unique"):
            line = f"{name}({', '.join(_literal(v) for v in inputs.values())})"
        if len(line) <= 400:
            return line
    seeded = f", seed={seed}" if seed != VISIBLE else ""
    return f"{name}(*example({name!r}, {index + 1}{seeded}))"


def _literal(value) -> str:
    if isinstance(value, np.ndarray) and value.size == 0:
        return f"np.empty({value.shape}, dtype=np.{value.dtype})"
    if isinstance(value, np.ndarray):
        numbers = re.sub(r"\s+(?=[],])", "", " ".join(repr(value).split()))  # NumPy pads them into columns
        return "np." + numbers.replace("dtype=", "dtype=np.")
    if isinstance(value, np.generic):
        return f"np.{value.dtype}({_literal(value.item())})"
    if isinstance(value, float) and not np.isfinite(value):
        return f'float("{value}")'
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(_literal, value))}{',' * (len(value) == 1)})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k!r}: {_literal(v)}" for k, v in value.items()) + "}"
    return repr(value)
