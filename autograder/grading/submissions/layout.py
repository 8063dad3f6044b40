"""Whose is what: the students in a tree of files, by the names that nobody but the instructor or the LMS has given.

Layouts
-------
nbgrader : ``<student>/<assignment>/<assignment>.ipynb``.
student folders : ``<student>/<assignment>.ipynb``; GitHub Classroom clones them as ``<assignment>-<student>``.
flat : notebooks named ``<student>``, ``<student>_<assignment>`` or ``<assignment>_<student>``; where the assignment has
    several notebooks, the name of each in the assignment's place or behind it.
Canvas : ``<name>[_LATE]_<user>_<attachment>_<file>``, all files in one folder (``lib/content_zipper.rb`` of
    canvas-lms: ``get_filename``, ``add_upload_submission``); with anonymous grading ``anon_<id>`` for name and user.
    A file that is submitted again gets ``-1``, ``-2``, ... behind its name, and a higher attachment number.
Moodle : ``<full name>_<participant>_assignsubmission_file_/<file>``, or flat with the file's name behind the last
    underscore (``download_submissions`` of ``mod/assign/locallib.php``).

The student's id is ``<name>_<user>`` (Canvas) and ``<full name>_<participant>`` (Moodle): names alone are not unique,
and by the number the exported grades find their way back.

One folder holds the whole class. What stands directly in it says whose it is, and nothing below does: that is the
student's to name.
"""

import os
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from autograder.grading.submissions.names import (
    copy_mark,
    is_copy_of,
    is_packed,
    listed,
    notebook_stem,
    shown,
    student_of,
    student_of_folder,
    without_marks,
)
from autograder.grading.submissions.submission import NotReadable, Refused
from autograder.grading.submissions.tree import FILE, FOLDER, Entry, Parts, Tree, walk

ANONYMOUS = re.compile(r"(?:(?P<late>LATE)_)?(?P<name>anon)_(?P<user>[^\W_]+)_(?P<attachment>\d+)_(?P<file>.+)")
CANVAS = re.compile(r"(?P<name>\w*?[^\W_])_(?:(?P<late>LATE)_)?(?P<user>\d+)_(?P<attachment>\d+)_(?P<file>.+)")
NUMBERED = re.compile(r"\w*?[^\W_]_(?:LATE_)?\d+_\d+(?:_|$)")  # how Canvas begins, whatever a student has put behind it
TYPED = re.compile(r"\w*?[^\W_]_(?:LATE_)?\d+_text\.html")  # what was typed into Canvas instead of a file
MOODLE = re.compile(r"(?P<name>.+)_(?P<number>\d+)_assignsubmission_(?P<plugin>[a-z]+)_?(?P<file>.*)", re.DOTALL)
SUBMITTED = ("submitted", "submissions")


@dataclass(frozen=True)
class Piece:
    """A file or folder in the class's folder, and whose it is.

    ``name`` is what the student called a file; ``number`` grows with every file that Canvas receives. ``own`` is a file
    that is named after the student, and so need not be named after the assignment. ``exported`` is what an LMS named,
    and ``part`` a file that is named after the student and one of the assignment's notebooks.
    """

    student: str
    entry: Entry
    name: str = ""
    number: int = 0
    late: bool = False
    own: bool = False
    exported: bool = False
    part: bool = False


@dataclass
class Layout:
    """The pieces by student, those that say most plainly whose they are first; and what is nobody's work, with why.

    ``strict`` is whether some student has a folder for the assignment, as in nbgrader's layout.
    """

    root: Parts
    strict: bool = False
    pieces: dict[str, list[Piece]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)


def layout_of(tree: Tree, assignment: str, notebooks: Collection[str] = ()) -> Layout:
    """Find the folder that holds the class, and whose each thing in it is.

    Parameters
    ----------
    notebooks : of the assignment, where it has several.
    """
    root = _root(tree, assignment, notebooks)
    layout, strays = Layout(root), []
    entries = tree.children(root)
    layout.strict = any(entry.kind == FOLDER and _has(tree, entry.parts, assignment) for entry in entries)
    for entry in sorted(entries, key=lambda entry: _plainness(entry, assignment)):
        piece = _piece(tree, entry, assignment, layout.strict, notebooks)
        if isinstance(piece, Piece):
            layout.pieces.setdefault(piece.student, []).append(piece)
        elif piece:
            layout.left_out.append(piece)
        elif entry.kind == FOLDER:
            why = _nothing_in(tree, entry, assignment, layout.strict)
            layout.left_out.append(f"{shown(entry.name)}: {why}")
        else:
            strays.append(entry.name)
    if strays:
        layout.left_out.append(f"nobody's work: {listed(strays)}")
    return layout


def is_one_students(tree: Tree, assignment: str) -> bool:
    """Whether a folder holds the assignment as a student's does, and nobody else's work for it."""
    notebook, entries = f"{assignment}.ipynb", tree.children(())
    others = [entry for entry in entries if entry.kind == FOLDER and entry.name != assignment]
    return (
        any(entry.name == assignment and _has(tree, entry.parts, notebook) for entry in entries)
        and not any(_has(tree, entry.parts, name) for entry in others for name in (assignment, notebook))
        and not any(entry.kind == FILE and notebook_stem(entry.name) for entry in entries)
    )


def content_of(tree: Tree, folder: Entry, assignment: str, strict: bool = False) -> tuple[Entry, frozenset[str], str]:
    """Where in a student's folder the assignment is, which folders in it are others', and a remark.

    With ``strict``, all others are in folders of their own name, and only one that has the notebook is this one.
    """
    inside = tree.children(folder.parts)
    for entry in inside:
        if entry.name == assignment:
            return entry, frozenset(), ""
    folders = [entry for entry in inside if entry.kind == FOLDER]
    for entry in folders:
        if is_copy_of(entry.name, assignment):
            return entry, frozenset(), f"the folder is called {shown(entry.name)} instead of {assignment}"
    others = {entry.name for entry in folders if _has(tree, entry.parts, f"{entry.name}.ipynb")}
    if strict:
        others |= {entry.name for entry in folders if not _has(tree, entry.parts, f"{assignment}.ipynb")}
    return folder, frozenset(others), ""


def _root(tree: Tree, assignment: str, notebooks: Collection[str]) -> Parts:
    """The folder that holds the class: what was named, or a folder in it that can be no student's.

    A single folder may be a class that was packed with its folder, or all that one student has handed in. It is the
    class's when its name says so, when an LMS has named what is in it, or when more than one student is in it.
    """
    root: Parts = ()
    while True:
        entries = tree.children(root)
        folders = [entry for entry in entries if entry.kind == FOLDER]
        by_name = {entry.name: entry for entry in folders}
        for name in SUBMITTED:
            if name in by_name and not _has(tree, by_name[name].parts, assignment):
                root = by_name[name].parts
                break
        else:
            works = [entry for entry in entries if entry.kind != FOLDER and _is_work(entry.name)]
            if works or len(folders) != 1 or not _holds_a_class(tree, folders[0], assignment, notebooks):
                return root
            root = folders[0].parts


def _holds_a_class(tree: Tree, folder: Entry, assignment: str, notebooks: Collection[str]) -> bool:
    if MOODLE.fullmatch(folder.name) or _has(tree, folder.parts, assignment):
        return False
    try:
        inside = tree.children(folder.parts)
    except (Refused, NotReadable):
        return False
    folders = [entry for entry in inside if entry.kind == FOLDER]
    if any(_exported(entry, assignment, notebooks) for entry in inside):
        return True
    works = [entry.name for entry in inside if entry.kind != FOLDER and _is_work(entry.name)]
    if any(is_copy_of(notebook_stem(name), own) for name in works for own in (assignment, *notebooks)):
        return False
    if folder.name in (tree.path.stem, assignment) or student_of_folder(folder.name, assignment) in SUBMITTED:
        return True
    return len(works) + len([entry for entry in folders if _holds_work(tree, entry.parts)]) > 1


def _holds_work(tree: Tree, parts: Parts) -> bool:
    try:
        return any(_is_work(entry.name) for entry in walk(tree, parts))
    except (Refused, NotReadable):
        return True


def _has(tree: Tree, parts: Parts, name: str) -> bool:
    try:
        return any(entry.name == name for entry in tree.children(parts))
    except (Refused, NotReadable):
        return False


def _is_work(name: str) -> bool:
    return bool(notebook_stem(name)) or is_packed(name)


def _plainness(entry: Entry, assignment: str) -> tuple[bool, bool, str]:
    """Sorts first what says most plainly whose it is: a student's folder, a file that is called like the student.

    Students may choose the names of their files, and one of them the name of another.
    """
    stem = notebook_stem(entry.name) or PurePosixPath(entry.name).stem
    return entry.kind == FILE, student_of(stem, assignment) != stem, entry.name


def _piece(tree: Tree, entry: Entry, assignment: str, strict: bool, notebooks: Collection[str]) -> Piece | str:
    """Whose this is; a text when it is nobody's for a reason that is worth saying, an empty one for any other."""
    if found := _exported(entry, assignment, notebooks):
        return found
    if entry.kind == FOLDER:
        student = entry.name if _has(tree, entry.parts, assignment) else student_of_folder(entry.name, assignment)
        try:
            area, skip, _ = content_of(tree, entry, assignment, strict)
            is_theirs = area is not entry or any(_is_work(found.name) for found in walk(tree, entry.parts, skip))
        except (Refused, NotReadable):
            is_theirs = True  # what is wrong is said where it is read
        return Piece(student, entry) if is_theirs else ""
    if _is_work(entry.name):
        stem = notebook_stem(entry.name) or PurePosixPath(entry.name).stem
        for notebook in sorted(notebooks, key=len, reverse=True):
            if student_of(stem, notebook) != without_marks(stem):
                student, name = student_of(student_of(stem, notebook), assignment), f"{notebook}{copy_mark(stem)}.ipynb"
                return Piece(student, entry, name, part=True)
        return Piece(student_of(stem, assignment), entry, entry.name, own=True)
    if entry.kind != FILE and os.path.isdir(tree.path.joinpath(*entry.parts) / assignment):
        return Piece(entry.name, entry)
    return ""


def _exported(entry: Entry, assignment: str, notebooks: Collection[str]) -> Piece | str:
    """What an LMS has named; a text for what is no file of a student's."""
    name = entry.name
    is_canvas = entry.kind != FOLDER and NUMBERED.match(name)
    if not is_canvas and (match := MOODLE.fullmatch(name)):
        student = f"{match['name']}_{match['number']}"
        if match["plugin"] != "file":
            return f"{shown(student)} has typed something in ({match['plugin']}), which is no notebook"
        return Piece(student, entry, match["file"] or name, exported=True)
    if entry.kind == FOLDER:
        return ""
    stem = notebook_stem(name) or PurePosixPath(name).stem
    is_flat = any(_is_flat(stem, own) for own in (assignment, *notebooks))
    if match := ANONYMOUS.fullmatch(name) or (not is_flat and CANVAS.fullmatch(name)):
        student, number, late = f"{match['name']}_{match['user']}", int(match["attachment"]), bool(match["late"])
        return Piece(student, entry, match["file"], number, late, exported=True)
    return f"{shown(name)}: typed in, and no notebook" if TYPED.fullmatch(name) else ""


def _is_flat(stem: str, assignment: str) -> bool:
    """Whether ``ada_2026_01_lesson`` is Ada's 01_lesson, and no file that Canvas has named."""
    student = stem.removesuffix(f"_{assignment}")
    return student != stem and not NUMBERED.match(student)


def _nothing_in(tree: Tree, folder: Entry, assignment: str, strict: bool) -> str:
    """What to say of a folder that is no student's work for the assignment."""
    others = [entry.name for entry in tree.children(folder.parts) if entry.kind == FOLDER]
    if others and strict:
        return f"nothing for {assignment}, but {listed(others)}"
    return f"no notebook for {assignment}"
