"""How many processes can work at once, and that they end with the grader that has started them."""

import contextlib
import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1


def usable_cores() -> int:
    """The cores that this process may run on: all of the machine's, or fewer, as under taskset or a batch system."""
    if hasattr(os, "sched_getaffinity"):  # Linux
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def die_with(parent: int):
    """Let the kernel end this process when its parent dies, which may be too sudden for that to end it itself."""
    with contextlib.suppress(OSError, AttributeError):  # only Linux has it
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before
        os._exit(1)
