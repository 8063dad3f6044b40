"""A roster: the CSV file that an LMS exports, by which its students and those of the gradebook find each other."""

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from autograder.errors import UserError
from autograder.grading.submissions.names import composed

MAX_BYTES = 50 << 20
# Canvas, Moodle, nbgrader's own list of students, and lists that people write themselves
IDENTIFYING = (
    *("SIS Login ID", "SIS User ID", "Integration ID", "Email address", "Username", "ID number", "Student ID"),
    *("student_id", "id", "lms_user_id", "email", "login", "Email", "username"),
)
NUMBERED = ("ID", "Identifier")  # the numbers that stand in the names of the files of an export


class RosterError(UserError, ValueError):
    """The roster cannot be read; the message says what to do."""


@dataclass(frozen=True)
class Roster:
    """The lines of a roster as they stand, by column."""

    columns: tuple[str, ...]
    rows: tuple[dict[str, str], ...]

    def find(self, row) -> dict[str, str] | None:
        """The line of a student of the gradebook (with ``student``, ``lms_id``, ``email``), or None.

        By id, else the id that the LMS has, the e-mail address, or name and number together as ``intake`` makes them
        an id: a number alone could be anybody's. What two lines have in common decides nothing.
        """
        for known in (row.student, row.lms_id, row.email):
            if known and (place := self._places.get(_folded(known))) is not None:
                return self.rows[place]
        name, _, number = row.student.rpartition("_")
        for known, named in ((row.lms_id, None), (number, _squashed(name))):
            place = self._numbers.get(known) if known else None
            if place is not None and (named is None or named in _names(self.rows[place])):
                return self.rows[place]
        return None

    def assignment_column(self, title: str) -> str:
        """The column of an assignment, which Canvas heads ``title (id)``; empty when there is none."""
        wanted = re.compile(rf"{re.escape(title)}(?: \(\d+\))?")
        return next((column for column in self.columns if wanted.fullmatch(column)), "")

    @cached_property
    def _places(self) -> dict[str, int]:
        keys = []
        for i, row in enumerate(self.rows):
            values = {_folded(row.get(column, "").strip()) for column in IDENTIFYING}
            values |= {value.partition("@")[0] for value in values}
            keys += [(value, i) for value in values if value]
        return _unique(keys)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        keys = []
        for i, row in enumerate(self.rows):
            found = [re.search(r"(\d+)\s*$", row.get(column, "")) for column in NUMBERED]
            keys += [(match[1], i) for match in found if match]
        return _unique(keys)


def _names(row: dict[str, str]) -> set[str]:
    """How the exports of Canvas and Moodle write the name in front of the number."""
    names = {row.get("Student", ""), row.get("Full name", ""), "Participant" if "Identifier" in row else ""}
    return {_squashed(name) for name in names}


def _squashed(name: str) -> str:
    return "".join(c for c in _folded(name) if c.isalnum())


def _folded(name: str) -> str:
    return composed(name).casefold()


def _unique(keys: list[tuple[str, int]]) -> dict[str, int]:
    counts = Counter(key for key, _ in keys)
    return {key: place for key, place in keys if counts[key] == 1}


def read_roster(path: Path) -> Roster:
    """Read a roster, separated by commas, semicolons or tabs, with or without byte order mark.

    Raises
    ------
    RosterError
        When it cannot be read, or names nobody.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RosterError(f"the roster {path} cannot be read: {error.strerror}") from None
    if len(data) > MAX_BYTES:
        raise RosterError(f"the roster {path} is larger than {MAX_BYTES >> 20} MB: that is not a list of students")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")  # as Excel saves CSV on Windows
    head = text.partition("\n")[0]
    separator = max(",;\t", key=head.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise RosterError(f"the roster {path} is not a CSV file: {error}") from None
    columns = tuple(column.strip() for column in lines[0]) if lines else ()
    rows = [dict(zip(columns, line, strict=False)) for line in lines[1:]]
    # the rows of Canvas that describe assignments
    people = tuple(row for row in rows if any(row.values()) and "Points Possible" not in row.get("Student", ""))
    if not people or not {*IDENTIFYING, *NUMBERED}.intersection(columns):
        raise RosterError(
            f"the roster {path} has no column that names students; known are: {', '.join((*NUMBERED, *IDENTIFYING))}"
        )
    return Roster(columns, people)
