"""What the README says of the catalogue is what the catalogue says."""

import re

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
