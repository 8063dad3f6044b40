"""One submission graded where no class is: what is written for the student, exit codes, and the recipe for CI."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml
from click.testing import CliRunner
from nbgrader_courses import RIGHT, SIGMOID, WRONG
from pages import HOSTILE

from autograder.cli import main
from autograder.files import ROOT
from autograder.grading.seeds import Key
from autograder.grading.submissions.assignment import copy_notebook, grade_id, load_assignment
from autograder.grading.ways.single import grade_single, run_of_ci

pytestmark = pytest.mark.sandbox

NAME = "01_lesson"
WORKFLOW = ROOT / "docs" / "ci" / "github.yml"
README = (ROOT / "README.md").read_text(encoding="utf-8")
LMS = (ROOT / "docs" / "lms.md").read_text(encoding="utf-8")


@pytest.fixture
def hand_in(tmp_path, assignment):
    def write(**answers) -> Path:
        notebook = copy_notebook(assignment.released)
        for cell in notebook.cells:
            cell.source = answers.get(grade_id(cell), cell.source)
        path = tmp_path / "submission" / f"{NAME}.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(notebook))
        return path

    return write


def grade_one(*arguments) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["grade-one", *map(str, arguments)])
    return done.exit_code, done.output


def test_json_and_markdown_of_a_mixed_submission(tmp_path, source_path, hand_in):
    path = hand_in(relu_backward=WRONG, sigmoid=SIGMOID, why="```\n<script>alert(1)</script>")
    files = ["--json", tmp_path / "a.json", "--markdown", tmp_path / "a.md"]
    code, said = grade_one(path, "--source", source_path, "--student", "ada", *files)
    assert code == 0, said
    told = json.loads((tmp_path / "a.json").read_text())
    assert (told["assignment"], told["student"]) == (NAME, "ada")
    assert told["waiting_for_a_human"] == ["why"]
    assert {row["name"]: row["verdict"] for row in told["exercises"]} == {"relu_backward": "fail", "sigmoid": "pass"}
    assert told["score"] == sum(row["score"] for row in told["exercises"]) < told["points"]
    page = (tmp_path / "a.md").read_text()
    assert page.startswith(f"## {NAME}: ")
    assert "| ✗ fail | relu_backward |" in page
    assert "Likely cause" in page
    assert "Reproduce: relu_backward(" in page
    assert "### sigmoid" not in page
    assert "script" not in page


def test_the_same_notebook_is_asked_other_numbers_when_it_is_handed_in_again(assignment, hand_in, monkeypatch):
    path, found = hand_in(relu_backward=RIGHT.replace("dout, 0", "1.3 * dout, 0")), []
    for run in ("1", "1", "2"):
        monkeypatch.setenv("GITHUB_RUN_ID", run)
        graded = grade_single(path, assignment, Key(bytes(32)), attempt=run_of_ci())
        found.append([case.explanation for case in graded.result.reports["check-relu_backward"].cases])
    assert found[0] == found[1] != found[2]


def test_what_students_write_is_code_in_markdown(tmp_path, source_path, hand_in):
    evil = f"def sigmoid(z):\n    raise ValueError('''```\n# {HOSTILE}''')"
    path = hand_in(relu_backward=RIGHT, sigmoid=evil)
    odd = path.rename(path.with_name("`` <img src=x> ![a](http:b).ipynb"))
    code, page = grade_one(odd, "--source", source_path, "--assignment", NAME)
    assert code == 0, page
    in_code, outside = False, []
    for line in page.splitlines():
        if re.fullmatch("`{3,}(text)?", line):
            in_code = not in_code
        elif not in_code:
            outside.append(re.sub(r"(`+) .*? \1(?!`)", "", line))
    assert not in_code
    assert not re.search(r"<\w|!\[", "\n".join(outside))


def test_exit_codes(tmp_path, source_path, hand_in):
    half = hand_in(relu_backward="def relu_backward(dout, z):\n    return 1 / 0", sigmoid=SIGMOID)
    assert grade_one(half, "--source", source_path, "--require", 10)[0] == 0
    assert grade_one(half, "--source", source_path, "--require", 100)[0] == 1
    half.write_text("{")
    assert grade_one(half, "--source", source_path)[0] == 0
    assert grade_one(half, "--source", source_path, "--require", 1)[0] == 1
    assert grade_one(tmp_path / "gone.ipynb", "--source", source_path, "--require", 1)[0] == 1
    for wrong, why in (
        (["--source", tmp_path / "none.ipynb"], "there is no source notebook"),
        (["--assignment", "20_x"], "no assignment is called '20_x'"),
        (["--source", source_path, "--key-file", tmp_path / "none.key"], "cannot be read"),
    ):
        code, said = grade_one(half, *wrong)
        assert (code, why in said) == (2, True), said


def test_a_fault_of_ours_is_no_outcome(source_path, hand_in, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("autograder.box.landlock.version", lambda: 0)
    code, said = grade_one(hand_in(), "--source", source_path)
    assert code == 2
    assert "bubblewrap" in said


def test_a_folder_is_graded_as_its_notebook(source_path, hand_in):
    """As it is checked out of a repository, with other things beside it."""
    path = hand_in(relu_backward=RIGHT, sigmoid=SIGMOID)
    for name in (".git/config", ".github/workflows/grade.yml", "README.md"):
        (path.parent / name).parent.mkdir(parents=True, exist_ok=True)
        (path.parent / name).write_text("text")
    told = [grade_one(where, "--source", source_path, "--assignment", NAME)[1] for where in (path, path.parent)]
    assert told[0] == told[1]
    assert told[0].count("✓ pass") == 2


def test_nothing_in_the_present_folder_is_run(tmp_path, source_path, hand_in, monkeypatch):
    """In a runner, it may be the student's own."""
    path = hand_in(sigmoid=SIGMOID)
    for name in ("nbgrader_config.py", "exercises/relu_backward.py"):
        (path.parent / name).parent.mkdir(exist_ok=True)
        (path.parent / name).write_text("raise SystemExit('the student was here')")
    monkeypatch.chdir(path.parent)
    code, said = grade_one(path.name, "--source", source_path)
    assert code == 0, said
    assert "the student was here" not in said


def test_the_page_lists_the_exit_codes():
    assert re.findall(r"^\| (\d) \|", LMS, re.M) == ["0", "1", "2"]


def test_the_commands_of_the_page_are_there():
    commands = re.findall(r"^    course (\S+) (.*)$", LMS, re.M)
    assert {name for name, _ in commands} == {"export-autograder", "grade-one"}
    for name, arguments in commands:
        command = main.commands[name]
        command.make_parser(click.Context(command)).parse_args(shlex.split(arguments))
    said = {option for command in main.commands.values() for each in command.params for option in each.opts}
    assert set(re.findall(r"`(--[a-z-]+)", LMS)) <= said


def steps() -> dict[str, str]:
    """The commands of the workflow, by the name of their step."""
    (job,) = yaml.safe_load(WORKFLOW.read_text())["jobs"].values()
    return {step["name"]: step["run"] for step in job["steps"] if "run" in step}


def test_the_workflow_is_whole():
    workflow = yaml.safe_load(WORKFLOW.read_text())
    (job,) = workflow["jobs"].values()
    assert workflow["permissions"] == {"contents": "read"}
    assert all(re.fullmatch(r"actions/[\w-]+@v\d+", step["uses"]) for step in job["steps"] if "uses" in step)
    assert {step["with"]["path"] for step in job["steps"][:2]} == {"submission", "course"}
    assert "secrets" not in WORKFLOW.read_text()
    assert job["env"]["ASSIGNMENT"] in {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}


@pytest.mark.soak
def test_the_commands_of_the_workflow(tmp_path):
    """As they stand there, in GitHub's shell; what needs root or the network is written down instead."""
    (job,) = yaml.safe_load(WORKFLOW.read_text())["jobs"].values()
    name, calls, tools = job["env"]["ASSIGNMENT"], tmp_path / "calls", tmp_path / "tools"
    (tmp_path / "submission").mkdir()
    (tmp_path / "submission" / f"{name}.ipynb").write_text(json.dumps(load_assignment(name).released))
    (tmp_path / "course" / ".venv" / "bin").mkdir(parents=True)
    tools.mkdir()
    (tools / "sudo").write_text(f'#!/bin/sh\necho "sudo $*" >> {calls}\n')
    (tools / "python").write_text(
        f'#!/bin/sh\necho "python $*" >> {calls}\n[ "$2" != venv ] || cp "$0" "$3/bin/python"\n'
        f'[ "$2" != venv ] || ln -s {Path(sys.executable).with_name("course")} "$3/bin/course"\n'
    )
    for tool in tools.iterdir():
        tool.chmod(0o755)
    environment = {
        **os.environ, **{key: str(value) for key, value in job["env"].items()},
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", "GITHUB_REPOSITORY": "uni/lesson-ada",
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
    }  # fmt: skip
    codes = {}
    for step, command in steps().items():
        shell = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", command]
        done = subprocess.run(shell, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=600)
        codes[step] = done.returncode, done.stdout + done.stderr
    assert [code for code, _ in codes.values()] == [0, 1], codes  # the notebook as released is below what is required
    assert json.loads((tmp_path / "grade.json").read_text())["student"] == "uni/lesson-ada"
    assert (tmp_path / "summary.md").read_text().startswith(f"## {name}: 0 of ")
    said = calls.read_text()
    assert "install -y --no-install-recommends bubblewrap" in said
    for command in re.findall(r"\bpip install (--require-hashes -r |--no-deps --no-build-isolation -e )", README):
        assert f"-m pip install {command}course" in said
