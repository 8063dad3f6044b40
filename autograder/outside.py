"""Exercises of an instructor's own: files in folders of theirs, which are trusted as the course's own modules are.

A file ``<name>.py`` binds ``exercise``, as a module under ``autograder/exercises`` does. What it defines counts as part
of ``autograder``, so that a student's function which uses it is told so.
"""

import importlib.abc
import importlib.util
import os
import sys
import traceback
from functools import cache
from hashlib import sha256
from pathlib import Path

import autograder.exercises
from autograder.errors import UserError
from autograder.exercise import Exercise

VARIABLE = "COURSE_EXERCISES"
FOLDER = "exercises"

Folders = tuple[Path, ...]


class ExerciseError(UserError):
    """An exercise cannot be used; the message says where the fault is."""


class _Source(importlib.abc.SourceLoader):
    """Compiles the text that it is given, and keeps no compiled file, which could be of an earlier text."""

    def __init__(self, path: Path, text: bytes):
        self.path, self.text = path, text

    def get_filename(self, fullname):
        return str(self.path)

    def get_data(self, path):
        return self.text


def folders_around(*places: Path) -> Folders:
    """Where exercises are looked for: the folders that the environment names, then ``exercises/`` in the places."""
    named = filter(None, os.environ.get(VARIABLE, "").split(os.pathsep))
    return (*(Path(name).expanduser().absolute() for name in named), *(place / FOLDER for place in places))


def names(folders: Folders) -> set[str]:
    """The exercises that the folders have files of; one that begins with an underscore is none."""
    files = (path for folder in folders for path in folder.glob("[!_]*.py"))
    return {path.stem for path in files if os.path.isfile(path)}


def file_of(name: str, folders: Folders) -> Path | None:
    """The file of the exercise ``name``, if a folder has one.

    Raises
    ------
    ExerciseError
        When several have.
    """
    having = [folder for folder in folders if os.path.isfile(folder / f"{name}.py")]
    files = [folder / f"{name}.py" for folder in dict.fromkeys(folder.resolve() for folder in having)]
    if len(files) > 1:
        raise ExerciseError(f"two exercises are called {name}: {files[0]} and {files[1]}; rename one of them")
    return files[0] if files else None


def exercise_in(path: Path) -> Exercise:
    """The exercise in a file, loaded anew when the file has changed.

    Raises
    ------
    ExerciseError
        When the file fails, or has no exercise of its name.
    """
    try:
        return _exercise_in(path, path.read_bytes())
    except OSError as error:
        raise ExerciseError(f"{path} cannot be read: {error.strerror}") from error


def is_loaded(file: str) -> bool:
    """Whether a code object's file is one that an exercise was loaded from."""
    return _module_name(file) in sys.modules


@cache
def _exercise_in(path: Path, text: bytes) -> Exercise:
    name = _module_name(str(path))
    spec = importlib.util.spec_from_file_location(name, path, loader=_Source(path, text))
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except ExerciseError:
        raise
    except (Exception, SystemExit) as error:
        raise ExerciseError(f"{path}{_line_of(error, path)}: {type(error).__name__}: {error}") from error
    exercise = getattr(module, "exercise", None)
    if not isinstance(exercise, Exercise):
        raise ExerciseError(f"{path} has no `exercise = Exercise(...)`")
    if exercise.name != path.stem:
        raise ExerciseError(f"{path} has an exercise called {exercise.name}: give file and exercise the same name")
    return exercise


def _module_name(file: str) -> str:
    return f"{autograder.exercises.__name__}.{sha256(file.encode(errors='replace')).hexdigest()[:16]}"


def _line_of(error: BaseException, path: Path) -> str:
    """The line of the file at which it stopped, as words of a message; empty when it is in none."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    if isinstance(error, SyntaxError) and error.filename == str(path):
        lines.append(error.lineno)
    return f", line {lines[-1]}" if lines else ""
