"""The short lines of a lesson's text, written out as the cells that nbgrader knows.

``# %% exercise="relu_backward"`` heads an answer, model solution included, and stands for two cells: the student's, and
the check that follows it, with the hidden cases and the points of the catalogue. ``# %% locked="setup"`` heads a cell
that students cannot edit. A text in which nothing is answered is a page, such as ``00_start_here``: it is built and
opened as a lesson is, and no assignment.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

CHECK = "check-"
NEITHER = {"grade": False, "locked": False, "schema_version": 3, "solution": False, "task": False}

ANSWERED = re.compile(r'^# %%.*(\bexercise="|"(grade|solution)": ?true)', re.MULTILINE)


def assignments_in(folder: Path) -> list[str]:
    """The names of the texts in a folder that ask for answers, in their order; the others are pages."""
    return [path.stem for path in sorted(folder.glob("*.py")) if ANSWERED.search(path.read_text(encoding="utf-8"))]


def written_out(notebook: NotebookNode, points: Mapping[str, float]) -> NotebookNode:
    """``notebook`` with all short lines replaced. A name that the catalogue lacks gets no points."""
    cells = []
    for cell in notebook.cells:
        exercise, locked = cell.metadata.pop("exercise", None), cell.metadata.pop("locked", None)
        if exercise is not None:
            cell.metadata["nbgrader"] = {**NEITHER, "grade_id": exercise, "solution": True}
        elif locked is not None:
            cell.metadata["nbgrader"] = {**NEITHER, "grade_id": locked, "locked": True}
        cells.append(cell)
        if exercise is not None:
            cells.append(_check_of(exercise, points.get(exercise)))
    notebook.cells = cells
    return notebook


def _check_of(exercise: str, points: float | None) -> NotebookNode:
    graded = {**NEITHER, "grade": True, "grade_id": f"{CHECK}{exercise}", "locked": True, "points": points}
    source = f'check("{exercise}")\n### BEGIN HIDDEN TESTS\ncheck("{exercise}", seed=HIDDEN)\n### END HIDDEN TESTS'
    return new_code_cell(source, metadata={"nbgrader": graded})
