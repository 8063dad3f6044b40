"""A notebook is run as it stands where answers fail without that: all of the student's own code, from top to bottom.

An answer's cells are run with what they need of the cells that were added, as far as their text tells. What it does not
tell, such as a list that a function fills, a file that is written and read again, or two answers in one cell, counts as
where Jupyter runs the notebook: what fails is judged once more so, and the better of the two verdicts holds.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from autograder.grading.isolation.sandbox import Cell
from autograder.grading.judging.cells_to_run import cells_as_they_stand
from autograder.grading.submissions.restore import Remark, Restored
from autograder.report import Report

KIND = "as_it_stands"  # of the remark that says so
UNNAMED = r"%run\b|\bexec\(|\bimport \*"  # by which code may define what it does not name


@dataclass(frozen=True)
class AsItStands:
    """``reports`` are those that are better so, by grade_id; ``remarks`` say it."""

    reports: dict[str, Report]
    remarks: list[Remark]


def judge_as_it_stands(
    restored: Restored, reports: Mapping[str, Report], judge: Callable[[list[str], list[Cell]], Mapping[str, Report]]
) -> AsItStands:
    """Judge again what fails, with all that the student has written.

    Parameters
    ----------
    reports : of the exercises, by grade_id.
    judge : judges the answers of some checks, by grade_id, with other cells.
    """
    failing = [check for check, report in reports.items() if not report.passed and is_elsewhere(restored, report)]
    again = judge(failing, cells_as_they_stand(restored)) if failing else {}
    better = {check: report for check, report in again.items() if report.score > reports[check].score}
    return AsItStands(better, [_remark(report) for report in better.values()])


def is_elsewhere(restored: Restored, report: Report) -> bool:
    """Whether something of an answer that fails may stand in another cell than its own."""
    if report.exercise not in restored.blank:
        return any(cell.kind == "code" for cell in restored.own)
    word = re.compile(rf"(?<!\w){re.escape(report.exercise)}(?!\w)|{UNNAMED}")
    return any(word.search(text) for name, text in restored.written if name != report.exercise)


def _remark(report: Report) -> Remark:
    text = f"{report.exercise} counts as it does when all cells are run from top to bottom, with those that were added"
    return Remark(KIND, text)
