"""An assignment as nbgrader knows it: the master copy that is graded against, and what the students got."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests

from autograder.catalogue import files_of, load
from autograder.exercise import Exercise
from autograder.files import ROOT
from autograder.lesson_cells import CHECK, assignments_in
from autograder.outside import Folders, folders_around
from autograder.release import PREPROCESSORS, source_notebook

# What nbgrader has done to a notebook by the time it records the cells in its gradebook.
TO_MASTER = PREPROCESSORS[: PREPROCESSORS.index(ClearHiddenTests)]
TO_RELEASE = PREPROCESSORS[len(TO_MASTER) :]


@dataclass(frozen=True)
class Assignment:
    """``master`` has the hidden tests, but no solution: whatever goes wrong, none can be mistaken for a student's.

    ``folders`` may hold exercises of the instructor's own. They are paths, and exercises are loaded when they are asked
    for, so that every process which grades can do so.

    Of an assignment with several notebooks each is one here: ``within`` is nbgrader's name of the assignment, and
    ``name`` that and the notebook's, with a dot between; ``siblings`` are the other notebooks.
    """

    name: str
    master: NotebookNode
    released: NotebookNode
    folders: Folders = ()
    within: str = ""
    siblings: tuple[str, ...] = ()

    @property
    def booked_as(self) -> str:
        """nbgrader's name of the assignment: that of its folder, and in the gradebook."""
        return self.within or self.name

    @property
    def notebook(self) -> str:
        """nbgrader's name of the notebook: that of its file, without the ending."""
        return self.name.removeprefix(f"{self.within}.") if self.within else self.name

    @property
    def page(self) -> str:
        """Where nbgrader keeps the notebook in the folder of a student, and a page of it, without the ending."""
        return f"{self.booked_as}/{self.notebook}"

    @cached_property
    def released_text(self) -> dict[str, str]:
        """What every cell with a grade_id looked like for the students."""
        return {grade_id(cell): cell.source for cell in self.released.cells if grade_id(cell)}

    @cached_property
    def solution_ids(self) -> tuple[str, ...]:
        """The cells that students write into, in their order."""
        return tuple(grade_id(cell) for cell in self.master.cells if is_solution(cell))

    @cached_property
    def check_ids(self) -> dict[str, str]:
        """The cells that are graded by an exercise: grade_id -> name of the exercise."""
        return {name: name.removeprefix(CHECK) for name in self._tests if name.startswith(CHECK)}

    @cached_property
    def test_ids(self) -> dict[str, float]:
        """The ordinary test cells, which no exercise judges: grade_id -> points."""
        return {name: points for name, points in self._tests.items() if not name.startswith(CHECK)}

    @property
    def points(self) -> float:
        """What can be earned without a human: by exercises and test cells."""
        return sum(exercise.points for exercise in self.exercises().values()) + sum(self.test_ids.values())

    @cached_property
    def _tests(self) -> dict[str, float]:
        tests = [cell for cell in self.master.cells if is_graded(cell) and not is_solution(cell)]
        return {
            grade_id(cell): float(cell.metadata["nbgrader"]["points"])
            for cell in tests
            if not cell.metadata["nbgrader"].get("task", False)
        }

    @cached_property
    def manual_ids(self) -> tuple[str, ...]:
        """The cells that a human reads: written by the student, and worth points."""
        return tuple(grade_id(cell) for cell in self.master.cells if is_graded(cell) and is_solution(cell))

    def filled(self, fields: Mapping[str, Mapping[str, object]]) -> NotebookNode:
        """The master with some fields of some cells replaced, by grade_id; their metadata are the master's own."""
        cells = [NotebookNode({**cell, **fields.get(grade_id(cell), {})}) for cell in self.master.cells]
        return NotebookNode({**self.master, "cells": cells})

    def worth(self, points: Mapping[str, float]) -> "Assignment":
        """The same with other points for some cells, by grade_id."""

        def changed(notebook: NotebookNode) -> NotebookNode:
            copy = copy_notebook(notebook)
            for cell in copy.cells:
                if grade_id(cell) in points:
                    cell.metadata["nbgrader"]["points"] = points[grade_id(cell)]
            return copy

        return replace(self, master=changed(self.master), released=changed(self.released)) if points else self

    def exercises(self) -> dict[str, Exercise]:
        """The exercise of every check cell, by grade_id, worth what the cell says."""
        checks = self.check_ids.items()
        return {name: _worth(load(exercise, self.folders), self._tests[name]) for name, exercise in checks}

    def files(self) -> dict[str, tuple[Path, ...]]:
        """The files of the exercise of every check cell, by grade_id."""
        return {name: files_of(exercise, self.folders) for name, exercise in self.check_ids.items()}


def load_assignment(name: str, root: Path = ROOT) -> Assignment:
    """The assignment whose source is ``notebooks/text/<name>.py``.

    Raises
    ------
    FileNotFoundError
        When there is none; the message names those that there are.
    """
    folder = root / "notebooks" / "text"
    names = assignments_in(folder)
    if name not in names:
        raise FileNotFoundError(f"no assignment is called {name!r}; there are: {', '.join(names) or 'none'}")
    return read_assignment(folder / f"{name}.py")


def read_assignment(
    path: Path, course: Path | None = None, within: str = "", siblings: tuple[str, ...] = ()
) -> Assignment:
    """The assignment in a source notebook, text or ``.ipynb``; or one of its notebooks, where it has several.

    Exercises of the instructor's own may be in the folders of the environment, in ``exercises/`` beside the source, and
    in that of the ``course`` folder, if there is one: nowhere that a submission is put.
    """
    folders = folders_around(*(place.absolute() for place in (path.parent, course) if place))
    master = _apply(TO_MASTER, source_notebook(path, folders=folders))
    name = f"{within}.{path.stem}" if within else path.stem
    return Assignment(name, master, _apply(TO_RELEASE, master), folders, within, siblings)


def notebooks_in(folder: Path) -> list[str]:
    """The notebooks of an assignment that is a folder: those with something to grade, in the order of their names.

    One that is called like the folder comes alone where no other is graded; what students only read is not among them.
    """
    found = sorted(path for path in folder.glob("*.ipynb") if path.is_file())
    return [path.stem for path in found if len(found) == 1 or _is_worth_points(path)]


def _is_worth_points(path: Path) -> bool:
    try:
        cells = json.loads(path.read_bytes())["cells"]
        return any(cell.get("metadata", {}).get("nbgrader", {}).get("grade") for cell in cells)
    except (ValueError, TypeError, KeyError, AttributeError):
        return True  # who grades it, says what is wrong with it


def copy_notebook(notebook: NotebookNode) -> NotebookNode:
    """A copy that shares nothing with the original."""
    return nbformat.from_dict(json.loads(json.dumps(notebook)))


def grade_id(cell: NotebookNode) -> str:
    """nbgrader's name of one of our cells, or an empty string."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def is_solution(cell: NotebookNode) -> bool:
    """Whether students write into this cell."""
    return bool(cell.metadata.get("nbgrader", {}).get("solution", False))


def is_graded(cell: NotebookNode) -> bool:
    """Whether this cell is worth points."""
    return bool(cell.metadata.get("nbgrader", {}).get("grade", False))


@cache
def _worth(exercise: Exercise, points: float) -> Exercise:
    return replace(exercise, points=points)


def _apply(preprocessors, notebook: NotebookNode) -> NotebookNode:
    notebook, resources = copy_notebook(notebook), {}
    for preprocessor in preprocessors:
        notebook, resources = preprocessor()(notebook, resources)
    return notebook
