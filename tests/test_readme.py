"""What the README says of the catalogue is what the catalogue says."""

import re
import subprocess
import sys

from autograder.exercise import catalogue
from autograder.files import ROOT
from course_lib.claims import all_claims


def test_the_table_of_what_stands_counts_right():
    row = next(
        line for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines() if line.startswith("| 01 ")
    )
    exercises, forms, _, claims = map(int, re.findall(r"\d+", row)[1:])
    unit = catalogue("vanishing_gradients")
    assert exercises == len(unit)
    assert forms == sum(len(exercise.misconceptions) for exercise in unit)
    assert claims == len(all_claims("vanishing_gradients"))


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
    """Every module of the library's top level stands in it, but for those that only others use."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    table = text[text.index("| topic | modules of `course_lib` |") : text.index("`course data list` shows")]
    named = set(re.findall(r"`([a-z0-9_/]+)`", table)) - {"course_lib"}
    there = {path.stem for path in (ROOT / "course_lib").glob("[a-z]*.py")}
    assert {name for name in named if "/" not in name} <= there
    inner = (
        "convolution_kernels pooling_kernels im2col image_files holdings files history progress training_step warmup"
    )
    assert there - named == {*inner.split(), "learners", "decision_stump"}
