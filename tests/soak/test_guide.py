"""docs/grading.md: every command of it is run as it stands there, on a class of three."""

import os
import re
import subprocess
import sysconfig
from pathlib import Path

import pytest

from autograder.files import ROOT
from autograder.grading.demo import solutions_of, toy_class
from autograder.grading.submissions.assignment import load_assignment
from autograder.release import source_notebook

pytestmark = [pytest.mark.soak, pytest.mark.sandbox]

NAME = "01_vanishing_gradients"
STUDENTS = ("perfect", "blank", "misconceptions_1")
TEXT = (ROOT / "docs" / "grading.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ (.+)$", TEXT, re.M)


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> tuple[Path, dict[str, str]]:
    """The folder that the page makes, after all its commands, and what each of them said."""
    folder, said = tmp_path_factory.mktemp("guide"), {}
    environment = {**os.environ, "PATH": os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])}
    for command in COMMANDS:
        if command.startswith("cd "):
            folder /= command.removeprefix("cd ")
            hand_in(folder / "submitted")
            continue
        options = {"capture_output": True, "text": True, "timeout": 600, "env": environment}
        done = subprocess.run(command.split(), cwd=folder, **options)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        said[command] = done.stdout
    return folder, said


def hand_in(submitted: Path):
    solutions = solutions_of(source_notebook(ROOT / "notebooks" / "text" / f"{NAME}.py"))
    for toy in toy_class(load_assignment(NAME), solutions):
        if toy.student in STUDENTS:
            path = submitted / toy.student / NAME / f"{NAME}.ipynb"
            path.parent.mkdir(parents=True)
            path.write_bytes(toy.data)


def test_the_page_has_commands_of_every_kind():
    kinds = {" ".join(command.split()[:2]) for command in COMMANDS}
    assert {"course new-class", "course grade", "course stats", "course regrade", "course audit"} <= kinds


def test_what_the_page_says_stands_there(course):
    folder, _ = course
    table = TEXT[TEXT.index("| in the course folder") :].partition("\n\n")[0]
    rows = re.findall(r"^\| `([^`]+)` \|", table, re.M)
    assert len(rows) == 9
    for place in rows:
        for student in STUDENTS if "<student>" in place else [""]:
            assert (folder / place.replace("<student>", student).replace("<assignment>", NAME)).exists(), place


def test_the_commands_say_what_the_page_promises(course):
    _, said = course
    (graded,) = [text for command, text in said.items() if command.startswith("course grade")]
    assert "3 of 3 graded" in graded
    assert "head" in graded
    assert "whole and in order" in said["course audit verify"]
    assert all("every verdict stands" in text for command, text in said.items() if "regrade" in command)
