"""A mistake is named on an exact match with one known form, and never on a guess."""

import numpy as np
import pytest

from autograder.call import call
from autograder.check import check
from autograder.diagnose import diagnose
from autograder.exercise import Exercise
from autograder.probes import Probes


def double(x):
    return 2 * x


@pytest.fixture
def exercise():
    exercise = Exercise("double", "none", 1, double, ())

    @exercise.misconception
    def squares(x):
        """It is squared."""
        return x**2

    @exercise.misconception
    def refuses_negative(x):
        """It refuses."""
        if (x < 0).any():
            raise ValueError("negative")
        return 2 * x

    @exercise.misconception
    def changes_x(x):
        """It changes x."""
        x *= 2
        return x

    @exercise.variant
    def adds_one(x):
        """One more, by another convention."""
        return 2 * x + 1

    return exercise


INPUTS = [{"x": np.array([2.0, 0.0])}, {"x": np.array([-3.0, 5.0])}]


def named(exercise, function, inputs=INPUTS):
    exercise.cases.clear()
    for number, given in enumerate(inputs):
        exercise.case(f"case {number}")(lambda rng, given=given: given)
    probes = Probes(exercise, 0)
    outcomes = [call(function, given) for given in inputs]
    is_right = [o.status == "returned" and probes.is_right(i, o) for i, o in enumerate(outcomes)]
    found = diagnose(probes, outcomes, ["pass" if right else "fail" for right in is_right])
    return found.name if found and found.kind != "derived" else None


def raises_another_message(x):
    if (x < 0).any():
        raise ValueError("less than zero")
    return 2 * x


def squares_and_changes_x(x):
    np.square(x, out=x)
    return x


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (lambda x: x * x, "squares"),
        (lambda x: x * x * (1 + 1e-9), "squares"),
        (lambda x: x * x * (1 + 1e-4), None),
        (lambda x: x * np.abs(x), None),
        (lambda x: np.add(x, x, out=x), "changes_x"),
        (lambda x: x + x + 1, "adds_one"),
        (lambda x: 3 * x, None),
        (double, None),
        (raises_another_message, None),
        (squares_and_changes_x, None),
    ],
)
def test_only_the_form_that_did_the_same_is_named(exercise, function, name):
    assert named(exercise, function) == name


def test_an_exception_is_a_fingerprint_too(exercise):
    def same_message(x):
        assert x.size
        if min(x) < 0:
            raise ValueError("negative")
        return x + x

    assert named(exercise, same_message) == "refuses_negative"


def test_when_two_forms_did_the_same_none_is_named(exercise):
    """At 0 and 2 squaring and doubling in place of a copy agree: only the other case tells them apart."""

    @exercise.misconception
    def multiplies_by_itself(x):
        """It is multiplied by itself."""
        return x * x

    assert named(exercise, lambda x: x**2) is None


def test_every_case_counts(exercise):
    """On the first case alone, squaring cannot be told from what refuses negative numbers."""
    assert named(exercise, np.square, INPUTS[:1]) is None
    assert named(exercise, np.square) == "squares"


def test_a_form_that_differs_in_corners_alone_is_named():
    """The form lets every entry pass that is not 0, this one those above 0: in a mask of dropout they are the same."""
    report = check("dropout_backward", lambda dout, mask: dout * (mask > 0))
    assert report.diagnosis.name == "forgets_the_factor"


def test_where_it_raises_the_corners_count():
    """A question about an array is the mistake of the form, and this one's that it expects one axis."""
    report = check("leaky_relu", lambda z, alpha=0.01: np.array([x if x > 0 else alpha * x for x in z]))
    assert report.diagnosis.kind == "derived"
