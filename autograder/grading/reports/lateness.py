"""What being late has cost a student, or what kept it from costing anything, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

# A submission that an LMS calls late, and no more, is noted as so much after the due date; no clock gives that.
BY_UNKNOWN = timedelta(seconds=1, microseconds=1)
UNITS = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))


@dataclass(frozen=True)
class Lateness:
    """One submission and its deadline. Times are in UTC, without a zone, as nbgrader keeps them.

    ``score`` is what was earned, of ``points``, manual scores included; ``penalty`` is taken off it. ``due`` is the due
    date of the class and ``own_due`` the student's; ``allowed`` says, in a phrase each, why the two differ, and
    ``doubt`` what could not be allowed, for the instructor. ``notebooks`` has name, score and points of each, where the
    assignment has several.
    """

    score: float
    points: float
    penalty: float = 0.0
    submitted: datetime | None = None
    due: datetime | None = None
    own_due: datetime | None = None
    allowed: tuple[str, ...] = ()
    days_left: int | None = None
    doubt: str = ""
    notebooks: tuple[tuple[str, float, float], ...] = ()

    @property
    def seconds(self) -> float:
        """How late the submission was after the student's own due date; 0 in time, or where a time is not known."""
        due = self.own_due or self.due
        return max(0.0, (self.submitted - due).total_seconds()) if self.submitted and due else 0.0

    @property
    def by_unknown(self) -> bool:
        """Whether only the LMS says that it came late, and not when."""
        return bool(self.submitted) and self.submitted.microsecond == BY_UNKNOWN.microseconds

    @property
    def untimed(self) -> bool:
        """Whether there is a due date, and nobody knows when it came."""
        return self.due is not None and self.submitted is None

    @property
    def counted(self) -> float:
        """What counts of the score."""
        return max(0.0, self.score - self.penalty)

    @property
    def kept(self) -> float:
        """The share of the score that counts, from 0 to 1."""
        return self.counted / self.score if self.score else 1.0

    @property
    def short(self) -> str:
        """``late by 2 h, counted as 0``; empty for who is in time."""
        if not self.seconds and not self.penalty:
            return ""
        by = "an unknown time" if self.by_unknown else duration(self.seconds)
        late = f"late by {by}" if self.seconds else f"late penalty of {number(self.penalty)}"
        return f"{late}, {f'counted as {number(self.counted)}' if self.penalty else 'counted in full'}"

    @property
    def in_words(self) -> str:
        """``27.2 of 36, late by 2 h, counted as 0``; empty for who is in time."""
        return self.short and f"{number(self.score)} of {number(self.points)}, {self.short}"

    @property
    def details(self) -> tuple[str, ...]:
        """When it was due, by what, and when it came: for whom it matters, so nothing for most of a class."""
        lines = []
        if self.notebooks:
            each = ", ".join(f"{name} {number(score)} of {number(points)}" for name, score, points in self.notebooks)
            lines.append(f"all notebooks together: {number(self.score)} of {number(self.points)} points ({each})")
        if (self.seconds or self.allowed) and self.submitted and self.due:
            when = "after the due date, says the LMS" if self.by_unknown else moment(self.submitted)
            lines.append(f"handed in {when}, due {moment(self.own_due or self.due)}")
        if self.allowed:
            lines.append(f"due for the class {moment(self.due)}; for you: {'; '.join(self.allowed)}")
        if self.days_left is not None and not any("late day" in text for text in self.allowed):
            lines.append(f"late days left: {self.days_left}")
        return tuple(lines)

    @property
    def remarks(self) -> tuple[str, ...]:
        """For the instructor's lists: a line for who was late, or would have been."""
        allowed = f"allowed: {'; '.join(self.allowed)}" if self.allowed else ""
        return tuple(text for text in (self.in_words, allowed, self.doubt) if text)


NOTHING: Mapping[str, Lateness] = MappingProxyType({})  # by student


def duration(seconds: float) -> str:
    """A time in its two largest units: ``2 h``, ``1 d 3 h``, ``40 s``; below a second, ``less than 1 s``."""
    left, parts = int(seconds), []
    for unit, size in UNITS:
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {unit}")
        elif parts:
            break
    return " ".join(parts[:2]) or "less than 1 s"


def moment(time: datetime) -> str:
    """A time to the second, and to the minute where that is all of it."""
    return f"{time:%Y-%m-%d %H:%M:%S} UTC" if time.second else f"{time:%Y-%m-%d %H:%M} UTC"


def number(value: float) -> str:
    """Points without needless digits."""
    return f"{round(value, 2):g}"
