"""Only the student's answers survive; everything else is the instructor's own, and every change is said by name."""

import json

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.grading.submissions.assignment import grade_id
from autograder.grading.submissions.cells import MAX_ADDED, MAX_CELLS, MAX_SOURCE
from autograder.grading.submissions.restore import restore

ANSWER = "def sigmoid(z):\n    return 1 / (1 + np.exp(-z))"


def cell_of(notebook, name):
    return next(cell for cell in notebook.cells if grade_id(cell) == name)


def restored(assignment, notebook):
    return restore(assignment, json.dumps(notebook).encode())


def kinds(result):
    return [remark.kind for remark in result.remarks]


def test_an_honest_answer_is_pasted_into_the_source(assignment, released):
    cell_of(released, "sigmoid").source = ANSWER
    result = restored(assignment, released)
    assert result.remarks == ()
    assert result.blank == ("relu_backward", "why")
    assert cell_of(result.notebook, "sigmoid").source == ANSWER
    for cell, source in zip(result.notebook.cells, assignment.master.cells, strict=True):
        name = grade_id(source)
        if name in ("relu_backward", "why"):
            assert cell.source == cell_of(assignment.released, name).source
        elif name != "sigmoid":
            assert cell == source


def test_the_instructors_solution_never_stands_in_for_a_missing_one(assignment, released):
    released.cells = [cell for cell in released.cells if grade_id(cell) not in ("relu_backward", "why")]
    result = restored(assignment, released)
    assert kinds(result) == ["missing", "missing"]
    assert "np.where" not in nbformat.writes(result.notebook)
    assert "secret answer" not in nbformat.writes(result.notebook)


def test_the_original_stays_as_it_was(assignment, released):
    before = nbformat.writes(assignment.master)
    cell_of(released, "sigmoid").source = ANSWER
    restored(assignment, released).notebook.cells[0].source = "changed"
    assert nbformat.writes(assignment.master) == before


def test_tampered_check_cells_are_replaced_and_named(assignment, released):
    check = cell_of(released, "check-sigmoid")
    check.source, check.metadata.tags = "1.0", ["skip-execution"]
    check.metadata.nbgrader.points = 1000
    check.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "1000"})]
    cell_of(released, "check-relu_backward").cell_type = "markdown"
    result = restored(assignment, released)
    assert kinds(result) == ["tampered"]
    assert "check-sigmoid" in result.remarks[0].text
    for name in ("check-sigmoid", "check-relu_backward"):
        assert cell_of(result.notebook, name) == cell_of(assignment.master, name)


def test_deleted_moved_and_retyped_cells_are_named(assignment, released):
    cell_of(released, "sigmoid").cell_type = "raw"
    cell_of(released, "sigmoid").source = ANSWER
    released.cells = [cell for cell in released.cells if grade_id(cell) != "check-sigmoid"]
    released.cells.append(released.cells.pop(released.cells.index(cell_of(released, "relu_backward"))))
    result = restored(assignment, released)
    assert sorted(kinds(result)) == ["deleted", "moved", "retyped"]
    assert cell_of(result.notebook, "sigmoid").source == ANSWER
    assert [c.id for c in result.notebook.cells] == [c.id for c in assignment.master.cells]


@pytest.mark.parametrize(
    "texts, wins",
    [
        (["first", None], "first"),
        ([None, "second"], "second"),
        (["first", "second"], "first\n\nsecond"),
        (["second", "first", "second  "], "first\n\nsecond"),
        (["first", None, ""], "first"),
        ([None, None], None),
        (["first", "first   \n\n"], "first"),
    ],
)
def test_an_answer_that_was_split_or_copied_is_all_that_was_written(assignment, released, texts, wins):
    original = cell_of(released, "sigmoid")
    place = released.cells.index(original)
    stub = original.source
    released.cells[place : place + 1] = [
        nbformat.from_dict({**original, "source": stub if text is None else text}) for text in texts
    ]
    result = restored(assignment, released)
    assert kinds(result) == ["duplicated"]
    assert cell_of(result.notebook, "sigmoid").source.strip() == (wins or stub).strip()


def own_cell(source):
    return nbformat.v4.new_code_cell(source)


@pytest.mark.parametrize("stub", ["kept", "deleted", "emptied", "a comment in it"])
def test_an_answer_in_a_cell_of_its_own_counts(assignment, released, stub):
    cell = cell_of(released, "sigmoid")
    if stub == "deleted":
        released.cells.remove(cell)
    elif stub != "kept":
        cell.source = "" if stub == "emptied" else "# see below"
    released.cells += [own_cell("x = 3"), own_cell(ANSWER)]
    result = restored(assignment, released)
    assert ANSWER in cell_of(result.notebook, "sigmoid").source
    assert "own_cell" in kinds(result)
    assert "sigmoid" not in result.blank
    assert [text for _, text in result.added] == ["x = 3"]


def test_the_answer_cell_counts_where_it_defines_the_function(assignment, released):
    cell_of(released, "sigmoid").source = ANSWER
    released.cells.append(own_cell("def sigmoid(z):\n    return z"))
    result = restored(assignment, released)
    assert cell_of(result.notebook, "sigmoid").source == ANSWER
    assert kinds(result) == []


def test_cells_that_have_lost_their_metadata_are_known_by_their_ids(assignment, released):
    cell_of(released, "sigmoid").source = ANSWER
    cell_of(released, "why").source = "Because."
    for cell in released.cells:
        cell.metadata = {}
    result = restored(assignment, released)
    assert kinds(result) == []
    assert result.blank == ("relu_backward",)
    assert cell_of(result.notebook, "why").source == "Because."


def test_without_metadata_and_ids_answers_are_known_by_what_they_define(assignment, released):
    cell_of(released, "sigmoid").source = ANSWER
    for i, cell in enumerate(released.cells):
        cell.metadata, cell.id = {}, f"new{i}"
    result = restored(assignment, released)
    assert cell_of(result.notebook, "sigmoid").source == ANSWER
    assert "own_cell" in kinds(result)


def test_helpers_in_added_cells_are_kept_apart_from_the_notebook(assignment, released):
    helper = "def twice(x):\n    return 2 * x"
    released.cells.insert(2, nbformat.v4.new_code_cell(helper))
    released.cells.append(nbformat.v4.new_code_cell("plot(sigmoid(3))"))
    released.cells.insert(0, nbformat.v4.new_markdown_cell("import my notes"))
    result = restored(assignment, released)
    assert result.added == (("", helper), ("why", "plot(sigmoid(3))"))
    assert result.remarks == ()
    assert "def twice" not in nbformat.writes(result.notebook)


def test_too_many_helpers_are_not_read(assignment, released):
    released.cells += [nbformat.v4.new_code_cell(f"a{i} = {i}") for i in range(MAX_ADDED + 5)]
    result = restored(assignment, released)
    assert len(result.added) == MAX_ADDED
    assert kinds(result) == ["added", "own"]
    assert f"of {MAX_ADDED + 5} added cells" in result.remarks[0].text


def test_helpers_that_are_too_long_together_are_not_read(assignment, released):
    released.cells += [nbformat.v4.new_code_cell(f"a{i} = 1{' ' * (MAX_SOURCE // 3)}") for i in range(3)]
    result = restored(assignment, released)
    assert len(result.added) == 2
    assert kinds(result) == ["added", "own"]


def test_a_huge_answer_is_not_read(assignment, released):
    cell_of(released, "sigmoid").source = "#" * (MAX_SOURCE + 1)
    result = restored(assignment, released)
    assert kinds(result) == ["huge"]
    assert "sigmoid" in result.blank


@pytest.mark.parametrize(
    "data, words",
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"PK\x03\x04", "not JSON"),
        (b'{"cells": [', "not JSON"),
        (b"\xff\xfe{}", "not JSON"),
        (b"[" * 200_000, "nested too deeply"),
        (b"[" + b"[]," * 200_000 + b"[]]", "lacks the list of cells"),
        (b"[" + b"[]," * 600_000 + b"[]]", "more lists than a notebook can have"),
        (b"[]", "lacks the list of cells"),
        (b'{"worksheets": []}', "lacks the list of cells"),
        (b'{"cells": {}}', "lacks the list of cells"),
        (b'{"cells": []}', "another notebook"),
        (json.dumps({"cells": [{}] * (MAX_CELLS + 1)}).encode(), "cells; at most"),
    ],
)
def test_what_is_no_notebook_is_said(assignment, data, words):
    result = restore(assignment, data)
    assert result.notebook is None
    assert words in result.remarks[0].text


def test_format_3_is_read(assignment, released):
    answer = "def sigmoid(z):\n    return 7"
    cells = []
    for cell in released.cells:
        source = answer if grade_id(cell) == "sigmoid" else cell.source
        where = "input" if cell.cell_type == "code" else "source"
        cells.append({"cell_type": cell.cell_type, "metadata": cell.metadata, where: source})
    data = json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}]}).encode()
    assert cell_of(restore(assignment, data).notebook, "sigmoid").source == answer


def test_a_byte_order_mark_does_no_harm(assignment, released):
    assert restore(assignment, b"\xef\xbb\xbf" + nbformat.writes(released).encode()).remarks == ()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
fields = ("cell_type", "source", "metadata", "id", "outputs", "nbgrader", "grade_id")


@given(data=st.data())
def test_any_json_in_any_place_is_survived(assignment, data):
    content = json.loads(nbformat.writes(assignment.released))
    for _ in range(data.draw(st.integers(1, 4))):
        cell = data.draw(st.sampled_from(content["cells"]))
        if isinstance(cell, dict):
            target = data.draw(st.sampled_from([cell, cell.get("metadata"), cell.get("nbgrader")]))
            holder = target if isinstance(target, dict) else cell
            holder[data.draw(st.sampled_from(fields))] = data.draw(json_values)
        content["cells"][data.draw(st.integers(0, len(content["cells"]) - 1))] = data.draw(st.just(cell) | json_values)
    result = restore(assignment, json.dumps(content).encode())
    if result.notebook is not None:
        nbformat.validate(result.notebook)
        nbformat.writes(result.notebook).encode("utf-8")
        assert "secret answer" not in nbformat.writes(result.notebook)
