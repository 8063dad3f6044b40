"""The released notebook is nbgrader's own, holds no secret, and is rebuilt to the byte."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.nbgraderformat import MetadataValidator

from autograder.files import ROOT
from autograder.grading.submissions.assignment import load_assignment
from autograder.lesson_cells import assignments_in
from autograder.release import ReleaseError, build, release_notebook, source_notebook

TEXTS = sorted((ROOT / "notebooks" / "text").glob("*.py"))
LESSONS = [path for path in TEXTS if path.stem in assignments_in(path.parent)]
POINTS = {"square": 2.5, "cube": 1}


def marker(kind: str = "", **nbgrader) -> str:
    meta = {"grade": False, "locked": False, "schema_version": 3, "solution": False, "task": False, **nbgrader}
    return f"# %%{kind} nbgrader={json.dumps(meta)}"


def exercise(name: str, body: str, points: float) -> str:
    return f"""
{marker(grade_id=name, solution=True)}
def {name}(x):
    ### BEGIN SOLUTION
    {body}
    ### END SOLUTION

{marker(grade_id=f"check-{name}", grade=True, locked=True, points=points)}
check("{name}")
### BEGIN HIDDEN TESTS
check("{name}", seed=HIDDEN)
### END HIDDEN TESTS
"""


LESSON = f"""# %% [markdown]
# # Powers: $x^2$ – and “more”

# %%
# %matplotlib inline
from autograder.check import HIDDEN, check
{exercise("square", "return secret_square(x)", 2.5)}
# %% [markdown]
# The same words twice.

# %% [markdown]
# The same words twice.
{exercise("cube", "return x * secret_square(x)", 1)}
{marker(" [markdown]", grade_id="why", grade=True, solution=True, points=3)}
# The instructor's own answer, secret too.

{marker(" [markdown]", grade_id="rules", locked=True)}
# Do not edit this.
"""


@pytest.fixture
def course(tmp_path) -> Path:
    (tmp_path / "notebooks" / "text").mkdir(parents=True)
    write(tmp_path, LESSON)
    return tmp_path


def write(course: Path, text: str) -> Path:
    path = course / "notebooks" / "text" / "01_powers.py"
    path.write_text(text, encoding="utf-8")
    return path


def text_of(notebook) -> str:
    return "\n".join(cell.source for cell in notebook.cells)


def secret_lines(source) -> set[str]:
    """The lines that stand only between marks of a source notebook, or in an answer to be marked by hand."""
    inside, outside = set(), set()
    for cell in source.cells:
        meta = cell.metadata.get("nbgrader", {})
        hidden = cell.cell_type == "markdown" and meta.get("solution", False)
        for line in cell.source.splitlines():
            if re.search("BEGIN (SOLUTION|HIDDEN TESTS)", line):
                hidden = True
            elif re.search("END (SOLUTION|HIDDEN TESTS)", line):
                hidden = False
            (inside if hidden else outside).add(line.strip())
    return inside - outside


def assert_releasable(source, released) -> None:
    nbformat.validate(released)
    MetadataValidator().validate_nb(released)
    assert len(released.cells) == len(source.cells)
    assert not secret_lines(source) & {line.strip() for line in text_of(released).splitlines()}
    assert not re.search("(BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)", text_of(released))
    assert released.metadata.kernelspec.name == "python3"
    for cell in released.cells:
        assert not cell.get("outputs") and cell.get("execution_count") is None
        meta = cell.metadata.get("nbgrader", {})
        if meta.get("grade") and not meta["solution"]:
            assert cell.metadata.editable is False and cell.metadata.deletable is False
        if meta.get("solution") and cell.cell_type == "code":
            assert "raise NotImplementedError()" in cell.source


def test_released_lesson_keeps_what_is_public_and_drops_what_is_secret(course):
    path = write(course, LESSON)
    source, released = source_notebook(path, POINTS), release_notebook(path, POINTS)
    assert_releasable(source, released)
    assert {"return secret_square(x)", 'check("cube", seed=HIDDEN)'} <= secret_lines(source)
    assert "secret" not in text_of(released)
    assert 'check("square")' in text_of(released)
    assert "%matplotlib inline" in text_of(released).splitlines()  # a magic again, no longer a comment
    assert len({cell.id for cell in released.cells}) == len(released.cells)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_every_lesson_is_releasable(path):
    source = source_notebook(path)
    assert secret_lines(source) or path not in LESSONS, "a lesson without a solution would make the leak check empty"
    assert_releasable(source, release_notebook(path))


def test_built_notebooks_are_in_step_with_their_texts():
    drifted = build(ROOT, check=True)
    assert not drifted, f"run `make notebooks`: {', '.join(path.name for path in drifted)} differ from their text"


@pytest.mark.soak
def test_same_notebook_as_nbgrader_itself_makes(course):
    """The oracle: the real ``nbgrader generate_assignment`` on the source notebook."""
    path = write(course, LESSON)
    folder = course / "source" / "powers"
    folder.mkdir(parents=True)
    nbformat.write(source_notebook(path, POINTS), folder / "01_powers.ipynb")
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", "powers"]
    path_with_alembic = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        command,
        cwd=course,
        env=os.environ | {"PATH": path_with_alembic},  # nbgrader runs `alembic` by that name
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    theirs = nbformat.read(course / "release" / "powers" / "01_powers.ipynb", as_version=4)
    assert theirs == release_notebook(path, POINTS)


def test_build_is_idempotent_and_sees_drift(course):
    target = course / "notebooks" / "01_powers.ipynb"
    assert build(course, check=True, points=POINTS) == [target]
    assert not target.exists()
    assert build(course, points=POINTS) == [target]
    first = target.read_bytes()
    assert build(course, points=POINTS) == build(course, check=True, points=POINTS) == []
    assert target.read_bytes() == first

    target.write_bytes(first.replace(b"Do not edit", b"Please edit"))
    assert build(course, check=True, points=POINTS) == [target]
    assert build(course, points=POINTS) == [target]
    assert target.read_bytes() == first
    assert [path.name for path in target.parent.iterdir() if path.suffix == ".part"] == []


def test_an_edit_changes_only_its_own_cell(course):
    before = release_notebook(write(course, LESSON), POINTS)
    after = release_notebook(write(course, LESSON.replace("# Do not", "# New.\n\n# %% [markdown]\n# Do not")), POINTS)
    assert len(after.cells) == len(before.cells) + 1
    assert after.cells[: len(before.cells) - 1] == before.cells[:-1]


def test_a_notebook_without_text_is_named(course):
    (course / "notebooks" / "02_orphan.ipynb").write_text("{}")
    with pytest.raises(ReleaseError, match=r"no text for 02_orphan\.ipynb"):
        build(course, points=POINTS)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"grade_id": "cube"', '"grade_id": "square"', r"cell 7 \(square\): grade_id 'square' is taken"),
        ('"points": 2.5', '"points": 2', r"gives 2 points, the catalogue gives 2\.5"),
        (', "points": 2.5', "", "needs points of 0 or more, got None"),
        ('"points": 2.5', '"points": -1', "needs points of 0 or more, got -1"),
        (', "grade_id": "square"', "", "metadata lacks grade_id"),
        ('"grade_id": "square"', '"grade_id": "my square"', "may hold only letters"),
        ('"grade_id": "check-square"', '"grade_id": "square_test"', "must be called check-<exercise>"),
        ('"grade_id": "check-square"', '"grade_id": "check-root"', "no exercise 'root'"),
        ('"grade_id": "check-square"', '"grade_id": "check-cube"', "no solution cell 'cube' comes before"),
        ('"locked": true', '"locked": false', "a check cell must be locked"),
        ("    ### BEGIN SOLUTION\n    return secret_square(x)\n    ### END SOLUTION", "    pass", "without ### BEGIN"),
        ("    ### END SOLUTION\n", "", "marks of SOLUTION do not pair: BEGIN"),
        ("### END HIDDEN TESTS", "", "marks of HIDDEN TESTS do not pair: BEGIN"),
        ('"solution": true', '"solution": false', "SOLUTION marks stand only in a solution cell"),
    ],
)
def test_wrong_metadata_is_named_with_its_cell(course, old, new, message):
    assert old in LESSON
    path = write(course, LESSON.replace(old, new, 1))
    with pytest.raises(ReleaseError, match=r"01_powers\.py: cell \d") as error:
        release_notebook(path, POINTS)
    assert re.search(message, str(error.value))


def test_a_text_that_asks_for_no_answer_is_a_page_and_no_assignment(course):
    write(course, LESSON)
    texts = course / "notebooks" / "text"
    (texts / "00_start.py").write_text("# %% [markdown]\n# # Welcome\n\n# %%\n1 + 1\n", encoding="utf-8")
    (texts / "02_short.py").write_text('# %% exercise="square"\n', encoding="utf-8")
    assert assignments_in(texts) == ["01_powers", "02_short"]
    (texts / "02_short.py").unlink()
    assert [path.name for path in build(course, points=POINTS)] == ["00_start.ipynb", "01_powers.ipynb"]
    with pytest.raises(FileNotFoundError, match=r"there are: 01_powers$"):
        load_assignment("00_start", course)
