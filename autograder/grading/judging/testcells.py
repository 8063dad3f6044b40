"""Ordinary test cells that an instructor adds: asserts, run in a box beside the answers.

They are not tamper-proof, and are labelled so wherever their verdict stands: what they compare with, and the
comparison itself, are in the process of the student's code, which can read and change both. They run in a box of
their own, so that neither they nor what they find out touches the exercises, which are judged outside.
"""

import io
import re
import tokenize

from autograder.grading.isolation.sandbox import ENDLESS, NO_FILES, Cell, CellResult, Files, Limits, Sandbox
from autograder.grading.submissions.assignment import Assignment, grade_id
from autograder.report import Report

NOT_TAMPER_PROOF = "not tamper-proof: this test ran in one process with the answers, which can change what it finds"
PARTIAL = "partial credit: the value of its last line"
NOISY = "no points, since it wrote to stderr, where warnings go"
ALLOWED = "it wrote to stderr, where warnings go, which the course allows here"
BLANK = (tokenize.ENDMARKER, tokenize.NL, tokenize.NEWLINE, tokenize.COMMENT)


def run_tests(assignment: Assignment, cells: list[Cell], limits: Limits, files: Files = NO_FILES) -> dict[str, Report]:
    """Run every test cell after ``cells``, in the order of the notebook, and score it as nbgrader does.

    An error, or anything on stderr that the course does not allow, gives nothing; else the last expression, where
    Jupyter would show a number of 0 or more, is the score; all else gives full points, also NaN, a negative number and
    text (``determine_grade`` of nbgrader). More than the cell's points, on which nbgrader stops, is left to a human.

    Parameters
    ----------
    cells : the lesson's definitions and the student's answers.
    limits : a test cell has ``function_seconds``, for it calls functions several times.
    files : what was handed in beside the notebook.
    """
    sources = {grade_id(cell): cell.source for cell in assignment.master.cells}
    tests = {name: Cell(name, sources[name], shown=is_shown(sources[name])) for name in assignment.test_ids}
    with Sandbox(limits, files=files, cell_limit="function_seconds") as sandbox:
        sandbox.load([*cells, *tests.values()])
        return {
            name: _report(name, points, sandbox.results[tests[name]], limits.stderr_allowed)
            for name, points in assignment.test_ids.items()
        }


def is_shown(source: str) -> bool:
    """Whether Jupyter shows the value of a cell's last line: not behind a semicolon."""
    tokens = [t for t in tokenize.generate_tokens(io.StringIO(source).readline) if t.type not in BLANK]
    return bool(tokens) and tokens[-1].string != ";"


def credit(value: str, points: float) -> float:
    """nbgrader's score for a cell that showed ``value``, which may be more than ``points``."""
    try:
        number = float(value)
    except ValueError:
        return points
    return number if number >= 0.0 else points


def _report(name: str, points: float, result: CellResult, allowed: str) -> Report:
    is_allowed = bool(allowed and re.search(allowed, result.stderr))
    score = credit(result.value, points)
    verdict, headline = ("pass", "") if score == points else ("fail", f"{PARTIAL}, {score:g} of {points:g}")
    if result.error:
        verdict = "timeout" if result.error == ENDLESS else "fail" if result.error == "AssertionError" else "error"
        said = result.message if verdict == "timeout" else f"{result.error}: {result.message}"
        score, headline = 0.0, f"{said} ({result.where})" if result.where else said
    elif "was passed over" in result.note:
        # an answer used the sealed library, and what would have been tested was not: no reason for full points
        score, verdict, headline = 0.0, "error", f"{result.note}: no points"
    elif result.stderr and not is_allowed:
        score, verdict, headline = 0.0, "error", f"{NOISY}: {result.stderr.strip()}"
    elif score > points:
        headline = f"its last line came to {result.value}, which is more than its {points:g} points: score it by hand"
        score, verdict = 0.0, "grader_error"
    notes = (NOT_TAMPER_PROOF, ALLOWED) if is_allowed and not result.error else (NOT_TAMPER_PROOF,)
    return Report(name, verdict, score, points, headline, notes=notes)
