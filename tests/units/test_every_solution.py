"""The lessons' own solutions pass their checks; `make soak` runs them in a kernel, cell by cell."""

import pytest

from autograder.catalogue import catalogue
from autograder.check import HIDDEN, VISIBLE, check
from autograder.solutions import solutions


@pytest.mark.parametrize("seed", [VISIBLE, HIDDEN])
@pytest.mark.parametrize("exercise", catalogue(), ids=lambda exercise: exercise.name)
def test_the_lessons_solution_passes(exercise, seed):
    namespace, _ = solutions(exercise.unit)
    report = check(exercise.name, namespace[exercise.name], seed=seed)
    assert report.passed, report
    assert report.diagnosis is None, report
