"""Grade one submission: restore it, run it in a sandbox, judge every exercise outside."""

import re
import sys
import time
import warnings
from dataclasses import dataclass
from functools import partial

from autograder.call import Outcome
from autograder.check import HIDDEN, judge, wait_for
from autograder.exercise import Inputs
from autograder.grading.assignment import Assignment, grade_id, is_solution
from autograder.grading.collect import Submission
from autograder.grading.restore import Remark, Restored, restore
from autograder.grading.sandbox import Cell, Limits, Sandbox
from autograder.report import Report

WORD = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True)
class Result:
    """What came of one submission.

    ``reports`` by grade_id of the check cell; empty when there was nothing to grade, which ``remarks`` explain.
    ``answers`` are the solution cells as graded, ``blank`` those that were left as released.
    ``level`` names the sandbox that was used. ``seconds`` is of the wall clock.
    """

    student: str
    reports: dict[str, Report]
    remarks: tuple[Remark, ...]
    answers: dict[str, str]
    blank: tuple[str, ...]
    level: str
    seconds: float

    @property
    def score(self) -> float:
        return sum(report.score for report in self.reports.values())


def grade_submission(
    submission: Submission, assignment: Assignment, limits: Limits | None = None, seed: int = HIDDEN
) -> Result:
    """Grade one submission. Nothing in it makes this raise; only a missing sandbox or a fault of ours does.

    Parameters
    ----------
    seed : draws the hidden cases; the same as in the notebook's hidden tests, so that nbgrader gives the same score.
    """
    began = time.monotonic()
    remarks = [Remark("file", text) for text in submission.remarks]
    if submission.problem:
        restored = Restored(None, (Remark("refused", submission.problem),))
    else:
        restored = restore(assignment, submission.data)
    remarks += restored.remarks
    if restored.notebook is None:
        return Result(submission.student, {}, tuple(remarks), {}, (), "", time.monotonic() - began)

    exercises = assignment.exercises()
    answers = {grade_id(cell): cell.source for cell in restored.notebook.cells if is_solution(cell)}
    borrowed: dict[str, str] = {}
    # comparing a student's overflowed values may warn, which is nothing that the instructor needs to see
    with Sandbox(limits, constants=public_constants()) as sandbox, warnings.catch_warnings(action="ignore"):
        sandbox.load(cells_to_run(restored))

        def run(name: str, inputs: Inputs) -> Outcome:
            outcome = sandbox.run(name, inputs)
            if outcome.status == "reference_used":
                borrowed[name] = outcome.message
            return outcome

        reports = {check: judge(e, partial(run, e.name), seed) for check, e in exercises.items()}
    reports = _with_dependencies(reports, answers)
    remarks += [
        Remark("reference", f"{name} calls {what}, the course's own: no points") for name, what in borrowed.items()
    ]
    seconds = time.monotonic() - began
    return Result(submission.student, reports, tuple(remarks), answers, restored.blank, sandbox.level, seconds)


def _with_dependencies(reports: dict[str, Report], answers: dict[str, str]) -> dict[str, Report]:
    """The reports, with those marked that fail while an answer which theirs mentions fails as well."""
    failing = {report.exercise for report in reports.values() if not report.passed}
    return {
        check: report if report.passed else wait_for(report, _mentioned(report, failing, answers))
        for check, report in reports.items()
    }


def _mentioned(report: Report, failing: set[str], answers: dict[str, str]) -> list[str]:
    words = dict.fromkeys(WORD.findall(answers.get(report.exercise, "")))
    return [word for word in words if word in failing and word != report.exercise]


def cells_to_run(restored: Restored) -> list[Cell]:
    """The student's answers, and before them what answers may rely on: our own definitions, and the student's."""
    code = [cell for cell in restored.notebook.cells if cell.cell_type == "code"]
    ours = [Cell(f"lesson {i}", cell.source, True) for i, cell in enumerate(code) if not is_solution(cell)]
    helpers = [Cell(f"added {i}", text, True) for i, text in enumerate(restored.added)]
    answers = [Cell(grade_id(cell), cell.source) for cell in code if is_solution(cell)]
    return [cell for cell in [*ours, *helpers, *answers] if cell.source.strip()]


def public_constants() -> dict[str, object]:
    """The numbers and strings that the reference library publishes, such as the constants of SELU."""
    modules = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "course_lib"}
    return {
        f"{name}.{attribute}": value
        for name, module in modules.items()
        for attribute, value in vars(module).items()
        if not attribute.startswith("_") and type(value) in (bool, int, float, str)
    }
