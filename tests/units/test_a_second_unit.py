"""A unit is folders and one line: a throw-away one in a copy of the tree is found by everything that asks for units."""

import os
import re
import shutil
import subprocess
import sys

import nbformat
import pytest

from autograder.files import ROOT
from course_lib.units import ORDER

pytestmark = pytest.mark.soak

NAME = "throw_away"
LESSON = f"{len(ORDER) + 1:02}_{NAME}"
COPIED = ("autograder", "course_lib", "data", "notebooks", "README.md", "pyproject.toml")
TESTS = ("conftest.py", "chromium.py", "test_readme.py", "support", "units/test_every_claim.py")

FILES = {
    "course_lib/units/throw_away/__init__.py": '"""A unit on doubling."""\n',
    "course_lib/units/throw_away/experiments/__init__.py": '"""Experiments on doubling."""\n',
    "course_lib/units/throw_away/experiments/doubling.py": '''
"""How much larger numbers become by doubling."""

from dataclasses import dataclass

import numpy as np

from course_lib.kernels.decorators import kernel


@dataclass(frozen=True)
class Doubling:
    ratio: float
    plus_one: float


def double(x):
    """Twice ``x``."""
    return 2 * np.asarray(x)


def growth(seed, *, low=1.5, high=2.0) -> Doubling:
    x = np.random.default_rng(seed).uniform(low, high)
    return Doubling(float(double(x) / x), float((x + 1) / x))


@kernel
def _double(x, out):
    for i in range(x.size):
        out[i] = x[i] + x[i]
''',
    "course_lib/units/throw_away/figures/__init__.py": '"""Figures of doubling."""\n',
    "course_lib/units/throw_away/widgets/__init__.py": '"""Widgets of doubling."""\n\n__all__ = []\n',
    "course_lib/units/throw_away/workloads.py": '''
"""Kernels of the unit."""

from functools import partial

import numpy as np

from course_lib.units.throw_away.experiments.doubling import _double


def workloads(dtype):
    """Label and run."""
    return {"doubling": partial(_double, np.ones(2, dtype), np.ones(2, dtype))}
''',
    "course_lib/units/throw_away/claims/__init__.py": '"""Claims about doubling."""\n\nIN_LESSON = ("13.01",)\n',
    "course_lib/units/throw_away/claims/growth.py": '''
"""Claims about growth."""

from course_lib.claims import Claim, Control, Part, at_least, between, vary
from course_lib.units.throw_away.experiments.doubling import growth

CLAIMS = (
    Claim(
        id="13.01",
        in_notes="T01-doubles",
        unit="throw_away",
        statement="Doubling makes numbers three times as large.",
        question="How much larger?",
        options=("twice", "three times"),
        answer=at_least("ratio", 2.5),
        experiment=growth,
        setting="A number between {low} and {high}.",
        parts=(Part("", "wrong", "The ratio is {ratio:.1f}.", (between("ratio", 1.9, 2.1),)),),
        control=Control("Adding one makes it {plus_one:.1f} times as large.", (between("plus_one", 1.0, 1.9),)),
        verdict="wrong",
        correction="Twice as large.",
        source="Nobody 1900",
        neighbours=vary(low=(1.2, 1.6, 1.9), high=(3.0, 4.0, 5.0)),
    ),
)
''',
    "autograder/exercises/throw_away/__init__.py": '"""Exercises on doubling."""\n\nMISCONCEPTIONS = {}\n',
    "autograder/exercises/throw_away/doubled.py": '''
"""Double numbers."""

from autograder.domain import Array
from autograder.exercise import Exercise
from course_lib.units.throw_away.experiments.doubling import double

exercise = Exercise(
    name="doubled",
    unit="throw_away",
    points=3,
    reference=double,
    takes={"x": Array()},
    hints=("What is x + x?",),
    reasoning="Twice a number is the number and itself, and a product with 2 says so for every entry at once.",
)


@exercise.case("a few numbers")
def numbers(rng):
    return {"x": rng.uniform(1, 2, size=5).round(3)}


@exercise.misconception
def squares(x):
    """The numbers are squared. Doubling multiplies them by 2."""
    return x**2


@exercise.equivalent
def adds(x):
    return x + x
''',
    f"notebooks/text/{LESSON}.py": """
# %% [markdown]
# # Doubling

# %% locked="setup"
from autograder.check import HIDDEN, check
from autograder.learner import yours

own = yours()

# %% exercise="doubled"
def doubled(x):
    '''Twice x, of any shape, which may hold integers and must not be changed.'''
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %%
own.doubled(21)
""",
    "tests/units/throw_away/test_doubling.py": "def test_doubling():\n    assert 2 + 2 == 4\n",
}
ROW = f"| {LESSON[:2]} throw away | yes | 1, with 1 wrong forms | 0 | 1 |"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Runs Python in a copy of the tree with the unit in it, and returns what it prints."""
    tree = tmp_path_factory.mktemp("course")
    (tree / "tests").mkdir()
    for name in (*COPIED, *(f"tests/{name}" for name in TESTS)):
        target = tree / name
        target.parent.mkdir(exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, target)
    for name, text in FILES.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text.lstrip("\n"), encoding="utf-8")
    units = tree / "course_lib" / "units" / "__init__.py"
    listed = re.sub(r"(?s)(ORDER = \(.*?)\)", rf'\1    "{NAME}",\n)', units.read_text(encoding="utf-8"), count=1)
    units.write_text(listed, encoding="utf-8")
    # interpreted: a copy has no compiled kernels yet
    environment = os.environ | {"PYTHONPATH": str(tree), "NUMBA_DISABLE_JIT": "1", "CI": ""}

    def python(*arguments, fails=False):
        command = [sys.executable, *arguments]
        done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, timeout=600)
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    python.tree = tree
    return python


def course(run, *arguments, fails=False):
    return run("-m", "autograder.cli", *arguments, fails=fails)


def test_its_lesson_is_built_with_the_points_of_the_catalogue_and_the_readme_counts_it(run):
    assert course(run, "build").splitlines() == [f"built: notebooks/{LESSON}.ipynb", "built: README.md"]
    assert f"\n{ROW}\n" in (run.tree / "README.md").read_text(encoding="utf-8")
    cells = nbformat.read(run.tree / "notebooks" / f"{LESSON}.ipynb", as_version=4).cells
    assert [cell.metadata.nbgrader.points for cell in cells if cell.id == "check-doubled"] == [3]


def test_it_is_known_by_its_number(run):
    assert course(run, "exercises", "--unit", LESSON[:2]).count("doubled") == 2  # name and signature


def test_its_exercises_are_linted(run):
    assert "1 of 1 wrong forms rejected in 1 exercises" in course(run, "lint", "--unit", NAME)


def test_its_exercises_are_checked(run):
    check = "from autograder.check import check\ndef doubled(x): return {}\nprint(check('doubled'))"
    assert "PASS" in run("-c", check.format("x + x"))
    assert "The numbers are squared." in run("-c", check.format("x * x"))


def test_its_claims_are_judged(run):
    said = course(run, "claims", "--unit", NAME)
    assert "13.01" in said and "The ratio is 2.0." in said
    assert "holds in 6 of 6" in course(run, "claims", "--unit", NAME, "--robustness")
    card = "from course_lib.units.cards import claim_card\nprint(claim_card('13.01').claim.statement)"
    assert "three times as large" in run("-c", card)


def test_its_kernels_are_compiled_in_advance(run):
    labels = "from course_lib.warmup import workloads\nprint([label for label, _ in workloads()])"
    assert "'doubling, float32', 'doubling, float64'" in run("-c", labels)


def test_its_assignment_goes_by_its_name(run):
    names = "from autograder.cli.assignments import lessons, named_assignment"
    said = run("-c", f"{names}\nprint(named_assignment('{NAME}'), lessons()[-1])")
    assert said.split() == [LESSON, LESSON]


def test_its_share_of_the_tests_is_found(run):
    said = run("-m", "pytest", "-o", "addopts=", "-q", "--collect-only", "--unit", NAME, "tests/units")
    found = [line for line in said.splitlines() if "::" in line]
    assert "tests/units/throw_away/test_doubling.py::test_doubling" in found
    assert len(found) > 5
    assert all("throw_away" in line or "[13.01" in line for line in found), found
