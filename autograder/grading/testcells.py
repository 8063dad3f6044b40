"""Ordinary test cells that an instructor adds: asserts, run in a box beside the answers.

They are not tamper-proof, and are labelled so wherever their verdict stands: what they compare with, and the
comparison itself, are in the process of the student's code, which can read and change both. They run in a box of
their own, so that neither they nor what they find out touches the exercises, which are judged outside.
"""

from dataclasses import replace

from autograder.grading.assignment import Assignment, grade_id
from autograder.grading.isolation.sandbox import ENDLESS, Cell, CellResult, Limits, Sandbox
from autograder.report import Report

NOT_TAMPER_PROOF = "not tamper-proof: this test ran in one process with the answers, which can change what it finds"


def run_tests(assignment: Assignment, cells: list[Cell], limits: Limits) -> dict[str, Report]:
    """Run every test cell after ``cells``, in the order of the notebook, as nbgrader scores it: an error gives nothing,
    all else full points.

    Parameters
    ----------
    cells : the lesson's definitions and the student's answers.
    limits : a test cell has ``function_seconds``, for it calls functions several times.
    """
    sources = {grade_id(cell): cell.source for cell in assignment.master.cells}
    tests = {name: Cell(name, sources[name]) for name in assignment.test_ids}
    with Sandbox(replace(limits, call_seconds=limits.function_seconds)) as sandbox:
        sandbox.load([*cells, *tests.values()])
        return {
            name: _report(name, points, sandbox.results[tests[name]]) for name, points in assignment.test_ids.items()
        }


def _report(name: str, points: float, result: CellResult) -> Report:
    headline, verdict = "", "pass"
    if result.error:
        verdict = "timeout" if result.error == ENDLESS else "fail" if result.error == "AssertionError" else "error"
        said = result.message if verdict == "timeout" else f"{result.error}: {result.message}"
        headline = f"{said} ({result.where})" if result.where else said
    elif "was passed over" in result.note:
        # an answer used the sealed library, and what would have been tested was not: no reason for full points
        verdict, headline = "error", f"{result.note}: no points"
    return Report(name, verdict, points if verdict == "pass" else 0.0, points, headline, notes=(NOT_TAMPER_PROOF,))
