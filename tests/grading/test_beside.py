"""Files beside the notebook go with it: in the box, read-only, and found by nobody but the student's own code."""

import os
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from nbgrader_courses import NAME, RIGHT, hand_in, make_course

import autograder.box
from autograder.grading.grade import grade_class
from autograder.grading.isolation.limits import LEVELS
from autograder.grading.isolation.sandbox import Cell, Limits, Sandbox
from autograder.grading.submissions.beside import MAX_EACH, MAX_FILES
from autograder.grading.submissions.collect import look_through

OWN = f"{NAME}.ipynb"


def files_of(path, student):
    (submission,) = [submission for submission in look_through(path, NAME).submissions if submission.student == student]
    files = {name: stored if isinstance(stored, bytes) else stored.read() for name, stored in submission.files.items()}
    return files, "; ".join(submission.remarks)


@pytest.fixture
def beside(tmp_path):
    """The folder of ada's notebook."""
    folder = tmp_path / "ada" / NAME
    folder.mkdir(parents=True)
    (folder / OWN).write_bytes(b"{}")
    return folder


def write(folder, *names, data=b"x"):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def test_modules_and_data_are_taken_and_what_is_the_courses_is_not(tmp_path, beside):
    write(beside, "helpers.py", "slope.csv", "data/years.txt", "mine/__init__.py", "Größe 2.csv")
    write(beside, "timestamp.txt", data=b"2026-01-01 00:00:00 UTC")
    write(beside, "submission_secret.txt", "exercises/softplus.py", ".course/answers.json", "scratch.ipynb")
    write(beside, ".DS_Store", ".ipynb_checkpoints/a.ipynb", "__MACOSX/._a", ".gitignore", "exercises/.x", ".vscode/a")
    files, said = files_of(tmp_path, "ada")
    assert set(files) == {"helpers.py", "slope.csv", "data/years.txt", "mine/__init__.py", "Größe 2.csv"}
    assert said == f"{OWN} is graded; not graded: scratch.ipynb"


@pytest.mark.parametrize("name", ["numpy.py", "numba/__init__.py", "course_lib/functions.py", "autograder.py",
                                  "random.py", "llvmlite/a.py", "test.py"])  # fmt: skip
def test_a_module_that_has_the_name_of_another_is_left_out(tmp_path, beside, name):
    write(beside, name, "helpers.py")
    files, said = files_of(tmp_path, "ada")
    assert set(files) == {"helpers.py"}
    assert f"{name} (Python finds another" in said


def test_what_is_no_plain_file_of_a_sane_name_is_left_out_by_name(tmp_path, beside):
    secret = tmp_path.parent / "secret.txt"
    secret.write_text("secret")
    (beside / "link.csv").symlink_to(secret)
    (beside / "hard.csv").hardlink_to(secret)
    (beside / "folder").symlink_to(tmp_path.parent)
    os.mkfifo(beside / "pipe.csv")
    write(beside, "line\nbreak.csv", "a/b/c/d/e.csv", "fast.so", "old.pyc", "x" * 120)
    write(beside, "program", data=b"\x7fELF...")
    write(beside, "large.csv", data=bytes(MAX_EACH + 1))
    write(beside, "fine.csv")
    files, said = files_of(tmp_path, "ada")
    assert files == {"fine.csv": b"x"}
    assert "and 6 more" in said or "and 7 more" in said
    assert said.isprintable()


def test_what_is_hidden_is_left_out_by_name_also_in_a_zip(tmp_path, beside):
    write(beside, ".slope.csv", ".data/years.txt", "data/.years.txt", "data/years.txt", ".DS_Store")
    left_out = ", ".join(f"{name} (its name begins with a dot)" for name in (".data", ".slope.csv", "data/.years.txt"))
    expected = {"data/years.txt": b"x"}, f"left out of the files beside the notebook: {left_out}"
    assert files_of(tmp_path, "ada") == expected
    with zipfile.ZipFile(tmp_path.parent / "hidden.zip", "w") as archive:
        for path in filter(Path.is_file, tmp_path.rglob("*")):
            archive.write(path, path.relative_to(tmp_path))
    assert files_of(tmp_path.parent / "hidden.zip", "ada") == expected


def test_only_so_many_files_are_taken_modules_first(tmp_path, beside):
    write(beside, *(f"{number}.csv" for number in range(MAX_FILES + 5)), "helpers.py")
    files, said = files_of(tmp_path, "ada")
    assert len(files) == MAX_FILES
    assert "helpers.py" in files
    assert f"there are more than {MAX_FILES} files" in said


def test_a_flat_notebook_has_nothing_beside_it(tmp_path):
    write(tmp_path, "ada.ipynb", "bob.ipynb", "helpers.py")
    assert files_of(tmp_path, "ada") == ({}, "")


def test_what_canvas_has_received_again_counts_under_its_first_name(tmp_path):
    write(tmp_path, f"ada_1_5_{OWN}", f"bob_2_9_{OWN}", "bob_2_10_helpers.py")
    write(tmp_path, "ada_1_6_helpers.py", data=b"old")
    write(tmp_path, "ada_1_8_helpers-1.py", data=b"new")
    assert files_of(tmp_path, "ada_1")[0] == {"helpers.py": b"new", "helpers-1.py": b"new"}
    assert files_of(tmp_path, "bob_2")[0] == {"helpers.py": b"x"}


def test_a_zip_is_read_as_the_folder_is(tmp_path):
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        for name in (OWN, "helpers.py", "data/slope.csv", "numpy.py"):
            archive.writestr(f"submitted/ada/{NAME}/{name}", b"1")
    assert set(files_of(tmp_path / "class.zip", "ada")[0]) == {"helpers.py", "data/slope.csv"}


def test_another_file_is_another_submission(tmp_path, beside):
    digests = set()
    for data in (b"1", b"2"):
        write(beside, "helpers.py", data=data)
        (submission,) = look_through(tmp_path, NAME).submissions
        assert submission.loaded().digest == submission.digest
        digests.add(submission.digest)
    assert len(digests) == 2


FILES = {
    "helpers_of_mine.py": b"def double(x):\n    return 2.0 * x\n",
    "data/slope.csv": b"1.5\n",
    "mine/__init__.py": b"",
    "mine/inner.py": b"ONE = 1.0\n",
    **{f"{path.stem}.py": b"ONE = 1.0\n" for path in Path(autograder.box.__file__).parent.glob("[a-z]*.py")},
}
USES = """
import os
import numpy as np
from helpers_of_mine import double
import mine.inner

def line(x):
    with open("data/slope.csv") as file:
        file.read()
    return double(x) * np.loadtxt("data/slope.csv") + mine.inner.ONE

def spoiled(x):
    ways = (
        lambda: open("helpers_of_mine.py", "w"),
        lambda: os.chmod("helpers_of_mine.py", 0o666),
        lambda: os.unlink("helpers_of_mine.py"),
        lambda: os.rename("helpers_of_mine.py", "other.py"),
        lambda: os.truncate("data/slope.csv", 0),
    )
    done = 0
    for way in ways:
        try:
            way()
            done += 1
        except OSError:
            pass
    return done

def order(x):
    import importlib.util, sys
    return [importlib.util.find_spec(name).origin for name in ("json", "numba")], sys.path[-1] == ""

def ours(x):
    import cells, magics, wire, worker
    return cells.ONE + magics.ONE + wire.ONE + worker.ONE
"""
ALONE = """
import os, sys
def found(x):
    try:
        import helpers_of_mine
        return "found"
    except ImportError:
        return [place for place, _, names in os.walk("/") for name in names if name == "helpers_of_mine.py"]
"""


@pytest.mark.sandbox
@pytest.mark.parametrize("level", LEVELS)
def test_in_the_box_they_are_imported_and_read_and_stay_as_they_are(level):
    limits = Limits(call_seconds=60.0, levels=(level,))
    with Sandbox(limits, files={**FILES, "json.py": b"1 / 0", "numba.py": b"1 / 0"}) as box:
        assert [cell.error for cell in box.load([Cell("line", USES)])] == [""]
        assert np.allclose(box.run("line", {"x": 3.0}).value, 10.0)
        assert box.run("spoiled", {"x": 0.0}).value == 0
        assert np.allclose(box.run("line", {"x": 3.0}).value, 10.0)
        origins, last = box.run("order", {"x": 0.0}).value
        assert box.run("ours", {"x": 0.0}).value == 4.0  # the student's, which have the names of the box's own modules
        assert last and not any(os.path.basename(origin) in ("json.py", "numba.py") for origin in origins)
        # nobody else: neither the next box of the same zygote, nor the grader
        with Sandbox(limits) as other:
            other.load([Cell("found", ALONE)])
            assert other.run("found", {"x": 0.0}).value == []
    assert not {"helpers_of_mine", "mine"} & set(sys.modules)
    assert not [name for name in os.listdir("/tmp") if name.startswith("handed-in-")]


@pytest.mark.sandbox
def test_an_answer_that_imports_a_module_gets_its_marks(tmp_path, source_path, assignment):
    course = make_course(tmp_path / "dl", source_path)
    answer = "from my_helpers import switch\ndef relu_backward(dout, z):\n    return switch(dout, z)"
    path = hand_in(course, assignment, "ada", relu_backward=answer)
    body = RIGHT.replace("relu_backward", "switch")
    path.with_name("my_helpers.py").write_text(f"import numpy as np\n{body}\n")
    hand_in(course, assignment, "bob", relu_backward=answer)
    scores = {row.student: row.score for row in grade_class(course / "submitted", assignment, course).students}
    assert scores == {"ada": 1.0, "bob": 0.0}
    path.with_name("my_helpers.py").write_text("switch = 1\n")
    again = grade_class(course / "submitted", assignment, course)
    assert [(row.student, row.score) for row in again.students if row.fresh] == [("ada", 0.0)]
