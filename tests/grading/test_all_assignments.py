"""`course grade --assignment all`: every lesson that a class has handed in, with one command."""

import json
import shutil

import pytest
from click.testing import CliRunner

from autograder.cli import main
from autograder.cli.assignments import lessons
from autograder.files import ROOT

pytestmark = pytest.mark.sandbox
FIRST, SECOND, *_ = lessons()


@pytest.fixture
def submitted(tmp_path):
    for student, names in {"ada": [FIRST, SECOND], "bob": [SECOND]}.items():
        for name in names:
            folder = tmp_path / "submitted" / student / name
            folder.mkdir(parents=True)
            shutil.copy(ROOT / "notebooks" / f"{name}.ipynb", folder)
    return tmp_path / "submitted"


def grade(*arguments):
    return CliRunner().invoke(main, ["grade", *map(str, arguments)])


def test_every_lesson_has_its_results_and_its_pages(submitted, tmp_path):
    done = grade(submitted, "--assignment", "all", "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    for name, students in ((FIRST, ["ada"]), (SECOND, ["ada", "bob"])):
        assert f"\n{name}\n" in f"\n{done.stdout}"
        assert (tmp_path / "out" / f"{name}.summary.html").is_file()
        assert sorted(path.name for path in (tmp_path / "out" / "feedback").glob(f"*/{name}")) == [name] * len(students)
    assert "2 of 2 graded" in done.stdout
    again = grade(submitted, "--assignment", "all", "--out", tmp_path / "out", "--json")
    summaries = json.loads(again.stdout)
    assert {name: [row["student"] for row in s["students"]] for name, s in summaries.items()} == {
        FIRST: ["ada"], SECOND: ["ada", "bob"],
    }  # fmt: skip


def test_a_new_key_is_for_one_of_them(submitted, tmp_path):
    done = grade(submitted, "--assignment", "all", "--out", tmp_path / "out", "--new-key")
    assert done.exit_code == 2
    assert f"name {FIRST} or {SECOND}" in done.output
