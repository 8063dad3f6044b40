"""The files that a student has handed in beside the notebook, put into a box before anything of the student's runs.

The grader packs them; the first process of the box lays them into its empty folder and takes away the right to change
them. What is in them is read by nobody but the student's own code.
"""

import ctypes
import json
import os
from collections.abc import Mapping
from pathlib import Path

BIND, REMOUNT, READ_ONLY = 4096, 32, 1
NO_SETUID, NO_DEVICES, NO_EXECUTION = 2, 4, 8
END = b"\n"


def pack(files: Mapping[str, bytes]) -> bytes:
    """The files as one: a line of names and sizes, and their contents."""
    sizes = [[name, len(data)] for name, data in files.items()]
    return b"".join([json.dumps(sizes).encode(), END, *files.values()])


def unpack(packed: bytes) -> dict[str, bytes]:
    """What ``pack`` has packed."""
    head, _, rest = packed.partition(END)
    files, start = {}, 0
    for name, size in json.loads(head):
        files[name] = rest[start : start + size]
        start += size
    return files


def lay(files: Mapping[str, bytes], folder: str) -> list[str]:
    """Write the files below a folder, without the right to write to them; their paths."""
    paths = []
    for name, data in files.items():
        path = Path(folder, name)
        for parent in reversed(Path(name).parents[:-1]):
            Path(folder, parent).mkdir(exist_ok=True)
            Path(folder, parent).chmod(0o755)  # whatever the umask is: the box may have another user
        path.write_bytes(data)
        path.chmod(0o444)
        paths.append(str(path))
    return paths


def protect(paths: list[str]):
    """Mount each file on itself, read-only: it can be neither changed nor replaced.

    Raises
    ------
    OSError
        When this process may not mount.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    bound = BIND | REMOUNT | READ_ONLY | NO_SETUID | NO_DEVICES | NO_EXECUTION
    for path in paths:
        for source, flags in ((path.encode(), BIND), (None, bound)):
            if libc.mount(source, path.encode(), None, ctypes.c_ulong(flags), None):
                number = ctypes.get_errno()
                raise OSError(number, f"mount {path}: {os.strerror(number)}")
