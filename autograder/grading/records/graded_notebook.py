"""The notebook that a human who grades opens in formgrader: answers, our reports, and the student's own cells."""

from collections import defaultdict

import nbformat

from autograder.grading.judging.disclosure import for_student
from autograder.grading.judging.grade_submission import Result
from autograder.grading.reports.pictures import NO_PICTURES, Pictures
from autograder.grading.submissions.assignment import Assignment, grade_id
from autograder.grading.submissions.own_cells import OwnCell, answers_in
from autograder.report import Report, readable, render_html

LABEL = "**The student's own {}:**"


def graded_notebook(assignment: Assignment, result: Result, pictures: Pictures = NO_PICTURES) -> nbformat.NotebookNode:
    """The notebook with the student's answers and pictures, and with our reports as the outputs of the check cells.

    nbgrader's feedback is made of it, so it tells no more than our own feedback page. Of the outputs that the student
    had, only raster pictures are kept: text of theirs there could pass for a verdict, HTML could act. Cells that the
    student added stand where they stood, under a line that says so; they are not graded.

    Parameters
    ----------
    pictures : of the notebook as submitted.
    """
    types = {grade_id(cell): cell.cell_type for cell in assignment.master.cells if grade_id(cell) in result.answers}
    shown = pictures.named(answers_in(result.own)).fields(types)
    answers = {name: {"source": answer, **shown.get(name, {})} for name, answer in result.answers.items()}
    outputs = {
        name: {"outputs": [_output(for_student(report, result.public.get(name)))]}
        for name, report in result.reports.items()
    }
    notebook = assignment.filled(answers | outputs)
    behind = defaultdict(list)
    for cell in result.own:
        if not cell.answer:
            behind[cell.behind].append(cell)
    cells = _added(behind[-1], pictures)
    for place, cell in enumerate(notebook.cells):
        cells += [cell, *_added(behind[place], pictures)]
    return nbformat.NotebookNode({**notebook, "cells": cells})


def _added(own: list[OwnCell], pictures: Pictures) -> list[nbformat.NotebookNode]:
    if not own:
        return []
    label = LABEL.format("cell" if len(own) == 1 else f"{len(own)} cells")
    cells = [{"cell_type": "markdown", "source": label, "metadata": {}, "id": f"own-{own[0].index}-label"}]
    for cell in own:
        empty = {"outputs": [], "execution_count": None} if cell.kind == "code" else {}
        fields = {"cell_type": cell.kind, "source": readable(cell.text), "metadata": {}, "id": f"own-{cell.index}"}
        cells.append({**fields, **empty, **pictures.fields_of(cell.index, cell.kind)})
    return [nbformat.from_dict(cell) for cell in cells]


def _output(report: Report) -> nbformat.NotebookNode:
    data = {"text/html": render_html(report), "text/plain": str(float(report.score))}
    return nbformat.from_dict({"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": None})
