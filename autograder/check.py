"""Judge a function against an exercise: what a notebook's check cells call, and what the grader calls."""

import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache, partial

import numpy as np

from autograder.box.attempt import WARNINGS_LIMIT
from autograder.box.wire import Seed, layout_of
from autograder.call import SECONDS, Outcome, call, copy_inputs
from autograder.catalogue import ExerciseError, load
from autograder.catalogue import names as exercise_names
from autograder.compiled import call_compiled, reaches_compiled_code
from autograder.corners import cases_of
from autograder.diagnose import diagnose
from autograder.exercise import Exercise, Inputs
from autograder.handed import handed_over
from autograder.probes import FATAL, LAST, OF_ALL_CALLS, Probes
from autograder.published import drawn_calls
from autograder.reference_use import reference_used_by
from autograder.report import CaseResult, Report
from course_lib import store

VISIBLE = 0
OWN_SHARE = 0.8  # of the points, for the cases of the exercise's own; what is drawn from its domain shares the rest
LONGEST_LINE = 400  # that repeats a call with its numbers
MOST_SPELT_OUT = LONGEST_LINE // 3  # a number in an array takes a digit, a comma and a space at least
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
    seconds = exercise.limits.get("call_seconds", SECONDS)
    sealed = reference_used_by(function)
    if not sealed and reaches_compiled_code(function):
        return judge_all(exercise, partial(call_compiled, function, seconds=seconds), seed)

    def run(inputs: Inputs) -> Outcome:
        return Outcome("reference_used", message=sealed) if sealed else call(function, inputs, seconds)

    return judge(exercise, run, seed)


def passes(name: str, function: Callable | None, seed: int) -> bool:
    """Whether ``check`` would say so."""
    return _judge_here(name, function, seed).passed


def _fails(name: str, function: Callable | None, seed: int) -> bool:
    try:
        return not passes(name, function, seed)
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
            outcomes.append(run(inputs))
            if outcomes[-1].status in LAST:
                break
        return outcomes

    return judge_all(exercise, run_all, seed)


def judge_all(exercise: Exercise, run_all: RunnerOfAll, seed: int, *, derived: bool = True) -> Report:
    """Run the cases through ``run_all``, which may leave out what follows a ``LAST`` status; as ``judge``.

    ``derived`` says whether a cause is looked for that no form of the exercise describes.
    """
    try:
        probes = _published(exercise) if seed == VISIBLE else Probes(exercise, seed)
    except Exception as error:
        return _report(exercise, "grader_error", headline=f"{type(error).__name__}: {error}")
    return report_on(probes, run_all(handed_over(exercise, probes.drawn)), derived=derived)


@lru_cache(maxsize=32)  # as many as a lesson has, for whoever grades a class
def _published(exercise: Exercise) -> Probes:
    """The probes of a notebook's check, which is asked again and again while an answer is being written."""
    return Probes(exercise, VISIBLE)


def report_on(probes: Probes, outcomes: Sequence[Outcome], *, derived: bool = True) -> Report:
    """The report of a function that did ``outcomes`` with the cases, in their order, as far as they were run."""
    exercise = probes.exercise
    outcomes = _without_the_fatal_default(probes, outcomes)
    last = next((number for number, outcome in enumerate(outcomes, 1) if outcome.status in LAST), len(outcomes))
    outcomes = outcomes[:last]
    if outcomes[-1].status in FATAL:
        return _fatal(exercise, outcomes[-1])

    verdicts = [_verdict(probes, index, outcomes) for index in range(len(outcomes))]
    results = _judge_cases(probes, outcomes, verdicts)
    notes = _notes(outcomes)
    first_bad = next((r for r in results if r.verdict != "pass"), None)
    if first_bad is None:
        return _report(exercise, "pass", results, notes=notes)

    complete = len(outcomes) == len(probes.drawn)
    diagnosis = diagnose(probes, outcomes, verdicts, derived=derived) if complete else None
    if diagnosis and diagnosis.kind == "variant":
        results = [CaseResult(r.sentence, "pass", kind=r.kind) for r in results]
        return _report(exercise, "pass", results, diagnosis, notes=notes)
    return _report(exercise, first_bad.verdict, results, diagnosis, notes=notes)


def _without_the_fatal_default(probes: Probes, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """A missing default or another name of a parameter costs the case that asks for it, and not all."""
    last = len(outcomes) - 1
    if outcomes[last].status != "signature" or not probes.leaves_out_arguments(last):
        return list(outcomes)
    refused = Outcome("raised", error="TypeError", message=outcomes[last].message)
    return [*outcomes[:last], *[refused] * (len(probes.drawn) - last)]


def example(name: str, case: int, call: int = 1, seed: int = VISIBLE) -> tuple:
    """The inputs of one call, to call a function with by hand: ``f(*example("relu_backward", 2))``.

    ``case`` counts from 1, and so does ``call`` in a case of several. What goes by keyword is left out.
    """
    inputs = drawn_calls(load(name), seed)[case - 1][call - 1].inputs
    return tuple(value for key, value in copy_inputs(inputs).items() if not key.endswith("="))


@lru_cache(maxsize=4096)  # a class has many wrong answers, and they fail the same calls
def visible_line(exercise: Exercise, number: int, call: int) -> str:
    """A line that repeats the call of a case, both counted from 1, with the numbers that a notebook's check draws."""
    inputs = cases_of(exercise)[number - 1].calls(VISIBLE)[call - 1].inputs
    return _by_number(exercise.name, number, call, inputs, VISIBLE)


def hint(name: str, number: int = 1) -> str:
    """The hint of that number (from 1) of the exercise ``name``; past the last one, the last.

    That it was shown is remembered beside the notebook: after the last one, `solution` may be asked.
    """
    hints = load(name).hints
    number = min(max(number, 1), len(hints))
    if number == len(hints):
        store.put(store.HINTS, name, number)
    return hints[number - 1]


def _judge_cases(probes: Probes, outcomes: Sequence[Outcome], verdicts: Sequence[str]) -> list[CaseResult]:
    """What came of each case. Corners count for an answer that is right elsewhere: which of them a wrong one happens
    to pass is luck."""
    own = [number for number, case in enumerate(probes.cases) if not case.kind]
    results = {number: _judge_case(probes, number, outcomes, verdicts) for number in own}
    is_right = all(result.verdict == "pass" for result in results.values())
    for number, case in enumerate(probes.cases):
        if case.kind and is_right:
            results[number] = _judge_case(probes, number, outcomes, verdicts)
        elif case.kind:
            results[number] = CaseResult(case.sentence, "skipped", kind=case.kind)
    return [results[number] for number in range(len(probes.cases))]


def _share(results: Sequence[CaseResult]) -> float:
    """The share of the points that the results earn."""
    own = [result.verdict == "pass" for result in results if not result.kind]
    corners = [result.verdict == "pass" for result in results if result.kind]
    if not corners:
        return sum(own) / max(1, len(own))
    return OWN_SHARE * sum(own) / len(own) + (1 - OWN_SHARE) * sum(corners) / len(corners)


def _verdict(probes: Probes, index: int, outcomes: Sequence[Outcome]) -> str:
    """What came of one call, whatever it did to its arguments."""
    outcome = outcomes[index]
    if outcome.status == "returned":
        judged = probes.exercise.judge
        right = probes.difference(index, outcomes) is None if judged else probes.is_right(index, outcome)
        return "pass" if right else "fail"
    if outcome.status == "raised" and probes.calls[index].may_refuse:
        return "pass"
    return VERDICT_OF_STATUS.get(outcome.status, "error")


def _judge_case(probes: Probes, case: int, outcomes: Sequence[Outcome], verdicts: Sequence[str]) -> CaseResult:
    """What came of the calls of one case: the first that is not right, with a line that repeats it."""
    kind = probes.cases[case].kind
    blank = CaseResult(probes.cases[case].sentence, "pass", kind=kind)
    conduct = _judge_conduct(blank, probes, outcomes) if kind in OF_ALL_CALLS else blank
    if conduct.verdict != "pass":
        return conduct
    indices = [index for index, of in enumerate(probes.case_of) if of == case]
    bad = next((index for index in indices if index < len(verdicts) and verdicts[index] != "pass"), None)
    if bad is not None:
        what, text = _explanation(probes, bad, outcomes)
        told = f"{probes.calls[bad].told}: " if probes.calls[bad].told else ""
        failed = replace(blank, verdict=verdicts[bad], explanation=told + text, property=what)
        return _with_line(failed, probes, bad)
    return blank if not indices or indices[-1] < len(verdicts) else replace(blank, verdict="skipped")


def _explanation(probes: Probes, index: int, outcomes: Sequence[Outcome]) -> tuple[str, str]:
    """What is wrong with an outcome: the property that fails, and a sentence."""
    outcome = outcomes[index]
    if outcome.status == "returned":
        difference = probes.difference(index, outcomes)
        return difference.property, difference.sentence
    text = f"{outcome.error}: {outcome.message}" if outcome.error else outcome.message
    return outcome.status, f"{text} ({outcome.where})" if outcome.where else text


def _judge_conduct(blank: CaseResult, probes: Probes, outcomes: Sequence[Outcome]) -> CaseResult:
    """Whether no call touches what it should leave alone."""
    for index, outcome in enumerate(outcomes):
        if difference := OF_ALL_CALLS[blank.kind](probes.expected[index], outcome):
            failed = replace(blank, verdict="fail", explanation=difference.sentence, property=difference.property)
            return _with_line(failed, probes, index)
    return blank


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
    score = round(exercise.points * _share(results), 2)
    hints = () if verdict == "pass" else exercise.hints
    return Report(
        exercise.name, verdict, score, exercise.points, headline, tuple(results), diagnosis, hints, tuple(notes)
    )


def _notes(outcomes) -> list[str]:
    warned = list(dict.fromkeys(w for o in outcomes for w in o.warnings))[:WARNINGS_LIMIT]
    printed = next((o.printed for o in outcomes if o.printed), "")
    notes = [f"NumPy or Python warned: {w}" for w in warned]
    if printed:
        notes.append(f"it printed: {printed.strip()[:200]}")
    return notes


def _with_line(result: CaseResult, probes: Probes, index: int) -> CaseResult:
    """The result with a line that repeats the call of that index."""
    case = probes.case_of[index]
    number, call = case + 1, index - probes.case_of.index(case) + 1
    return replace(result, reproduce=_line(probes, index, number, call), number=number, call=call)


@lru_cache(maxsize=64)  # most wrong answers fail the same calls
def _line(probes: Probes, index: int, number: int, call: int) -> str:
    name, inputs = probes.exercise.name, probes.drawn[index]
    return _with_numbers(name, inputs) or _by_number(name, number, call, inputs, probes.seed)


def _with_numbers(name: str, inputs: Inputs) -> str:
    """A line to paste with the numbers themselves, or an empty one where they do not fit."""
    fits = sum(map(_count, inputs.values())) <= MOST_SPELT_OUT
    if fits and not any(map(callable, inputs.values())) and not any(map(_has_layout, inputs.values())):
        options = {"linewidth": 10**6, "threshold": 10**6, "nanstr": "np.nan", "infstr": "np.inf"}
        with np.printoptions(**options, floatmode="unique"):
            line = f"{name}({', '.join(_passed(key, value) for key, value in inputs.items())})"
        if len(line) <= LONGEST_LINE:
            return line
    return ""


def _count(value) -> int:
    """How many numbers an argument holds."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return value.size if isinstance(value, np.ndarray) else sum(map(_count, parts))


def _by_number(name: str, number: int, call: int, inputs: Inputs, seed: int) -> str:
    """A line to paste by the numbers of the case and its call, both from 1."""
    arguments = [repr(name), str(number)] + [str(call)] * (call > 1) + [f"seed={seed}"] * (seed != VISIBLE)
    by_name = [_passed(key, value) for key, value in inputs.items() if key.endswith("=")]
    drawn = f"*example({', '.join(arguments)})"
    return f"{name}({', '.join([drawn, *by_name])})"


def _passed(name: str, value) -> str:
    """An argument as it stands in a call."""
    return f"{name}{_literal(value)}" if name.endswith("=") else _literal(value)


def _has_layout(value) -> bool:
    """Whether there is an array of which its numbers are not all: one that is transposed, sliced or read-only."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else [value]
    return any(isinstance(part, np.ndarray) and layout_of(part) for part in parts)


def _literal(value) -> str:
    if isinstance(value, np.ndarray) and value.size == 0:
        return f"np.empty({value.shape}, dtype=np.{value.dtype})"
    if isinstance(value, np.ndarray):
        numbers = re.sub(r"\s+(?=[],])", "", " ".join(repr(value).split()))  # NumPy pads them into columns
        return "np." + numbers.replace("dtype=", "dtype=np.")
    if isinstance(value, np.generic):
        return f"np.{value.dtype}({_literal(value.item())})"
    if isinstance(value, Seed):
        return f"np.random.default_rng({value.number})"
    if isinstance(value, float) and not np.isfinite(value):
        return f'float("{value}")'
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(_literal, value))}{',' * (len(value) == 1)})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k!r}: {_literal(v)}" for k, v in value.items()) + "}"
    return repr(value)
