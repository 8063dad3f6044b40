"""What an instructor allows to students, on its way from a command or a roster to the gradebook."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

from nbgrader.api import Assignment, Student

from autograder.grading.exports.roster import read_roster
from autograder.grading.records.database import GradebookError, missing_file, shown
from autograder.grading.records.deadlines import lateness_of, update_deadlines
from autograder.grading.records.gradebook import Gradebook, LatePenalty
from autograder.grading.submissions.allowances import (
    AllowanceError,
    Key,
    column_meaning,
    from_roster,
    parsed_span,
    read_allowances,
)

# columns of a roster that hold what a student is called by here, where the gradebook does not know them yet
PLAIN_IDS = ("student_id", "id", "Student ID", "username", "Username", "SIS Login ID", "login")


@dataclass(frozen=True)
class FromRoster:
    """What a roster allows, and its lines that allow something to nobody who is known."""

    changes: dict[Key, str]
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class Settled:
    """What has come of a change, in lines, and the students who have not handed in anything yet."""

    said: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()


def take_roster(path: Path, db_url: str, needed: bool = True) -> FromRoster:
    """What the columns of a roster allow to the students of the gradebook, and to those who stand there by their id.

    Parameters
    ----------
    needed : whether a roster that allows nothing is a mistake.

    Raises
    ------
    RosterError, AllowanceError
        When it cannot be read, or has no column that allows anything.
    """
    roster = read_roster(path)
    columns = [column for column in roster.columns if column_meaning(column)[0]]
    if not columns and needed:
        raise AllowanceError(
            f"the roster {path} has no column that allows anything: name one extra time, late days, group, or due NAME "
            "for the assignment NAME"
        )
    named = {}
    for student in _students(db_url):
        if (line := roster.find(student)) is not None:
            named[id(line)] = student.student
    names = [named.get(id(row)) or _plain_id(row) for row in roster.rows]
    speaking = [
        (row, name)
        for row, name in zip(roster.rows, names, strict=True)
        if any(row.get(c, "").strip() for c in columns)
    ]
    unknown = tuple(", ".join(filter(None, row.values()))[:80] for row, name in speaking if not name)
    return FromRoster(from_roster([row for row, _ in speaking], [name for _, name in speaking]), unknown)


def _plain_id(row: dict[str, str]) -> str:
    return next((value for column in PLAIN_IDS if (value := row.get(column, "").strip())), "")


def known_students(db_url: str) -> set[str]:
    """The students of the gradebook."""
    return {row.student for row in _students(db_url)}


def _students(db_url: str) -> list[SimpleNamespace]:
    if missing_file(db_url):
        return []
    with Gradebook(db_url) as gradebook:
        found = gradebook.database.db.query(Student.id, Student.email, Student.lms_user_id)
        return [SimpleNamespace(student=name, email=mail or "", lms_id=lms or "") for name, mail, lms in found]


def withdrawn(out: Path, students: Iterable[str], assignment: str = "") -> dict[Key, str]:
    """The changes that take back what these students were allowed, in one assignment or all."""
    keys = read_allowances(out).rows
    changes = {key: "" for key in keys if key[0] in students and assignment in ("", key[1])}
    if not changes:
        raise AllowanceError(f"nothing is allowed to {' and '.join(students) or 'nobody'} that could be withdrawn")
    return changes


def extended(db_url: str, assignment: str, by: str) -> str:
    """The due date of the class and so much more, as ``allowances.csv`` has it.

    Raises
    ------
    AllowanceError, GradebookError
        When it is no time, or the class has no due date.
    """
    span = parsed_span(by)
    if span.share:
        raise AllowanceError(f"--by takes a time, such as 48h, not {by!r}; a share is --extra-time {by}")
    due = None
    if not missing_file(db_url):
        with Gradebook(db_url) as gradebook:
            master = gradebook.database.db.query(Assignment).filter_by(name=assignment).one_or_none()
            due = master and master.duedate
    if due is None:
        raise GradebookError(
            f"{shown(db_url)} has no due date of {assignment}: `course due {assignment} WHEN` sets it; or use --until"
        )
    return f"{due + span.span:%Y-%m-%d %H:%M:%S} UTC"


def set_due_date(db_url: str, assignment: str, when: datetime):
    """Set the due date of the class, in UTC without a zone, in nbgrader's gradebook, which is made if there is none."""
    with Gradebook(db_url) as gradebook:
        gradebook.database.update_or_create_assignment(assignment, duedate=when)


def settle_class(out: Path, db_url: str, late: LatePenalty | None, students: set[str]) -> Settled:
    """Bring due dates and late penalties in the gradebook up to date, and say what that means to some students.

    Parameters
    ----------
    students : of whom to speak.
    """
    if missing_file(db_url):
        return Settled(strangers=tuple(sorted(students - {""})))
    said, known = [], set()
    with Gradebook(db_url, late) as gradebook:
        update_deadlines(gradebook, read_allowances(out), out)
        for assignment in gradebook.database.assignments:
            gradebook.update_penalties(assignment.name)
            for student, lateness in sorted(lateness_of(gradebook, assignment.name).items()):
                if student in students:
                    known.add(student)
                    said += [f"{student}, {assignment.name}: {text}" for text in lateness.remarks]
    return Settled(tuple(said), tuple(sorted(students - known - {""})))
