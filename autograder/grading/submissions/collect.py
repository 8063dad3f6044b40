"""Find the submissions in a folder or a zip, and read those of a folder."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from autograder.grading.submissions.intake import submissions_in
from autograder.grading.submissions.names import ARCHIVES, id_problem, packed_problem, refused_id, shown, student_of
from autograder.grading.submissions.reading import CLOCK_SKEW, MAX_BYTES, contents_of, moment_of, read_regular_file
from autograder.grading.submissions.submission import Refused, Submission, store


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
        return submissions_in(folder, assignment, max_bytes)
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} is not a folder: give the one that holds the submissions")
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
            found[student] = Submission(refused_id(student), path, problem=problem)
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
    return f". There are submissions of {', '.join(sorted(others))}: choose one with --assignment" if others else ""


def _plainness(entry: Path, assignment: str) -> tuple[bool, bool, str]:
    """Sorts first what says most plainly whose it is: a student's folder, a file that is called like the student.

    Students may choose the names of their files, and one of them the name of another.
    """
    return not entry.is_dir(), student_of(entry.stem, assignment) != entry.stem, entry.name


def read_submission(student: str, path: Path, assignment: str, max_bytes: int = MAX_BYTES) -> Submission:
    """One student's submission: the folder in nbgrader's layout, or a notebook. Says what cannot be read, and why."""
    remarks, timestamp = (), None
    try:
        if path.suffix.lower() in ARCHIVES and not path.is_dir():
            raise Refused(packed_problem(path.name))
        if path.suffix == ".ipynb":
            data, _ = contents_of(path, max_bytes)
            return Submission(student, path, store(data, partial(read_regular_file, path, max_bytes)))
        _refuse_links(path)
        folder = path
        path, remarks = _notebook_in(folder, assignment)
        data, facts = contents_of(path, max_bytes)
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
        raise Refused(f"{shown(folder.name)} is not a folder")


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
        remark = f"the time of submission is not credible ({doubt}): the notebook's date, {written:%F %T} UTC, is used"
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
