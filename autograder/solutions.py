"""The lessons' own solutions, read from the texts that the notebooks are built from."""

import ast
from functools import cache
from pathlib import Path

from autograder.catalogue import catalogue
from autograder.exercise import Exercise
from autograder.files import ROOT
from course_lib.units import ORDER, lesson_of


class Namespace(dict):
    """What the code of a lesson or of a module defines; a cache may keep what belongs to it."""

    def __hash__(self):
        return id(self)


def define(code: str | ast.Module, namespace: dict):
    """Run the definitions of a lesson of ours, or of a right answer of ours with a change in it; never a student's."""
    exec(compile(code, "<solution>", "exec"), namespace)


@cache
def solutions(unit: str) -> tuple[Namespace, dict[str, str]]:
    """What the functions of a unit's lesson may call, and their sources by name; empty where there is no lesson."""
    namespace = Namespace()
    define(text_of_solutions(unit), namespace)
    return namespace, _sources(unit)[1]


def text_of_solutions(unit: str) -> str:
    """The functions of a unit's lesson and what they import, as one text that can be run by itself."""
    imports, sources = _sources(unit)
    return "\n".join([*imports, *sources.values()])


@cache
def _sources(unit: str) -> tuple[list[str], dict[str, str]]:
    path = _text_of(unit)
    if path is None:
        return [], {}
    text = path.read_text(encoding="utf-8")
    lesson, lines = ast.parse(text).body, text.split("\n")
    imports = [ast.unparse(node) for node in lesson if isinstance(node, ast.Import)]
    functions = [node for node in lesson if isinstance(node, ast.FunctionDef)]
    return imports, {node.name: "\n".join(lines[node.lineno - 1 : node.end_lineno]) for node in functions}


@cache
def used_in_lesson(unit: str) -> frozenset[str]:
    """The names that a unit's lesson reads outside of its exercises, plainly or as in ``own.sigmoid``."""
    path = _text_of(unit)
    if path is None:
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    exercises = {exercise.name for exercise in catalogue(unit)}
    tree.body = [node for node in tree.body if getattr(node, "name", None) not in exercises]
    read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return frozenset(read | {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)})


def _text_of(unit: str) -> Path | None:
    path = ROOT / "notebooks" / "text" / f"{lesson_of(unit)}.py" if unit in ORDER else None
    return path if path and path.is_file() else None


def solution_of(exercise: Exercise) -> tuple[str, Namespace] | None:
    """The source of the lesson's solution, and what it may call; None for an exercise of no lesson here."""
    namespace, sources = solutions(exercise.unit)
    return (sources[exercise.name], namespace) if exercise.name in sources else None
