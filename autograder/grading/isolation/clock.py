"""When an answer is due, where the time in which Numba compiles is counted apart."""

import time
from dataclasses import dataclass


@dataclass
class Allowance:
    """Seconds for compiling; a box that says to compile when it does not gets no more of them."""

    left: float


class Clock:
    """Stands still while the box compiles, for as long as the allowance lasts."""

    def __init__(self, seconds: float, allowance: Allowance):
        self.allowance = allowance
        self._due = time.monotonic() + seconds
        self._since: float | None = None

    @property
    def due(self) -> float:
        """A time of ``time.monotonic``, as far as is known by now."""
        return self._due if self._since is None else self._due + self.allowance.left

    def tell(self, compiling: bool):
        """Whether the box compiles, from now on."""
        now = time.monotonic()
        if self._since is not None:
            took = min(now - self._since, self.allowance.left)
            self.allowance.left -= took
            self._due += took
        self._since = now if compiling else None
