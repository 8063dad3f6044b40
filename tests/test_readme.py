"""What the README says of the catalogue is what the catalogue says."""

import re
import subprocess
import sys
from importlib import import_module

import pytest

from autograder.catalogue import catalogue
from autograder.files import ROOT
from course_lib.units import ORDER, built, lesson_of
from course_lib.units.claims import all_claims


def row_of(name):
    """The unit's row in the table; a failure shows it, to be pasted."""
    title = lesson_of(name).replace("_", " ")
    if name not in built():
        return f"| {title} | to come | | | |"
    exercises, widgets = catalogue(name), import_module(f"course_lib.units.{name}.widgets").__all__
    wrong = sum(len(exercise.misconceptions) for exercise in exercises)
    return f"| {title} | yes | {len(exercises)}, with {wrong} wrong forms | {len(widgets)} | {len(all_claims(name))} |"


def test_the_table_of_units_counts_right():
    table = (ROOT / "README.md").read_text(encoding="utf-8").partition("## The units so far")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| \d.*\|$", table, re.MULTILINE)
    assert [row for row in map(row_of, ORDER) if row not in rows] == []
    assert len(rows) == len(ORDER)


def test_every_picture_is_there():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    pictures = re.findall(r"!\[([^\]]+)\]\(([^)]+)\)", text)
    assert pictures
    assert all(alt and (ROOT / path).is_file() for alt, path in pictures)


def test_the_example_of_the_library_runs_and_goes_on(tmp_path):
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    (example,) = [block for block in blocks if "fit(" in block]
    for _ in range(2):  # the second time from the checkpoint
        command = [sys.executable, "-c", example]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, done.stderr
        assert "20/20" in done.stdout and "4,938" in done.stdout
    assert {path.name for path in tmp_path.iterdir()} == {"digits.safetensors", "history.png"}


def test_the_table_of_the_library_names_its_modules():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (`.*`) \|$", text, re.MULTILINE)
    assert rows
    for topic, named in rows:
        modules = {path.stem for path in (ROOT / "course_lib" / topic).glob("[a-z]*.py")}
        assert re.findall(r"`(\w+)`", named) == sorted(name for name in modules if not name.endswith("_kernels"))


@pytest.mark.parametrize("text", [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))])
def test_every_path_that_a_text_names_exists(text):
    """In backticks, from the top of the repository; ``<unit>`` and ``NN`` stand for any name."""
    top = "|".join(path.name for path in ROOT.iterdir() if path.is_dir() and path.name[0].isalpha())
    paths = re.findall(rf"`((?:{top})/[\w<>*./-]*)`", text.read_text(encoding="utf-8"))
    assert [path for path in paths if not any(ROOT.glob(re.sub(r"<\w+>|\bNN", "*", path)))] == []
