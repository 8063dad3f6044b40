"""Landlock: a process gives up the file system for good, all but a few folders that it may still read.

https://docs.kernel.org/userspace-api/landlock.html; needs Linux 5.13, and no rights at all.
"""

import ctypes
import os
import stat
import struct

CREATE, ADD, RESTRICT = 444, 445, 446  # the same numbers on every machine
VERSION, PATH_BENEATH = 1, 1
WRITE_FILE, READ_FILE, READ_DIR = 1 << 1, 1 << 2, 1 << 3
# how many rights over files each version knows, from the first on
FILE_RIGHTS = (13, 14, 15, 15, 16, 16)
NETWORK, SCOPED = 0b11, 0b11  # bind and connect (from version 4); abstract sockets and signals (from version 6)


def version() -> int:
    """The version of Landlock's interface, 0 when this kernel has none."""
    return max(0, ctypes.CDLL(None).syscall(CREATE, None, ctypes.c_size_t(0), VERSION))


def restrict(readable: list[str], devices: list[str]):
    """Leave this process only the reading of what is below ``readable``, and reading and writing of ``devices``.

    Raises
    ------
    OSError
        When the kernel has no Landlock.
    """
    abi = version()
    attributes = struct.pack("<Q", (1 << FILE_RIGHTS[min(abi, len(FILE_RIGHTS)) - 1]) - 1)
    attributes += struct.pack("<Q", NETWORK) if abi >= 4 else b""
    attributes += struct.pack("<Q", SCOPED) if abi >= 6 else b""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(38, ctypes.c_ulong(1), *[ctypes.c_ulong(0)] * 3)  # no new privileges, which the kernel asks for
    ruleset = _checked(libc, CREATE, attributes, ctypes.c_size_t(len(attributes)), 0)
    allowed = [(path, READ_FILE) for path in readable] + [(path, READ_FILE | WRITE_FILE) for path in devices]
    for path, rights in allowed:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights |= READ_DIR
        _checked(libc, ADD, ruleset, PATH_BENEATH, struct.pack("<Qi", rights, descriptor), 0)
        os.close(descriptor)
    _checked(libc, RESTRICT, ruleset, 0)
    os.close(ruleset)


def _checked(libc, number: int, *arguments) -> int:
    result = libc.syscall(number, *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), f"landlock: {os.strerror(ctypes.get_errno())}")
    return result
