"""What a learner has predicted, kept in a small file beside the notebooks.

A file that is missing, broken, read-only or held by another program costs nothing but the memory: nothing here raises.
"""

import contextlib
import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from course_lib.files import write_atomically

FILE = Path(".course") / "predictions.json"  # in the folder that the kernel runs in
PATIENCE_SECONDS = 1.0  # another kernel holds the file for milliseconds


@dataclass(frozen=True)
class Kept:
    """The option that was chosen, and whether the learner had committed to it."""

    choice: str
    committed: bool = False


def recall(name: str) -> Kept | None:
    """What was kept under that name, or None."""
    entry = _read().get(name)
    match entry:
        case {"choice": str(choice), "committed": bool(committed)}:
            return Kept(choice, committed)
    return None


def keep(name: str, kept: Kept) -> None:
    """Keep a prediction under a name, and all others as they are, also those of other kernels."""
    with contextlib.suppress(OSError):
        FILE.parent.mkdir(exist_ok=True)
        with _locked(FILE.with_suffix(".lock")):
            entries = {**_read(), name: asdict(kept)}
            write_atomically(FILE, json.dumps(entries, indent=1, ensure_ascii=False) + "\n")


def _read() -> dict:
    try:
        entries = json.loads(FILE.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return entries if isinstance(entries, dict) else {}


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
