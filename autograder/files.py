"""Where the course lives, and how its files are written."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def write_atomically(path: Path, text: str) -> None:
    """Write ``text`` in UTF-8, so that a reader (or a crash) finds the old file or the new, never a part."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
