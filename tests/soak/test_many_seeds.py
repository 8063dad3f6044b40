"""Over many seeds: no right answer is rejected, no wrong one is accepted, named as another, or worth more on one."""

import pytest

from autograder.catalogue import catalogue
from autograder.check import HIDDEN
from autograder.lint import lint

pytestmark = pytest.mark.soak


# lint also demands that every misconception passes the same cases on all seeds
@pytest.mark.parametrize("exercise", catalogue(), ids=lambda exercise: exercise.name)
def test_lint_is_clean_on_other_seeds(exercise):
    row = lint(exercise, [HIDDEN, 10_000])
    assert row.ok, row.problems
