"""Functions that students are handed are called as the exercise documents them, by place or by name."""

from pathlib import Path

import numpy as np
import pytest

from autograder.catalogue import catalogue
from autograder.domain import Array, Given, Number
from autograder.handed import Handed
from course_lib.units import lesson_of

TEXT = Path(__file__).resolve().parents[2] / "notebooks" / "text"
CALLED = [
    pytest.param(exercise, name, kind.called_with, id=f"{exercise.name}-{name}")
    for exercise in catalogue()
    for name, kind in (exercise.takes or {}).items()
    if isinstance(kind, Given) and len(kind.called_with or ()) > 1  # of which one would name some
]
SCALE = Handed(lambda x, c: c * x, "scale", {"x": Array(), "c": Number(0.0, 9.0)}, {})


@pytest.mark.parametrize("exercise, name, takes", CALLED)
def test_the_lesson_tells_the_names_of_its_parameters(exercise, name, takes):
    text = (TEXT / f"{lesson_of(exercise.unit)}.py").read_text()
    cell = text.partition(f'exercise="{exercise.name}"')[2].partition("# %%")[0]
    assert f"{name}({', '.join(takes)})" in cell


def test_arguments_may_be_named():
    x = np.arange(3.0)
    for value in (SCALE(x, 2.0), SCALE(x, c=2.0), SCALE(c=2.0, x=x)):
        np.testing.assert_array_equal(value, 2.0 * x)


@pytest.mark.parametrize(
    "arguments, named, said",
    [
        ((1.0,), {"x": 2.0, "c": 1.0}, "multiple values for argument 'x'"),
        ((1.0,), {"k": 2.0}, "unexpected keyword argument 'k'"),
        ((), {"c": 2.0}, "missing a required argument: 'x'"),
        ((1.0,), {}, "takes 2 arguments, got 1"),
    ],
)
def test_what_python_would_refuse_is_refused(arguments, named, said):
    with pytest.raises(TypeError, match=said):
        SCALE(*arguments, **named)
