"""Record assignments and scores in nbgrader's own gradebook, in the form that nbgrader itself makes.

So formgrader, manual grading, ``nbgrader generate_feedback`` and the exporters work on the same database. Scores that
a human has given are never touched.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from nbgrader.api import (
    BaseCell,
    Comment,
    Grade,
    MissingEntry,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.api import Gradebook as Database
from nbgrader.preprocessors import SaveCells
from sqlalchemy import insert
from sqlalchemy.exc import SQLAlchemyError

from autograder.grading.records.database import GradebookError, make_tables, reason, shown
from autograder.grading.submissions.assignment import Assignment, copy_notebook, grade_id

NO_RESPONSE = "No response."  # nbgrader's own words for an unchanged solution cell


@dataclass(frozen=True)
class Entry:
    """What is recorded of one submission.

    ``scores`` by grade_id; None where a human is to grade. ``comments`` by grade_id of the solution cell. ``notebook``
    where it is not called like the assignment.
    """

    student: str
    timestamp: datetime | None = None
    scores: dict[str, float | None] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    notebook: str = ""


# student, score, seconds late -> what is taken off; None for nothing
LatePenalty = Callable[[str, float, float], float | None]


class Gradebook:
    """An open gradebook; use it as a context manager, from one thread.

    Parameters
    ----------
    url : as SQLAlchemy takes it, such as ``sqlite:///gradebook.db`` or ``postgresql://user@host/name``.
    late : what a late submission costs; when None, the penalties in the gradebook stay as they are.

    Raises
    ------
    GradebookError
        When the database cannot be opened, or was made by another version of nbgrader.
    """

    def __init__(self, url: str, late: LatePenalty | None = None):
        self.url = url
        self._late = late
        try:
            make_tables(url)
            self._database = Database(url)
        except (SQLAlchemyError, ImportError) as error:
            raise GradebookError(f"the gradebook {shown(url)} cannot be opened: {reason(error)}") from error

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Give the connection back."""
        self._database.close()

    @property
    def database(self) -> Database:
        """nbgrader's own gradebook, to read from."""
        return self._database

    def add_assignment(self, assignment: Assignment):
        """Record the assignment and its cells as ``nbgrader generate_assignment`` does, unless they are there.

        Raises
        ------
        GradebookError
            When submissions have been graded with other cells than the assignment now has.
        """
        if self.cells(assignment) == cells_of(assignment):
            return
        self._database.update_or_create_assignment(assignment.booked_as)
        names = {"notebook": assignment.notebook, "assignment": assignment.booked_as}
        resources = {"nbgrader": {**names, "db_url": self.url}}
        try:
            SaveCells().preprocess(copy_notebook(assignment.master), resources)
        except RuntimeError as error:
            raise GradebookError(
                f"{shown(self.url)} holds grades of an earlier {assignment.name}, which had other cells ({error}). "
                "Give a new gradebook with --db, or remove the old assignment with `nbgrader db assignment remove`"
            ) from error
        self._database.db.expire_all()

    def as_worth(self, assignment: Assignment) -> Assignment:
        """The assignment with the points that somebody has given its cells in the gradebook itself.

        They hold, as in nbgrader, until the source gives the cell other points: its checksum is then another.
        """
        booked, own = self.cells(assignment), cells_of(assignment)
        same = [name for name in own.keys() & booked.keys() if own[name][:3] == booked[name][:3]]
        return assignment.worth({name: booked[name][3] for name in same if own[name][3] != booked[name][3]})

    def students(self, assignment: str) -> set[str]:
        """Who has a submission of this assignment."""
        try:
            return {s.student_id for s in self._database.find_assignment(assignment).submissions}
        except MissingEntry:
            return set()

    def add_students(self, students: dict[str, dict[str, str]]) -> set[str]:
        """Add those who are not there yet, in one commit; the details of the others stay. Returns who was added."""
        session, known = self._database.db, self.known_students()
        new = {name: details for name, details in students.items() if name not in known}
        session.add_all([Student(id=name, **details) for name, details in new.items()])
        self.commit("the students")
        return set(new)

    def known_students(self) -> set[str]:
        """All students, also those who were graded under a name that nobody else has given."""
        return {name for (name,) in self._database.db.query(Student.id)}

    def record(self, assignment: str, entry: Entry):
        """Write one submission's scores, comments and late penalty in one commit: all of them or none."""
        try:
            submission = self._database.find_submission(assignment, entry.student)
        except MissingEntry:
            submission = self._add_submission(assignment, entry)
        else:
            self._update_submission(submission, entry)
        if entry.timestamp:
            submission.timestamp = entry.timestamp.astimezone(UTC).replace(tzinfo=None)  # as nbgrader keeps time
        self._penalise(submission, self._notebook(submission, entry))
        self.commit(f"the grades of {entry.student}")

    def is_graded_by_hand(self, assignment: str, student: str) -> bool:
        """Whether a human has given the student a score, extra credit or a comment."""
        submission = self._submission(assignment, student)
        notebooks = submission.notebooks if submission else ()
        grades = any(g.manual_score is not None or g.extra_credit for n in notebooks for g in n.grades)
        return grades or any(comment.manual_comment for n in notebooks for comment in n.comments)

    def remove(self, assignment: str, student: str, *, keep: bool = False):
        """Take out a submission, and its student where nothing else is known of them, unless they are to be kept."""
        if self._submission(assignment, student):
            self._database.remove_submission(assignment, student)
        left = self._database.db.get(Student, student)
        details = [left.first_name, left.last_name, left.email, left.lms_user_id] if left else []
        if left and not (keep or left.submissions or any(details)):
            self._database.remove_student(student)

    def _submission(self, assignment: str, student: str) -> SubmittedAssignment | None:
        try:
            return self._database.find_submission(assignment, student)
        except MissingEntry:
            return None

    def update_penalties(self, assignment: str):
        """Recompute the late penalties of all submissions: after a manual score, an extension, another due date."""
        if self._late is None:
            return
        master = self._database.find_assignment(assignment)
        pairs = self._database.db.query(SubmittedAssignment, SubmittedNotebook).join(SubmittedNotebook.assignment)
        for submission, notebook in pairs.filter(SubmittedAssignment.assignment_id == master.id):
            self._penalise(submission, notebook)
        self.commit("the late penalties")

    def scores(self, assignment: str) -> dict[str, dict[str, float]]:
        """The score of every cell, by student, manual grades and extra credit included."""
        submissions = self._database.find_assignment(assignment).submissions
        return {
            submission.student_id: {g.name: g.score for notebook in submission.notebooks for g in notebook.grades}
            for submission in submissions
        }

    def booked(self, assignment: str, notebook: str = "") -> dict[str, dict[str, dict]]:
        """What is recorded of every student: by ``scores`` (automatic), ``manual`` and ``comments``, then by cell.

        Parameters
        ----------
        notebook : where it is not called like the assignment.
        """
        found: dict[str, dict[str, dict]] = {}
        session = self._database.db
        for table in (Grade, Comment):
            kinds = {"scores": Grade.auto_score, "manual": Grade.manual_score}
            kinds = kinds if table is Grade else {"comments": Comment.auto_comment}
            query = (
                session.query(SubmittedAssignment.student_id, BaseCell.name, *kinds.values())
                .select_from(table)
                .join(BaseCell, BaseCell.id == table.cell_id)
                .join(SubmittedNotebook, SubmittedNotebook.id == table.notebook_id)
                .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
                .join(SubmittedNotebook.notebook)
                .filter_by(name=notebook or assignment)
                .join(SubmittedAssignment.assignment)
                .filter_by(name=assignment)
            )
            for student, cell, *values in query:
                for kind, value in zip(kinds, values, strict=True):
                    found.setdefault(student, {"scores": {}, "manual": {}, "comments": {}})[kind][cell] = value
        return found

    def cells(self, assignment: Assignment) -> dict[str, tuple]:
        """The recorded cells, in the form of ``cells_of``; none when the assignment is not recorded."""
        try:
            notebook = self._database.find_notebook(assignment.notebook, assignment.booked_as)
        except MissingEntry:
            return {}
        points = {cell.name: cell.max_score for cell in notebook.grade_cells}
        return {c.name: (c.cell_type, c.source, c.checksum, points.get(c.name)) for c in notebook.source_cells}

    def _add_submission(self, assignment: str, entry: Entry) -> SubmittedAssignment:
        """A new submission with its grades and comments, made as by nbgrader's add_submission, but not committed."""
        session = self._database.db
        master = self._database.find_assignment(assignment)
        if session.get(Student, entry.student) is None:
            session.add(Student(id=entry.student))
        submission = SubmittedAssignment(assignment_id=master.id, student_id=entry.student)
        session.add(submission)
        session.flush()
        for notebook in master.notebooks:
            self._add_notebook(submission, notebook, entry)
        return submission

    def _add_notebook(self, submission: SubmittedAssignment, notebook: Notebook, entry: Entry) -> SubmittedNotebook:
        session = self._database.db
        own = entry if notebook.name == (entry.notebook or notebook.assignment.name) else Entry(entry.student)
        copy = SubmittedNotebook(notebook_id=notebook.id, assignment_id=submission.id)
        session.add(copy)
        session.flush()
        grades = [
            {"notebook_id": copy.id, "cell_id": cell.id, **_automatic(own, cell.name)}
            for cell in [*notebook.grade_cells, *notebook.task_cells]
        ]
        comments = [
            {"notebook_id": copy.id, "cell_id": cell.id, "auto_comment": own.comments.get(cell.name)}
            for cell in [*notebook.solution_cells, *notebook.task_cells]
        ]
        for table, rows in ((Grade, grades), (Comment, comments)):
            if rows:
                session.execute(insert(table), rows)
        return copy

    def _notebook(self, submission: SubmittedAssignment, entry: Entry) -> SubmittedNotebook:
        """The notebook that is graded; one that came to the assignment after the submission, is added to it."""
        name = entry.notebook or submission.assignment.name
        found = next((notebook for notebook in submission.notebooks if notebook.name == name), None)
        if found is None:
            master = next(notebook for notebook in submission.assignment.notebooks if notebook.name == name)
            found = self._add_notebook(submission, master, entry)
            self._database.db.expire(submission)
        return found

    def _update_submission(self, submission: SubmittedAssignment, entry: Entry):
        session, notebook = self._database.db, self._notebook(submission, entry)
        grades = session.query(Grade, BaseCell.name).join(BaseCell).filter(Grade.notebook_id == notebook.id)
        for grade, name in grades:
            if name in entry.scores:
                grade.auto_score = entry.scores[name]
                # as nbgrader's SaveAutoGrades: a manual score needs another look when the autograder has run again
                grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
        comments = session.query(Comment, BaseCell.name).join(BaseCell).filter(Comment.notebook_id == notebook.id)
        for comment, name in comments:
            comment.auto_comment = entry.comments.get(name)

    def _penalise(self, submission: SubmittedAssignment, notebook: SubmittedNotebook):
        """As nbgrader's AssignLatePenalties: at most the score, at least nothing; none for who is in time."""
        if self._late is None:
            return
        penalty = None
        # without a due date an extension means nothing; nbgrader would fail on it
        seconds = submission.total_seconds_late if submission.assignment.duedate else 0
        if seconds > 0:
            self._database.db.flush()
            self._database.db.refresh(notebook, ["score"])
            penalty = self.penalty(submission.student_id, notebook.score, seconds)
        notebook.late_submission_penalty = penalty

    def penalty(self, student: str, score: float, seconds: float) -> float | None:
        """What being late by so many seconds takes off a score, by the course's rule; None for nothing.

        Raises
        ------
        GradebookError
            When the rule, which is the instructor's own code, fails.
        """
        try:
            penalty = self._late(student, score, seconds) if self._late else None
            return None if penalty is None else min(max(float(penalty), 0.0), score)
        except Exception as error:
            self._database.db.rollback()
            what = f"{type(error).__name__}: {error}"
            raise GradebookError(f"the late penalty of {student} could not be computed: {what}") from error

    def commit(self, what: str):
        """End a transaction; raises GradebookError, which names ``what``, when it cannot be written."""
        try:
            self._database.db.commit()
        except SQLAlchemyError as error:
            self._database.db.rollback()
            raise GradebookError(f"{what} could not be written: {str(error)[:300]}") from error


def _automatic(entry: Entry, name: str) -> dict[str, object]:
    score = entry.scores.get(name)
    return {"auto_score": score, "needs_manual_grade": score is None}


def cells_of(assignment: Assignment) -> dict[str, tuple]:
    """The cells of an assignment by grade_id: type, source, checksum, and points or None."""
    cells = [cell for cell in assignment.master.cells if grade_id(cell)]
    marks = {grade_id(cell): cell.metadata["nbgrader"] for cell in cells}
    points = {name: float(mark["points"]) for name, mark in marks.items() if mark["grade"]}
    return {
        grade_id(cell): (cell.cell_type, cell.source, marks[grade_id(cell)].get("checksum"), points.get(grade_id(cell)))
        for cell in cells
    }
