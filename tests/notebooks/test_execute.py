"""Every notebook from top to bottom in a real kernel, with the solutions."""

import subprocess
import sys
from datetime import datetime

import nbformat
import pytest
from nbclient import NotebookClient

from autograder.files import ROOT
from autograder.lab import lab_environment
from autograder.lesson_cells import assignments_in
from autograder.release import source_notebook
from autograder.report import TITLES

in_a_kernel = pytest.mark.soak  # `make test` opens one notebook in the browser

TEXTS = sorted((ROOT / "notebooks" / "text").glob("*.py"))
LESSONS = [path for path in TEXTS if path.stem in assignments_in(path.parent)]
CELL_SECONDS = 600
# A check cell with its hidden tests holds two checks, of which IPython would show the last.
SHOW_EVERY_RESULT = nbformat.v4.new_code_cell("get_ipython().ast_node_interactivity = 'all'")


@in_a_kernel
@pytest.mark.parametrize("text", LESSONS, ids=lambda path: path.stem)
def test_all_checks_pass_with_the_solutions(text, tmp_path, capsys):
    notebook = source_notebook(text)
    notebook.cells.insert(0, SHOW_EVERY_RESULT)
    execute(notebook, tmp_path)
    for cell in check_cells(notebook):
        reports = shown(cell)
        assert len(reports) == cell.source.count("check("), cell.source
        for report in reports:
            assert TITLES["pass"] in report["text/html"], report["text/html"]
            assert float(report["text/plain"]) == cell.metadata.nbgrader.points

    with capsys.disabled():
        total = sum(map(seconds, code_cells(notebook)))
        print(f"\n{text.stem} with the solutions: {total:.1f} s (goal 60 s)", end="")
        slowest = sorted(code_cells(notebook), key=seconds, reverse=True)[:5]
        print("; slowest:", ", ".join(f"{first_line(cell)} {seconds(cell):.1f} s" for cell in slowest))


@in_a_kernel
@pytest.mark.parametrize("text", [text for text in TEXTS if text not in LESSONS], ids=lambda path: path.stem)
def test_a_page_without_exercises_runs_to_its_end(text, tmp_path):
    """The lessons run unanswered in the browser."""
    execute(nbformat.read(ROOT / "notebooks" / f"{text.stem}.ipynb", as_version=4), tmp_path)


@pytest.mark.parametrize("text", LESSONS, ids=lambda path: path.stem)
def test_the_core_of_a_lesson_uses_no_name_that_it_leaves_out(text):
    """So that it runs to its end as the whole does, of which it is a part."""
    code = "\n".join(cell.source for cell in code_cells(source_notebook(text, part="core")))
    assert undefined_names(code) == ""
    assert "left_out" in undefined_names(f"left_out\n{code}\nleft_out = 1")


def undefined_names(code):
    """What ruff says of names that nothing above them defines."""
    ruff = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--isolated",
        "--select=F821",
        "--output-format=concise",
        "--quiet",
        "-",
    ]
    return subprocess.run(ruff, input=code, capture_output=True, text=True).stdout


def execute(notebook, folder):
    """Run all cells in place, in the environment of `course lab`; a cell that raises fails the test."""
    client = NotebookClient(notebook, timeout=CELL_SECONDS, resources={"metadata": {"path": str(folder)}})
    client.execute(env=lab_environment())


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def check_cells(notebook):
    return [cell for cell in code_cells(notebook) if cell.metadata.get("nbgrader", {}).get("grade")]


def shown(cell):
    """The mimebundles of the values that a cell shows."""
    return [output.data for output in cell.outputs if output.output_type == "execute_result"]


def seconds(cell):
    times = cell.metadata.execution
    started, ended = times["iopub.execute_input"], times["shell.execute_reply"]
    return (datetime.fromisoformat(ended) - datetime.fromisoformat(started)).total_seconds()


def first_line(cell):
    return cell.source.strip().split("\n")[0]
