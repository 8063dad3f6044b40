"""After an exercise has changed, only what it touches is judged again, and it is said whose grade moved and why.

The exercise is really changed: in a copy of the course's packages, which is graded by the real command.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.files import ROOT
from autograder.grading.judging.fingerprints import imported_files
from autograder.grading.records.audit import FILE, examine, read
from autograder.grading.records.gradebook import Gradebook
from autograder.grading.submissions.assignment import copy_notebook, grade_id

NAME = "01_lesson"
RIGHT = "def relu_backward(dout, z):\n    return np.where(z > 0, dout, 0.0)"
MASK = "def relu_backward(dout, z):\n    return (z > 0).astype(float)"
CALLS_IT = "def sigmoid(z):\n    return 0 * relu_backward(z, z)"
ANSWERS = {"ada": {"relu_backward": RIGHT}, "bob": {"relu_backward": MASK, "sigmoid": CALLS_IT}, "cyd": {}}
EXERCISE = "autograder/exercises/vanishing_gradients/relu_backward.py"


class Course:
    """A copy of the course in ``folder`` with a lesson of its own, and a class that was graded."""

    def __init__(self, folder: Path, text: Path, assignment):
        self.folder, self.out = folder, folder / "out"
        for package in ("autograder", "course_lib", "data"):
            shutil.copytree(ROOT / package, folder / package)  # with dates, on which Numba's cache rests
        (folder / "notebooks" / "text").mkdir(parents=True)
        shutil.copy(text, folder / "notebooks" / "text" / f"{NAME}.py")
        for student, answers in ANSWERS.items():
            notebook = copy_notebook(assignment.released)
            for cell in notebook.cells:
                cell.source = answers.get(grade_id(cell), cell.source)
            (folder / "submitted").mkdir(exist_ok=True)
            (folder / "submitted" / f"{student}.ipynb").write_text(json.dumps(notebook))

    def run(self, *arguments, code=0) -> str:
        command = [sys.executable, "-m", "autograder.cli", *arguments]
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(self.folder)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def grade(self, command="grade", *options) -> dict:
        class_options = ["--assignment", NAME, "--out", "out", "--json"]
        return json.loads(self.run(command, "submitted", *class_options, *options))

    def files(self) -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in self.out.rglob("*") if path.is_file()}

    def edit(self, old: str, new: str, file: str = EXERCISE):
        text = (self.folder / file).read_text()
        assert old in text
        (self.folder / file).write_text(text.replace(old, new, 1))

    def give_by_hand(self, student: str, cell: str, score: float):
        with Gradebook(f"sqlite:///{self.out / 'gradebook.db'}") as gradebook:
            grade = gradebook._database.find_grade(cell, NAME, NAME, student)
            grade.manual_score, grade.needs_manual_grade = score, False
            gradebook._database.db.commit()

    def booked(self) -> dict:
        with Gradebook(f"sqlite:///{self.out / 'gradebook.db'}") as gradebook:
            return gradebook.booked(NAME)


@pytest.mark.soak
@pytest.mark.sandbox
def test_a_changed_exercise_is_regraded_alone_and_the_report_says_whose_grade_moved(tmp_path, source_path, assignment):
    course = Course(tmp_path, source_path, assignment)
    course.grade()
    before = {row["grading"]: row for row in read(course.out / FILE)}
    course.give_by_hand("bob", "why", 2.0)
    course.give_by_hand("cyd", "check-relu_backward", 0.5)
    assert course.grade("regrade")["judged"] == 0

    # another convention, it is decided: full marks
    course.edit('@exercise.misconception("RL2")\ndef returns_the_mask', "@exercise.variant\ndef returns_the_mask")
    files = course.files()
    dry = course.grade("regrade", "--dry-run")
    assert course.files() == files
    report = course.grade("regrade")
    assert {**report, "dry_run": True, "time": "", "seconds": 0} == {**dry, "time": "", "seconds": 0}

    # of bob both, for his sigmoid calls relu_backward, and was not blamed for it
    assert (report["judged"], report["reused"], report["submissions"]) == (4, 2, 3)
    moves = {(move["student"], move["exercise"]): move for move in report["moves"]}
    move = moves.pop(("bob", "relu_backward"))
    assert not moves
    assert (move["before"]["verdict"], move["after"]["verdict"]) == ("fail", "pass")
    assert move["before"]["score"] < move["after"]["score"] == 1.0
    assert "This is the derivative of ReLU alone" in move["before"]["sentence"]
    assert move["why"] == "the exercise relu_backward changed, or what it imports"
    (total,) = report["totals"]
    assert total["student"] == "bob"
    assert total["after"] - total["before"] == pytest.approx(1.0 - move["before"]["score"], abs=1e-9)
    assert total["after"] >= 3.0  # what the human gave counts
    assert report["explained"] == 1  # bob's sigmoid is no longer excused

    booked = course.booked()
    assert booked["bob"]["scores"]["check-relu_backward"] == 1.0
    assert booked["bob"]["manual"]["why"] == 2.0
    assert booked["cyd"]["manual"]["check-relu_backward"] == 0.5
    fresh = [row for row in read(course.out / FILE) if row["grading"] not in before]
    assert sorted((row["student"], row["exercise"]) for row in fresh) == [
        ("ada", "relu_backward"),
        ("bob", "relu_backward"),
        ("bob", "sigmoid"),
        ("cyd", "relu_backward"),
    ]
    assert all("regrade" in row["command"] for row in fresh)
    page = (course.out / f"{NAME}.regrade-{report['time']}.html").read_text()
    assert "bob" in page and "This is the derivative of ReLU alone" in page and "ada" not in page
    assert json.loads((course.out / f"{NAME}.regrade-{report['time']}.json").read_text()) == report

    assert course.grade("regrade")["judged"] == 0
    assert course.grade()["students"][1]["fresh"] is False
    assert examine(course.out / FILE).ok
    assert "whole and in order" in course.run("audit", "verify", "--out", "out")
    log = (course.out / FILE).read_bytes().replace(b'"score": 1.0', b'"score": 0.9', 1)
    (course.out / FILE).write_bytes(log)
    assert "head" in course.run("audit", "verify", "--out", "out", code=1)


def test_an_exercise_rests_on_what_it_imports_and_on_no_other():
    files = {path.relative_to(ROOT).as_posix() for path in imported_files(frozenset([ROOT / EXERCISE]))}
    assert {EXERCISE, "autograder/exercise.py", "course_lib/functions/activations.py"} <= files
    assert "course_lib/kernels/decorators.py" in files
    assert not [
        f for f in files if f.startswith("autograder/exercises/") and f not in (EXERCISE,) and "__init__" not in f
    ]
    assert "course_lib/functions/convolution.py" not in files


def test_an_import_inside_a_function_and_of_a_name_is_followed(tmp_path):
    module = tmp_path / "late.py"
    module.write_text(
        "import os\ndef f():\n    from course_lib.functions.losses import softmax_xent\n    import autograder.compare\n"
    )
    files = {path.name for path in imported_files(frozenset([module]))}
    assert {"late.py", "losses.py", "compare.py", "call.py"} <= files
    assert "os.py" not in files
