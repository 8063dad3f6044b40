"""How much a box has computed: the processor time of its processes, as the kernel counts it, whatever they say."""

import contextlib
import os
import time

TICK = os.sysconf("SC_CLK_TCK")
FRESH = 0.02  # seconds for which a reading is good: to read takes as long as a short call


class Meter:
    """The processor time of a process and of all that it has started.

    Parameters
    ----------
    root : its number here, or 0 where that is not known.
    """

    def __init__(self, root: int):
        self.root = root
        self._read_at = -FRESH
        self._seconds: float | None = None

    def seconds(self) -> float | None:
        """Seconds so far, up to ``FRESH`` old; None where they cannot be read, as when the process has ended."""
        now = time.monotonic()
        if now - self._read_at >= FRESH:
            self._seconds, self._read_at = self._read(), now
        return self._seconds

    def _read(self) -> float | None:
        try:
            return _of_tree(self.root) / TICK if self.root else None
        except (OSError, ValueError, IndexError):
            return None


def _of_tree(process: int) -> int:
    """Ticks of a process, of those that it has waited for, and of all that descend from it."""
    place = f"/proc/{process}"
    # the name, which a process gives itself, may hold anything, but the last bracket is behind it
    fields = _text_of(f"{place}/stat").rpartition(b")")[2].split()
    ticks = sum(map(int, fields[11:15]))  # utime, stime, cutime, cstime
    for thread in os.listdir(f"{place}/task"):
        with contextlib.suppress(OSError):  # it has just ended
            for child in _text_of(f"{place}/task/{thread}/children").split():
                with contextlib.suppress(OSError):
                    ticks += _of_tree(int(child))
    return ticks


def _text_of(path: str) -> bytes:
    with open(path, "rb", buffering=0) as file:
        return file.read()
