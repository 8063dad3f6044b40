"""Pages that are read in a browser, offline: one for each student, one for the class."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from autograder.check import visible_line
from autograder.exercise import Exercise
from autograder.grading.judging.disclosure import ELSEWHERE, for_student
from autograder.grading.judging.grade_submission import Result
from autograder.grading.reports.pictures import IN_MARKDOWN, NO_PICTURES, Pictures
from autograder.grading.reports.summary import Summary
from autograder.grading.submissions.assignment import Assignment
from autograder.report import COLOURS, MARKS, OTHER_COLOUR, TITLES, Report, readable, render_html

LOOK = {
    "marks": MARKS,
    "titles": TITLES,
    "colours": {verdict: COLOURS.get(verdict, OTHER_COLOUR) for verdict in MARKS},
}
SHOWN = 15  # misconceptions, before the rest is folded away


def student_page(assignment: Assignment, result: Result, pictures: Pictures = NO_PICTURES) -> str:
    """The feedback for one student, as one HTML page that can be read offline.

    Everything that a student wrote is escaped. Of the hidden cases only their sentences and verdicts are shown, and
    our words; the lines to try are those of the visible cases.

    Parameters
    ----------
    pictures : of the notebook as submitted.
    """
    catalogue = assignment.exercises()
    exercises = []
    for check, report in result.reports.items():
        answer = result.answers.get(report.exercise, "")
        told = told_to_student(report, answer, catalogue.get(check))
        exercises.append(
            {
                "name": report.exercise,
                "html": Markup(render_html(told)),  # escaped by report.py
                "folded": report.passed and not report.diagnosis,
                "answer": answer,
                "blank": report.exercise in result.blank,
                "pictures": _markup(pictures.by_cell.get(report.exercise, ())),
                "mark": MARKS[report.verdict],
                "title": TITLES[report.verdict].lower(),
                "colour": COLOURS.get(report.verdict, OTHER_COLOUR),
                "score": report.score,
                "points": report.points,
            }
        )
    manual = [
        {
            "name": name,
            # a pasted picture is shown below, and its letters are no text
            "answer": IN_MARKDOWN.sub("picture", result.answers.get(name, "")),
            "blank": name in result.blank,
            "pictures": _markup(pictures.by_cell.get(name, ())),
        }
        for name in assignment.manual_ids
    ]
    shown = {exercise["name"] for exercise in [*exercises, *manual]}
    others = [uri for name, uris in pictures.by_cell.items() if name not in shown for uri in uris]
    return render_page(
        "student.html",
        assignment=assignment.name,
        student=result.student,
        score=result.score,
        points=assignment.points,
        exercises=exercises,
        remarks=[remark.text for remark in result.remarks],
        manual=manual,
        other_pictures=_markup(others),
        left_out=pictures.left_out,
    )


def told_to_student(report: Report, answer: str, exercise: Exercise | None) -> Report:
    """The report as `for_student` leaves it, with a line to try for every case that failed: on the visible numbers.

    An instructor's own test cell is no exercise, and has no cases to draw.
    """
    report = for_student(report, answer)
    if exercise is None:
        return report
    cases = tuple(
        replace(case, reproduce=visible_line(exercise, case.number, case.call, True)) if case.explanation else case
        for i, case in enumerate(report.cases)
    )
    notes = tuple(note for note in report.notes if note != ELSEWHERE)  # the page says so once, for all
    return replace(report, cases=cases, notes=notes)


def _markup(uris: Iterable[str]) -> list[Markup]:
    """Data URIs that need no escaping: base64 that pictures.py has written."""
    return [Markup(uri) for uri in uris]


def class_page(summary: Summary) -> str:
    """The summary of a class, as one HTML page."""
    return render_page(
        "class.html",
        summary=summary,
        look=LOOK,
        shown=SHOWN,
    )


@cache
def _environment() -> Environment:
    loader = FileSystemLoader(Path(__file__).parent / "templates")
    options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    return Environment(loader=loader, autoescape=True, finalize=_readable, **options)


def _readable(value):
    """Every text that a template shows, save what is HTML already, before it is escaped."""
    return readable(value) if type(value) is str else value


def render_page(template: str, **values) -> str:
    """A page from one of our templates; every value is escaped, unless it is Markup."""
    return _environment().get_template(template).render(**values)
