"""The lesson's own answer to an exercise, for those who have passed it or have read its last hint."""

import sys
from dataclasses import dataclass

from autograder.catalogue import load
from autograder.learner.results import all_shares
from autograder.report import CODE_STYLE, escape
from autograder.solutions import solution_of
from course_lib import store


@dataclass(frozen=True)
class Shown:
    """A sentence, and perhaps a model answer above it."""

    sentence: str
    code: str = ""

    def __str__(self) -> str:
        return "\n\n".join(filter(None, [self.code, self.sentence]))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        code = f'<pre style="{CODE_STYLE}">{escape(self.code)}</pre>' if self.code else ""
        return f'<div role="status" style="line-height:1.5;max-width:56em">{code}{escape(self.sentence)}</div>'


def solution(name: str, *, confirm: bool = False) -> Shown:
    """The lesson's answer to the exercise ``name``, and why it is right.

    It is shown to who has passed the check, in this kernel or in a notebook that was saved in this folder, and to who
    has read the last hint and says ``confirm=True``. ``SOLUTIONS = "off"`` in the notebook switches it off.

    Raises
    ------
    UnknownExercise
        When no exercise has this name.
    """
    exercise = load(name)
    if sys._getframe(1).f_globals.get("SOLUTIONS") == "off":
        return Shown("Model answers are switched off in this notebook.")
    found = solution_of(exercise)
    if found is None:
        return Shown(f"There is no model answer to {name} on this machine.")
    if all_shares(exercise.unit).get(name) != 1:
        last = len(exercise.hints)
        if not _last_hint_was_shown(name, last):
            return Shown(f'Not yet: first pass check("{name}"), or read the hints, up to hint("{name}", {last}).')
        if not confirm:
            return Shown(
                f'You have read the last hint. One more try of your own? If not: solution("{name}", confirm=True)'
            )
    return Shown(exercise.reasoning, _without_marks(found[0]))


def _last_hint_was_shown(name: str, last: int) -> bool:
    number = store.entries(store.HINTS).get(name)
    return isinstance(number, int) and number >= last


def _without_marks(source: str) -> str:
    return "\n".join(line for line in source.splitlines() if not line.strip().startswith("### "))
