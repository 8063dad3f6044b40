"""What a submission has used of its limits of time, and what it has left for the next call."""

import time
from collections import defaultdict

from autograder.grading.isolation.clock import Budget, Clock, Seconds
from autograder.grading.isolation.limits import Limits
from autograder.grading.isolation.meter import Meter

CELLS = ""  # instead of a function's name: what loading the cells takes
FOR = {
    "call_seconds": "",
    "function_seconds": " for all calls of a function",
    "submission_seconds": " for the whole submission",
}


class Spending:
    """Seconds of the processor and of the clock, by function; what the grader does in between costs a student nothing.

    Parameters
    ----------
    limits : for compiling, which is paid once for all.
    """

    def __init__(self, limits: Limits):
        self.compiling = Seconds(limits.compile_seconds, limits.compile_seconds * limits.wall_factor)
        self._spent: defaultdict[str, Seconds] = defaultdict(Seconds)

    def budget(self, what: str, limits: Limits) -> Budget:
        """What there is for the next call of a function, or the next cell."""
        spent = {"call_seconds": Seconds(), "function_seconds": self._spent[what], "submission_seconds": self._all()}
        if what == CELLS:
            del spent["function_seconds"]
        limits = limits.of(what)
        cpu = {name: getattr(limits, name) - used.cpu for name, used in spent.items()}
        wall = {name: getattr(limits, name) * limits.wall_factor - used.wall for name, used in spent.items()}
        least_cpu, least_wall = min(cpu, key=cpu.__getitem__), min(wall, key=wall.__getitem__)
        return Budget(
            Seconds(cpu[least_cpu], wall[least_wall]),
            f"{getattr(limits, least_cpu):g} s of processor time{FOR[least_cpu]} ({least_cpu})",
            f"{getattr(limits, least_wall) * limits.wall_factor:g} s by the clock{FOR[least_wall]} ({least_wall})",
        )

    def used_up(self, what: str, limits: Limits) -> str:
        """The limit that leaves nothing for the next call, in words; empty where none does."""
        budget = self.budget(what, limits)
        if budget.left.cpu <= 0:
            return budget.cpu_limit
        return budget.wall_limit if budget.left.wall <= 0 else ""

    def clock(self, what: str, limits: Limits, meter: Meter) -> Clock:
        """A clock for the next call; ``add`` takes it when the call has ended."""
        return Clock(self.budget(what, limits), self.compiling, meter.seconds)

    def add(self, what: str, used: Seconds):
        """Count time against a function, or the cells."""
        spent = self._spent[what]
        self._spent[what] = Seconds(spent.cpu + used.cpu, spent.wall + used.wall)

    def add_start(self, began: float, meter: Meter | None):
        """Count the start of a box, which began at that time of ``time.monotonic``, against the cells."""
        wall = time.monotonic() - began
        computed = meter.seconds() if meter else None
        self.add(CELLS, Seconds(wall if computed is None else computed, wall))

    def _all(self) -> Seconds:
        return Seconds(sum(s.cpu for s in self._spent.values()), sum(s.wall for s in self._spent.values()))
