"""What came of one submission as Markdown: for the summary of a CI run, which GitHub and GitLab show as a page."""

import re

from autograder.grading.ways.single import Graded
from autograder.report import MARKS, TITLES


def markdown_of(graded: Graded) -> str:
    """A heading with the score, a table of the exercises, and below it what is said of those that do not pass.

    What a student has written stands in code alone, so that none of it is a link, a picture or HTML.
    """
    lines = [f"## {graded.assignment.name}: {graded.result.score:.4g} of {graded.assignment.points:g} points", ""]
    lines += [f"- {_code(remark)}" for remark in graded.remarks]
    if graded.waiting:
        lines.append(f"- Read and graded by your instructor, not in these points: {', '.join(graded.waiting)}")
    if not graded.reports:
        return "\n".join([*lines, "", "Nothing could be graded.", ""])
    lines += ["", "| | exercise | points | of |", "|---|---|---|---|"]
    for report in graded.reports.values():
        mark = f"{MARKS[report.verdict]} {TITLES[report.verdict].lower()}"
        lines.append(f"| {mark} | {report.exercise} | {report.score:.4g} | {report.points:g} |")
    lines += ["", "Graded on other numbers than those in the notebook. The lines to reproduce use the notebook's.", ""]
    for check, report in graded.reports.items():
        if not report.passed:
            fence = _fence(graded.outputs[check], 3)
            lines += [f"### {report.exercise}", "", f"{fence}text", graded.outputs[check], fence, ""]
    return "\n".join(lines)


def _code(text: str) -> str:
    """One line of text as code, whatever stands in it."""
    fence = _fence(text, 1)
    return f"{fence} {text} {fence}"


def _fence(text: str, least: int) -> str:
    """More backticks than the text has in a row."""
    return "`" * max(least, 1 + max(map(len, re.findall("`+", text)), default=0))
