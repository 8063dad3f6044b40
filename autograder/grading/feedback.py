"""Pages that are read in a browser, offline: one for each student, one for the class."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from autograder.grading.assignment import Assignment
from autograder.grading.judging import Result
from autograder.grading.summary import Summary
from autograder.report import COLOURS, MARKS, OTHER_COLOUR, TITLES, render_html


def student_page(assignment: Assignment, result: Result) -> str:
    """The feedback for one student, as one HTML page. Everything that a student wrote is escaped."""
    exercises = [
        {
            "name": report.exercise,
            "html": Markup(render_html(report)),  # escaped by report.py
            "answer": result.answers.get(report.exercise, ""),
            "blank": report.exercise in result.blank,
        }
        for report in result.reports.values()
    ]
    return _page(
        "student.html",
        assignment=assignment.name,
        student=result.student,
        score=result.score,
        points=sum(exercise.points for exercise in assignment.exercises().values()),
        exercises=exercises,
        remarks=[remark.text for remark in result.remarks],
        manual=assignment.manual_ids,
    )


def class_page(summary: Summary) -> str:
    """The summary of a class, as one HTML page."""
    return _page(
        "class.html",
        summary=summary,
        marks=MARKS,
        titles=TITLES,
        colours={verdict: COLOURS.get(verdict, OTHER_COLOUR) for verdict in MARKS},
        most=max((row.count for row in summary.misconceptions), default=1),
    )


@cache
def _environment() -> Environment:
    loader = FileSystemLoader(Path(__file__).parent / "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _page(template: str, **values) -> str:
    return _environment().get_template(template).render(**values)
