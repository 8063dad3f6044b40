"""What a class is given: the core of a lesson or all of it, with its points, and nothing of the model answers."""

import shutil
import subprocess
import sys

import nbformat
import pytest
from boxes import LIMITS
from nbgrader_courses import NAME, booked, make_course

from autograder.files import ROOT
from autograder.grading.demo import solutions_of
from autograder.grading.grade import grade_class
from autograder.grading.submissions.assignment import copy_notebook, grade_id, load_assignment, read_assignment
from autograder.lab import lab_environment
from autograder.lesson_cells import SOLUTIONS_OFF, assignments_in
from autograder.release import source_notebook

TEXTS = ROOT / "notebooks" / "text"
ELU = "np.where(z > 0, z, alpha * (np.exp(np.minimum(z, 0)) - 1))"
LESSON = f"""# %% [markdown]
# # A lesson

# %% locked="setup"
import numpy as np

from autograder.check import HIDDEN, check, hint
from autograder.learner import solution

# %% exercise="relu_backward"
def relu_backward(dout, z):
    ### BEGIN SOLUTION
    gradient_that_passes = np.where(z > 0, dout, 0.0)
    ### END SOLUTION
    return gradient_that_passes

# %% [markdown] part="more"
# ## More

# %%
plot = "of more"

# %% [markdown]
# ### Another activation

# %% exercise="elu"
def elu(z, alpha=1.0):
    ### BEGIN SOLUTION
    out = {ELU}
    ### END SOLUTION
    return out

# %% [markdown]
# ## What to take away

# %% [markdown] part="more"
# A remark that may be left out.

# %%
"the end"
"""


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "lesson.py"
    path.write_text(LESSON, encoding="utf-8")
    return path


def words(notebook):
    return "\n".join(cell.source for cell in notebook.cells)


def test_the_core_leaves_out_what_is_marked_as_more(text):
    everything, core = words(source_notebook(text)), words(source_notebook(text, part="core"))
    more = ("## More", "of more", "Another activation", "def elu", 'check("elu")', "A remark")
    assert all(part in everything and part not in core for part in more)
    assert "What to take away" in core and '"the end"' in core and 'check("relu_backward")' in core
    assert not any("part" in cell.metadata for cell in source_notebook(text).cells)


@pytest.mark.parametrize("name", assignments_in(TEXTS))
def test_the_core_of_every_lesson_is_an_assignment_with_the_points_of_its_exercises(name, tmp_path):
    (tmp_path / "core.ipynb").write_text(nbformat.writes(source_notebook(TEXTS / f"{name}.py", part="core")))
    asked = load_assignment(name).exercises()
    core = {check: exercise for check, exercise in asked.items() if exercise.part == "core"}
    assert read_assignment(tmp_path / "core.ipynb").exercises() == core
    assert 0 < len(core) < len(asked)


@pytest.mark.sandbox
def test_a_class_that_does_the_core_is_graded_on_the_core(tmp_path, text):
    course = make_course(tmp_path / "dl", text, part="core")
    source = course / "source" / NAME / f"{NAME}.ipynb"
    assignment, answers = read_assignment(source), solutions_of(source_notebook(source))
    notebook = copy_notebook(assignment.released)
    for cell in notebook.cells:
        cell.source = answers.get(grade_id(cell), cell.source)
    (course / "submitted" / "ada" / NAME).mkdir(parents=True)
    nbformat.write(notebook, course / "submitted" / "ada" / NAME / f"{NAME}.ipynb")
    summary = grade_class(course / "submitted", assignment, tmp_path / "out", limits=LIMITS)
    (student,) = summary.students
    assert (student.score, student.points) == (1, 1)
    assert booked(course, f"sqlite:///{tmp_path / 'out' / 'gradebook.db'}") == {"ada": {"check-relu_backward": 1}}


def test_a_released_class_has_no_model_answers(tmp_path, text):
    """The released notebook's own set-up cell, then a right answer, the last hint and a confirmation."""
    course = make_course(tmp_path / "dl", text)
    released = read_assignment(course / "source" / NAME / f"{NAME}.ipynb").released
    setup = next(cell for cell in released.cells if grade_id(cell) == "setup")
    assert setup.source.endswith(SOLUTIONS_OFF) and setup.metadata.editable is False
    assert SOLUTIONS_OFF not in words(source_notebook(text))  # learning alone, it is on
    assert "gradient_that_passes = " not in words(released) and ELU not in words(released)

    asked = 'hint("relu_backward", 3)\nprint(solution("relu_backward", confirm=True))'
    said = run(f"{setup.source}\n{asked}", tmp_path, ROOT)
    assert said == "Model answers are switched off in this notebook.\n"
    assert "dz = dout * (z > 0)" in run(f"{setup.source.replace(SOLUTIONS_OFF, '')}\n{asked}", tmp_path, ROOT)


def test_no_module_holds_the_text_of_a_model_answer():
    """A wheel holds the modules and no lesson. It does hold what answers are compared with: the reference, and right
    answers written in other ways (docs/instructors.md)."""
    answers = solutions_of(source_notebook(TEXTS / "01_vanishing_gradients.py"))
    modules = [path for package in ("autograder", "course_lib") for path in (ROOT / package).rglob("*.py")]
    sources = [path.read_text(encoding="utf-8") for path in modules]
    assert len(answers) > 20
    assert [name for name, answer in answers.items() if any(answer in source for source in sources)] == []


@pytest.mark.soak  # a copy of the packages has to be compiled to byte code
def test_an_installed_library_without_the_texts_has_no_model_answers(tmp_path):
    """Whether the line that switches answers off is there or not."""
    for package in ("autograder", "course_lib"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    code = """
from autograder.check import hint
from autograder.learner import solution
hint("train_classifier", 3)
print(solution("train_classifier", confirm=True))
"""
    assert run(code, tmp_path, tmp_path) == "There is no model answer to train_classifier on this machine.\n"


def run(code, folder, library):
    """What a program says that uses the course's packages in the folder ``library``."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=folder,
        env=lab_environment() | {"PYTHONPATH": str(library)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
