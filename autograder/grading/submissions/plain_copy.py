"""Copy a folder of a student's with nothing in it but plain files, while the student may be changing it."""

import os
import stat
from pathlib import Path

from autograder.grading.submissions.names import shown
from autograder.grading.submissions.reading import read_regular_file
from autograder.grading.submissions.submission import Refused

MAX_FILES = 1000
MAX_DEPTH = 20  # folders in folders


def copy_plain_files(source: Path, target: Path, max_bytes: int, max_total: int) -> list[str]:
    """Copy the plain files, with their dates, to the new folder ``target``; say what is left out, and why.

    Nothing is followed or opened that is a link, a device, a pipe or a socket, also where it takes the place of a file
    or a folder in the meantime. What would not fit is left out; of a folder the small files come first, and folders in
    it last, so that the notebook and nbgrader's own files fit before all others.

    Parameters
    ----------
    max_bytes, max_total : of one file, and of all.
    """
    left_out: list[str] = []
    copied = total = 0
    target.mkdir()
    for root, folders, names, descriptor in os.fwalk(source, follow_symlinks=False):
        inside = Path(root).relative_to(source)
        place = target / inside
        place.mkdir(exist_ok=True)
        facts = {name: _facts(name, descriptor) for name in (*names, *folders)}
        folders.sort()  # else the order of the disk would decide what fits
        for name in list(folders):
            why = "it is a link" if not stat.S_ISDIR(facts[name].st_mode) else "it is nested too deeply"
            if why == "it is a link" or len(inside.parts) >= MAX_DEPTH:
                folders.remove(name)
                left_out.append(f"{shown(name)}: {why}")
        for name in sorted(names, key=lambda name: facts[name].st_size):
            try:
                if copied >= MAX_FILES:
                    raise Refused(f"there are more than {MAX_FILES} files")
                data = read_regular_file(Path(name), min(max_bytes, max_total - total), descriptor)
            except Refused as refused:
                left_out.append(f"{shown(name)}: {refused}")
                continue
            (place / name).write_bytes(data)
            os.utime(place / name, ns=(facts[name].st_mtime_ns, facts[name].st_mtime_ns))
            copied, total = copied + 1, total + len(data)
    return left_out


def _facts(name: str, folder: int) -> os.stat_result:
    return os.stat(name, dir_fd=folder, follow_symlinks=False)
