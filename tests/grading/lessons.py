"""The text of a small lesson in the course's own format."""

import json
from pathlib import Path

from autograder.catalogue import load
from autograder.grading.submissions.assignment import Assignment, read_assignment

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


def assignment_with(folder: Path, **parameters: str) -> Assignment:
    """A lesson of these exercises, by the names of their parameters."""
    text = "# %%\nimport numpy as np\nfrom autograder.check import HIDDEN, check\n"
    text += "".join(exercise(name, given, "return 0") for name, given in parameters.items())
    path = folder / "01_lesson.py"
    path.write_text(text, encoding="utf-8")
    return read_assignment(path)


TEXT = f"""# %% [markdown]
# # A lesson

# %%
import numpy as np
from autograder.check import HIDDEN, check
from course_lib.functions import activations

SCALE = 2.0
{exercise("relu_backward", "dout, z", "return np.where(z > 0, dout, 0.0)")}
# %%
figure = activations.draw()
{exercise("sigmoid", "z", "return np.exp(-np.logaddexp(0.0, -z))")}
{marker(" [markdown]", grade_id="why", grade=True, solution=True, points=3)}
# The instructor's secret answer.
"""
