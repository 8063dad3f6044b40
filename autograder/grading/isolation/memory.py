"""A limit on what a step may add to the memory of the grader itself, which ends in MemoryError and not in its death."""

import contextlib
import resource
import threading
from collections.abc import Iterator

STATM = "/proc/self/statm"
PAGE = resource.getpagesize()
_lock = threading.RLock()  # a block may stand in another, and then has no more than that


@contextlib.contextmanager
def room_for(size: int) -> Iterator[None]:
    """Within the block this process may take ``size`` bytes more than it has, at most.

    The limit is of the whole process: where other threads work too, it is that of the one that came first.
    """
    if not _lock.acquire(blocking=False):
        yield
        return
    before = resource.getrlimit(resource.RLIMIT_AS)
    try:
        limit = _taken() + size
        soft, hard = before
        resource.setrlimit(resource.RLIMIT_AS, (limit if soft == resource.RLIM_INFINITY else min(limit, soft), hard))
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
        _lock.release()


def _taken() -> int:
    """The bytes of address space that this process has."""
    with open(STATM, "rb", buffering=0) as file:
        return int(file.read(64).split()[0]) * PAGE
