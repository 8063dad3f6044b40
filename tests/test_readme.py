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


def test_the_table_of_units_counts_right():
    table = (
        (ROOT / "README.md").read_text(encoding="utf-8").partition("## The units so far")[2].partition("## Measured")[0]
    )
    rows = re.findall(r"^\| (\d\d) ([\w -]+) \| (.*) \|$", table, re.MULTILINE)
    assert [f"{number}_{re.sub('[ -]', '_', title)}" for number, title, _ in rows] == [
        lesson_of(name) for name in ORDER
    ]
    for (_, _, said), name in zip(rows, ORDER, strict=True):
        if name not in built():
            assert said.startswith("to come")
            continue
        exercises, forms, widgets, claims = map(int, re.findall(r"\d+", said))
        assert exercises == len(catalogue(name))
        assert forms == sum(len(exercise.misconceptions) for exercise in catalogue(name))
        assert widgets == len(import_module(f"course_lib.units.{name}.widgets").__all__)
        assert claims == len(all_claims(name))


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
