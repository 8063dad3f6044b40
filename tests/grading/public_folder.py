"""Folders that other users may enter: what a box is to be kept from, what a server of nobody's works in."""

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

PLACES = ("/var/tmp", "/tmp", "/dev/shm")  # should the user's own folder for temporary files be private
LONGEST = 60  # characters: a socket is to fit, whose path has at most 107
PASSAGE = 0o001


@contextlib.contextmanager
def public_folder(prefix: str) -> Iterator[Path]:
    """A folder with a short and simple path that every user may enter, until the context ends."""
    place = next(filter(_is_public, (tempfile.gettempdir(), *PLACES)))
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=place))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _is_public(place: str) -> bool:
    path = Path(place).resolve()
    simple = len(place) < LONGEST and re.fullmatch(r"[\w./-]+", place, re.ASCII)
    return bool(simple) and os.access(path, os.W_OK) and all(p.stat().st_mode & PASSAGE for p in (path, *path.parents))
