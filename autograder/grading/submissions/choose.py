"""Of the files of one student, the notebook that is graded, and what is said of the others."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePosixPath

from autograder.grading.submissions.layout import Piece, content_of
from autograder.grading.submissions.names import (
    A_NUMBER,
    composed,
    is_copy_of,
    is_packed,
    listed,
    notebook_stem,
    packed_problem,
    shown,
)
from autograder.grading.submissions.submission import Refused
from autograder.grading.submissions.tree import FILE, FOLDER, Entry, Tree, walk


@dataclass(frozen=True)
class File:
    """``name`` is the path in the student's folder. ``number``, ``own`` and ``exported`` as of the piece."""

    entry: Entry
    name: str
    number: int = 0
    own: bool = False
    exported: bool = False

    @property
    def base(self) -> str:
        return composed(PurePosixPath(self.name).name)

    @property
    def stem(self) -> str:
        """Of a notebook; else empty."""
        return notebook_stem(self.base)

    @property
    def depth(self) -> int:
        return self.name.count("/")

    @property
    def age(self) -> tuple:
        return self.number, self.entry.date, self.name


@dataclass(frozen=True)
class Chosen:
    notebook: File
    remarks: tuple[str, ...]


def files_of(tree: Tree, pieces: list[Piece], assignment: str, strict: bool) -> tuple[list[File], tuple[str, ...]]:
    """The files that count as a student's, and remarks; of several pieces all that an LMS has named, or the first.

    Raises
    ------
    Refused, NotReadable
        When a folder in it cannot be looked into.
    """
    first, *more = pieces
    together = [first]
    if first.exported or first.part:
        together = [piece for piece in pieces if (piece.exported, piece.part) == (first.exported, first.part)]
    files, remarks = [], []
    for piece in together:
        if piece.entry.kind != FOLDER:
            if not (piece.own or piece.exported or piece.part):
                raise Refused(_no_folder(piece.entry))
            files.append(File(piece.entry, piece.name or piece.entry.name, piece.number, piece.own, piece.exported))
            continue
        area, skip = piece.entry, frozenset()
        if not piece.exported:
            area, skip, remark = content_of(tree, piece.entry, assignment, strict)
            remarks += [remark] if remark else []
        if area.kind != FOLDER:
            raise Refused(_no_folder(area))
        start = len(area.parts)
        files += [File(found, "/".join(found.parts[start:])) for found in walk(tree, area.parts, skip)]
    names = [piece.entry.name for piece in more if piece not in together]
    if first.entry.name in names:
        names.remove(first.entry.name)
        remarks.append(f"two are called {shown(first.entry.name)}, with accents written in two ways: one is not graded")
    if names:
        is_are = "is" if len(names) == 1 else "are"
        remarks.append(
            f"{listed(names)} {is_are} not graded, since {listed([first.entry.name])} is {first.student}'s too"
        )
    return files, tuple(remarks)


def _no_folder(entry: Entry) -> str:
    what = "is not a folder" if entry.kind == FILE else "is a link or a special file"
    return f"{shown(entry.name)} {what}: put the folder itself in its place"


def choose(files: list[File], assignment: str, siblings: Collection[str] = ()) -> Chosen:
    """The notebook that is graded.

    Parameters
    ----------
    assignment : the name of the notebook that is looked for.
    siblings : the other notebooks of the assignment, for none of which it is taken.

    The one that is called like the assignment, in the outermost folder; else a copy of it by its name, of several the
    newest; else the only one there is. Of what Canvas has received, the newest.

    Raises
    ------
    Refused
        When there is none, or no telling which.
    """
    theirs = [file for file in files if any(is_copy_of(file.stem, name, file.exported) for name in siblings)]
    notebooks = sorted(
        (file for file in files if file.stem and file not in theirs), key=lambda file: (file.depth, file.name)
    )
    if not notebooks and theirs:
        raise Refused(f"there is no {assignment}.ipynb, only {listed(sorted(file.name for file in theirs))}")
    if not notebooks:
        raise Refused(_none_of(files, assignment))
    expected = f"{assignment}.ipynb"
    named = [file for file in notebooks if file.own or is_copy_of(file.stem, assignment, file.exported)]
    outermost = [file for file in named or notebooks if file.depth == (named or notebooks)[0].depth]
    exact = [file for file in outermost if file.own or file.base == expected]
    if exact and not any(file.number for file in outermost):
        chosen = exact[0]
    elif named or len(outermost) == 1 or any(file.number for file in outermost):
        chosen = max(outermost, key=lambda file: file.age)
    else:
        raise Refused(f"there is no {expected}; found {listed(file.name for file in outermost)}")
    remarks = list(_remarks(chosen, notebooks, named, assignment))
    if siblings and (chosen.own or not named):
        each = listed(sorted((assignment, *siblings)))
        remarks.append(f"{listed([chosen.name])} may be any of {each}: name it after the one that it is")
    return Chosen(chosen, tuple(remarks))


def _remarks(chosen: File, notebooks: list[File], named: list[File], assignment: str):
    shown_as = listed([chosen.name])
    if others := [file.name for file in notebooks if file is not chosen]:
        newest = (
            ", the newest with the expected name" if len(named) > 1 and chosen.base != f"{assignment}.ipynb" else ""
        )
        yield f"{shown_as} is graded{newest}; not graded: {listed(others)}"
    numbered = chosen.exported and A_NUMBER.sub("", chosen.stem) == assignment and chosen.base.endswith(".ipynb")
    if not (chosen.own or numbered or chosen.name == f"{assignment}.ipynb"):
        yield f"the notebook is called {shown_as} instead of {assignment}.ipynb"


def _none_of(files: list[File], assignment: str) -> str:
    packed = sorted(file.base for file in files if is_packed(file.base))
    if packed:
        return packed_problem(packed[0])
    others = sorted(file.name for file in files if file.name not in ("timestamp.txt", "submission_secret.txt"))
    found = f"no notebook, but {listed(others)}" if others else "no notebook"
    return f"there is no {assignment}.ipynb; found {found}"
