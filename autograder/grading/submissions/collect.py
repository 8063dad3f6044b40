"""Find the submissions in a folder, and read them without being led anywhere else by a link or a special file."""

import errno
import hashlib
import os
import re
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from autograder.grading.submissions.submission import Refused, Submission, store

MAX_BYTES = 20 << 20  # outputs included; a notebook of this course with all its figures has 2 to 3 MB
MAX_ID = 100  # nbgrader's column of student ids holds 128 characters
MAX_NAME = 80  # characters of a file's name in a message
CLOCK_SKEW = timedelta(minutes=10)  # between the machine where students submit and this one
ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz")
OFFSET = re.compile(r"[+-]\d{4}")
OLDEST = datetime(2000, 1, 1, tzinfo=UTC)

# A student's id becomes a folder, a cell of a spreadsheet, a link, and text in pages that are not all ours.
FORMULA = tuple("=+-@＝＋－＠")
MARKUP = frozenset('<>&"`|\\/')


def collect(folder: Path, assignment: str, max_bytes: int = MAX_BYTES) -> list[Submission]:
    """The submissions for ``assignment``, by student.

    Parameters
    ----------
    folder : nbgrader's ``submitted/<student>/<assignment>/<assignment>.ipynb``, or a flat folder of notebooks named
        ``<student>.ipynb``, ``<student>_<assignment>.ipynb`` or ``<assignment>_<student>.ipynb``; or a zip, as for
        ``intake.submissions_in``.
    max_bytes : the largest notebook that is read.

    Returns
    -------
    list of Submission
        Also those which cannot be read, with the reason.

    Raises
    ------
    FileNotFoundError
        When the folder does not exist, or holds nothing of this assignment.
    Refused
        When it is a zip that cannot be read.
    """
    if folder.suffix.lower() == ".zip" and not folder.is_dir():
        from autograder.grading.submissions.intake import submissions_in  # which builds on this module

        return submissions_in(folder, assignment, max_bytes)
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} is no folder: give the one that holds the submissions")
    found: dict[str, Submission] = {}
    for entry in sorted(folder.iterdir(), key=lambda entry: _plainness(entry, assignment)):
        if entry.name.startswith("."):
            continue
        if entry.suffix == ".ipynb" or entry.suffix.lower() in ARCHIVES:
            student, path = student_of(entry.stem, assignment), entry
        elif os.path.lexists(entry / assignment):
            student, path = entry.name, entry / assignment
        else:
            continue
        if student in found:
            remark = f"{shown(entry.name)} is not graded, since {shown(found[student].path.name)} is {student}'s too"
            found[student] = replace(found[student], remarks=(*found[student].remarks, remark))
        elif problem := id_problem(student, assignment):
            found[student] = Submission(harmless_id(student), path, problem=problem)
        else:
            found[student] = read_submission(student, path, assignment, max_bytes)
    if not found:
        raise FileNotFoundError(
            f"{folder} holds no submissions of {assignment}: expected <student>/{assignment}/{assignment}.ipynb, "
            f"or notebooks named after the students{_instead(folder, assignment)}"
        )
    return list(found.values())


def _instead(folder: Path, assignment: str) -> str:
    """What the folder seems to be, where it has nothing of the assignment."""
    if (folder / assignment / f"{assignment}.ipynb").is_file():
        return ". This is the folder of one student: give the one above it"
    others = {path.parent.name for path in folder.glob("*/*/*.ipynb") if path.stem == path.parent.name}
    return f". There are submissions of {', '.join(sorted(others))}: name one with --assignment" if others else ""


def _plainness(entry: Path, assignment: str) -> tuple[bool, bool, str]:
    """Sorts first what says most plainly whose it is: a student's folder, a file that is called like the student.

    Students may choose the names of their files, and one of them the name of another.
    """
    return not entry.is_dir(), student_of(entry.stem, assignment) != entry.stem, entry.name


def id_problem(student: str, assignment: str = "") -> str:
    """Why this cannot be a student's id, and what to do; empty when it can.

    Refused are names that lead to another folder, run as a formula in a spreadsheet, or are markup in a page.
    """
    why = ""
    if not student or len(student) > MAX_ID:
        why = f"it has {len(student)} characters, where 1 to {MAX_ID} are possible"
    elif not student.isprintable():
        why = "it holds characters that cannot be seen"
    elif student.startswith(".") or student != student.strip():
        why = "it begins with a dot, or begins or ends with white space"
    elif student == assignment:
        why = "it is that of the assignment, and does not say whose the file is"
    elif student.startswith(FORMULA):
        why = f"a spreadsheet would run it as a formula, since it begins with {student[0]}"
    elif found := MARKUP.intersection(student):
        why = f"it holds {' '.join(sorted(found))}"
    return why and f"its name cannot be a student's id: {why}. Rename it, and grade again"


def shown(name: str) -> str:
    """A file's name for a message: one line, cut, and with nothing that cannot be seen or written."""
    text = "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in name)
    return text if len(text) <= MAX_NAME else f"{text[: MAX_NAME - 3]}..."


def packed_problem(name: str) -> str:
    """What to say of an archive in the place of a notebook."""
    return f"{shown(name)} was handed in instead of a notebook: ask for the .ipynb file itself, not packed"


def read_regular_file(path: Path, max_bytes: int, folder: int | None = None) -> bytes:
    """The contents of a plain file; links, devices, pipes and large files are refused unread.

    Parameters
    ----------
    folder : the descriptor of an open folder that ``path`` starts from, which nobody can replace by another meanwhile.
    """
    return _contents(path, max_bytes, folder)[0]


def _contents(path: Path, max_bytes: int, folder: int | None = None) -> tuple[bytes, os.stat_result]:
    name = shown(path.name)
    try:
        # O_NONBLOCK: opening a named pipe would wait for its writer
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except FileNotFoundError:
        raise Refused(f"{name} does not exist") from None
    except OSError as error:
        why = "is a link" if error.errno == errno.ELOOP else f"cannot be opened ({error.strerror})"
        raise Refused(f"{name} {why}: put the notebook itself in its place") from None
    facts = os.fstat(descriptor)
    try:
        if not stat.S_ISREG(facts.st_mode):
            raise Refused(f"{name} is no regular file: put the notebook itself in its place")
        if facts.st_nlink > 1:
            # the other name may lie where the student could not read, and be read here with the grader's rights
            raise Refused(f"{name} is a hard link, so that it is another file too: put a copy in its place")
        with open(descriptor, "rb", closefd=False) as file:
            data = file.read(max_bytes + 1)
    finally:
        os.close(descriptor)
    if len(data) > max_bytes:
        raise Refused(_too_large(name, max_bytes))
    return data, facts


def _too_large(name: str, max_bytes: int) -> str:
    return f"{name} is larger than {max_bytes / 2**20:g} MB: clear its outputs, and submit it again"


def harmless_id(student: str) -> str:
    """A name that stands for a refused one, and for no other."""
    readable = re.sub(r"[^A-Za-z0-9]+", "_", student)[:40]
    return f"refused_{readable}_{hashlib.sha256(os.fsencode(student)).hexdigest()[:8]}"


def read_submission(student: str, path: Path, assignment: str, max_bytes: int = MAX_BYTES) -> Submission:
    """One student's submission: the folder in nbgrader's layout, or a notebook. Says what cannot be read, and why."""
    remarks, timestamp = (), None
    try:
        if path.suffix.lower() in ARCHIVES and not path.is_dir():
            raise Refused(packed_problem(path.name))
        if path.suffix == ".ipynb":
            data, _ = _contents(path, max_bytes)
            return Submission(student, path, store(data, partial(read_regular_file, path, max_bytes)))
        _refuse_links(path)
        folder = path
        path, remarks = _notebook_in(folder, assignment)
        data, facts = _contents(path, max_bytes)
        timestamp, doubt = _timestamp(folder, facts)
        contents = store(data, partial(read_regular_file, path, max_bytes))
        return Submission(student, path, contents, timestamp, remarks=(*remarks, *doubt))
    except Refused as refused:
        return Submission(student, path, problem=str(refused))
    except OSError as error:
        return Submission(student, path, problem=f"{shown(path.name)} cannot be read: {error.strerror}")


def _refuse_links(folder: Path):
    for path in (folder.parent, folder):
        if path.is_symlink():
            raise Refused(f"{shown(path.name)} is a link: put the folder itself in its place")
    if not folder.is_dir():
        raise Refused(f"{shown(folder.name)} is no folder")


def _notebook_in(folder: Path, assignment: str) -> tuple[Path, tuple[str, ...]]:
    expected = folder / f"{assignment}.ipynb"
    if os.path.lexists(expected):
        return expected, ()
    others = sorted(path for path in folder.iterdir() if path.suffix == ".ipynb")
    if len(others) == 1:
        return others[0], (f"the notebook is called {shown(others[0].name)} instead of {expected.name}",)
    if not others and (packed := sorted(p.name for p in folder.iterdir() if p.suffix.lower() in ARCHIVES)):
        raise Refused(packed_problem(packed[0]))
    names = ", ".join(shown(path.name) for path in others[:4]) or "no notebook"
    more = f" and {len(others) - 4} more" if len(others) > 4 else ""
    raise Refused(f"there is no {expected.name}; found {names}{more}")


def _timestamp(folder: Path, notebook: os.stat_result) -> tuple[datetime | None, tuple[str, ...]]:
    """When nbgrader received the submission, from its timestamp.txt, in UTC, and remarks on it.

    Students can write that file. One that cannot be true is not believed: then the notebook's own date counts, so
    that breaking the file does not undo a late penalty. None when there is no such file.
    """
    written = _written(notebook)
    try:
        moment, doubt = moment_of(read_regular_file(folder / "timestamp.txt", 1000))
    except Refused as refused:
        if not os.path.lexists(folder / "timestamp.txt"):
            return None, ()
        moment, doubt = None, str(refused)
    if moment is None:
        remark = f"the time of submission is not believed ({doubt}): the notebook's date, {written:%F %T} UTC, is used"
        return written, (remark,)
    # A file that was copied with its date, as nbgrader does, was last written when that date says: before it was
    # submitted. Where the date is that of the copy, it says nothing.
    copied_with_date = notebook.st_ctime - notebook.st_mtime > CLOCK_SKEW.total_seconds()
    if copied_with_date and written > moment + CLOCK_SKEW:
        return moment, (
            f"the notebook was changed at {written:%F %T} UTC, after the {moment:%F %T} UTC of its timestamp.txt: "
            "compare with the exchange",
        )
    return moment, ()


def _written(notebook: os.stat_result) -> datetime:
    """The date of a file, which anyone can set: at the latest now."""
    now = datetime.now(UTC)
    try:
        return min(datetime.fromtimestamp(notebook.st_mtime, UTC), now)
    except (ValueError, OverflowError, OSError):  # a year that no calendar has
        return now


def moment_of(data: bytes) -> tuple[datetime | None, str]:
    """The time in a timestamp.txt, or why it cannot be true."""
    try:
        date, clock, *zone = data.decode().split()
        moment = datetime.fromisoformat(f"{date} {clock}{zone[0] if zone and OFFSET.fullmatch(zone[0]) else ''}")
        if moment.tzinfo is None:  # nbgrader writes the zone's name, after the course's Exchange.timezone
            moment = moment.replace(tzinfo=ZoneInfo(zone[0]) if zone and zone[0] != "Z" else UTC)
        moment = moment.astimezone(UTC)
    except ZoneInfoNotFoundError:
        return None, "timestamp.txt is in another zone than UTC, which this machine does not know"
    except (ValueError, OverflowError, OSError):
        return None, "timestamp.txt holds no time"
    if moment > datetime.now(UTC) + CLOCK_SKEW:
        return None, f"timestamp.txt says {moment:%F %T} UTC, which is to come"
    if moment < OLDEST:
        return None, f"timestamp.txt says {moment:%F %T} UTC, before there were notebooks"
    return moment, ""


def student_of(stem: str, assignment: str) -> str:
    student = stem.removeprefix(f"{assignment}_").removesuffix(f"_{assignment}")
    return student or stem
