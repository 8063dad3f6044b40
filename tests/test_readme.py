"""What the README says of the catalogue is what the catalogue says."""

import re
import subprocess
import sys
from importlib import import_module

import numpy as np
import pytest

from autograder.check import check
from autograder.files import ROOT
from autograder.units_table import write_units_table
from course_lib.units import built, unit_named

README = (ROOT / "README.md").read_text(encoding="utf-8")
DEVELOPERS = (ROOT / "docs" / "developers.md").read_text(encoding="utf-8")
TEXTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_the_table_of_units_counts_right():
    assert write_units_table(ROOT / "README.md", check=True) == [], "run `make notebooks`"
    rows = re.findall(r"^\| (\d\d) .* \| yes \| (\d+), with \d+ wrong forms \| (\d+) \|", README, re.MULTILINE)
    for number, exercises, widgets in rows:
        unit = unit_named(number)
        assert int(exercises) == len(list((ROOT / "autograder" / "exercises" / unit).glob("[a-z]*.py")))
        assert int(widgets) == len(import_module(f"course_lib.units.{unit}.widgets").__all__)
    assert len(rows) == len(built())


def test_a_table_that_is_out_of_date_is_written_anew_and_nothing_else(tmp_path):
    stale = tmp_path / "README.md"
    text = re.sub(r"(?m)^\| 12 .*\n", "", re.sub(r"\| yes \| \d+,", "| yes | 7,", README))
    assert text != README
    stale.write_text(text, encoding="utf-8")
    assert write_units_table(stale, check=True) == write_units_table(stale) == [stale]
    assert stale.read_text(encoding="utf-8") == README
    assert write_units_table(stale) == []


def test_every_picture_and_every_page_that_a_text_links_to_is_there():
    linked = {}
    for text in TEXTS:
        found = re.findall(r"(!?)\[([^\]]*)\]\(([^)#:]+)(?:#[^)]*)?\)", text.read_text(encoding="utf-8"))
        linked |= {text.parent / path: (text.name, said) for _, said, path in found}
        assert all(said for picture, said, _ in found if picture), text
    assert [named for path, named in linked.items() if not path.is_file()] == []
    pictures = {path for path in linked if path.suffix == ".png"}
    assert pictures == set((ROOT / "docs").glob("*.png"))


def test_the_readme_is_short_and_begins_with_the_learner():
    assert len(README.split()) < 900
    headings = re.findall(r"^## (.*)$", README, re.MULTILINE)
    assert headings == ["Start", "What does not work", "More", "The units so far", "Licence"]


def test_the_check_says_what_the_page_for_developers_shows():
    (block,) = re.findall(r"```python\n(>>>.*?)```", DEVELOPERS, re.DOTALL)
    shown = block.partition("relu_backward))\n")[2]
    assert shown == f"{check('relu_backward', lambda dout, z: np.where(dout > 0, dout, 0.0))}\n"


@pytest.mark.soak
def test_the_example_of_the_library_runs_and_goes_on(tmp_path):
    blocks = re.findall(r"```python\n(.*?)```", DEVELOPERS, re.DOTALL)
    (example,) = [block for block in blocks if "fit(" in block]
    for _ in range(2):  # the second time from the checkpoint
        command = [sys.executable, "-c", example]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, done.stderr
        assert "20/20" in done.stdout and "4,938" in done.stdout
    assert {path.name for path in tmp_path.iterdir()} == {"digits.safetensors", "history.png"}


def test_the_table_of_the_library_names_its_modules():
    rows = re.findall(r"^\| `(\w+)` \| (`.*`) \|$", DEVELOPERS, re.MULTILINE)
    assert rows
    for topic, named in rows:
        modules = {path.stem for path in (ROOT / "course_lib" / topic).glob("[a-z]*.py")}
        assert re.findall(r"`(\w+)`", named) == sorted(name for name in modules if not name.endswith("_kernels"))


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: path.name)
def test_every_path_that_a_text_names_exists(text):
    """In backticks, from the top of the repository; ``<unit>`` and ``NN`` stand for any name."""
    top = "|".join(path.name for path in ROOT.iterdir() if path.is_dir() and path.name[0].isalpha())
    paths = re.findall(rf"`((?:{top})/[\w<>*./-]*)`", text.read_text(encoding="utf-8"))
    assert [path for path in paths if not any(ROOT.glob(re.sub(r"<\w+>|\bNN", "*", path)))] == []
