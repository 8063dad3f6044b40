"""Pages that are read in a browser, offline: one for each student, one for the class."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from autograder.grading.judging.disclosure import for_student
from autograder.grading.judging.grade_submission import Result
from autograder.grading.reports.markdown import rendered
from autograder.grading.reports.marks import NO_MARKS, Mark, Marks
from autograder.grading.reports.pictures import NO_PICTURES, Pictures
from autograder.grading.reports.summary import Summary
from autograder.grading.submissions.assignment import Assignment, grade_id
from autograder.grading.submissions.own_cells import answers_in
from autograder.grading.submissions.restore import NOT_FOR_STUDENTS
from autograder.report import COLOURS, MARKS, OTHER_COLOUR, TITLES, readable, render_html

LOOK = {
    "marks": MARKS,
    "titles": TITLES,
    "colours": {verdict: COLOURS.get(verdict, OTHER_COLOUR) for verdict in MARKS},
}
SHOWN = 15  # misconceptions, before the rest is folded away


def student_page(
    assignment: Assignment, result: Result, pictures: Pictures = NO_PICTURES, marks: Marks = NO_MARKS
) -> str:
    """The feedback for one student, as one HTML page that can be read offline.

    Everything that a student wrote is escaped, or is Markdown that was sanitised. Of the hidden cases only their
    sentences and verdicts are shown; what is wrong is told from the public ones.

    Parameters
    ----------
    pictures : of the notebook as submitted.
    marks : what the gradebook has from a human, and what being late has come to.
    """
    pictures = pictures.named(answers_in(result.own))
    exercises = [_exercise(check, result, pictures, marks) for check in result.reports]
    manual = [_manual(name, assignment, result, pictures, marks) for name in manual_cells(assignment)]
    shown = {row["name"] for row in [*exercises, *manual]}
    others = [uri for name, uris in pictures.by_cell.items() if name not in shown for uri in uris]
    waiting = [row for row in manual if row["state"] == "waiting"] if exercises else []
    counted = sum(row["score"] for row in [*exercises, *manual])
    if not exercises:  # whatever a human gave all the same
        counted = sum(marks.counted(name, 0.0) for name in marks.cells)
    points = assignment.points + sum(row["points"] for row in manual) - sum(row["points"] for row in waiting)
    return render_page(
        "student.html",
        assignment=assignment.name,
        student=result.student,
        score=counted,
        points=points,
        basis=page_basis(result, marks),
        waiting=waiting,
        lateness=marks.lateness,
        exercises=exercises,
        remarks=[remark.text for remark in result.remarks if remark.kind != NOT_FOR_STUDENTS],
        manual=manual,
        comments=[(name, _markup_of(text)) for name, text in marks.comments.items() if name not in shown],
        other_pictures=_markup(others),
        left_out=pictures.left_out,
    )


def page_basis(result: Result, marks: Marks) -> str:
    """What a page tells of: it is out of date when this has changed."""
    return f"{result.id}-{marks.print}"


def manual_cells(assignment: Assignment) -> list[str]:
    """The cells that a human grades: those that students write into, and tasks."""
    marks = {grade_id(cell): cell.metadata["nbgrader"] for cell in assignment.master.cells if grade_id(cell)}
    return [name for name, mark in marks.items() if mark.get("task") or (mark.get("grade") and mark.get("solution"))]


def _exercise(check: str, result: Result, pictures: Pictures, marks: Marks) -> dict[str, object]:
    report = result.reports[check]
    answer = result.answers.get(report.exercise, "")
    told = for_student(report, result.public.get(check))
    mark = marks.cells.get(check)
    given = mark is not None and (mark.manual is not None or mark.extra)
    return {
        "name": report.exercise,
        "html": Markup(render_html(told)),  # escaped by report.py
        "folded": told.passed and not told.diagnosis and not given and report.exercise not in marks.comments,
        "answer": answer,
        "blank": report.exercise in result.blank,
        "pictures": _markup(pictures.by_cell.get(report.exercise, ())),
        "mark": MARKS[told.verdict],
        "title": TITLES[told.verdict].lower(),
        "colour": COLOURS.get(told.verdict, OTHER_COLOUR),
        "score": marks.counted(check, told.score),
        "points": report.points,
        "given": given,
        "comment": _markup_of(marks.comments.get(report.exercise, "")),
    }


def _manual(name: str, assignment: Assignment, result: Result, pictures: Pictures, marks: Marks) -> dict:
    mark = marks.cells.get(name) or Mark(_points(assignment, name), pending=name not in result.blank)
    blank = name in result.blank or not result.reports
    state = "read" if mark.read else "again" if mark.manual is not None else "blank" if blank else "waiting"
    text, attachments = pictures.in_text(name, result.answers.get(name, ""))
    is_text = any(grade_id(cell) == name and cell.cell_type == "markdown" for cell in assignment.master.cells)
    answer = Markup(rendered(text, attachments, page=True)) if is_text and text else text
    return {
        "name": name,
        "answer": answer,
        "is_text": is_text,
        "blank": blank,
        "pictures": [uri for uri in _markup(pictures.by_cell.get(name, ())) if uri not in answer],
        "state": state,
        "score": marks.counted(name, 0.0),
        "points": mark.points,
        "comment": _markup_of(marks.comments.get(name, "")),
    }


def _points(assignment: Assignment, name: str) -> float:
    return next(float(c.metadata["nbgrader"]["points"]) for c in assignment.master.cells if grade_id(c) == name)


def _markup_of(text: str) -> Markup:
    """A comment, which nbgrader takes for Markdown, too."""
    return Markup(rendered(text, {}, page=True)) if text else Markup()


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
