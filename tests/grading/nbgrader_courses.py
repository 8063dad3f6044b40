"""An nbgrader course folder around a small assignment, and the real nbgrader to be run in it."""

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

from nbgrader.apps import NbGrader
from nbgrader.apps.api import NbGraderAPI

from autograder.grading.classroom.new_class import new_class
from autograder.grading.records.gradebook import Gradebook
from autograder.grading.submissions.assignment import Assignment, copy_notebook, grade_id

NAME = "01_lesson"
RIGHT = "def relu_backward(dout, z):\n    return np.where(z > 0, dout, 0.0)"
WRONG = "def relu_backward(dout, z):\n    return (z > 0).astype(float)"  # forgets the chain rule
SIGMOID = "def sigmoid(z):\n    return np.exp(-np.logaddexp(0.0, -z))"


def environment(course: Path) -> dict[str, str]:
    """A user's environment who has no settings of their own, and nbgrader's programs on the path."""
    own = {name: str(course.parent / f"{course.name}-home" / name) for name in ("config", "data", "runtime", "ipython")}
    return {
        **os.environ,
        "PATH": os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]]),
        "JUPYTER_CONFIG_DIR": own["config"],
        "JUPYTER_DATA_DIR": own["data"],
        "JUPYTER_RUNTIME_DIR": own["runtime"],
        "IPYTHONDIR": own["ipython"],
    }


def nbgrader(course: Path, *arguments: str, fails: bool = False) -> str:
    """Run nbgrader in a course folder; what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=course,
        env=environment(course),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    said = done.stdout + done.stderr
    assert (done.returncode != 0) == fails, said
    return said


def nbgrader_api(course: Path) -> NbGraderAPI:
    """What formgrader calls when its buttons are pressed, with the settings that it has loaded."""
    app = NbGrader(raise_config_file_errors=True)
    app.load_cwd_config = False
    app.initialize([], root=str(course))
    return NbGraderAPI(app.coursedir, config=app.config)


def make_course(folder: Path, source_path: Path, **options) -> Path:
    """A course folder as `course new-class` makes it, of the lesson in ``source_path``."""
    text = folder.parent / f"{folder.name}-root" / "notebooks" / "text"
    text.mkdir(parents=True, exist_ok=True)
    (text / f"{NAME}.py").write_text(source_path.read_text(encoding="utf-8"), encoding="utf-8")
    new_class(folder, root=text.parents[1], **options)
    return folder


def hand_in(course: Path, assignment: Assignment, student: str, time: str = "", change=None, **answers) -> Path:
    """Write a submission with these answers (``-`` in a grade_id as ``_``); ``change`` may spoil the notebook."""
    notebook = copy_notebook(assignment.released)
    for cell in notebook.cells:
        cell.source = answers.get(grade_id(cell), cell.source)
    if change:
        change(notebook)
    path = course / "submitted" / student / assignment.name / f"{assignment.name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook))
    if time:
        (path.parent / "timestamp.txt").write_text(time)
    return path


def booked(course: Path, url: str = "") -> dict[str, dict[str, float]]:
    """The gradebook's score of every cell, by student."""
    with Gradebook(url or f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        return gradebook.scores(NAME)
