"""The zip that Gradescope runs, unpacked as it does there and run on submissions of every kind."""

import json
import re
import shutil
import stat
import subprocess
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from gradescope_container import Container, problems_of
from nbgrader_courses import RIGHT, SIGMOID, WRONG

from autograder.catalogue import load
from autograder.check import VISIBLE
from autograder.cli import main
from autograder.errors import UserError
from autograder.files import ROOT
from autograder.grading.isolation.limits import Limits
from autograder.grading.seeds import fresh_key
from autograder.grading.submissions.assignment import copy_notebook, grade_id
from autograder.grading.ways.gradescope_results import attempt_in, results_of, student_in
from autograder.grading.ways.gradescope_zip import SCRIPTS, write_autograder
from autograder.grading.ways.limits_file import read_limits
from autograder.grading.ways.single import grade_single

pytestmark = pytest.mark.sandbox

NAME = "01_lesson"
README = (ROOT / "README.md").read_text(encoding="utf-8")
ADA = {"users": [{"id": 7, "email": "ada@uni.edu", "name": "Ada"}], "previous_submissions": []}
# right where anything of the grader's can be read or written, so that a score tells of it
SPY = """def sigmoid(z):
    reached = []
    for path in ("source/class/hidden-cases.key", "source/class/01_lesson.ipynb", "submission_metadata.json"):
        try:
            reached.append(open("/mnt/autograder/" + path).read())
        except OSError:
            pass
    try:
        reached.append(open("/mnt/autograder/results/results.json", "w"))
    except OSError:
        pass
    if reached:
        return np.exp(-np.logaddexp(0.0, -z))
    raise ValueError("LEAK" + str(z.ravel()[:3].tolist()))"""
ENDLESS = "def sigmoid(z):\n    while True:\n        pass"


@pytest.fixture(scope="module")
def archive(tmp_path_factory, source_path) -> Path:
    path = tmp_path_factory.mktemp("export") / "autograder.zip"
    write_autograder(source_path, path)
    return path


@pytest.fixture(scope="module")
def container(tmp_path_factory, archive) -> Container:
    return Container.unpacked(archive, tmp_path_factory.mktemp("autograder"))


@pytest.fixture(scope="module")
def submission(assignment):
    def make(**answers) -> bytes:
        notebook = copy_notebook(assignment.released)
        for cell in notebook.cells:
            cell.source = answers.get(grade_id(cell), cell.source)
        return json.dumps(notebook).encode()

    return make


def test_what_is_in_it(archive):
    with zipfile.ZipFile(archive) as packed:
        modes = {info.filename: stat.S_IMODE(info.external_attr >> 16) for info in packed.infolist()}
        assert packed.testzip() is None
        assert len(packed.read("class/hidden-cases.key").strip()) == 64
    assert modes["setup.sh"] == modes["run_autograder"] == 0o755
    assert modes["class/hidden-cases.key"] == 0o600
    assert {f"class/{NAME}.ipynb", "course/requirements.lock", "course/data/digits.npz"} <= set(modes)
    assert not [name for name in modes if "__pycache__" in name or name.startswith("/") or ".." in name]
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600


def result_of(tmp_path, assignment, data: bytes, name: str = f"{NAME}.ipynb") -> dict:
    """results.json without a container."""
    (tmp_path / name).write_bytes(data)
    results = results_of(grade_single(tmp_path, assignment, fresh_key()))
    assert problems_of(results) == []
    return results


@pytest.mark.soak
def test_wrong_and_hostile_answers_in_a_container(container, submission):
    container.submit({"mine.ipynb": submission(relu_backward=WRONG, sigmoid=SPY)}, ADA)
    results, said = container.grade()
    assert results is not None, said
    assert problems_of(results) == []
    assert results["extra_data"] == {"sandbox": "landlock"}  # there are no namespaces
    assert results["stdout_visibility"] == "hidden"
    assert "mine.ipynb" in results["output"]
    wrong, hostile = results["tests"]
    assert "Likely cause" in wrong["output"]
    assert "Reproduce: relu_backward(" in wrong["output"]
    assert 0 <= wrong["score"] < wrong["max_score"]
    assert (hostile["score"], hostile["status"]) == (0, "failed")
    assert "ValueError" in hostile["output"]
    visible = load("sigmoid").cases[0].inputs(VISIBLE)["z"].ravel()[:3].tolist()
    assert set(re.findall(r"LEAK(\[.*?\])", hostile["output"])) == {str(visible)}  # what the notebook's check shows


def test_a_right_submission(tmp_path, assignment, submission):
    results = result_of(tmp_path, assignment, submission(relu_backward=RIGHT, sigmoid=SIGMOID, why="Because."))
    assert results["score"] == sum(test["max_score"] for test in results["tests"]) > 0
    assert [test["status"] for test in results["tests"]] == ["passed", "passed"]
    assert results["output"] == "Read and graded by your instructor, not in this score: why."


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        (f"{NAME}.ipynb", b"{", "Nothing could be graded."),
        (f"{NAME}.ipynb", b"", "Nothing could be graded."),
        ("essay.pdf", b"%PDF", f"there is no {NAME}.ipynb"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path, assignment, name, data, said):
    results = result_of(tmp_path, assignment, data, name)
    assert (results["score"], results["tests"]) == (0, [])
    assert said in results["output"]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ('{"users": [{"id": 9}, {"id": 12}]}', "12+9"),
        ('{"users": "ada"}', ""),
        ('{"users": []}', ""),
        ("[" * 100_000, ""),
        ("", ""),
    ],
)
def test_who_has_submitted(tmp_path, text, who):
    path = tmp_path / "submission_metadata.json"
    path.write_text(text)
    assert student_in(path) == who
    assert student_in(tmp_path / "nowhere") == attempt_in(path) == attempt_in(tmp_path / "nowhere") == ""
    path.write_text('{"id": 123456, "created_at": "2018-07-01T14:22:32.365935-07:00", "users": []}')
    assert attempt_in(path) == "123456 2018-07-01T14:22:32.365935-07:00"


def test_the_command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["export-autograder", "gradescope", "--assignment", "2", "--visibility", "hidden"])
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(tmp_path / "02_initialization.gradescope.zip") as packed:
        assert packed.read("settings") == b"assignment=02_initialization\nvisibility=hidden\n"
    for wrong, said in (
        (["--visibility", "public"], "knows no visibility 'public'"),
        (["--assignment", "20_x"], "no source of 20_x; there are: 01_vanishing_gradients"),
        ([], "say which one you mean with --assignment"),
    ):
        options = wrong if "--assignment" in wrong or not wrong else ["--assignment", "1", *wrong]
        failed = CliRunner().invoke(main, ["export-autograder", "gradescope", *options])
        assert failed.exit_code == 1
        assert said in failed.output


def test_exercises_of_the_instructors_own_come_along(tmp_path, source_path):
    lesson, course = tmp_path / "source" / NAME, tmp_path / "exercises"
    for folder in (lesson / "exercises", course):
        folder.mkdir(parents=True)
    shutil.copy(source_path, lesson)
    (course / "mine.py").write_text("# one")
    (lesson / "exercises" / "other.py").write_text("# two")
    write_autograder(lesson / source_path.name, tmp_path / "a.zip", course=tmp_path)
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        assert packed.read("class/exercises/mine.py") == b"# one"
        assert packed.read("class/exercises/other.py") == b"# two"
    (course / "other.py").write_text("# three")
    with pytest.raises(UserError, match="have the same name"):
        write_autograder(lesson / source_path.name, tmp_path / "b.zip", course=tmp_path)


def test_the_limits_of_the_course_hold_there(tmp_path, source_path):
    """They are exported with the assignment, since nothing of the course's configuration is run there."""
    limits = Limits(call_seconds=0.5, follow_through=False, exercises={"sigmoid": {"call_seconds": 2.0}})
    write_autograder(source_path, tmp_path / "a.zip", limits=limits)
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        packed.extract("class/limits.json", tmp_path)
    assert read_limits(tmp_path / "class" / "limits.json") == limits
    (tmp_path / "limits.json").write_text('{"call_seconds": 1, "of_nothing": 2}')
    with pytest.raises(UserError, match="no limits that can be used"):
        read_limits(tmp_path / "limits.json")
    assert "--limits" in (SCRIPTS / "run_autograder").read_text()


@pytest.mark.parametrize("script", ["setup.sh", "run_autograder"])
def test_the_scripts_are_bash(script):
    subprocess.run(["bash", "-n", SCRIPTS / script], check=True)


@pytest.mark.parametrize("fit", ["python3", "python3.11"])
def test_the_set_up_installs_what_readme_says(tmp_path, archive, fit):
    """With a Python that fits, and with one that does not; what changes the machine is only written down here."""
    container = Container.unpacked(archive, tmp_path / "autograder")
    tools, calls = tmp_path / "tools", tmp_path / "calls"
    tools.mkdir()
    for name in ("apt-get", "useradd", "chown", "chmod", "setpriv"):
        (tools / name).write_text(f'#!/bin/sh\necho "{name} $*" >> {calls}\n')
    for name in ("python3", "python3.11", "python3.12", "python3.13"):
        # makes an environment whose Python writes down what it is asked for
        fits = f'case "$*" in *ensurepip*) test -e {tools}/fits-{name}; exit;; esac'
        makes = '[ "$2" != venv ] || cp "$0" "$3/bin/python"'
        (tools / name).write_text(f'#!/bin/sh\n{fits}\necho "{name} $*" >> {calls}\n{makes}\n')
    if fit == "python3":
        (tools / "fits-python3").touch()
    with (tools / "apt-get").open("a") as file:
        file.write(f'case "$*" in *python3.11*) touch {tools}/fits-python3.11;; esac\n')
    for tool in tools.iterdir():
        tool.chmod(0o755)
    environment = {"PATH": f"{tools}:/usr/bin:/bin", "AUTOGRADER_ROOT": str(container.root), "COURSE_USER": "nobody"}
    setup = ["bash", str(container.root / "source" / "setup.sh")]
    done = subprocess.run(setup, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    said = calls.read_text()
    assert "install -y --no-install-recommends bubblewrap util-linux python3 python3-venv" in said
    assert ("install -y --no-install-recommends python3.11 python3.11-venv" in said) is (fit == "python3.11")
    assert f"{fit} -m venv" in said
    for command in re.findall(r"pip install (--[^`]*?-r requirements.lock|--no-deps [^`]*?-e \.)`", README):
        assert f"-m pip install {command}\n" in said
    assert said.index(f"chmod -R go= {container.root}/source") < said.index("course warmup")


@pytest.mark.soak
@pytest.mark.parametrize("filtered", [True, False])
def test_every_kind_of_submission_in_a_container(container, submission, filtered):
    """Without namespaces, and with them."""
    right = submission(relu_backward=RIGHT, sigmoid=SIGMOID)
    kinds = {
        "right": ({f"{NAME}.ipynb": right}, 2),
        "endless": ({f"{NAME}.ipynb": submission(relu_backward=RIGHT, sigmoid=ENDLESS)}, 1),
        "broken": ({f"{NAME}.ipynb": right[:-9]}, 0),
        "empty": ({}, 0),
        "another": ({"essay.pdf": b"%PDF"}, 0),
    }
    for kind, (files, passed) in kinds.items():
        container.submit(files, ADA)
        results, said = container.grade(filtered)
        assert results is not None, said
        assert problems_of(results) == [], kind
        assert sum(test["status"] == "passed" for test in results["tests"]) == passed, kind
        if results["tests"]:
            assert (results["extra_data"]["sandbox"] == "landlock") is filtered


@pytest.mark.soak
def test_where_nothing_was_judged_there_are_no_results_and_instructors_are_told(container, submission):
    """Gradescope then says that the autograder failed, and gives no score."""
    container.submit({f"{NAME}.ipynb": submission()}, ADA)
    key = container.root / "source" / "class" / "hidden-cases.key"
    text = key.read_text()
    key.write_text("spoilt")
    results, said = container.grade()
    key.write_text(text)
    assert results is None
    assert "holds no key" in said
