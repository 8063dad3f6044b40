"""In a kernel of `course lab`, a name that only the set-up cell defines says what to run; nothing else changes."""

import subprocess
import sys

import nbformat
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from autograder.before_setup import NOTE, names_of_setup_cells
from autograder.files import ROOT
from autograder.lab import lab_environment

SETUP = "from autograder.check import check, hint"


def test_a_real_kernel_says_what_to_run(tmp_path, monkeypatch):
    for name, value in lab_environment().items():
        monkeypatch.setenv(name, value)
    sources = [
        'check("relu_backward")',
        "def asks():\n    return hint('elu')\nasks()",
        "chekc",
        SETUP,
        "1 / 0",
        'check("relu_backward").verdict',
    ]
    cells = [new_code_cell(source) for source in sources]
    client = NotebookClient(
        new_notebook(cells=cells), allow_errors=True, resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()
    before, in_function, typo, _, other, after = [cell.outputs[0] if cell.outputs else None for cell in cells]
    assert (before.ename, before.evalue) == ("NameError", "name 'check' is not defined")
    assert before.traceback[-1].endswith(NOTE.format(name="check"))
    assert in_function.traceback[-1].endswith(NOTE.format(name="hint"))
    assert typo.ename == "NameError" and "set-up" not in "".join(typo.traceback)
    assert other.ename == "ZeroDivisionError"
    assert after.data["text/plain"] == "'error'"


def test_all_that_a_lesson_asks_with_is_known():
    known = set(names_of_setup_cells(ROOT / "notebooks"))
    assert {"np", "check", "hint", "example", "solution", "progress", "claim_card", "predict", "widgets"} <= known


def test_a_student_without_notebooks_gets_the_plain_error(tmp_path):
    assert list(names_of_setup_cells(tmp_path / "nowhere")) == []
    nbformat.write(new_notebook(cells=[new_code_cell("import os")]), tmp_path / "other.ipynb")
    assert list(names_of_setup_cells(tmp_path)) == []


def test_what_a_set_up_cell_imports_or_assigns_is_its(tmp_path):
    code = "import numpy as np\nimport os.path\nfrom json import loads\nx, y = np.ones(2)\nSEEDS = range(5)"
    cell = new_code_cell(code, metadata={"nbgrader": {"grade_id": "setup"}})
    nbformat.write(new_notebook(cells=[cell, new_code_cell("z = 1")]), tmp_path / "lesson.ipynb")
    assert set(names_of_setup_cells(tmp_path)) == {"np", "os", "loads", "x", "y", "SEEDS"}


def test_the_kernel_starts_no_later_for_it():
    """What the extension imports is Python's own, so that numpy and numba wait for the set-up cell."""
    code = "import sys, autograder.before_setup; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
