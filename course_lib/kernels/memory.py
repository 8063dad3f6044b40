"""Keep freed memory for the next array.

Every training step frees its arrays and asks for as many again. By default glibc gives freed memory of this size back
to the system, and each new page then costs a page fault: for a small CNN, half of the step.
"""

import contextlib
import ctypes
import sys
from functools import cache

# Of mallopt(3). What is freed stays up to TRIM bytes; only single arrays from MMAP bytes up are given back at once.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
TRIM, MMAP = 128 << 20, 32 << 20


@cache
def keep_freed_memory() -> bool:
    """Tell glibc, once for this process; False where there is another allocator, which is left alone.

    Every step of an optimiser calls this, and so whatever trains; later calls cost some 0.1 microseconds.
    """
    if sys.platform != "linux":
        return False
    with contextlib.suppress(AttributeError):  # musl has no mallopt
        mallopt = ctypes.CDLL(None).mallopt
        return bool(mallopt(M_TRIM_THRESHOLD, TRIM) and mallopt(M_MMAP_THRESHOLD, MMAP))
    return False
