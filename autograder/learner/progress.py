"""How far the work has come: counted from a learner's own notebooks."""

import html
from dataclasses import dataclass
from pathlib import Path

from autograder.catalogue import ExerciseError, catalogue, load
from autograder.exercise import PARTS
from autograder.learner.results import Shares, all_shares, notebooks_of, points_asked
from course_lib.units import lesson_of, unit_named

WORDS = {"core": "Core", "more": "More"}


@dataclass(frozen=True)
class Progress:
    """Of one unit: the exercises done, and all, by part; points; the minutes that the rest of the core takes."""

    unit: str
    done: dict[str, int]
    exercises: dict[str, int]
    score: float
    points: float
    minutes_left: int

    @property
    def title(self) -> str:
        """Such as ``01 vanishing gradients``."""
        return lesson_of(self.unit).replace("_", " ")

    @property
    def _rest(self) -> str:
        rest = f"{self.score:.3g} of {self.points:g} points"
        if self.minutes_left:
            return f"{rest}; about {self.minutes_left} minutes of core exercises to go"
        return f"{rest}; the core is done" if self.exercises["core"] else rest

    def __str__(self) -> str:
        counts = [f"{WORDS[part]}: {self.done[part]} of {self.exercises[part]} exercises" for part in self._parts]
        return f"{self.title}. {'. '.join([*counts, self._rest])}."

    __repr__ = __str__

    def _repr_html_(self) -> str:
        bars = []
        for part in self._parts:
            done, total, name = self.done[part], self.exercises[part], WORDS[part]
            said = f"{done} of {total} exercises"
            bars.append(
                f'<span style="white-space:nowrap;margin-right:1.5em"><b>{name}</b> '
                f'<progress value="{done}" max="{total}" aria-label="{name}, {self.title}: {said}" '
                f'style="width:9em;vertical-align:middle"></progress> {said}</span>'
            )
        return f'<div style="line-height:1.8">{" ".join(bars)}<br>{html.escape(self._rest)}</div>'

    @property
    def _parts(self) -> list[str]:
        return [part for part in PARTS if self.exercises[part]]


def progress(unit: str) -> Progress:
    """How many of a unit's exercises you have passed, in this kernel or in the notebooks that are saved beside it.

    Parameters
    ----------
    unit : its name or number.

    Raises
    ------
    ValueError
        When there is no such unit.
    """
    unit = unit_named(str(unit))
    return counted(unit, Path(), all_shares(unit))


def counted(unit: str, folder: Path, shares: Shares) -> Progress:
    """The progress in a unit. Its notebooks in the folder say what is asked for; without any, that is all of it."""
    exercises = {exercise.name: exercise for exercise in catalogue(unit)}
    asked = points_asked(notebooks_of(unit, folder)) or {name: one.points for name, one in exercises.items()}
    done, total, score, minutes = dict.fromkeys(PARTS, 0), dict.fromkeys(PARTS, 0), 0.0, 0
    for name, points in asked.items():
        part, takes = _part_and_minutes(name)
        share = shares.get(name, 0.0)
        total[part] += 1
        done[part] += share == 1
        score += share * points
        minutes += takes if part == "core" and share < 1 else 0
    return Progress(unit, done, total, score, sum(asked.values()), minutes)


def _part_and_minutes(name: str) -> tuple[str, int]:
    try:
        exercise = load(name)
    except ExerciseError:  # of a notebook from elsewhere
        return "core", 0
    return exercise.part, exercise.minutes
