"""Which assignment a command is about: the one that is named, else the only one that is there."""

import os
from collections.abc import Iterable
from pathlib import Path

import click

from autograder.errors import UserError
from autograder.files import ROOT
from autograder.lesson_cells import assignments_in
from course_lib.units import lesson_of, unit_named

ALL = "all"
OPTION = click.option(
    "--assignment",
    "named",
    default="",
    metavar="NAME",
    help="A notebook's name, or a unit's name or number. [default: the only assignment there is]",
)


def lessons() -> list[str]:
    """The assignments of this repository, in the order of the course."""
    return assignments_in(ROOT / "notebooks" / "text")


def handed_in(named: str, course, submissions: Path | None) -> str:
    """The assignment that ``course grade`` is about.

    Parameters
    ----------
    named : what was said with ``--assignment``, or nothing.
    course : the course folder, if there is one; its assignments count instead of this repository's.
    submissions : what is graded, if it was said.
    """
    known = sources(course) or lessons()
    return _chosen(named, known, _present(known, submissions or (course and course.submitted)))


def all_handed_in(named: str, course, submissions: Path | None) -> list[str]:
    """The assignments that ``course grade`` is about: one, or with ``all`` each that somebody has handed in.

    Parameters as of ``handed_in``.
    """
    known = sources(course) or lessons()
    if named != ALL or ALL in known:
        return notebooks_of(course, handed_in(named, course, submissions))
    folder = submissions or (course and course.submitted)
    if found := _present(known, folder):
        return [name for assignment in found for name in notebooks_of(course, assignment)]
    raise UserError(f"{folder} holds none of {', '.join(known)} in nbgrader's layout, STUDENT/ASSIGNMENT/NOTEBOOK")


def in_source(named: str, course) -> str:
    """The assignment whose source a command is about. Parameters as of ``handed_in``."""
    known = sources(course) if course else lessons()
    name = _chosen(named, known, [])
    if name not in known:
        raise UserError(f"there is no source of {name}; there are: {', '.join(known) or 'none'}")
    return name


def notebooks_of(course, assignment: str) -> list[str]:
    """What the notebooks of an assignment are called: like it, or ``ASSIGNMENT.NOTEBOOK`` where there are several."""
    from autograder.grading.classroom.nbgrader_course import names_of

    return names_of(course, assignment)


def whole(course, names: Iterable[str]) -> dict[str, list[str]]:
    """The assignments whose notebooks are among some names, each with those of them that are."""
    within = {name: assignment for assignment in sources(course) for name in notebooks_of(course, assignment)}
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(within.get(name, name), []).append(name)
    return found


def graded(named: str, course, out: Path) -> str:
    """The assignment whose results in ``out`` a command is about. Parameters as of ``handed_in``."""
    present = whole(course, graded_in(out))
    if not (named or present):  # whichever is meant, there is nothing of it
        raise UserError(f"{out} has no results: run `course grade` first, or name with --out the folder that has them")
    return _chosen(named, sources(course) or lessons(), present)


def graded_notebooks(named: str, course, out: Path) -> list[str]:
    """What the notebooks of that assignment are called, of which there are results."""
    chosen = graded(named, course, out)
    return whole(course, graded_in(out)).get(chosen, [chosen])


def all_graded(named: str, course, out: Path) -> list[str]:
    """The assignments with results in ``out`` that a command is about: one, or with ``all`` each of them."""
    return graded_in(out) if named == ALL and graded_in(out) else graded_notebooks(named, course, out)


def graded_in(out: Path) -> list[str]:
    """The assignments that `course grade` has results of in a folder."""
    from autograder.grading.records.results import SUFFIX

    return sorted(path.name.removesuffix(SUFFIX) for path in out.glob(f"*{SUFFIX}"))


def booked(named: str, course, out: Path, db_url: str) -> str:
    """The assignment in the gradebook that a command is about. Parameters as of ``handed_in``."""
    from autograder.grading.class_report import booked_assignments

    return _chosen(named, sources(course) or lessons(), [] if named else booked_assignments(out, db_url))


def named_assignment(text: str, own: Iterable[str] = ()) -> str:
    """The assignment that a name means: one of ``own``, else the lesson of the unit that it means, else itself."""
    if text in own:
        return text
    try:
        return lesson_of(unit_named(text))
    except ValueError:
        return text


def sources(course) -> list[str]:
    """The assignments of a course folder."""
    if course is None:
        return []
    return sorted({path.parent.name for path in course.source.glob("[!.]*/*.ipynb")})


def _present(known: list[str], folder: Path | None) -> list[str]:
    """Those assignments that some student in a folder of submissions has handed in."""
    students = list(folder.iterdir()) if folder and folder.is_dir() else []
    return [name for name in known if any(os.path.lexists(path / name) for path in students)]


def _chosen(named: str, known: list[str], present: Iterable[str]) -> str:
    """What is named; else the only one of those that are present, or of those that could be."""
    present = list(present)
    if named:
        return named_assignment(named, [*known, *present])
    candidates = present or known
    if len(candidates) != 1:
        there = f"there are {', '.join(candidates)}" if candidates else "there is no assignment here"
        raise UserError(f"{there}: say which one you mean with --assignment NAME")
    return candidates[0]
