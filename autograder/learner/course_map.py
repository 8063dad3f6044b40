"""The units of the course as a table: what each is about, whether it stands, and how far the learner has come."""

import html
from dataclasses import dataclass
from importlib import import_module

from autograder.catalogue import catalogue
from autograder.learner.progress import progress
from course_lib.units import ORDER, built, lesson_of

HEADS = ("unit", "about", "core exercises", "done")
CELL = "text-align:left;vertical-align:top;padding:3px 14px 3px 0"


@dataclass(frozen=True)
class Row:
    """A unit: its title, and where it exists its notebook, its subject, its minutes of core exercises, what is done."""

    title: str
    notebook: str = ""
    about: str = "to come"
    minutes: int = 0
    done: str = ""


@dataclass(frozen=True)
class CourseMap:
    """All units, in the order of the course."""

    rows: tuple[Row, ...]

    def __str__(self) -> str:
        return "\n".join(f"{row.title}: {row.about}" for row in self.rows)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        heads = "".join(f'<th scope="col" style="{CELL}">{head}</th>' for head in HEADS)
        return f'<table style="font-size:inherit"><tr>{heads}</tr>{"".join(map(_as_html, self.rows))}</table>'


def course_map() -> CourseMap:
    """The units of the course, each with what you have done of it in this folder."""
    return CourseMap(tuple(_row(unit) for unit in ORDER))


def _row(unit: str) -> Row:
    title = lesson_of(unit).replace("_", " ")
    if unit not in built():
        return Row(title)
    about = import_module(f"course_lib.units.{unit}").__doc__.strip().split("\n")[0].partition(": ")[2].rstrip(".")
    minutes = sum(exercise.minutes for exercise in catalogue(unit) if exercise.part == "core")
    found = progress(unit)
    done = "; ".join(f"{found.done[part]} of {number} {part}" for part, number in found.exercises.items())
    return Row(title, f"{lesson_of(unit)}.ipynb", about, minutes, done)


def _as_html(row: Row) -> str:
    name = f'<a href="{row.notebook}">{html.escape(row.title)}</a>' if row.notebook else html.escape(row.title)
    time = f"{row.minutes} minutes" if row.minutes else ""
    cells = [name, html.escape(row.about), time, row.done]
    return f"<tr>{''.join(f'<td style={chr(34)}{CELL}{chr(34)}>{cell}</td>' for cell in cells)}</tr>"
