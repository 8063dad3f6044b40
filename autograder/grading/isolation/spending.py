"""What a submission has used of its limits of time, and what it has left for the next call."""

import time
from collections import defaultdict

from autograder.grading.isolation.clock import Budget, Clock, Seconds
from autograder.grading.isolation.limits import Limits
from autograder.grading.isolation.meter import Meter

CELLS = ""  # instead of a function's name: what loading the cells takes


class Spending:
    """Seconds of the processor and of the clock, by function; what the grader does in between costs a student nothing.

    Parameters
    ----------
    limits : for compiling, which is paid once for all.
    cell_limit : the name of the limit for a cell.
    """

    def __init__(self, limits: Limits, cell_limit: str):
        self.cell_limit = cell_limit
        self.compiling = Seconds(limits.compile_seconds, limits.compile_seconds * limits.wall_factor)
        self._spent: defaultdict[str, Seconds] = defaultdict(Seconds)
        self._total = Seconds()

    def budget(self, what: str, limits: Limits) -> Budget:
        """What there is for the next call of a function, or the next cell."""
        limits = limits.of(what)
        name, factor = self.cell_limit if what == CELLS else "call_seconds", limits.wall_factor
        cpu = getattr(limits, name)
        wall = cpu * factor
        cpu_limit, wall_limit = (name, cpu), (name, wall)
        known = [("submission_seconds", limits.submission_seconds, self._total)]
        if what != CELLS:
            known.insert(0, ("function_seconds", limits.function_seconds, self._spent[what]))
        for name, seconds, spent in known:
            if seconds - spent.cpu < cpu:
                cpu, cpu_limit = seconds - spent.cpu, (name, seconds)
            if seconds * factor - spent.wall < wall:
                wall, wall_limit = seconds * factor - spent.wall, (name, seconds * factor)
        return Budget(Seconds(cpu, wall), cpu_limit, wall_limit)

    def used_up(self, what: str, limits: Limits) -> str:
        """The limit that leaves nothing for the next call, in words; empty where none does."""
        budget = self.budget(what, limits)
        if budget.left.cpu > 0 and budget.left.wall > 0:
            return ""
        return budget.cpu_limit if budget.left.cpu <= 0 else budget.wall_limit

    def clock(self, what: str, limits: Limits, meter: Meter) -> Clock:
        """A clock for the next call; ``add`` takes it when the call has ended."""
        return Clock(self.budget(what, limits), self.compiling, meter.seconds)

    def add(self, what: str, used: Seconds):
        """Count time against a function, or the cells."""
        for spent in (self._spent[what], self._total):
            spent.cpu += used.cpu
            spent.wall += used.wall

    def add_start(self, began: float, meter: Meter | None):
        """Count the start of a box, which began at that time of ``time.monotonic``, against the cells."""
        wall = time.monotonic() - began
        computed = meter.seconds() if meter else None
        self.add(CELLS, Seconds(wall if computed is None else computed, wall))
