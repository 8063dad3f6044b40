"""What is remembered of a learner, in small JSON files beside the notebooks: predictions made, hints shown.

A file that is missing, broken, read-only or held by another program costs nothing but the memory: nothing here raises.
"""

import contextlib
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

from course_lib.files import write_atomically

FOLDER = Path(".course")  # in the folder that the kernel runs in
PREDICTIONS, HINTS = FOLDER / "predictions.json", FOLDER / "hints.json"
PATIENCE_SECONDS = 1.0  # another kernel holds a file for milliseconds


def entries(file: Path) -> dict[str, object]:
    """What a file holds, by name; nothing where it cannot be read."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def put(file: Path, name: str, entry: object) -> None:
    """Keep an entry under a name, and all others as they are, also those of other kernels."""
    with contextlib.suppress(OSError):
        file.parent.mkdir(exist_ok=True)
        with _locked(file.with_suffix(".lock")):
            write_atomically(file, json.dumps({**entries(file), name: entry}, indent=1, ensure_ascii=False) + "\n")


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """The lock of that file; the system opens it again when its holder dies. OSError when it stays locked."""
    with path.open("a") as file:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not _lock(file):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{path} is locked by another program")
            time.sleep(0.01)
        yield


def _lock(file) -> bool:
    """Lock an open file until it is closed; False when another has locked it."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
