"""Who can read what is kept of a class: hidden inputs, expected values and grades are for the owner of the folder.

Where a group may write to the folder, as in a course that several instructors grade, its members may read and write
them too. Files are made so from the first byte on; what an earlier version, or nbgrader, has made wider is narrowed.
"""

import contextlib
import os
import stat
from pathlib import Path

OWN, OF_GROUP = 0o600, 0o660
FOLDER = 0o700


def make_folder(path: Path):
    """Make a folder for its owner alone, unless it exists."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=FOLDER)


def mode_in(folder: Path) -> int:
    """The mode of files that are nobody else's business."""
    return OF_GROUP if folder.stat().st_mode & stat.S_IWGRP else OWN


def make_file(path: Path):
    """Make an empty file that nobody else can read, where there is none; else narrow it as far as it is ours."""
    if path.parent.is_dir():
        mode, flags = mode_in(path.parent), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        with contextlib.suppress(OSError):  # who opens it next says what is wrong
            descriptor = os.open(path, flags, OWN)
            try:
                narrow(descriptor, mode)
            finally:
                os.close(descriptor)


def narrow(descriptor: int, mode: int):
    """Give an open file that mode, if others can do more with it, or the group less: where it is ours."""
    status = os.fstat(descriptor)
    if status.st_uid == os.geteuid() and stat.S_ISREG(status.st_mode) and stat.S_IMODE(status.st_mode) != mode:
        os.fchmod(descriptor, mode)


def onlookers(folder: Path) -> str:
    """Who else can look into a folder, and what to do about it; empty where nobody can."""
    mode = folder.stat().st_mode
    group = 0 if mode & stat.S_IWGRP else mode & (stat.S_IRGRP | stat.S_IXGRP)
    if not (group or mode & (stat.S_IROTH | stat.S_IXOTH)):
        return ""
    keep = "o=" if mode & stat.S_IWGRP else "go="
    return f"other users of this machine can look into {folder}, where grades are: run `chmod {keep} {folder}`"
