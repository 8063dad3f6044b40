"""A file of JSON lines that is only appended to, and that a crash, a power cut or a full disk cannot spoil.

Guaranteed: when ``append`` returns, the lines are on the disk (``fsync``); when it raises or the process dies in it,
at most the lines of that call are missing or cut. What was cut off is set aside when the file is next opened for
writing, so that every line in the file is whole.
"""

import contextlib
import fcntl
import json
import os
from pathlib import Path

from autograder.errors import UserError
from autograder.grading.records.private import OWN, make_file, mode_in, narrow
from course_lib.files import sync_folder

BLOCK = 1 << 16


class Busy(UserError):
    """Another grader writes to the same folder."""


def parsed(line: bytes) -> dict:
    """The JSON object of a line.

    Raises
    ------
    ValueError
        When it is none, or a key stands in it twice: two readers could take different values from it.
    """
    record = json.loads(line, object_pairs_hook=_without_doubles)
    if not isinstance(record, dict):
        raise ValueError("not an object")
    return record


def _without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    record = dict(pairs)
    if len(record) != len(pairs):
        raise ValueError("a key stands there twice")
    return record


class Journal:
    """An open file of lines; use it as a context manager.

    ``last`` is the last whole line, without its end; ``torn`` are the bytes that were set aside after it, in a file
    of the same name with ``.torn`` behind.

    Raises
    ------
    Busy
        When another process has it open. The lock ends with the process, however that ends.
    """

    def __init__(self, path: Path):
        self.path = path
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        self._file = os.open(path, flags, OWN)
        try:
            narrow(self._file, mode_in(path.parent))
            self._lock()
            sync_folder(path.parent)
            self.last, self.torn = self._tail()
            if self.torn:
                self._set_aside()
        except BaseException:
            os.close(self._file)
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        os.close(self._file)

    def append(self, lines: list[bytes], sync: bool = True):
        """Write the lines, and return when they are on the disk; without ``sync``, before that."""
        if not lines:
            return
        before = os.fstat(self._file).st_size
        data = memoryview(b"".join(line + b"\n" for line in lines))
        try:
            while data:
                data = data[os.write(self._file, data) :]
            if sync:
                os.fsync(self._file)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, before)
            raise
        self.last = lines[-1]

    def _lock(self):
        try:
            # of the open file, not of the process: a thread of the same process is kept out too
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(
                f"another grader is writing to {self.path.parent}: wait until it has finished, then run this again"
            ) from None

    def _tail(self) -> tuple[bytes, bytes]:
        """The last whole line, and what comes after it."""
        place, tail = os.fstat(self._file).st_size, b""
        while place and tail.count(b"\n") < 2:
            size = min(BLOCK, place)
            place -= size
            tail = os.pread(self._file, size, place) + tail
        *whole, torn = tail.split(b"\n")
        return whole[-1] if whole else b"", torn

    def _set_aside(self):
        torn = self.path.with_name(self.path.name + ".torn")
        make_file(torn)
        with torn.open("ab") as file:
            file.write(self.torn + b"\n")
            file.flush()
            os.fsync(file.fileno())
        os.ftruncate(self._file, os.fstat(self._file).st_size - len(self.torn))
        os.fsync(self._file)
