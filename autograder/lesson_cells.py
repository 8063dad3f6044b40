"""The short lines of a lesson's text, written out as the cells that nbgrader knows.

``# %% exercise="relu_backward"`` heads an answer, model solution included, and stands for two cells: the student's, and
the check that follows it, with the hidden cases and the points of the catalogue. ``# %% locked="setup"`` heads a cell
that students cannot edit. A text in which nothing is answered is a page, such as ``00_start_here``: it is built and
opened as a lesson is, and no assignment.

``part="more"`` at a heading says that its section, up to the next heading of its level or a higher one, may be left
out; at a cell without a heading it says so of that cell. A class may be given the rest alone.
"""

import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode  # takes seconds, for which no set-up cell of a learner's should wait

CHECK = "check-"
SETUP = "setup"
EXERCISE = "**Exercise.**"
SOLUTIONS_OFF = 'SOLUTIONS = "off"  # without this line, `solution` shows model answers to who has passed'
NEITHER = {"grade": False, "locked": False, "schema_version": 3, "solution": False, "task": False}

ANSWERED = re.compile(r'^# %%.*(\bexercise="|"(grade|solution)": ?true)', re.MULTILINE)


def assignments_in(folder: Path) -> list[str]:
    """The names of the texts in a folder that ask for answers, in their order; the others are pages."""
    return [path.stem for path in sorted(folder.glob("*.py")) if ANSWERED.search(path.read_text(encoding="utf-8"))]


def core_of(notebook: "NotebookNode", more: Collection[str]) -> "NotebookNode":
    """``notebook`` without what may be left out: what is marked so, and the exercises ``more``."""
    cells, above = [], 0  # the level of the heading whose section is left out
    for cell in notebook.cells:
        level = _heading(cell)
        if above and level and level <= above:
            above = 0
        marked = cell.metadata.get("part") == "more"
        if marked and not above:
            above = level
        if not (above or marked or cell.metadata.get("exercise") in more):
            cells.append(cell)
    notebook.cells = cells
    return notebook


def _heading(cell: "NotebookNode") -> int:
    """The level of the heading that a cell begins with, 1 to 6, else 0."""
    found = re.match(r"(#{1,6}) ", cell.source) if cell.cell_type == "markdown" else None
    return len(found[1]) if found else 0


def without_solutions(notebook: "NotebookNode") -> "NotebookNode":
    """``notebook`` with a line in its set-up cell that switches `autograder.learner.solution` off."""
    for cell in notebook.cells:
        if cell.metadata.get("locked") == SETUP:
            cell.source += f"\n\n{SOLUTIONS_OFF}"
    return notebook


def written_out(notebook: "NotebookNode", points: Mapping[str, float]) -> "NotebookNode":
    """``notebook`` with all short lines replaced. A name that the catalogue lacks gets no points."""
    cells = []
    for cell in notebook.cells:
        exercise, locked = cell.metadata.pop("exercise", None), cell.metadata.pop("locked", None)
        cell.metadata.pop("part", None)
        if exercise is not None:
            cell.metadata["nbgrader"] = {**NEITHER, "grade_id": exercise, "solution": True}
        elif locked is not None:
            cell.metadata["nbgrader"] = {**NEITHER, "grade_id": locked, "locked": True}
        cells.append(cell)
        if exercise is not None:
            cells.append(_check_of(exercise, points.get(exercise)))
    notebook.cells = cells
    return notebook


def with_times(notebook: "NotebookNode", described: Callable[[str], str]) -> "NotebookNode":
    """``notebook`` with "**Exercise.**", in the text before each answer, followed by what is ``described`` of it."""
    text = None
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            text = cell
        elif text and EXERCISE in text.source and cell.metadata.get("nbgrader", {}).get("solution"):
            described_so = described(cell.metadata["nbgrader"]["grade_id"])
            text.source = text.source.replace(EXERCISE, f"**Exercise** ({described_so}).", 1)
            text = None
    return notebook


def _check_of(exercise: str, points: float | None) -> "NotebookNode":
    graded = {**NEITHER, "grade": True, "grade_id": f"{CHECK}{exercise}", "locked": True, "points": points}
    from nbformat.v4 import new_code_cell

    source = f'check("{exercise}")\n### BEGIN HIDDEN TESTS\ncheck("{exercise}", seed=HIDDEN)\n### END HIDDEN TESTS'
    return new_code_cell(source, metadata={"nbgrader": graded})
