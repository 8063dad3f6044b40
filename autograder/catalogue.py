"""All exercises, found by the names of their modules: ``autograder/exercises/<unit>/<name>.py``."""

import importlib
import pkgutil
from functools import cache

import autograder.exercises
from autograder.exercise import Exercise
from course_lib.units import ORDER


@cache
def _modules() -> dict[str, str]:
    """Exercise name -> dotted module name, read from the files' names without importing them."""
    packages = pkgutil.walk_packages(autograder.exercises.__path__, "autograder.exercises.")
    modules: dict[str, str] = {}
    for found in packages:
        name = found.name.rpartition(".")[2]
        if name in modules and not found.ispkg:
            raise ImportError(f"two exercises are called {name}: {modules[name]} and {found.name}; rename one of them")
        if not found.ispkg:
            modules[name] = found.name
    return modules


def names() -> frozenset[str]:
    """The names of all exercises."""
    return frozenset(_modules())


def load(name: str) -> Exercise:
    """The exercise called ``name``.

    Raises
    ------
    KeyError
        When there is none; the message lists those that there are.
    """
    if name not in _modules():
        raise KeyError(f"no exercise is called {name!r}; there are: {', '.join(sorted(_modules()))}")
    return importlib.import_module(_modules()[name]).exercise


def catalogue(unit: str | None = None) -> list[Exercise]:
    """All exercises (of one unit), in the order of the course and of their names."""
    exercises = [load(name) for name in _modules()]
    return sorted((e for e in exercises if unit in (None, e.unit)), key=lambda e: (ORDER.index(e.unit), e.name))
