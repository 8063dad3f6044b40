"""What nbgrader's gradebook holds, as plain rows: manual grades and extra credit included, late penalties taken off."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import inf
from operator import itemgetter

from nbgrader.api import Grade, SubmittedAssignment, SubmittedNotebook
from nbgrader.api import Gradebook as Database
from sqlalchemy import func

from autograder.grading.reports.lateness import Lateness


@dataclass(frozen=True)
class CellGrade:
    """The score of one cell; ``pending`` when a human is still to grade it, ``extra`` what is credit beyond it."""

    name: str
    score: float
    max_score: float
    pending: bool
    extra: float = 0.0

    @property
    def is_possible(self) -> bool:
        """Whether the score without extra credit lies between 0 and the maximum, and extra credit takes nothing off."""
        return 0.0 <= self.score - self.extra <= self.max_score + 1e-9 and 0.0 <= self.extra < inf


@dataclass(frozen=True)
class GradeRow:
    """One student and one assignment. ``score`` is what counts: None without a submission.

    ``raw`` is the sum of the cells, ``penalty`` what lateness has cost.
    """

    assignment: str
    student: str
    first_name: str
    last_name: str
    email: str
    lms_id: str
    score: float | None
    raw: float
    penalty: float
    max_score: float
    submitted: datetime | None
    due: datetime | None
    pending: bool
    cells: tuple[CellGrade, ...]

    @property
    def late(self) -> str:
        """How late it was after the student's own due date, and what that cost; empty for who was in time."""
        own = Lateness(self.raw, self.max_score, self.penalty, self.submitted, self.due)
        return own.short if self.score is not None else ""


def grade_rows(
    database: Database, assignments: Iterable[str] = (), students: Iterable[str] = (), zero_for_missing: bool = False
) -> list[GradeRow]:
    """What the gradebook holds, by assignment and student.

    Parameters
    ----------
    database : nbgrader's own gradebook, open.
    assignments, students : only these; by default all.
    zero_for_missing : whether who has not submitted has 0 points, as in nbgrader's own exporter, instead of none.
    """
    wanted, chosen = set(assignments), set(students)
    everyone = sorted(database.students, key=lambda student: student.id)
    rows = []
    for assignment in database.assignments:
        if wanted and assignment.name not in wanted:
            continue
        submissions = {submission.student_id: submission for submission in assignment.submissions}
        cells, penalties = _cells(database, assignment), _penalties(database, assignment)
        for student in everyone:
            if not chosen or student.id in chosen:
                submission = submissions.get(student.id)
                own = cells.get(submission.id, ()) if submission else ()
                penalty = penalties.get(submission.id, 0.0) if submission else 0.0
                rows.append(_row(assignment, student, submission, own, penalty, zero_for_missing))
    return rows


def _cells(database: Database, assignment) -> dict[str, tuple[CellGrade, ...]]:
    """The grades of all submissions of an assignment by its id, in one query; nbgrader asks for each."""
    notebooks = sorted(assignment.notebooks, key=lambda notebook: notebook.name)
    masters = [(book.name, cell) for book in notebooks for cell in (*book.grade_cells, *book.task_cells)]
    # cells of two notebooks may be called the same
    names = {cell.id: cell.name if len(notebooks) == 1 else f"{book}: {cell.name}" for book, cell in masters}
    places = {cell.id: (place, names[cell.id], float(cell.max_score)) for place, (_, cell) in enumerate(masters)}
    found = (
        database.db.query(
            *(SubmittedNotebook.assignment_id, Grade.cell_id, Grade.score, Grade.needs_manual_grade),
            Grade.score - func.coalesce(Grade.manual_score, Grade.auto_score, Grade.score),
        )
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .filter(SubmittedAssignment.assignment_id == assignment.id)
    )
    cells = defaultdict(list)
    for submission, cell, score, pending, extra in found:
        place, name, top = places[cell]
        cells[submission].append((place, CellGrade(name, float(score), top, bool(pending), extra or 0.0)))
    return {submission: tuple(cell for _, cell in sorted(own, key=itemgetter(0))) for submission, own in cells.items()}


def _penalties(database: Database, assignment) -> dict[str, float]:
    found = (
        database.db.query(SubmittedNotebook.assignment_id, func.sum(SubmittedNotebook.late_submission_penalty))
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .filter(SubmittedAssignment.assignment_id == assignment.id)
        .group_by(SubmittedNotebook.assignment_id)
    )
    return {submission: float(penalty or 0.0) for submission, penalty in found}


def _row(assignment, student, submission, cells, penalty: float, zero_for_missing: bool) -> GradeRow:
    who = (
        student.id,
        student.first_name or "",
        student.last_name or "",
        student.email or "",
        student.lms_user_id or "",
    )
    top = float(assignment.max_score or 0.0)
    if submission is None:
        none = 0.0 if zero_for_missing else None
        return GradeRow(assignment.name, *who, none, 0.0, 0.0, top, None, assignment.duedate, False, ())
    raw = sum(cell.score for cell in cells)
    pending = any(cell.pending for cell in cells)
    score, times = max(0.0, raw - penalty), (submission.timestamp, submission.duedate)
    return GradeRow(assignment.name, *who, score, raw, penalty, top, *times, pending, cells)


def impossible_scores(rows: Iterable[GradeRow]) -> list[str]:
    """The scores that no grading gives, such as 7 of 5 points, in words: mistyped, or written there by somebody."""
    return [
        f"{row.student}, {cell.name}: {cell.score - cell.extra:g} of {cell.max_score:g} points"
        + (f" and {cell.extra:g} of extra credit" if cell.extra else "")
        for row in rows
        for cell in row.cells
        if not cell.is_possible
    ]
