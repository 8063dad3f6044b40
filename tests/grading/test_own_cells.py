"""What students wrote in cells of their own is kept for the human who grades, in its place, and within bounds."""

import base64
import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell
from pages import PNG

from autograder.grading.judging.grade_submission import Result
from autograder.grading.records.graded_notebook import graded_notebook
from autograder.grading.reports.pictures import pictures_of
from autograder.grading.submissions.assignment import grade_id
from autograder.grading.submissions.cells import MAX_ADDED, MAX_SOURCE
from autograder.grading.submissions.restore import restore

TEXT = "**My explanation**: $a(1-a) \\le 1/4$"


def plot():
    png = {"image/png": base64.b64encode(PNG).decode(), "text/html": "<script>x</script>"}
    output = nbformat.v4.new_output("display_data", png)
    return new_code_cell("plt.plot([1, 2])", outputs=[output])


def place_of(notebook, name):
    return next(i for i, cell in enumerate(notebook.cells) if grade_id(cell) == name)


def graded(assignment, notebook):
    """The notebook that formgrader shows, and what was found in the student's."""
    data = json.dumps(notebook).encode()
    found = restore(assignment, data)
    answers = {grade_id(c): c.source for c in found.notebook.cells if grade_id(c) in assignment.solution_ids}
    result = Result("ada", {}, found.remarks, answers, found.blank, "", 0.0, own=found.own)
    shown = graded_notebook(assignment, result, pictures_of(data))
    nbformat.validate(nbformat.from_dict(shown))
    return shown, found


def test_added_cells_stand_where_they_stood_with_their_pictures(assignment, released):
    place = place_of(released, "why")
    released.cells[place].source = "See the two cells below."
    released.cells += [new_markdown_cell(TEXT), plot()]
    released.cells.insert(0, new_markdown_cell("# First of all"))
    shown, found = graded(assignment, released)
    assert "why" not in found.blank
    label, text, picture = shown.cells[place_of(shown, "why") + 1 :]
    assert "own 2 cells" in label.source
    assert text.source == TEXT
    assert picture.source == "plt.plot([1, 2])"
    assert list(picture.outputs[0].data) == ["image/png"]
    assert [cell.source for cell in shown.cells[:2]] == ["**The student's own cell:**", "# First of all"]
    assert "<script>" not in nbformat.writes(nbformat.from_dict(shown))


def test_of_a_cell_that_the_student_changed_what_became_of_it_is_shown(assignment, released):
    place = next(i for i, cell in enumerate(released.cells) if cell.source.startswith("figure ="))
    released.cells[place].source = "figure = my_own()"
    shown, _ = graded(assignment, released)
    sources = [cell.source for cell in shown.cells]
    at = sources.index("figure = my_own()")
    assert sources[at - 2].startswith("figure = activations")


def retyped(notebook, *cells):
    """The written answer was deleted, and typed anew."""
    place = place_of(notebook, "why")
    notebook.cells[place : place + 1] = cells


@pytest.mark.parametrize("new", [new_markdown_cell, new_raw_cell])
def test_a_retyped_answer_waits_for_a_human_in_its_place(assignment, released, new):
    retyped(released, new("Because."), plot())
    shown, found = graded(assignment, released)
    assert "why" not in found.blank
    assert [remark.kind for remark in found.remarks if remark.kind in ("own_cell", "missing")] == ["own_cell"]
    place = place_of(shown, "why")
    assert shown.cells[place].source == "Because."
    assert "Because." not in [cell.source for cell in shown.cells[place + 1 :]]
    assert [cell.source for cell in shown.cells[place + 2 :]] == ["plt.plot([1, 2])"]


def test_the_pictures_of_a_retyped_answer_come_with_it(assignment, released):
    cell = new_markdown_cell("![it](attachment:a.png)")
    cell["attachments"] = {"a.png": {"image/png": base64.b64encode(PNG).decode()}}
    retyped(released, cell)
    shown, _ = graded(assignment, released)
    assert list(shown.cells[place_of(shown, "why")].attachments) == ["a.png"]


def test_an_answer_below_the_untouched_cell_waits_for_a_human(assignment, released):
    released.cells.insert(place_of(released, "why") + 1, new_markdown_cell("Because."))
    shown, found = graded(assignment, released)
    assert "why" not in found.blank
    assert shown.cells[place_of(shown, "why")].source == "Because."


def test_a_missing_answer_may_stand_anywhere_among_the_added_cells(assignment, released):
    retyped(released)
    released.cells.insert(2, new_markdown_cell("Why: because."))
    _, found = graded(assignment, released)
    assert "why" not in found.blank
    assert any("a human looks for it" in remark.text for remark in found.remarks)


def test_where_nothing_was_written_nothing_waits(assignment, released):
    retyped(released, plot())
    _, found = graded(assignment, released)
    assert "why" in found.blank
    assert any("not answered" in remark.text for remark in found.remarks)


def test_what_is_shown_is_bounded(assignment, released):
    released.cells[1:1] = [new_markdown_cell(f"note {i}") for i in range(MAX_ADDED + 5)]
    released.cells.insert(1, new_markdown_cell("x" * (MAX_SOURCE + 1)))
    shown, found = graded(assignment, released)
    assert len(shown.cells) <= len(assignment.master.cells) + MAX_ADDED + 2
    assert max(len(cell.source) for cell in shown.cells) <= MAX_SOURCE
    assert any(remark.kind == "own" for remark in found.remarks)


def test_without_metadata_and_ids_a_written_answer_is_known_by_its_neighbours(assignment, released):
    released.cells[place_of(released, "why")].source = "Because."
    released.cells[place_of(released, "sigmoid")].source = "def sigmoid(z):\n    return 1 / (1 + np.exp(-z))"
    for i, cell in enumerate(released.cells):
        cell.metadata, cell.id = {}, f"new{i}"
    shown, found = graded(assignment, released)
    assert "why" not in found.blank
    assert shown.cells[place_of(shown, "why")].source == "Because."
