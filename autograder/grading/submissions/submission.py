"""A student's submission: where it lies, and what it is known by. Its contents are read when they are needed."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from autograder.errors import UserError


class Refused(UserError, ValueError):
    """A file that is not read; the message says why."""


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
    """One student's notebook. ``problem`` says why it cannot be graded, or is empty."""

    student: str
    path: Path
    contents: bytes | Stored = b""
    timestamp: datetime | None = None
    problem: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def data(self) -> bytes:
        """The contents of the notebook; raises as ``Stored.read``."""
        return self.contents if isinstance(self.contents, bytes) else self.contents.read()

    @property
    def size(self) -> int:
        """Of the notebook, in bytes."""
        return len(self.contents) if isinstance(self.contents, bytes) else self.contents.size

    @property
    def digest(self) -> str:
        """SHA-256 of the notebook, in hexadecimal."""
        return digest_of(self.contents) if isinstance(self.contents, bytes) else self.contents.digest

    def loaded(self) -> "Submission":
        """With the contents in memory, to be sent to another process; raises as ``Stored.read``."""
        return replace(self, contents=self.data)


def digest_of(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
