"""Record assignments and scores in nbgrader's own gradebook, in the form that nbgrader itself makes.

So formgrader, manual grading, ``nbgrader generate_feedback`` and the exporters work on the same database. Scores that
a human has given are never touched.
"""

import contextlib
import os
import sysconfig
from dataclasses import dataclass, field
from datetime import datetime

from nbgrader.api import BaseCell, Comment, Grade, MissingEntry
from nbgrader.api import Gradebook as Database
from nbgrader.preprocessors import SaveCells
from sqlalchemy.exc import SQLAlchemyError

from autograder.grading.assignment import Assignment, copy_notebook, grade_id

NO_RESPONSE = "No response."  # nbgrader's own words for an unchanged solution cell


class GradebookError(RuntimeError):
    """The gradebook cannot be used; the message says what to do."""


@dataclass(frozen=True)
class Entry:
    """What is recorded of one submission.

    ``scores`` by grade_id; None where a human is to grade. ``comments`` by grade_id of the solution cell.
    """

    student: str
    timestamp: datetime | None = None
    scores: dict[str, float | None] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)


class Gradebook:
    """An open gradebook; use it as a context manager, from one thread.

    Parameters
    ----------
    url : as SQLAlchemy takes it, such as ``sqlite:///gradebook.db`` or ``postgresql://user@host/name``.

    Raises
    ------
    GradebookError
        When the database cannot be opened.
    """

    def __init__(self, url: str):
        self.url = url
        try:
            with _scripts_on_path():
                self._database = Database(url)
        except (SQLAlchemyError, ImportError) as error:
            raise GradebookError(f"the gradebook {url} cannot be opened: {str(error)[:300]}") from error

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Give the connection back."""
        self._database.close()
        self._database.engine.dispose()

    def add_assignment(self, assignment: Assignment):
        """Record the assignment and its cells as ``nbgrader generate_assignment`` does, unless they are there.

        Raises
        ------
        GradebookError
            When submissions have been graded with other cells than the assignment now has.
        """
        if self.cells(assignment) == cells_of(assignment):
            return
        self._database.update_or_create_assignment(assignment.name)
        resources = {"nbgrader": {"notebook": assignment.name, "assignment": assignment.name, "db_url": self.url}}
        try:
            SaveCells().preprocess(copy_notebook(assignment.master), resources)
        except RuntimeError as error:
            raise GradebookError(
                f"{self.url} holds grades of an earlier {assignment.name}, which had other cells ({error}). Give a "
                "new gradebook with --db, or remove the old assignment with `nbgrader db assignment remove`"
            ) from error
        self._database.db.expire_all()

    def students(self, assignment: str) -> set[str]:
        """Who has a submission of this assignment."""
        try:
            return {s.student_id for s in self._database.find_assignment(assignment).submissions}
        except MissingEntry:
            return set()

    def record(self, assignment: str, entry: Entry):
        """Write one submission's scores and comments, all of them or (when interrupted) none."""
        stamp = {"timestamp": entry.timestamp} if entry.timestamp else {}
        self._database.update_or_create_student(entry.student)
        with self._database.db.no_autoflush:
            self._database.update_or_create_submission(assignment, entry.student, **stamp)
        notebook = self._database.find_submission_notebook(assignment, assignment, entry.student)
        session = self._database.db
        grades = session.query(Grade, BaseCell.name).join(BaseCell).filter(Grade.notebook_id == notebook.id)
        for grade, name in grades:
            if name in entry.scores:
                grade.auto_score = entry.scores[name]
                # as nbgrader's SaveAutoGrades: a manual score is looked at again when the autograder has run anew
                grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
        comments = session.query(Comment, BaseCell.name).join(BaseCell).filter(Comment.notebook_id == notebook.id)
        for comment, name in comments:
            comment.auto_comment = entry.comments.get(name)
        try:
            session.commit()
        except SQLAlchemyError as error:
            session.rollback()
            raise GradebookError(f"the grades of {entry.student} could not be written: {str(error)[:300]}") from error

    def scores(self, assignment: str) -> dict[str, dict[str, float]]:
        """The score of every cell, by student, manual grades and extra credit included."""
        submissions = self._database.find_assignment(assignment).submissions
        return {
            submission.student_id: {g.name: g.score for notebook in submission.notebooks for g in notebook.grades}
            for submission in submissions
        }

    def cells(self, assignment: Assignment) -> dict[str, tuple]:
        """The recorded cells, in the form of ``cells_of``; none when the assignment is not recorded."""
        try:
            notebook = self._database.find_notebook(assignment.name, assignment.name)
        except MissingEntry:
            return {}
        points = {cell.name: cell.max_score for cell in notebook.grade_cells}
        return {c.name: (c.cell_type, c.source, c.checksum, points.get(c.name)) for c in notebook.source_cells}


@contextlib.contextmanager
def _scripts_on_path():
    """nbgrader calls ``alembic`` by name, which without an activated environment is not on the path."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), before])
    try:
        yield
    finally:
        os.environ["PATH"] = before


def cells_of(assignment: Assignment) -> dict[str, tuple]:
    """The cells of an assignment by grade_id: type, source, checksum, and points or None."""
    cells = [cell for cell in assignment.master.cells if grade_id(cell)]
    marks = {grade_id(cell): cell.metadata["nbgrader"] for cell in cells}
    points = {name: float(mark["points"]) for name, mark in marks.items() if mark["grade"]}
    return {
        grade_id(cell): (cell.cell_type, cell.source, marks[grade_id(cell)].get("checksum"), points.get(grade_id(cell)))
        for cell in cells
    }
