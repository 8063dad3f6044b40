"""The files beside a notebook that go with it: modules that answers import, and data that they read.

They are bytes to the grader, which neither parses nor runs any of them. In the box they are read-only, and Python finds
a module among them only where it has no other of that name.
"""

import os
import re
import sys
import sysconfig
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np

from autograder.box.sealed import SEALED
from autograder.grading.submissions.choose import File
from autograder.grading.submissions.names import shown
from autograder.grading.submissions.submission import NotReadable, Refused, Stored
from autograder.grading.submissions.tree import Parts

MAX_FILES, MAX_OPENED = 50, 100
MAX_EACH, MAX_ALL = 4 << 20, 8 << 20  # bytes
MAX_FOLDERS, MAX_NAME, MAX_NAME_BYTES = 3, 100, 255
SANE = re.compile(r"[^\s./\\:*?\"<>|-][^/\\:*?\"<>|]*(?<! )")
NOT_THEIRS = ("timestamp.txt", "submission_secret.txt")
EXERCISES = "exercises"  # an instructor's, which nbgrader hands out, and takes in again with the notebook
# What the kernel or Python would run without having read it as source.
COMPILED = (".pyc", ".pyo", ".so", ".pyd", ".dll", ".dylib", ".pth")
PROGRAMS = (b"\x7fELF", b"MZ", b"\xcf\xfa\xed\xfe")

Storing = Callable[[File, int], tuple[Stored, object]]


def beside(
    files: list[File], notebook: File, storing: Storing, hidden: Callable[[Parts], list[str]]
) -> tuple[dict[str, Stored], tuple[str, ...]]:
    """The files in the notebook's folder and below it, by their paths there; and a remark on what is left out.

    Parameters
    ----------
    files : all of the student's.
    storing : reads a file of at most so many bytes, and lets its contents go; raises Refused.
    hidden : the names of what is hidden in a folder, and no litter.

    Raises
    ------
    NotReadable
        When a file may not be read: no fault of the student's.
    """
    if notebook.own:
        return {}, ()
    taken: dict[str, Stored] = {}
    left_out, total, opened = [], 0, 0
    for name, file in _candidates(files, notebook):
        try:
            _check_name(name)
            if len(taken) >= MAX_FILES or opened >= MAX_OPENED:
                raise Refused(f"there are more than {MAX_FILES} files")
            opened += 1
            if file.entry.kind != "file":
                raise Refused("it is a link or a special file")
            contents, _ = storing(file, MAX_EACH)
            if total + contents.size > MAX_ALL:
                raise Refused(f"all together are larger than {MAX_ALL >> 20} MB")
            if contents.read().startswith(PROGRAMS):
                raise Refused("it is a compiled program")
        except NotReadable:
            raise
        except Refused as refused:
            left_out.append(f"{shown(name)} ({refused})")
            continue
        taken[name] = contents
        total += contents.size
    left_out += [f"{shown(name)} (its name begins with a dot)" for name in _hidden(files, notebook, hidden)]
    more = f" and {len(left_out) - 4} more" if len(left_out) > 4 else ""
    remark = f"left out of the files beside the notebook: {', '.join(left_out[:4])}{more}"
    return taken, (remark,) if left_out else ()


def _candidates(files: list[File], notebook: File) -> Iterator[tuple[str, File]]:
    """The files by their names beside the notebook, modules first; where Canvas has several, the newest."""
    folder = notebook.name.rpartition("/")[0]
    start = f"{folder}/" if folder else ""
    named: dict[str, File] = {}
    for file in sorted(files, key=lambda file: file.age):
        name = file.name.removeprefix(start)
        inside = file.name.startswith(start) and name.partition("/")[0] not in (EXERCISES, *NOT_THEIRS)
        if inside and not file.stem:
            named[name] = file
            if file.number:  # handed in again, it has a number behind its name
                named[re.sub(r"-\d+(?=\.\w+$)", "", name)] = file
    yield from sorted(named.items(), key=lambda item: (not item[0].endswith(".py"), item[0]))


def _hidden(files: list[File], notebook: File, hidden: Callable[[Parts], list[str]]) -> Iterator[str]:
    """What nobody looks at beside the notebook, by its names there; but for an export's, which may be anybody's."""
    start = notebook.entry.parts[:-1]
    folders = {file.entry.parts[:-1] for file in files} | {start}
    for folder in sorted(folders) if not notebook.exported else ():
        inside = folder[len(start) :]
        if folder[: len(start)] == start and EXERCISES not in inside[:1]:
            yield from ("/".join((*inside, name)) for name in hidden(folder))


def _check_name(name: str):
    parts = name.split("/")
    if len(parts) > MAX_FOLDERS + 1:
        raise Refused("it is nested too deeply")
    if not all(SANE.fullmatch(part) and part.isprintable() and len(part) <= MAX_NAME for part in parts):
        raise Refused("its name has signs that are no letters, or is too long")
    if max(len(os.fsencode(part)) for part in parts) > MAX_NAME_BYTES:
        raise Refused("its name is too long")
    if name.lower().endswith(COMPILED):
        raise Refused("it is compiled")
    if (name.endswith(".py") or len(parts) > 1) and parts[0].removesuffix(".py") in _modules():
        raise Refused(f"Python finds another {parts[0].removesuffix('.py')} before it: rename it")


@cache
def _modules() -> frozenset[str]:
    """The names of what can be imported in a box without any file of a student's."""
    paths = sysconfig.get_paths()
    folders = {Path(np.__file__).parents[1], Path(paths["purelib"]), Path(paths["platlib"])}
    installed = {path.name.partition(".")[0] for folder in folders if folder.is_dir() for path in folder.iterdir()}
    return frozenset({*installed, *sys.stdlib_module_names, "test", *SEALED})  # "test" is Python's own, if unlisted
