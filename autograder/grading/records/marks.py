"""What a human has given in nbgrader's gradebook, for the pages of students."""

from collections.abc import Collection, Mapping

from nbgrader.api import BaseCell, Comment, Grade, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import func, or_

from autograder.grading.records.gradebook import Gradebook
from autograder.grading.reports.lateness import Lateness
from autograder.grading.reports.marks import Mark, Marks
from autograder.grading.submissions.assignment import Assignment


def marks_of(
    gradebook: Gradebook,
    assignment: Assignment,
    students: Collection[str] = (),
    late: Mapping[str, Lateness] | None = None,
) -> dict[str, Marks]:
    """The marks by student: of everyone whom a human has given something, or who was late.

    Parameters
    ----------
    students : only these; by default all.
    late : what being late has come to, by student.
    """
    cells: dict[str, dict[str, Mark]] = {}
    facts = (Grade.manual_score, Grade.extra_credit, Grade.needs_manual_grade)
    grades = _rows(gradebook, assignment, students, Grade, facts).filter(
        or_(Grade.manual_score.is_not(None), Grade.extra_credit.is_not(None))
    )
    given = grades.all()  # which of most submissions is nothing, at the time when they are graded
    points = _points(gradebook, assignment) if given else {}
    for student, name, manual, extra, pending in given:
        cells.setdefault(student, {})[name] = Mark(points.get(name, 0.0), manual, float(extra or 0.0), bool(pending))
    comments: dict[str, dict[str, str]] = {}
    written = _rows(gradebook, assignment, students, Comment, (Comment.manual_comment,))
    for student, name, comment in written.filter(Comment.manual_comment.is_not(None)):
        if comment.strip():
            comments.setdefault(student, {})[name] = comment
    penalties = _penalties(gradebook, assignment, students)
    late = late or {}
    return {
        name: Marks(cells.get(name, {}), comments.get(name, {}), penalties.get(name, 0.0), late.get(name))
        for name in {*cells, *comments, *penalties, *late}
    }


def _points(gradebook: Gradebook, assignment: Assignment) -> dict[str, float]:
    notebook = gradebook.database.find_notebook(assignment.notebook, assignment.booked_as)
    return {cell.name: float(cell.max_score or 0.0) for cell in (*notebook.grade_cells, *notebook.task_cells)}


def _rows(gradebook: Gradebook, assignment: Assignment, students: Collection[str], table, facts: tuple):
    query = (
        gradebook.database.db.query(SubmittedAssignment.student_id, BaseCell.name, *facts)
        .select_from(table)
        .join(BaseCell, BaseCell.id == table.cell_id)
        .join(SubmittedNotebook, SubmittedNotebook.id == table.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(SubmittedNotebook.notebook)
        .filter_by(name=assignment.notebook)
        .join(SubmittedAssignment.assignment)
        .filter_by(name=assignment.booked_as)
        .order_by(BaseCell.name)
    )
    return query.filter(SubmittedAssignment.student_id.in_(students)) if students else query


def _penalties(gradebook: Gradebook, assignment: Assignment, students: Collection[str]) -> dict[str, float]:
    query = (
        gradebook.database.db.query(SubmittedAssignment.student_id, func.sum(SubmittedNotebook.late_submission_penalty))
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(SubmittedAssignment.assignment)
        .filter_by(name=assignment.booked_as)
        .filter(SubmittedNotebook.late_submission_penalty > 0)
        .group_by(SubmittedAssignment.student_id)
    )
    query = query.filter(SubmittedAssignment.student_id.in_(students)) if students else query
    return {student: float(penalty or 0.0) for student, penalty in query}
