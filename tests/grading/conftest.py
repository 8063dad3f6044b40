"""A small assignment in the course's own format."""

import json
from pathlib import Path

import nbformat
import pytest

from autograder.exercise import load
from autograder.grading.assignment import Assignment, copy_notebook, read_assignment

KEYS = {"grade": False, "locked": False, "schema_version": 3, "solution": False, "task": False}


def marker(kind: str = "", **nbgrader) -> str:
    return f"# %%{kind} nbgrader={json.dumps({**KEYS, **nbgrader})}"


def exercise(name: str, parameters: str, answer: str) -> str:
    return f"""
{marker(grade_id=name, solution=True)}
def {name}({parameters}):
    ### BEGIN SOLUTION
    {answer}
    ### END SOLUTION

{marker(grade_id=f"check-{name}", grade=True, locked=True, points=load(name).points)}
check("{name}")
### BEGIN HIDDEN TESTS
check("{name}", seed=HIDDEN)
### END HIDDEN TESTS
"""


TEXT = f"""# %% [markdown]
# # A lesson

# %%
import numpy as np
from autograder.check import HIDDEN, check
from course_lib import activations

SCALE = 2.0
{exercise("relu_backward", "dout, z", "return np.where(z > 0, dout, 0.0)")}
# %%
figure = activations.draw()
{exercise("sigmoid", "z", "return np.exp(-np.logaddexp(0.0, -z))")}
{marker(" [markdown]", grade_id="why", grade=True, solution=True, points=3)}
# The instructor's secret answer.
"""


@pytest.fixture(scope="session")
def source_path(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("text") / "01_lesson.py"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def assignment(source_path) -> Assignment:
    return read_assignment(source_path)


@pytest.fixture
def released(assignment) -> nbformat.NotebookNode:
    """A copy of what a student gets, to be changed."""
    return copy_notebook(assignment.released)
