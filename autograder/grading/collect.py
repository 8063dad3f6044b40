"""Find the submissions in a folder, and read them without being led anywhere else by a link or a special file."""

import os
import stat
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

MAX_BYTES = 20 << 20  # outputs included; a notebook of this course with all its figures has 2 to 3 MB
MAX_ID = 100  # nbgrader's column of student ids holds 128 characters


class Refused(ValueError):
    """A file that is not read; the message says why."""


@dataclass(frozen=True)
class Submission:
    """One student's notebook, as it lies on disk. ``problem`` says why it cannot be graded, or is empty."""

    student: str
    path: Path
    data: bytes = b""
    timestamp: datetime | None = None
    problem: str = ""
    remarks: tuple[str, ...] = ()


def collect(folder: Path, assignment: str, max_bytes: int = MAX_BYTES) -> list[Submission]:
    """The submissions for ``assignment``, by student.

    Parameters
    ----------
    folder : nbgrader's ``submitted/<student>/<assignment>/<assignment>.ipynb``, or a flat folder of notebooks named
        ``<student>.ipynb``, ``<student>_<assignment>.ipynb`` or ``<assignment>_<student>.ipynb``.
    max_bytes : the largest notebook that is read.

    Returns
    -------
    list of Submission
        Also those which cannot be read, with the reason.

    Raises
    ------
    FileNotFoundError
        When the folder does not exist, or holds nothing of this assignment.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} is no folder: give the one that holds the submissions")
    found: dict[str, Submission] = {}
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith("."):
            continue
        if entry.suffix == ".ipynb":
            student, path = _student_of(entry.stem, assignment), entry
        elif os.path.lexists(entry / assignment):
            student, path = entry.name, entry / assignment
        else:
            continue
        if student in found:
            remark = f"{entry.name} is not graded, since {found[student].path.name} is {student}'s too"
            found[student] = replace(found[student], remarks=(*found[student].remarks, remark))
        elif len(student) > MAX_ID or not student.isprintable():
            readable = ascii(student)[1:-1][:MAX_ID]
            found[student] = Submission(readable, path, problem="its name cannot be a student's id")
        else:
            found[student] = _read(student, path, assignment, max_bytes)
    if not found:
        raise FileNotFoundError(
            f"{folder} holds no submissions of {assignment}: expected <student>/{assignment}/{assignment}.ipynb, "
            "or notebooks named after the students"
        )
    return list(found.values())


def read_regular_file(path: Path, max_bytes: int) -> bytes:
    """The contents of a plain file; links, devices, pipes and large files are refused unread."""
    try:
        # O_NONBLOCK: opening a named pipe would wait for its writer
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise Refused(f"{path.name} does not exist") from None
    except OSError as error:
        why = "is a link" if path.is_symlink() else f"cannot be opened: {error.strerror}"
        raise Refused(f"{path.name} {why}") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Refused(f"{path.name} is no regular file")
    with os.fdopen(descriptor, "rb") as file:
        data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise Refused(f"{path.name} is larger than {max_bytes / 2**20:g} MB")
    return data


def _read(student: str, path: Path, assignment: str, max_bytes: int) -> Submission:
    remarks, timestamp = (), None
    try:
        if path.suffix != ".ipynb":
            _refuse_links(path)
            timestamp = _timestamp(path)
            path, remarks = _notebook_in(path, assignment)
        return Submission(student, path, read_regular_file(path, max_bytes), timestamp, remarks=remarks)
    except Refused as refused:
        return Submission(student, path, timestamp=timestamp, problem=str(refused))


def _student_of(stem: str, assignment: str) -> str:
    student = stem.removeprefix(f"{assignment}_").removesuffix(f"_{assignment}")
    return student or stem


def _refuse_links(folder: Path):
    for path in (folder.parent, folder):
        if path.is_symlink():
            raise Refused(f"{path.name} is a link")
    if not folder.is_dir():
        raise Refused(f"{folder.name} is no folder")


def _notebook_in(folder: Path, assignment: str) -> tuple[Path, tuple[str, ...]]:
    expected = folder / f"{assignment}.ipynb"
    if os.path.lexists(expected):
        return expected, ()
    others = sorted(path for path in folder.iterdir() if path.suffix == ".ipynb")
    if len(others) == 1:
        return others[0], (f"the notebook is called {others[0].name} instead of {expected.name}",)
    names = ", ".join(path.name for path in others) or "no notebook"
    raise Refused(f"there is no {expected.name}; found {names}")


def _timestamp(folder: Path) -> datetime | None:
    """When nbgrader received the submission, from its timestamp.txt, in UTC; None when it does not say."""
    try:
        text = read_regular_file(folder / "timestamp.txt", 1000).decode()
        date, clock, *zone = text.split()
        moment = datetime.fromisoformat(f"{date} {clock}")
    except (Refused, ValueError):
        return None
    if moment.tzinfo is None and zone and zone[0] not in ("UTC", "Z"):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
