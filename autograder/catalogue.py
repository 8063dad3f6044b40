"""All exercises, found by the names of their files.

The course's own are the modules ``autograder/exercises/<unit>/<name>.py``, without those whose names begin with ``_``;
an instructor's are in folders of theirs (``outside``). Where no folders are given, those count that the environment
names, and the one beside the notebook.
"""

import importlib
import pkgutil
from dataclasses import fields, replace
from functools import cache
from pathlib import Path

import autograder.exercises
from autograder import outside
from autograder.exercise import Exercise
from autograder.outside import ExerciseError, Folders, folders_around
from course_lib.units import ORDER


class UnknownExercise(ExerciseError):
    """No exercise has this name; the message lists those that there are, and says where they were looked for."""


@cache
def _modules() -> dict[str, str]:
    """Exercise name -> dotted module name, read from the files' names without importing them."""
    packages = pkgutil.walk_packages(autograder.exercises.__path__, "autograder.exercises.")
    modules: dict[str, str] = {}
    for found in packages:
        name = found.name.rpartition(".")[2]
        if name.startswith("_"):  # what exercises of its unit share, or have too much of for one file
            continue
        if name in modules and not found.ispkg:
            raise ImportError(f"two exercises are called {name}: {modules[name]} and {found.name}; rename one of them")
        if not found.ispkg:
            modules[name] = found.name
    return modules


def names(folders: Folders | None = None) -> frozenset[str]:
    """The names of all exercises."""
    return frozenset({*_modules(), *outside.names(_or_here(folders))})


def load(name: str, folders: Folders | None = None) -> Exercise:
    """The exercise called ``name``.

    Raises
    ------
    UnknownExercise, ExerciseError
        When there is none, or several, or its file fails.
    """
    folders = _or_here(folders)
    file = outside.file_of(name, folders)
    if file is None and name not in _modules():
        places = "".join(f", {folder.absolute()}" for folder in folders)
        there = ", ".join(sorted(names(folders)))
        raise UnknownExercise(f"no exercise is called {name!r}; there are: {there} (looked in: the course{places})")
    if file is None:
        return _own(name)
    exercise = outside.exercise_in(file)
    if name in _modules() and not all(case in exercise.cases for case in _own(name).cases):
        raise ExerciseError(
            f"two exercises are called {name}: {file} and {_own_file(name)}; rename yours, or, to add to the course's, "
            f"begin with `exercise = extend({name!r})`"
        )
    return exercise


def extend(name: str) -> Exercise:
    """A copy of one of the course's own exercises, for an instructor's file that adds to it."""
    exercise = _own(name)
    values = {field.name: getattr(exercise, field.name) for field in fields(exercise)}
    return replace(exercise, **{name: [*value] for name, value in values.items() if isinstance(value, list)})


def files_of(name: str, folders: Folders | None = None) -> tuple[Path, ...]:
    """The files in which an exercise stands: two, when an instructor's adds to the course's."""
    own = [_own_file(name)] if name in _modules() else []
    return (*own, *filter(None, [outside.file_of(name, _or_here(folders))]))


def found(folders: Folders | None = None) -> tuple[list[Exercise], list[ExerciseError]]:
    """All exercises, in the order of the course and of their names, then others; and why some could not be loaded."""
    exercises, errors = [], []
    for name in sorted(names(folders)):
        try:
            exercises.append(load(name, folders))
        except ExerciseError as error:
            errors.append(error)
    return sorted(exercises, key=_place), errors


def catalogue(unit: str | None = None) -> list[Exercise]:
    """The course's own exercises (of one unit), in the order of the course and of their names."""
    return [exercise for exercise in found(())[0] if unit in (None, exercise.unit)]


def _place(exercise: Exercise) -> tuple[int, str, str]:
    unit = exercise.unit
    return ORDER.index(unit) if unit in ORDER else len(ORDER), unit, exercise.name


def _own(name: str) -> Exercise:
    return importlib.import_module(_modules()[name]).exercise


def _own_file(name: str) -> Path:
    return Path(importlib.import_module(_modules()[name]).__file__)


def _or_here(folders: Folders | None) -> Folders:
    return folders_around(Path()) if folders is None else folders
