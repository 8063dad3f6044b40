"""A notebook that was rearranged, relabelled or broken earns what its answers earn, and never more."""

import json
import uuid

import nbformat
import pytest
from arena import RIGHT, VICTIM
from nbformat import NotebookNode
from thrift import rest_in_soak

from autograder.grading.submissions.assignment import grade_id, is_graded, is_solution

pytestmark = pytest.mark.sandbox

WRONG = {VICTIM: "def relu_backward(dout, z):\n    return z"}
HONEST = 1.0  # the other answer is right
FORGED = [
    nbformat.v4.new_output("execute_result", {"text/plain": "1000.0", "text/html": "<script>CANARY</script>"}),
    nbformat.v4.new_output("stream", text="1000.0"),
]


def cell(notebook: NotebookNode, name: str) -> NotebookNode:
    return next(c for c in notebook.cells if grade_id(c) == name)


def checks(notebook: NotebookNode) -> list[NotebookNode]:
    return [c for c in notebook.cells if is_graded(c) and not is_solution(c)]


def skip_execution(notebook):
    """Test cells tagged as not to be run."""
    for check in notebook.cells:
        check.metadata.tags = ["skip-execution", "raises-exception", "remove-cell"]


def prefilled_outputs(notebook):
    """Test cells with outputs of full marks, already there."""
    for check in checks(notebook):
        check.outputs, check.execution_count, check.metadata.tags = FORGED, 1, ["skip-execution"]


def more_points(notebook):
    """Test cells worth a thousand points."""
    for check in checks(notebook):
        check.metadata.nbgrader.points = 1000
        check.metadata.nbgrader.schema_version = 1


def other_tests(notebook):
    """Test cells that test nothing."""
    for check in checks(notebook):
        check.source = "1000.0"
        check.metadata.nbgrader.locked, check.metadata.nbgrader.checksum = False, "0" * 32


def swapped_names(notebook):
    """The right answer under the name of the wrong one, and the other way round."""
    one, other = cell(notebook, "check-sigmoid"), cell(notebook, "check-relu_backward")
    one.metadata.nbgrader.grade_id, other.metadata.nbgrader.grade_id = "check-relu_backward", "check-sigmoid"


def easier_name(notebook):
    """The wrong answer's cells renamed, so that the right answer is graded twice."""
    for name in (VICTIM, f"check-{VICTIM}"):
        cell(notebook, name).metadata.nbgrader.grade_id = name.replace(VICTIM, "sigmoid")


def deleted_tests(notebook):
    """No test cells at all."""
    notebook.cells = [c for c in notebook.cells if c not in checks(notebook)]


def deleted_failure(notebook):
    """The wrong answer and its test deleted: what is not there cannot fail."""
    notebook.cells = [c for c in notebook.cells if VICTIM not in grade_id(c)]


def duplicated_success(notebook):
    """The right answer and its test a hundred times."""
    twice = [c for c in notebook.cells if "sigmoid" in grade_id(c)]
    notebook.cells += [nbformat.from_dict({**c, "id": uuid.uuid4().hex[:8]}) for _ in range(100) for c in twice]


def second_solution(notebook):
    """Many versions of the answer: the last that was changed is the one in force."""
    answer = cell(notebook, VICTIM)
    versions = [RIGHT[VICTIM], "def relu_backward(dout, z):\n    return None"]
    notebook.cells += [nbformat.from_dict({**answer, "source": source}) for source in versions]


def retyped(notebook):
    """Every code cell a markdown or raw cell, and the other way round."""
    for c in notebook.cells:
        c.cell_type = {"code": "raw", "markdown": "code"}.get(c.cell_type, "nonsense")


def made_manual(notebook):
    """Tests turned into cells that a human grades, and into tasks."""
    for check in checks(notebook):
        check.metadata.nbgrader.solution = check.metadata.nbgrader.task = True


def reversed_cells(notebook):
    """All cells in the opposite order."""
    notebook.cells.reverse()


def other_kernel(notebook):
    """A kernel that runs a program of the student's, and other languages."""
    notebook.metadata.kernelspec = {"name": "../../evil", "display_name": "<script>", "argv": ["/bin/sh"]}
    notebook.metadata.language_info = {"name": "bash", "file_extension": ".sh", "pygments_lexer": "../../x"}


def other_version(notebook):
    """A version of the format that there is none of."""
    notebook.nbformat, notebook.nbformat_minor = 3, -7


def attachments(notebook):
    """Attachments and metadata with pages in them, on every cell."""
    for c in notebook.cells:
        c.attachments = {"x.svg": {"image/svg+xml": "<svg onload=alert(1)>"}}
        c.metadata.update({"collapsed": "<script>", "nbgrader_extra": [[[]]], "slideshow": 7})
        c.id = "<img src=x onerror=alert(1)>"


def added_grades(notebook):
    """Cells of the student's own invention that claim to be graded."""
    mark = {"grade": True, "locked": True, "points": 100, "schema_version": 3, "solution": False, "task": False}
    for name in ("bonus", "check-elu", "__class__", "../../x", ""):
        extra = nbformat.v4.new_code_cell("100.0", metadata={"nbgrader": {**mark, "grade_id": name}}, outputs=FORGED)
        notebook.cells.append(extra)


def strange_names(notebook):
    """Grade ids that are no text."""
    for value in (None, 7, [], {"a": 1}, True, VICTIM.upper(), f"{VICTIM}\u200b", f" {VICTIM}"):
        notebook.cells.append({"cell_type": "code", "source": "1", "metadata": {"nbgrader": {"grade_id": value}}})


def strange_sources(notebook):
    """Sources that are no text: numbers, dicts, nested lists, lone surrogates, NULs."""
    for source in (7, None, {"a": 1}, [["x"], 7, None], "\ud800\udfff", "x\0y", ["\x00"], True):
        notebook.cells.append({"cell_type": "code", "source": source, "metadata": {}})
        notebook.cells.append({**cell(notebook, VICTIM), "source": source})


def cells_that_are_none(notebook):
    """Things among the cells that are no cells."""
    notebook.cells += [None, 7, "cell", [], {}, {"cell_type": []}, {"metadata": 7}, {"metadata": {"nbgrader": []}}]


def redefined_in_added_cells(notebook):
    """Added cells before and after that redefine what the lesson and the other answers use."""
    poison = "import numpy as np\ndef np_where(*_): return 0\nSCALE = 0\nclass check: pass\ndef sigmoid(z): return None"
    notebook.cells.insert(0, nbformat.v4.new_code_cell(poison))
    notebook.cells.append(nbformat.v4.new_code_cell(poison))


def cells_that_end_the_process(notebook):
    """Two hundred added cells, each of which ends the process that runs it."""
    code = "def f{}(x=__import__('os')._exit(1)): pass"
    notebook.cells += [nbformat.v4.new_code_cell(code.format(number)) for number in range(200)]


def cells_that_never_end(notebook):
    """Two hundred added cells, each of which runs for ever."""
    code = "def f{}(x=[0 for _ in iter(int, 1)]): pass"
    notebook.cells += [nbformat.v4.new_code_cell(code.format(number)) for number in range(200)]


CHANGES = [
    skip_execution, prefilled_outputs, more_points, other_tests, swapped_names, easier_name, deleted_tests,
    deleted_failure, duplicated_success, second_solution, retyped, made_manual, reversed_cells, other_kernel,
    other_version, attachments, added_grades, strange_names, strange_sources, cells_that_are_none,
    redefined_in_added_cells, cells_that_end_the_process, cells_that_never_end,
]  # fmt: skip


# the last two wait for limits of seconds
@pytest.mark.parametrize("change", rest_in_soak(CHANGES, keep=21), ids=[change.__name__ for change in CHANGES])
def test_a_changed_notebook(arena, change):
    submission = arena.submission(change=change, **WRONG)
    result = arena.fight(submission, HONEST)
    assert set(result.reports) == {"check-relu_backward", "check-sigmoid"}
    assert [report.points for report in result.reports.values()] == [1.0, 1.0]
    told = arena.told(result, submission.data)
    assert "1000" not in told
    assert "onerror" not in told


HARMLESS = [skip_execution, more_points, other_tests, deleted_tests, retyped, reversed_cells, other_kernel,
            other_version, attachments, added_grades, strange_names, cells_that_are_none]  # fmt: skip


@pytest.mark.parametrize("change", HARMLESS, ids=[change.__name__ for change in HARMLESS])
def test_honest_answers_keep_their_marks_whatever_happened_around_them(arena, change):
    assert arena.grade(arena.submission(change=change)).score == 2 * HONEST


def text_of(arena) -> str:
    return arena.submission().data.decode()


BROKEN = {
    "100,000 cells": (lambda arena: json.dumps({"cells": [{"cell_type": "code"}] * 100_000}), "cells; at most"),
    "nested 100,000 deep": (lambda arena: "[" * 100_000 + "]" * 100_000, "nested too deeply"),
    "millions of lists": (lambda arena: '{"cells": [' + "[]," * 1_000_000 + "[]]}", "more lists than"),
    "millions of keys": (
        lambda arena: "{" + ",".join(f'"{i}":0' for i in range(2_100_000)) + "}",
        "more lists than",
    ),
    "an enormous cell": (
        lambda arena: text_of(arena).replace(RIGHT[VICTIM].replace("\n", "\\n"), "#" * 10_000_000),
        "000 characters: it is not read",
    ),
    "UTF-16": (lambda arena: text_of(arena).encode("utf-16"), "not JSON"),
    "NUL bytes": (lambda arena: text_of(arena).replace("{", "{\0"), "not JSON"),
    "cut short": (lambda arena: text_of(arena)[:-100], "not JSON"),
    "a number of a million digits": (lambda arena: "1" * 1_000_000, "not JSON"),
    "Python instead of JSON": (lambda arena: "__import__('os').system('touch /tmp/LEFTOVER')", "not JSON"),
    "a pickle": (lambda arena: b"\x80\x04cos\nsystem\n(S'touch /tmp/LEFTOVER'\ntR.", "not JSON"),
    "nothing": (lambda arena: "", "empty"),
    "another notebook": (lambda arena: nbformat.writes(nbformat.v4.new_notebook()), "another notebook"),
}


@pytest.mark.parametrize("make, why", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_is_refused_with_the_reason_and_what_to_do(arena, make, why):
    data = make(arena)
    result = arena.fight(arena.of_bytes(data if isinstance(data, bytes) else data.encode()), HONEST)
    said = " ".join(remark.text for remark in result.remarks)
    assert why in said
    assert len(said) < 500
    if not result.reports:
        assert any(advice in said for advice in ("submit it again", "is it another notebook?", "delete the others"))


def test_of_duplicated_keys_the_last_counts_as_in_jupyter(arena):
    right, wrong = (json.loads(arena.submission(**answers).data)["cells"] for answers in ({}, WRONG))
    forged = f'{{"cells": {json.dumps(right)}, "cells": {json.dumps(wrong)}, "nbformat": 4, "nbformat": 3}}'
    assert arena.fight(arena.of_bytes(forged.encode()), HONEST).score == HONEST


def in_metadata(arena, raw: str) -> str:
    """The right answers, in a notebook that has this piece of JSON among its metadata."""
    return text_of(arena).replace('"metadata": {', f'"metadata": {{"odd": {raw}, ', 1)


# What Python's own reader of JSON takes is taken, as Jupyter would; nothing of it is ever looked at.
ODD = {
    "a mark of the byte order": lambda arena: "\ufeff" + text_of(arena),
    "NaN": lambda arena: in_metadata(arena, "NaN"),
    "infinities": lambda arena: in_metadata(arena, "[Infinity, -Infinity, 1e999, 1e1000000000000]"),
    "an integer of 4,000 digits": lambda arena: in_metadata(arena, "1" * 4000),
    "half a letter": lambda arena: in_metadata(arena, '{"\\ud800": "\\udfff"}'),
    "NULs by name": lambda arena: in_metadata(arena, '{"\\u0000": "\\u0000"}'),
    "names of Python's": lambda arena: in_metadata(arena, '{"__class__": "int", "__reduce__": ["os.system", "true"]}'),
    "doubled points": lambda arena: text_of(arena).replace('"points": 1', '"points": 1000, "points": 1000'),
    "doubled names": lambda arena: text_of(arena).replace('"grade_id": "', '"grade_id": "x", "grade_id": "'),
    "an endless version": lambda arena: text_of(arena).replace('"nbformat_minor": 5', '"nbformat_minor": 1e999'),
    "line ends of other kinds": lambda arena: in_metadata(arena, '"\u2028\u2029\u0085"'),
}


@pytest.mark.parametrize("make", ODD.values(), ids=ODD.keys())
def test_odd_pieces_of_json_change_no_mark(arena, make):
    assert arena.fight(arena.of_bytes(make(arena).encode()), 2 * HONEST).score == 2 * HONEST


UNREADABLE = {
    "UTF-16 without a mark": lambda arena: text_of(arena).encode("utf-16-le"),
    "UTF-32": lambda arena: text_of(arena).encode("utf-32"),
    "Latin-1": lambda arena: in_metadata(arena, '"\xe9"').encode("latin-1"),
    "half a letter as bytes": lambda arena: in_metadata(arena, '"?"').encode().replace(b"?", b"\xed\xa0\x80", 1),
    "an overlong NUL": lambda arena: in_metadata(arena, '"?"').encode().replace(b"?", b"\xc0\x80", 1),
    "an integer of a million digits": lambda arena: in_metadata(arena, "1" * 1_000_000).encode(),
    "two notebooks in a row": lambda arena: 2 * text_of(arena).encode(),
    "a comment": lambda arena: b"// a notebook\n" + text_of(arena).encode(),
    "a notebook in a list": lambda arena: b"[" + text_of(arena).encode() + b"]",
    "a notebook in a text": lambda arena: json.dumps(text_of(arena)).encode(),
    "a number": lambda arena: b"7",
}


@pytest.mark.parametrize("make", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_cannot_be_read_is_refused_with_what_to_do(arena, make):
    result = arena.fight(arena.of_bytes(make(arena)), 0.0)
    (remark,) = result.remarks
    assert not result.reports
    assert "submit it again" in remark.text
    assert len(remark.text) < 500
