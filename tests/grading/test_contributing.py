"""CONTRIBUTING's exercise of an instructor's own: its files, its notebook and its commands, on a class of three."""

import os
import re
import subprocess
import sysconfig
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader_courses import environment

from autograder.files import ROOT

pytestmark = [pytest.mark.sandbox, pytest.mark.soak]

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SECTION = re.search(r"^## An exercise of your own class\n(.*?)^## ", TEXT, re.M | re.S)[1]
PYTHON = re.findall(r"^```python\n(.*?)^```", SECTION, re.M | re.S)
COMMANDS = re.findall(r"^\$ (.+)$", SECTION, re.M)
CELL = re.compile(
    r"^# %% (?P<id>\S+): (?P<type>[A-Z][a-z -]+)(?:, (?P<points>\d+) points?)?\n(?P<source>.*?)\n*(?=^# %%|\Z)",
    re.M | re.S,
)
TYPES = {
    "Read-only": {"locked": True},
    "Autograded answer": {"solution": True},
    "Autograder tests": {"grade": True, "locked": True},
}
RIGHT = {
    "softplus": "def softplus(z):\n    return np.maximum(z, 0) + np.log1p(np.exp(-abs(z)))",
    "relu_backward": "def relu_backward(dout, z):\n    return dout * (z > 0)",
}
WRONG = {
    "softplus": "def softplus(z):\n    return np.log(1.0 + np.exp(z))",
    "relu_backward": "def relu_backward(dout, z):\n    return dout * np.where(z > 0, 1, 0.01)",
}
ANSWERS = {"ada": RIGHT, "bob": WRONG, "cyd": {}}
UNSEEN = "A hundredth of the gradient passes where z is negative"
"""Of the misconception that the example adds."""


def cell(found: re.Match):
    kind = {"schema_version": 3, "grade": False, "locked": False, "solution": False, "task": False}
    kind |= TYPES[found["type"]] | {"grade_id": found["id"]}
    kind |= {"points": int(found["points"])} if found["points"] else {}
    return new_code_cell(found["source"], metadata={"nbgrader": kind})


def answered(notebook, answers):
    for one in notebook.cells:
        one.source = answers.get(one.metadata.nbgrader.grade_id, one.source)
    return notebook


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> tuple[Path, dict[str, str]]:
    """The course folder after all commands, and what each of them said."""
    folder, said = tmp_path_factory.mktemp("own"), {}
    for command in COMMANDS:
        if command.startswith("cd "):
            folder = (folder / command.removeprefix("cd ")).resolve()
            continue
        variables = environment(folder)
        variables["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), variables["PATH"]])
        done = subprocess.run(command.split(), cwd=folder, env=variables, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        said[command] = done.stdout
        if command.startswith("course new-class"):
            write_assignment(folder / "deep" / "source" / "ps1")
        if command.startswith("nbgrader generate"):
            hand_in(folder)
    return folder, said


def write_assignment(source: Path):
    (source / "exercises").mkdir(parents=True)
    *files, cells = PYTHON
    for text in files:
        name = re.match(r"# (exercises/\w+\.py)\n", text)[1]
        (source / name).write_text(text)
    nbformat.write(new_notebook(cells=list(map(cell, CELL.finditer(cells)))), source / "ps1.ipynb")


def hand_in(course: Path):
    for student, answers in ANSWERS.items():
        path = course / "submitted" / student / "ps1" / "ps1.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(answered(nbformat.read(course / "release" / "ps1" / "ps1.ipynb", 4), answers), path)


def test_the_example_is_complete():
    assert len(PYTHON) == 3
    assert len(CELL.findall(PYTHON[-1])) == PYTHON[-1].count("# %%") == 5


def test_the_exercises_are_listed_and_proven(course):
    _, said = course
    listed = said["course exercises --unit smooth_functions"]
    assert "softplus(z)" in listed and "relu_backward" not in listed
    lint = said["course lint softplus relu_backward"]
    assert re.search(r"softplus .* 3 of 3 .* 3 of 3 .* 0 of 0 .* 1 of 1 .* ok ", lint)
    assert re.search(r"relu_backward .* ok ", lint)


@pytest.mark.parametrize("student", ANSWERS)
def test_the_check_in_the_students_notebook_finds_them(course, student):
    folder, _ = course
    notebook = answered(nbformat.read(folder / "release" / "ps1" / "ps1.ipynb", 4), ANSWERS[student])
    NotebookClient(notebook, resources={"metadata": {"path": folder / "release" / "ps1"}}, timeout=120).execute()
    shown = {c.metadata.nbgrader.grade_id: str(c.outputs) for c in notebook.cells}
    if student == "ada":
        assert "2 of 2 points" in shown["check-softplus"] and "1 of 1 points" in shown["check-relu_backward"]
    if student == "bob":
        assert "exp(z) is infinite from z = 710 on" in shown["check-softplus"]
        assert UNSEEN in shown["check-relu_backward"]


def test_a_class_is_graded_with_the_points_of_the_assignment(course):
    folder, said = course
    summary = (folder / "ps1.summary.html").read_text()
    assert UNSEEN in summary
    graded = said["course grade --assignment ps1"]
    assert re.search(r"ada\W+4\W+4\b", graded) and re.search(r"cyd\W+0\W+4\b", graded)
    page = (folder / "feedback" / "bob" / "ps1" / "ps1.html").read_text()
    assert 0 < float(re.search(r"([\d.]+) of 3\b", page)[1]) < 3
    assert "exp(z) is infinite" in page and UNSEEN in page
    assert UNSEEN in (folder / "ps1.statistics.html").read_text()
