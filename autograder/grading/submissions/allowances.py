"""What is allowed to some students: other due dates, extra time, late days; and who hands in together.

A plain file of the instructor's beside the gradebook, ``allowances.csv``, which `course extend` and its relatives
write, and which a spreadsheet may change: one line for each thing, ``student,assignment,what,value``. An empty student
is the whole class, an empty assignment all of them.

what : value
    due : a time, such as ``2026-03-05 12:00 +0100``; without a zone it is UTC, a date alone means its end.
    extra time : ``25%`` of the time between hand-out and due date, or ``24h``, ``90min``, ``2d``.
    late days : how many may be spent over the course; one is 24 hours, or what is begun of them.
    group : the name of the group in which the student hands in.
    released : when the assignment was handed out, from which a percentage is taken.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from autograder.errors import UserError
from autograder.grading.submissions.names import composed, id_problem
from autograder.grading.submissions.reading import moment_in
from course_lib.files import write_atomically

FILE = "allowances.csv"
HEAD = ("student", "assignment", "what", "value")
DUE, EXTRA_TIME, LATE_DAYS, GROUP, RELEASED = KINDS = ("due", "extra time", "late days", "group", "released")
MAX_BYTES = 10 << 20
SPAN = re.compile(r"(\d+(?:[.,]\d+)?)\s*(%|d|days?|h|hours?|min|minutes?|)", re.IGNORECASE)
SECONDS = {"d": 86400, "h": 3600, "m": 60}
MOST_DAYS = 3660

Key = tuple[str, str, str]  # student, assignment, what


class AllowanceError(UserError, ValueError):
    """What was allowed cannot be read; the message says where, and what to write instead."""


@dataclass(frozen=True)
class ExtraTime:
    """A share of the time that everybody has, or so much for every assignment."""

    share: float = 0.0
    span: timedelta = timedelta()


@dataclass(frozen=True)
class Allowances:
    """``rows`` as they stand in the file. What is said of one assignment counts before what is said of all of them,
    and what is said of a student before what is said of the class.
    """

    rows: Mapping[Key, str] = field(default_factory=dict)

    def find(self, what: str, student: str = "", assignment: str = "") -> str:
        """The value that holds, or an empty string."""
        student = composed(student)
        keys = ((student, assignment), (student, ""), ("", assignment), ("", ""))
        return next((self.rows[key] for pair in keys if (key := (*pair, what)) in self.rows), "")

    def due(self, student: str, assignment: str) -> datetime | None:
        """A new due date, in UTC without a zone, as nbgrader keeps it."""
        text = self.find(DUE, student, assignment)
        return parsed_moment(text) if text else None

    def released(self, assignment: str) -> datetime | None:
        """When the assignment was handed out, in UTC without a zone."""
        text = self.find(RELEASED, "", assignment)
        return parsed_moment(text) if text else None

    def extra_time(self, student: str, assignment: str) -> ExtraTime | None:
        """The extra time of a student."""
        text = self.find(EXTRA_TIME, student, assignment)
        return parsed_span(text) if text else None

    def late_days(self, student: str) -> int | None:
        """How many days the student may be late, in all; None where there is no such rule."""
        text = self.find(LATE_DAYS, student)
        return int(text) if text else None

    def groups(self, assignment: str) -> dict[str, tuple[str, ...]]:
        """The members of each group in which students hand in this assignment."""
        students = sorted({student for student, _, what in self.rows if what == GROUP and student})
        found: dict[str, list[str]] = {}
        for student in students:
            if group := self.find(GROUP, student, assignment):
                found.setdefault(group, []).append(student)
        return {group: tuple(members) for group, members in found.items()}

    def check_groups(self, students: Iterable[str] = ()):
        """Refuse a group that is called like a student who is not in it: whose the folder of that name is, is unclear.

        Parameters
        ----------
        students : who is known besides those in the file.

        Raises
        ------
        AllowanceError
            When there is such a group.
        """
        known = {*students, *(student for student, _, _ in self.rows)}
        for assignment in sorted({assignment for _, assignment, _ in self.rows}):
            for group, members in self.groups(assignment).items():
                if group in known and group not in members:
                    raise AllowanceError(
                        f"the group {group} of {', '.join(members)} is called like a student, whose place it would "
                        f"take: give it another name with `course extend {' '.join(members)} --group NAME`. If no "
                        f"student is called {group}, and the group was graded under its name, `course forget {group}`"
                    )


def allowances_file(out: Path) -> Path:
    """Where they are kept."""
    return out / FILE


def read_allowances(out: Path) -> Allowances:
    """What is allowed in a class; nothing where there is no file.

    Raises
    ------
    AllowanceError
        When a line cannot be read, or a group is called like a student; the message says which.
    """
    found = Allowances(_rows_in(allowances_file(out)))
    found.check_groups()
    return found


def _rows_in(path: Path) -> dict[Key, str]:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return {}
    if len(data) > MAX_BYTES:
        raise AllowanceError(f"{path} is larger than {MAX_BYTES >> 20} MB: that is no list of what is allowed")
    text = data.decode("utf-8-sig", "replace")
    separator = max(",;\t", key=text.partition("\n")[0].count)
    rows: dict[Key, str] = {}
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise AllowanceError(f"{path} is not a CSV file: {error}") from None
    for place, line in enumerate(lines, 1):
        cells = [cell.strip() for cell in line]
        if not any(cells) or tuple(cells[:4]) == HEAD:
            continue
        if len(cells) < len(HEAD):
            raise AllowanceError(f"{path}, line {place}: expected {','.join(HEAD)}")
        key, value = _row((cells[0], cells[1], cells[2].lower()), cells[3])
        if problem := row_problem(key, value):
            raise AllowanceError(f"{path}, line {place}: {problem}")
        if rows.get(key, value) != value:
            raise AllowanceError(f"{path}, line {place}: another line says otherwise of the same: delete one of them")
        rows[key] = value
    return rows


def _row(key: Key, value: str) -> tuple[Key, str]:
    """A line as it is kept: the names of students and groups composed."""
    return (composed(key[0]), *key[1:]), composed(value)


def change_allowances(out: Path, changes: Mapping[Key, str], students: Iterable[str] = ()) -> Allowances:
    """Write down what is allowed from now on; an empty value withdraws it.

    Parameters
    ----------
    students : who is known besides those in the file, none of whose names may be a group's.

    Raises
    ------
    AllowanceError
        As ``read_allowances``; nothing is changed then.
    """
    rows = _rows_in(allowances_file(out))
    for key, value in (_row(*change) for change in changes.items()):
        if value and (problem := row_problem(key, value)):
            raise AllowanceError(problem)
        rows.pop(key, None)
        if value:
            rows[key] = value
    changed = Allowances(rows)
    changed.check_groups(students)
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([HEAD, *([*key, value] for key, value in sorted(rows.items()))])
    out.mkdir(parents=True, exist_ok=True)
    write_atomically(allowances_file(out), text.getvalue())
    return changed


def row_problem(key: Key, value: str) -> str:
    """Why a line cannot be meant; empty when it can."""
    student, _, what = key
    if what not in KINDS:
        return f"{what!r} is none of {', '.join(KINDS)}"
    if student and (problem := id_problem(student)):
        return f"{student!r}: {problem}"
    try:
        if what in (DUE, RELEASED):
            parsed_moment(value)
        elif what == EXTRA_TIME:
            parsed_span(value)
        elif what == LATE_DAYS and not (value.isdecimal() and int(value) <= MOST_DAYS):
            return f"late days are a whole number, not {value!r}"
        elif what == GROUP:
            return (problem := id_problem(value)) and f"the group {value!r}: {problem}"
    except AllowanceError as error:
        return str(error)
    return ""


def parsed_moment(text: str) -> datetime:
    """A time in UTC, without a zone; a date alone means its last second.

    Raises
    ------
    AllowanceError
        When it is none.
    """
    text = text.strip()
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return datetime.combine(datetime.fromisoformat(text), time(23, 59, 59))
        return moment_in(text).astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError, OSError, KeyError):
        raise AllowanceError(
            f"{text!r} is no time: write it as 2026-03-05 12:00, with +0100 or Europe/Vienna behind it unless it is UTC"
        ) from None


def parsed_span(text: str) -> ExtraTime:
    """Extra time: ``25%``, ``24h``, ``90min``, ``2d``; a number alone is a percentage.

    Raises
    ------
    AllowanceError
        When it is none.
    """
    match = SPAN.fullmatch(text.strip())
    amount = float(match[1].replace(",", ".")) if match else 0.0
    unit = match[2].lower()[:1] if match else ""
    seconds = amount * SECONDS.get(unit, 0)
    if not match or seconds > MOST_DAYS * 86400 or (not seconds and amount > 1000):
        raise AllowanceError(f"{text!r} is no extra time: write 25%, 24h, 90min or 2d")
    return ExtraTime(span=timedelta(seconds=seconds)) if unit in SECONDS else ExtraTime(share=amount / 100)


def from_roster(rows: Iterable[Mapping[str, str]], named: Iterable[str]) -> dict[Key, str]:
    """What the columns of a roster allow: ``extra time``, ``late days``, ``group``, ``due 01_lesson`` and the like.

    Parameters
    ----------
    rows : the roster's lines, by column.
    named : the student's id of each line; empty where none is known, and the line says nothing.
    """
    found = {}
    for row, student in zip(rows, named, strict=True):
        for column, value in row.items():
            what, assignment = column_meaning(column)
            if student and what and value and value.strip():
                found[student, assignment, what] = value.strip()
    return found


def column_meaning(column: str) -> tuple[str, str]:
    """What a column of a roster allows, and for which assignment; nothing for any other column."""
    text = re.sub(r"[\s_-]+", " ", column.strip()).lower()
    for what in (EXTRA_TIME, LATE_DAYS, GROUP, DUE, "extension"):
        if text == what or text.startswith(f"{what} "):
            kind = DUE if what == "extension" else what
            assignment = column.strip()[len(what) :].strip() if kind in (DUE, GROUP, EXTRA_TIME) else ""
            # a due date for everything would be none
            return ("", "") if kind == DUE and not assignment else (kind, assignment)
    return "", ""
