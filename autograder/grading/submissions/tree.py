"""What was handed to the command, as a tree of files: a folder here, an unread zip in ``archive``, and read alike."""

import errno
import os
import re
import stat
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

from autograder.grading.submissions.names import composed, notebook_stem, shown
from autograder.grading.submissions.reading import contents_of
from autograder.grading.submissions.submission import NotReadable, Refused

Parts = tuple[str, ...]

TIMESTAMP = "timestamp.txt"
FILE, FOLDER, OTHER = "file", "folder", "other"  # other: a link, a pipe, a device, ...
MAX_DEPTH = 6  # folders in a student's folder
MAX_LOOKED_AT = 20_000  # entries of one student's
MAX_ENTRIES = 200_000  # of one folder, or of a zip
# No work of anybody's; a virtual environment alone has thousands of files.
IGNORED = frozenset({"__MACOSX", "__pycache__", "node_modules", "site-packages", "venv"})
# What systems, editors, git and Jupyter leave behind, and the lesson: nobody misses it.
LITTER = re.compile(
    r"\.(_.*|DS_Store|Trash.*|directory|localized|fuse_hidden.*|nfs.*|git.*|vscode|idea|editorconfig|course|env|venv|"
    r"python-version|ipynb_checkpoints|jupyter|ipython|virtual_documents|local|config|.*cache|.*history|.*sw[op]|.*lock)"
)


@dataclass(frozen=True)
class Entry:
    """A file or folder, by its place in the tree, as it is written there; ``date`` only says which of two is newer."""

    parts: Parts
    kind: str
    date: tuple = ()

    @property
    def name(self) -> str:
        return composed(self.parts[-1])


class Tree(Protocol):
    """``path`` is what the instructor named."""

    path: Path

    def children(self, parts: Parts) -> list[Entry]:
        """What is in a folder, by name, without what is hidden; raises NotReadable when we may not look."""

    def hidden(self, parts: Parts) -> list[str]:
        """The names of what is hidden in a folder, but for litter."""

    def read(self, parts: Parts, max_bytes: int) -> tuple[bytes, os.stat_result | None]:
        """The contents of a plain file, and what the system says of it; raises Refused, or NotReadable."""


def is_hidden(name: str) -> bool:
    """Whether nobody means an entry of this name: Jupyter's checkpoints, git's and the system's own files."""
    return name.startswith(".") or name in IGNORED


def is_missed(name: str) -> bool:
    """Whether somebody may have meant an entry that is hidden."""
    return name.startswith(".") and not LITTER.fullmatch(name)


def walk(tree: Tree, parts: Parts, skip: frozenset[str] = frozenset()) -> Iterator[Entry]:
    """All files below a folder, those of a folder before those of its folders; ``skip`` names folders directly in it.

    A folder that is called like a notebook or a timestamp counts as a file, and is refused where it is read. After
    ``MAX_LOOKED_AT`` entries no further folder is looked into.

    Raises
    ------
    Refused, NotReadable
        When a folder has more entries than any honest one, or may not be read.
    """
    waiting, count = [parts], 0
    while waiting and count <= MAX_LOOKED_AT:
        folder = waiting.pop(0)
        entries = tree.children(folder)
        count += len(entries)
        for entry in entries:
            if entry.kind != FOLDER or notebook_stem(entry.name) or entry.name == TIMESTAMP:
                yield entry
            elif len(folder) - len(parts) < MAX_DEPTH and not (folder == parts and entry.name in skip):
                waiting.append(entry.parts)


class DiskTree:
    """A folder of this machine, each folder of which is looked into once. No link in it is followed."""

    def __init__(self, path: Path):
        self.path = path
        self._known: dict[Parts, list[Entry]] = {}
        self._hidden: dict[Parts, list[str]] = {}

    def children(self, parts: Parts) -> list[Entry]:
        if parts not in self._known:
            with ExitStack() as opened:
                folder = _open(self.path, parts, opened)
                try:
                    found = [entry.name for entry in islice(os.scandir(folder), MAX_ENTRIES + 1)]
                except OSError as error:
                    raise _problem(parts[-1:], error) from None
                if len(found) > MAX_ENTRIES:
                    raise Refused(f"{shown(self.path.joinpath(*parts).name)} holds more than {MAX_ENTRIES} files")
                names = sorted(name for name in found if not is_hidden(name))
                self._hidden[parts] = sorted(filter(is_missed, found))
                self._known[parts] = [_entry((*parts, name), folder) for name in names]
        return self._known[parts]

    def hidden(self, parts: Parts) -> list[str]:
        self.children(parts)
        return self._hidden[parts]

    def read(self, parts: Parts, max_bytes: int) -> tuple[bytes, os.stat_result]:
        return read_inside(self.path, parts, max_bytes)


def read_inside(path: Path, parts: Parts, max_bytes: int) -> tuple[bytes, os.stat_result]:
    """A plain file below a folder; no link is followed, also where one takes a folder's place in the meantime."""
    with ExitStack() as opened:
        return contents_of(Path(parts[-1]), max_bytes, _open(path, parts[:-1], opened))


def _entry(parts: Parts, folder: int) -> Entry:
    try:
        facts = os.stat(parts[-1], dir_fd=folder, follow_symlinks=False)
    except OSError:  # gone in the meantime
        return Entry(parts, OTHER)
    kinds = {stat.S_IFREG: FILE, stat.S_IFDIR: FOLDER}
    return Entry(parts, kinds.get(stat.S_IFMT(facts.st_mode), OTHER), (facts.st_mtime_ns,))


def _open(path: Path, parts: Parts, opened: ExitStack) -> int:
    """A descriptor of a folder below ``path``."""
    folder = None
    for part in (path, *parts):
        follow = 0 if part is path else os.O_NOFOLLOW
        try:
            folder = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | follow, dir_fd=folder)
        except OSError as error:
            raise _problem((str(part),), error) from None
        opened.callback(os.close, folder)
    return folder


def _problem(parts: Parts, error: OSError) -> Refused:
    name = shown(Path(parts[0]).name) if parts else "the folder"
    if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.ENOENT):
        return Refused(f"{name} is a link, or is not a folder: put the folder itself in its place")
    return NotReadable(f"{name} cannot be read: {error.strerror}")
