"""When an answer is due: by the processor time that a box takes for it, and, far later, by the clock.

How busy the machine is decides nothing then. The time in which Numba compiles is counted apart.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

LEAST = 0.01  # seconds between two looks
SOON = 0.1  # seconds that are left as far as is known, below which it is looked whether there are more
FOR = {"function_seconds": " in all", "submission_seconds": " for the whole submission"}


class Late(Exception):
    """A limit was reached first. ``limit`` says which, in words, ``again`` whether a busy machine may be to blame."""

    def __init__(self, limit: str, again: bool = True):
        super().__init__(limit)
        self.limit, self.again = limit, again


@dataclass
class Seconds:
    """Of the processor and of the clock."""

    cpu: float = 0.0
    wall: float = 0.0

    def take(self, most: "Seconds") -> "Seconds":
        """What is taken from here, up to ``most``."""
        taken = Seconds(max(0.0, min(self.cpu, most.cpu)), max(0.0, min(self.wall, most.wall)))
        self.cpu -= taken.cpu
        self.wall -= taken.wall
        return taken


@dataclass(frozen=True)
class Budget:
    """The seconds that are left for something, and of either kind the limit which that comes from: name and seconds."""

    left: Seconds
    cpu: tuple[str, float]
    wall: tuple[str, float]

    @property
    def cpu_limit(self) -> str:
        """The limit of processor time, in words."""
        name, seconds = self.cpu
        return f"{seconds:g} s of processor time{FOR.get(name, '')} ({name})"

    @property
    def wall_limit(self) -> str:
        """The limit by the clock, in words."""
        name, seconds = self.wall
        return f"{seconds:g} s by the clock{FOR.get(name, '')} ({name})"


@dataclass
class Deadline:
    """By the clock alone."""

    seconds: float
    began: float = field(default_factory=time.monotonic)

    def left(self) -> float:
        """Seconds until it; raises Late when it has passed."""
        left = self.began + self.seconds - time.monotonic()
        if left <= 0:
            raise Late(f"{self.seconds:.3g} s by the clock")
        return left


class Clock:
    """Counts what a box uses; while it compiles, from the allowance, for as long as that lasts.

    Parameters
    ----------
    budget : what there is for the answer.
    allowance : what there is for compiling; a box that says to compile when it does not gets no more of it.
    meter : the processor time of the box so far, or None where that is not known: then the clock's is taken for it.

    Attributes
    ----------
    used : Seconds, compiling left out
    """

    def __init__(self, budget: Budget, allowance: Seconds, meter: Callable[[], float | None]):
        self.budget, self.allowance, self.meter = budget, allowance, meter
        self.used = Seconds()
        self._compiling = False
        self._now, self._cpu = time.monotonic(), meter()
        self._next_look = self._now

    def tell(self, compiling: bool):
        """Whether the box compiles, from now on."""
        self._look()
        self._compiling = compiling
        self._next_look = self._now

    def add(self, seconds: float):
        """Count what the grader has computed for the box."""
        self.used.cpu += seconds

    def left(self) -> float:
        """Seconds until the answer may be due, as far as is known by now.

        Raises
        ------
        Late
            When it is.
        """
        now = time.monotonic()
        if now < self._next_look:
            return self._next_look - now
        self._look()
        cpu, wall = self.budget.left.cpu - self.used.cpu, self.budget.left.wall - self.used.wall
        if self._compiling:
            cpu, wall = cpu + self.allowance.cpu, wall + self.allowance.wall
        if cpu <= 0:
            raise Late(self.budget.cpu_limit)
        if wall <= 0:
            raise Late(self.budget.wall_limit)
        wait = max(LEAST, min(cpu, wall))
        self._next_look = self._now + wait
        return wait

    def left_for_us(self) -> float:
        """Seconds that are left for something in the grader; raises as ``left``.

        A box of one thread has used no more since the last look than the clock says, so another is due only when that
        would be all.
        """
        if self._next_look - time.monotonic() < SOON:
            self._next_look = 0.0
        return self.left()

    def stop(self):
        """Count what was used up to now."""
        self._look()

    def _look(self):
        now, cpu = time.monotonic(), self.meter()
        wall = now - self._now
        computed = wall if cpu is None or self._cpu is None else max(0.0, cpu - self._cpu)
        self._now, self._cpu = now, cpu
        if self._compiling:
            free = self.allowance.take(Seconds(computed, wall))
            computed, wall = computed - free.cpu, wall - free.wall
        self.used.cpu += computed
        self.used.wall += wall
