"""Make an nbgrader course folder: settings, source notebooks, gradebook, roster. What is there already, stays."""

import csv
import json
import os
import re
import stat
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from autograder.files import ROOT
from autograder.grading.classroom.nbgrader_course import CONFIG, CourseError, read_course
from autograder.grading.classroom.nbgrader_plugin import guard
from autograder.grading.records.database import shown
from autograder.grading.records.gradebook import Gradebook
from autograder.grading.records.private import make_folder
from autograder.grading.submissions.allowances import column_meaning
from autograder.grading.submissions.assignment import load_assignment, read_assignment
from autograder.grading.submissions.names import composed, id_problem
from autograder.lesson_cells import assignments_in
from autograder.release import source_notebook
from course_lib.files import write_atomically

COURSE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
GUARD = "nbgrader_config.json"
SHARED = 0o1777  # of the exchange
DETAILS = ("first_name", "last_name", "email", "lms_user_id")  # nbgrader's columns
SETTINGS = '''\
"""The course's settings: every `nbgrader` command that is started in this folder reads them."""

from pathlib import Path

try:
    from autograder.grading.classroom.nbgrader_plugin import harden
except ImportError as error:  # nbgrader would go on without any of this
    raise SystemExit(f"nbgrader must run in the Python that the course is installed in: {{error}}") from error

here = Path(__file__).resolve().parent

c = get_config()
c.CourseDirectory.root = str(here)
c.CourseDirectory.course_id = {course_id!r}
c.CourseDirectory.db_url = {db_url}
# where students fetch and submit: a folder that all of them can write to
c.Exchange.root = {exchange}

# Submissions are graded in a sandbox, and pages show none of their active content. nbgrader_config.json says the same,
# and is obeyed where the two differ: should this file fail, nbgrader grades nothing.
harden(c)

# What a late submission costs: 'none', 'zero', or a plug-in of your own
# (nbgrader's documentation: "Late submission plugin"). Due dates are set in formgrader.
c.LateSubmissionPlugin.penalty_method = "none"
'''


# as a note on what was made
OWN_EXCHANGE = "for you alone, as the whole folder: for other users of this machine, name one elsewhere by --exchange"


@dataclass(frozen=True)
class Made:
    """Something that the folder has now: it was ``made``, ``kept`` or ``set up``; ``note`` says what to know."""

    action: str
    what: str
    note: str = ""


def new_class(
    folder: Path,
    assignments: tuple[str, ...] = (),
    *,
    course_id: str = "",
    exchange: Path | None = None,
    db_url: str = "",
    students: Path | None = None,
    part: str = "",
    root: Path = ROOT,
) -> list[Made]:
    """Make a course folder, or what is missing in one.

    Parameters
    ----------
    folder : is made when it does not exist.
    assignments : names of notebooks; by default all of the course.
    course_id : by default the folder's name.
    exchange : nbgrader's exchange; by default a folder of that name in the course folder. It is made when it does not
        exist, so that all users of the machine can write to it; the permissions of one that exists are never changed.
    db_url : the gradebook; by default ``gradebook.db`` in the folder.
    students : a CSV file with a column ``id``, and any of nbgrader's first_name, last_name, email, lms_user_id.
    part : ``"core"`` takes the core of each lesson alone, with its points.

    Returns
    -------
    list of Made
        In the order in which they were made.

    Raises
    ------
    CourseError
        When a parameter, the roster or the settings that are there cannot be used. Nothing is made then.
    FileNotFoundError, ReleaseError, GradebookError
        As from `load_assignment` and `Gradebook`.
    """
    folder = folder.resolve()
    roster = read_roster(students) if students else {}
    settings = _settings(course_id or folder.name, exchange, db_url)
    names = assignments or tuple(assignments_in(root / "notebooks" / "text"))
    for name in names:
        load_assignment(name, root)
    if folder.exists() and not folder.is_dir():
        raise CourseError(f"{folder} is not a folder: choose another name")

    shared = [_exchange(exchange.resolve())] if exchange else []
    make_folder(folder)
    mode = 0o600 if db_url and make_url(db_url).password else 0o644
    made = [*shared, _settings_file(folder / CONFIG, settings, bool(course_id or exchange or db_url), mode)]
    made += [_guard_file(folder / GUARD)]
    course = read_course(folder)
    made += [_folder(course.submitted, folder)]
    if not exchange:
        made += [replace(_folder(folder / "exchange", folder), note=OWN_EXCHANGE)]
    for name in names:
        text = root / "notebooks" / "text" / f"{name}.py"
        made += [_source(course.source / name / f"{name}.ipynb", text, folder, part)]
    with Gradebook(course.db_url) as gradebook:
        for name in names:
            gradebook.add_assignment(read_assignment(course.source / name / f"{name}.ipynb", course.root))
        added = gradebook.add_students(roster)
    note = f"assignments: {len(names)}; students: {len(added)} new, {len(roster) - len(added)} known before"
    return [*made, Made("set up", shown(course.db_url), note)]


def read_roster(path: Path) -> dict[str, dict[str, str]]:
    """The students of a CSV file: id -> details.

    Raises
    ------
    CourseError
        When a line is wrong; the message names it.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, skipinitialspace=True)
            columns = reader.fieldnames or []
            if "id" not in columns:
                raise CourseError(f"{path} has no column `id`; it has: {', '.join(columns) or 'none'}")
            unknown = [column for column in columns if not (column in ("id", *DETAILS) or column_meaning(column)[0])]
            if unknown:
                raise CourseError(f"{path} has columns that mean nothing here: {', '.join(unknown)}")
            rows = [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CourseError(f"{path} cannot be read as CSV in UTF-8: {error}") from error
    students: dict[str, dict[str, str]] = {}
    for line, row in rows:
        student = composed((row["id"] or "").strip())
        if problem := id_problem(student) or (student in students and "it appears twice"):
            raise CourseError(f"{path}, line {line}: {student!r}: {problem}")
        students[student] = {key: row[key].strip() for key in DETAILS if row.get(key)}
    return students


def _settings(course_id: str, exchange: Path | None, db_url: str) -> str:
    if not COURSE_ID.fullmatch(course_id):
        raise CourseError(f"{course_id!r} cannot be a course's id: give one with letters, digits, '.', '_' and '-'")
    try:
        db_url and make_url(db_url)
    except ArgumentError:
        raise CourseError(f"{db_url!r} is not a database URL, such as postgresql://user@host/name") from None
    return SETTINGS.format(
        course_id=course_id,
        db_url=repr(db_url) if db_url else "f\"sqlite:///{here / 'gradebook.db'}\"",
        exchange=repr(str(exchange.resolve())) if exchange else 'str(here / "exchange")',
    )


def _settings_file(path: Path, text: str, asked: bool, mode: int) -> Made:
    if path.exists():
        differs = asked and path.read_text(encoding="utf-8") != text
        return Made("kept", path.name, "it differs from what you asked for; change it by hand" if differs else "")
    with open(path, "x", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, mode)) as file:
        file.write(text)
    return Made("made", path.name)


def _guard_file(path: Path) -> Made:
    text = json.dumps(guard(), indent=1, sort_keys=True) + "\n"
    if path.exists():
        differs = path.read_text(encoding="utf-8") != text
        return Made("kept", path.name, "not the current one: delete it, and run this again" if differs else "")
    write_atomically(path, text)
    return Made("made", path.name, "without harden(c) in nbgrader_config.py, nbgrader grades nothing")


def _folder(path: Path, root: Path) -> Made:
    action = "kept" if path.exists() else "made"
    path.mkdir(parents=True, exist_ok=True)
    return Made(action, f"{path.relative_to(root)}/" if path.is_relative_to(root) else f"{path}/")


def _exchange(path: Path) -> Made:
    """nbgrader's exchange, which every user can write to; the sticky bit keeps others from moving away what is mine."""
    what = f"{path}/"
    try:
        path.mkdir(parents=True)
        path.chmod(SHARED)  # the umask does not count here
        return Made("made", what)
    except FileExistsError:
        if not path.is_dir():
            raise CourseError(f"{path} is not a folder: give another exchange") from None
    except OSError as error:
        raise CourseError(
            f"the exchange {path} cannot be made: {error.strerror}. Let an administrator do it: "
            f"install -d -m {SHARED:o} {path}"
        ) from error
    mode = stat.S_IMODE(path.stat().st_mode)
    if not mode & stat.S_IWOTH or not mode & stat.S_IXOTH:
        return Made("kept", what, f"its mode is {mode:o}, so that students cannot submit: chmod {SHARED:o} {path}")
    if not mode & stat.S_ISVTX:
        return Made("kept", what, f"its mode is {mode:o}, so that anyone can replace a course: chmod {SHARED:o} {path}")
    return Made("kept", what)


def _source(path: Path, text: Path, root: Path, part: str) -> Made:
    new = nbformat.writes(source_notebook(text, part=part, for_class=True)) + "\n"
    what = str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
    if path.exists():
        differs = path.read_text(encoding="utf-8") != new
        return Made("kept", what, "not the course's current text: yours, or an earlier one" if differs else "")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, new)
    return Made("made", what)
