"""Files: the bundled data, checksums, and files written whole or not at all."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data"


def sha256(path: Path) -> str:
    """The SHA-256 of a file's content, in hexadecimal; the file is read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def bundled(name: str, digest: str, folder: Path = DATA) -> Path:
    """The path of a file that comes with the course, after a look at its content.

    Parameters
    ----------
    name : the path inside ``folder``, such as ``digits.npz``
    digest : the SHA-256 that the content must have

    Raises
    ------
    FileNotFoundError, ValueError
        When the file is missing or is not what was bundled; the message says how to restore it.
    """
    path = folder / name
    if not path.exists():
        raise FileNotFoundError(f"data/{name} is missing: restore it with `git checkout data/{name}`")
    if sha256(path) != digest:
        raise ValueError(f"data/{name} is damaged: restore it with `git checkout data/{name}`")
    return path


def place_for(path) -> Path:
    """``path`` as a ``Path`` at which a file can be written.

    Raises
    ------
    TypeError, FileNotFoundError, IsADirectoryError
        When ``path`` is not a path, its folder does not exist, or it is a folder itself.
    """
    path = path_of(path)
    if not path.parent.is_dir():
        raise FileNotFoundError(f"the folder {path.parent} does not exist: make it first, or give another path")
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder: give the path of a file")
    return path


def path_of(path) -> Path:
    """``path`` as a ``Path``, refused unless it is text or a path."""
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"path must be the path of a file, got {path!r} ({type(path).__name__})")
    return Path(path)


def write_atomically(path: Path, content: str | bytes | Iterable[str], *, mode: int = 0o666) -> None:
    """Write bytes, or text in UTF-8, so that a reader (or a crash) finds the old file or the new, never a part.

    Text may come in pieces, such as lines, which are never all in memory. ``mode`` is that of the new file from its
    first byte on, as far as the umask allows it.
    """
    pieces = [content] if isinstance(content, str | bytes) else content
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    unfinished.unlink(missing_ok=True)  # of a process that had this one's number
    try:
        with open(unfinished, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            for piece in pieces:
                file.write(piece.encode() if isinstance(piece, str) else piece)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
        sync_folder(path.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def sync_folder(path: Path) -> None:
    """Bring a folder's entries to the disk: without it, a file that was just renamed may be lost in a power cut."""
    if os.name == "nt":  # where a folder cannot be opened, and renames are in the journal
        return
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
