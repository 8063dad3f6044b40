"""Find the submissions in a folder or a zip, and read each: what cannot be read, is said with the reason."""

import os
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from autograder.grading.submissions.beside import beside
from autograder.grading.submissions.choose import File, choose, files_of
from autograder.grading.submissions.intake import ZipTree
from autograder.grading.submissions.layout import SUBMITTED, Layout, Piece, is_one_students, layout_of
from autograder.grading.submissions.names import id_problem, listed, shown
from autograder.grading.submissions.reading import CLOCK_SKEW, MAX_BYTES, moment_of, read_regular_file
from autograder.grading.submissions.submission import NotReadable, Refused, Stored, Submission, store
from autograder.grading.submissions.tree import FILE, FOLDER, DiskTree, Entry, Tree, read_inside

MAX_TOTAL = 8 << 30  # bytes of all that is read from a zip, unpacked


@dataclass(frozen=True)
class Found:
    """The submissions by student, and what is left out, with the reason and what to do."""

    submissions: list[Submission]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wanted:
    """What is looked for in a student's files: a notebook of an assignment, and none of its siblings."""

    assignment: str
    strict: bool
    max_bytes: int
    notebook: str
    siblings: Collection[str] = ()


def collect(folder: Path, assignment: str, max_bytes: int = MAX_BYTES) -> list[Submission]:
    """The submissions for ``assignment``, by student; as ``look_through``."""
    return look_through(folder, assignment, max_bytes).submissions


def look_through(
    folder: Path, assignment: str, max_bytes: int = MAX_BYTES, notebook: str = "", siblings: Collection[str] = ()
) -> Found:
    """The submissions for ``assignment``, by student, and what is left out.

    Parameters
    ----------
    folder : in one of the layouts that ``layout`` knows; or a zip of such a folder, which is not unpacked to disk.
    max_bytes : the largest notebook that is read.
    notebook, siblings : which of the assignment's notebooks is meant, and which are the others, where it has several.

    Returns
    -------
    Found
        Its submissions are also those which cannot be read, with the reason. What has a name that cannot be a
        student's is left out: it is nobody's until it is renamed.

    Raises
    ------
    FileNotFoundError
        When the folder does not exist, or holds nothing of this assignment.
    Refused
        When it is a zip that cannot be read, or holds too much; NotReadable, when we may not look into the folder.
    """
    packed = folder.suffix.lower() == ".zip" and not folder.is_dir()
    if not packed and not folder.is_dir():
        raise FileNotFoundError(f"{folder} is not a folder: give the one that holds the submissions")
    tree = ZipTree(folder) if packed else DiskTree(folder)
    if not packed and is_one_students(tree, assignment):
        raise FileNotFoundError(f"{folder} is the folder of one student: give the one above it")
    if not packed and (others := _of_one_student(folder)):
        raise FileNotFoundError(
            f"{folder} holds no submissions of {assignment}: it is the folder of one student, with {listed(others)}"
        )
    notebooks = (notebook, *siblings) if siblings else ()
    layout = layout_of(tree, assignment, notebooks)
    found, refused, total = [], [], 0
    for student, pieces in sorted(layout.pieces.items()):
        if problem := next(filter(None, (id_problem(student, name) for name in (assignment, *notebooks))), ""):
            refused.append(f"{shown(pieces[0].entry.name)}: {problem}")
            continue
        wanted = Wanted(assignment, layout.strict, max_bytes, notebook or assignment, siblings)
        found.append(_submission(tree, student, pieces, wanted))
        total += found[-1].size
        if packed and total > MAX_TOTAL:
            raise Refused(f"{shown(folder.name)} holds more than {MAX_TOTAL >> 30} GB of notebooks")
    refused += [f"{shown(name)} leads out of the archive: it is not read" for name in getattr(tree, "misled", ())]
    if not found and not refused:
        raise FileNotFoundError(_nothing(folder, assignment, layout))
    return Found(found, (*refused, *layout.left_out))


def read_submission(
    student: str,
    path: Path,
    assignment: str,
    max_bytes: int = MAX_BYTES,
    notebook: str = "",
    siblings: Collection[str] = (),
) -> Submission:
    """One student's submission: a folder, nbgrader's or any other, or a notebook. Says what cannot be read, and why.

    A notebook that is called like the assignment has a folder of its own; beside any other lie those of others.
    """
    if path.name == f"{assignment}.ipynb" and path.parent.name:
        path = path.parent
    strict = path.name == assignment  # also where something else stands in the folder's place
    if strict:
        piece, path = Piece(student, Entry((path.parent.name,), FOLDER)), path.parent
    elif path.is_dir() and not path.is_symlink():
        piece = Piece(student, Entry((path.name,), FOLDER))
    else:
        piece = Piece(student, Entry((path.name,), FILE), path.name, own=True)
    wanted = Wanted(assignment, strict, max_bytes, notebook or assignment, siblings)
    return _submission(DiskTree(path.parent), student, [piece], wanted)


def _submission(tree: Tree, student: str, pieces: list[Piece], wanted: Wanted) -> Submission:
    path, late = tree.path.joinpath(*pieces[0].entry.parts), any(piece.late for piece in pieces)
    said = ("late, according to Canvas",) if late else ()
    try:
        files, remarks = files_of(tree, pieces, wanted.assignment, wanted.strict)
        chosen = choose(files, wanted.notebook, wanted.siblings)
        path = tree.path.joinpath(*chosen.notebook.entry.parts)
        contents, facts = _store(tree, chosen.notebook, wanted.max_bytes)
        timestamp, doubt = _received(tree, files, chosen.notebook, facts, pieces[0].exported)
        along, left_out = beside(files, chosen.notebook, partial(_store, tree), tree.hidden)
    except Refused as refused:
        ours = isinstance(refused, NotReadable)
        return Submission(student, path, problem=str(refused), remarks=said, ours=ours, late=late)
    remarks = (*remarks, *chosen.remarks, *doubt, *left_out, *said)
    return Submission(student, path, contents, timestamp, remarks=remarks, files=along, late=late)


def _store(tree: Tree, file: File, max_bytes: int) -> tuple[Stored, os.stat_result | None]:
    data, facts = tree.read(file.entry.parts, max_bytes)
    if isinstance(tree, DiskTree):
        return store(data, partial(_again, read_inside, tree.path, file.entry.parts, max_bytes)), facts
    return store(data, partial(_again, tree.read, file.entry.parts, max_bytes)), facts


def _again(read, *where) -> bytes:
    return read(*where)[0]


def _of_one_student(folder: Path) -> list[str]:
    """The assignments in a folder that is plainly a student's: one only, or where nbgrader keeps what is handed in."""
    try:
        entries = [path for path in folder.iterdir() if not path.name.startswith(".")]
    except OSError:  # which is said where it is read
        return []
    works = [path.name for path in entries if os.path.isfile(path / f"{path.name}.ipynb")]
    return works if len(entries) == 1 or folder.parent.name in SUBMITTED else []


def _nothing(folder: Path, assignment: str, layout: Layout) -> str:
    """That nothing of the assignment is there, what is expected, and what the folder seems to be."""
    text = (
        f"{folder} holds no submissions of {assignment}: expected <student>/{assignment}/{assignment}.ipynb, "
        "notebooks named after the students, one folder for each student, or an export of Canvas or Moodle"
    )
    others = {path.parent.name for path in folder.glob("*/*/*.ipynb") if path.stem == path.parent.name}
    if others:
        return f"{text}. There are submissions of {', '.join(sorted(others))}: choose one with --assignment"
    return f"{text}. Found: {'; '.join(layout.left_out[:4])}" if layout.left_out else text


def _received(
    tree: Tree, files: list[File], notebook: File, facts: os.stat_result | None, exported: bool
) -> tuple[datetime | None, tuple[str, ...]]:
    """When nbgrader received the submission, from the timestamp.txt beside it, and remarks on it.

    What an LMS has exported holds only such a timestamp.txt as the student has uploaded, while the LMS knows the time.
    """
    place = next((file.entry.parts for file in files if file.name == "timestamp.txt"), None)
    if place is None:
        return None, ()
    if exported:
        return None, ("timestamp.txt was uploaded by the student: it is not believed, for the LMS knows the time",)
    if facts is not None:
        return _timestamp(tree.path.joinpath(*place[:-1]), facts)
    try:
        moment, doubt = moment_of(tree.read(place, 1000)[0])
    except NotReadable:
        raise
    except Refused as refused:
        moment, doubt = None, str(refused)
    if moment is None:
        packed = _packed(notebook.entry.date)
        used = f"the notebook's date in the zip, {packed:%F %T}, is used" if packed else "none is known"
        return packed, (f"the time of submission is not credible ({doubt}): {used}",)
    return moment, ()


def _packed(date: tuple) -> datetime | None:
    """The date of a file in a zip: of the sender's clock, whose zone it does not say; at the latest now."""
    try:
        return min(datetime(*date, tzinfo=UTC), datetime.now(UTC))
    except (ValueError, TypeError):
        return None


def _timestamp(folder: Path, notebook: os.stat_result) -> tuple[datetime | None, tuple[str, ...]]:
    """When nbgrader received the submission, from its timestamp.txt, in UTC, and remarks on it.

    Students can write that file. One that cannot be true is not believed: then the notebook's own date counts, so
    that breaking the file does not undo a late penalty. None when there is no such file.
    """
    written = _written(notebook)
    try:
        moment, doubt = moment_of(read_regular_file(folder / "timestamp.txt", 1000))
    except NotReadable:
        raise
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
