"""The real nbgrader, run as a program, agrees: the same cells, the same scores; and it can go on with our gradebook."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import nbformat
import pytest
from honest_kinds import in_every_kind

from autograder.files import ROOT
from autograder.grading.demo import solutions_of, toy_class
from autograder.grading.grade import grade_class
from autograder.grading.records.gradebook import Gradebook, cells_of
from autograder.grading.submissions.assignment import Assignment, copy_notebook, grade_id, is_solution, read_assignment
from autograder.release import source_notebook

pytestmark = [pytest.mark.sandbox, pytest.mark.slow, pytest.mark.soak]

NAME = "01_vanishing_gradients"
# nothing in these is hostile, so nbgrader's own way of grading may run them unprotected
HONEST = ("perfect", "blank", "misconceptions_1", "misconceptions_2", "raises", "returns_nothing", "other_signature")
KINDS = "kinds"  # who hands in every answer in another way


def nbgrader(course: Path, *arguments: str) -> str:
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]]),
        "JUPYTER_CONFIG_DIR": str(course / "config"),
        "IPYTHONDIR": str(course / "ipython"),
    }
    command = [sys.executable, "-m", "nbgrader", *arguments]
    done = subprocess.run(
        command, cwd=course, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def only_graded_cells(notebook):
    """The lesson without its experiments, which take a minute to run and are worth no points."""
    notebook = copy_notebook(notebook)
    notebook.cells = [cell for cell in notebook.cells if grade_id(cell)]
    return notebook


@pytest.fixture(scope="module")
def text(tmp_path_factory) -> Path:
    """A copy of the lesson, which stays as it is while the tests run."""
    return Path(shutil.copy(ROOT / "notebooks" / "text" / f"{NAME}.py", tmp_path_factory.mktemp("text")))


@pytest.fixture(scope="module")
def assignment(text) -> Assignment:
    return read_assignment(text)


@pytest.fixture(scope="module")
def course(tmp_path_factory, text, assignment) -> Path:
    """An nbgrader course whose class has been graded by us, with its source notebook in place."""
    course = tmp_path_factory.mktemp("course")
    (course / "nbgrader_config.py").write_text(f"c = get_config()\nc.CourseDirectory.root = {str(course)!r}\n")
    source = source_notebook(text)
    path = course / "source" / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(only_graded_cells(source), path)
    for toy in toy_class(assignment, solutions_of(source)):
        if toy.student in HONEST:
            path = course / "submitted" / toy.student / NAME / f"{NAME}.ipynb"
            path.parent.mkdir(parents=True)
            nbformat.write(only_graded_cells(nbformat.from_dict(json.loads(toy.data))), path)
    names = {exercise.name for exercise in assignment.exercises().values()}
    answers = {name: answer for name, answer in solutions_of(source).items() if name in names}
    notebook, files = in_every_kind(only_graded_cells(assignment.released), answers)
    for name, text in {f"{NAME}.ipynb": nbformat.writes(notebook), **files}.items():
        path = course / "submitted" / KINDS / NAME / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    grade_class(course / "submitted", assignment, course)
    return course


def booked(course: Path) -> dict:
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        return gradebook.scores(NAME)


def test_nbgraders_autograde_gives_the_same_scores_in_the_same_gradebook(course, assignment):
    ours = booked(course)
    assert set(ours) == {*HONEST, KINDS}
    assert sum(ours["perfect"].values()) == sum(e.points for e in assignment.exercises().values())
    points = {check: exercise.points for check, exercise in assignment.exercises().items()}
    assert {check: score for check, score in ours[KINDS].items() if score < points[check]} == {}
    nbgrader(course, "autograde", NAME, "--force")
    stock = booked(course)
    for student in (*HONEST, KINDS):
        # our score is rounded to cents, as the notebook shows it to nbgrader
        assert stock[student] == pytest.approx(ours[student], abs=1e-9), student


def test_nbgraders_own_feedback_and_export_work_on_our_gradebook(course):
    nbgrader(course, "generate_feedback", NAME, "--force")
    for student in HONEST:
        assert "Score" in (course / "feedback" / student / NAME / f"{NAME}.html").read_text()
    nbgrader(course, "export")
    assert all(student in (course / "grades.csv").read_text() for student in HONEST)


def test_the_cells_are_those_that_generate_assignment_records(tmp_path, course, assignment):
    other = tmp_path / "other"
    other.mkdir()
    (other / "nbgrader_config.py").write_text(f"c = get_config()\nc.CourseDirectory.root = {str(other)!r}\n")
    (other / "source").symlink_to(course / "source")
    nbgrader(other, "generate_assignment", NAME)
    with Gradebook(f"sqlite:///{other / 'gradebook.db'}") as gradebook:
        assert gradebook.cells(assignment) == cells_of(assignment)
    released = nbformat.read(other / "release" / NAME / f"{NAME}.ipynb", 4)
    theirs = {grade_id(cell): (cell.source, cell.metadata.nbgrader.checksum) for cell in released.cells}
    for cell in assignment.released.cells:
        if grade_id(cell):
            assert theirs[grade_id(cell)] == (cell.source, cell.metadata.nbgrader.checksum)
            assert not is_solution(cell) or "YOUR CODE HERE" in cell.source
