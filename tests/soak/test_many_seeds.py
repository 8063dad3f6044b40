"""Over many seeds: no right answer is ever rejected, no wrong one accepted or named as another."""

import pytest

from autograder.exercise import catalogue
from autograder.lint import lint

pytestmark = pytest.mark.soak


@pytest.mark.parametrize("exercise", catalogue(), ids=lambda exercise: exercise.name)
def test_lint_is_clean_on_sixty_seeds(exercise):
    row = lint(exercise, range(10_000, 10_060))
    assert row.ok, row.problems
