"""Every mistake in the list of misconceptions is executable: a form of some exercise carries its label.

A letter after the label tells apart several ways of writing the same mistake.
"""

import re
from importlib import import_module

import pytest

from autograder.catalogue import catalogue
from course_lib.units import built


@pytest.mark.parametrize("unit", built())
def test_every_label_of_the_unit_is_covered(unit):
    covered = {}
    for exercise in catalogue(unit):
        for form in [*exercise.misconceptions, *exercise.variants]:
            for label in form.labels:
                assert label not in covered, f"{label} is at {covered[label]} and {exercise.name}.{form.name}"
                covered[label] = f"{exercise.name}.{form.name}"
    groups = import_module(f"autograder.exercises.{unit}").MISCONCEPTIONS
    numbers = {group: range(1, of + 1) if isinstance(of, int) else of for group, of in groups.items()}
    wanted = {f"{group}{number}" for group in groups for number in numbers[group]}
    assert {re.fullmatch(r"([A-Z]+\d+)[a-z]?", label)[1] for label in covered} == wanted
