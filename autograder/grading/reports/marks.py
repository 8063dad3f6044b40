"""What the gradebook says of one submission beyond what was found: points and comments of a human, what counts."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from autograder.grading.reports.lateness import Lateness
from autograder.grading.submissions.submission import digest_of


@dataclass(frozen=True)
class Mark:
    """``manual`` are the points of a human, ``extra`` those on top. ``pending`` when a human is still to look."""

    points: float
    manual: float | None = None
    extra: float = 0.0
    pending: bool = False

    @property
    def read(self) -> bool:
        """Whether a human has graded the cell as it is now."""
        return self.manual is not None and not self.pending


@dataclass(frozen=True)
class Marks:
    """``cells`` by grade_id, also of a task; ``comments`` of a human by grade_id of the answer or the task."""

    cells: Mapping[str, Mark] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    penalty: float = 0.0
    late: Lateness | None = None

    def counted(self, name: str, automatic: float) -> float:
        """The points of a cell, for which the autograder gives so many."""
        mark = self.cells.get(name)
        return automatic if mark is None else (automatic if mark.manual is None else mark.manual) + mark.extra

    @property
    def lateness(self) -> tuple[str, ...]:
        """What being late has come to, in lines; empty for who is in time."""
        said = self.late and self.late.in_words
        if self.penalty and not said:
            said = f"{self.penalty:g} points are taken off, for being late"
        return (*([said] if said else []), *(self.late.details if self.late else ()))

    @property
    def print(self) -> str:
        """A digest of what a page shows of it beyond what is found by grading."""
        given = {n: asdict(mark) for n, mark in self.cells.items() if mark.manual is not None or mark.extra}
        return digest_of(json.dumps([given, dict(self.comments), self.lateness], sort_keys=True).encode())


NO_MARKS = Marks()
