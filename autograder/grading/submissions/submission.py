"""A student's submission: where it lies, and what it is known by. Its contents are read when they are needed."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from autograder.errors import UserError


class Refused(UserError, ValueError):
    """A file that is not read; the message says why."""


class NotReadable(Refused):
    """A file that we may not read, or that the disk does not give: no fault of the student's."""


@dataclass(frozen=True)
class Stored:
    """Contents that were read once and let go, so that a class need not fit into memory: size and SHA-256 are kept."""

    size: int
    digest: str
    reader: Callable[[], bytes] = field(repr=False, compare=False)

    def read(self) -> bytes:
        """The same contents again.

        Raises
        ------
        Refused
            When the file has changed, or is gone.
        """
        data = self.reader()
        if digest_of(data) != self.digest:
            raise Refused("the file changed while the class was graded: run the same command again")
        return data


def store(data: bytes, reader: Callable[[], bytes]) -> Stored:
    """Let ``data`` go; ``reader`` reads it again."""
    return Stored(len(data), digest_of(data), reader)


@dataclass(frozen=True)
class Submission:
    """One student's notebook, and the files that go with it, by their paths beside it.

    ``problem`` says why it cannot be graded, or is empty; ``ours`` is whether that is no fault of the student's.
    ``late`` when the LMS says so, without a time; ``group`` in whose name it was handed in, for several students.
    """

    student: str
    path: Path
    contents: bytes | Stored = b""
    timestamp: datetime | None = None
    problem: str = ""
    remarks: tuple[str, ...] = ()
    ours: bool = False
    files: Mapping[str, bytes | Stored] = field(default_factory=dict)
    late: bool = False
    group: str = ""

    @property
    def data(self) -> bytes:
        """The contents of the notebook; raises as ``Stored.read``."""
        return _data(self.contents)

    @property
    def size(self) -> int:
        """Of the notebook and its files, in bytes."""
        return sum(map(_size, (self.contents, *self.files.values())))

    @property
    def digest(self) -> str:
        """SHA-256 in hexadecimal: of the notebook, or of its digest and those of its files."""
        if not self.files:
            return _digest(self.contents)
        lines = [f"{_digest(contents)} {name}\n" for name, contents in sorted(self.files.items())]
        return digest_of("".join([_digest(self.contents), "\n", *lines]).encode())

    def loaded(self) -> "Submission":
        """With the contents in memory, to be sent to another process; raises as ``Stored.read``."""
        files = {name: _data(contents) for name, contents in self.files.items()}
        return replace(self, contents=self.data, files=files)


def _data(contents: bytes | Stored) -> bytes:
    return contents if isinstance(contents, bytes) else contents.read()


def _size(contents: bytes | Stored) -> int:
    return len(contents) if isinstance(contents, bytes) else contents.size


def _digest(contents: bytes | Stored) -> str:
    return digest_of(contents) if isinstance(contents, bytes) else contents.digest


def digest_of(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
