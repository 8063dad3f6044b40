"""What came of one submission as Gradescope's results.json.

The format: https://gradescope-autograders.readthedocs.io/en/latest/specs/ ("Output format"); who has submitted:
https://gradescope-autograders.readthedocs.io/en/latest/submission_metadata/.
"""

import json
from pathlib import Path

from autograder.grading.exports.export import gradescope_results
from autograder.grading.exports.grades import CellGrade, GradeRow
from autograder.grading.ways.single import Graded

MAX_METADATA = 64 << 20  # bytes: it repeats the results of all earlier submissions


def results_of(graded: Graded, visibility: str = "visible") -> dict:
    """results.json of one submission. Nothing in it tells a hidden input.

    Parameters
    ----------
    visibility : who sees the tests, and when.

    Raises
    ------
    ExportError
        When Gradescope knows no such visibility.
    """
    result, reports = graded.result, graded.reports
    cells = tuple(CellGrade(check, report.score, report.points, False) for check, report in reports.items())
    score, points = result.score, graded.assignment.points
    who = (result.student, "", "", "", "")
    row = GradeRow(graded.assignment.name, *who, score, score, 0.0, points, None, None, False, cells)
    results = gradescope_results(row, graded.outputs, visibility)
    said = [*graded.remarks, *([] if reports else ["Nothing could be graded."])]
    if graded.waiting:
        said.append(f"Read and graded by your instructor, not in this score: {', '.join(graded.waiting)}.")
    return results | {
        "output": "\n".join(said),
        "stdout_visibility": "hidden",
        "extra_data": {"sandbox": result.level},
    }


def student_in(metadata: Path) -> str:
    """Who has submitted, by Gradescope's numbers, from its submission_metadata.json; a group counts as one student.

    Empty where there is no such file, or it says nothing of use: the hidden cases are then drawn for the notebook.
    """
    try:
        return "+".join(sorted(str(user["id"]) for user in _read(metadata)["users"]))
    except (LookupError, TypeError):
        return ""


def attempt_in(metadata: Path) -> str:
    """What tells this submission from every other, from the same file: its number and time, the same in a rerun."""
    said = _read(metadata)
    return " ".join(str(said[name]) for name in ("id", "created_at") if said.get(name))


def _read(metadata: Path) -> dict:
    try:
        with metadata.open("rb") as file:
            said = json.loads(file.read(MAX_METADATA))
    except (OSError, ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
