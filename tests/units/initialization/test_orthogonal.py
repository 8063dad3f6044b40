"""The judges of orthogonal matrices refuse no right answer, and raise for none."""

import numpy as np
import pytest
from thrift import rest_in_soak

from autograder.exercises.initialization import haar_orthogonal, orthogonal

FORMS = [
    (module, form) for module in (haar_orthogonal, orthogonal) for form in module.exercise.equivalents
]  # those of the square ones come first: they are judged in one thing more


@pytest.mark.parametrize(("module", "form"), rest_in_soak(FORMS), ids=lambda part: getattr(part, "name", "in"))
def test_no_right_answer_is_refused_on_300_seeds(module, form):
    for seed in range(300):
        for case in module.exercise.cases:
            inputs = case.inputs(seed)
            value = form.function(**inputs | {"rng": inputs["rng"].generator()})
            assert module.judge(inputs, value) is None, (seed, case.sentence)


@pytest.mark.parametrize(
    "value",
    [None, 3, "q", [[1.0]], np.zeros((30, 30), int), np.zeros((30, 30)), np.ones((30, 30)), np.full((30, 30), np.nan)],
    ids=lambda value: str(type(value).__name__),
)
@pytest.mark.parametrize("module", [haar_orthogonal, orthogonal], ids=lambda module: module.exercise.name)
def test_strange_values_are_refused_without_an_exception(module, value):
    assert module.judge({"rng": None, "n": 30, "rows": 30, "cols": 30, "gain": 1.0}, value) is not None
