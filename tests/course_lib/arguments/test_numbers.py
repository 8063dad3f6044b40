"""Single numbers and their intervals."""

from fractions import Fraction
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib._arguments import numbers


@pytest.mark.parametrize("value", [2, np.int64(2), np.uint8(2), np.array(2)])
def test_integers_of_all_kinds_are_taken(value):
    out = numbers.integer(value, 1, 2, name="stride")
    assert out == 2 and type(out) is int


@pytest.mark.parametrize(
    ("value", "limits", "error", "message"),
    [
        (2.0, (), TypeError, r"stride must be an integer, got 2.0 \(float\): type 2"),
        (2.5, (), TypeError, r"stride must be an integer, got 2.5 \(float\)"),
        ("2", (), TypeError, r"stride must be an integer, got '2' \(str\)"),
        (None, (), TypeError, r"stride must be an integer, got None \(NoneType\)"),
        (0, (1,), ValueError, "stride must be at least 1, got 0"),
        (9, (None, 8), ValueError, "stride must be at most 8, got 9"),
        (9, (1, 8), ValueError, r"stride must be in \[1, 8\], got 9"),
    ],
)
def test_what_is_not_an_integer_or_is_too_small_is_refused(value, limits, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        numbers.integer(value, *limits, name="stride")


@pytest.mark.parametrize(
    ("interval", "inside", "outside", "where"),
    [
        (numbers.FINITE, [-1e30, 0, 1], [inf, -inf], "be finite"),
        (numbers.POSITIVE, [1e-30, 1], [0, -1, inf], "be positive and finite"),
        (numbers.NOT_NEGATIVE, [0, 1e308], [-1e-320, inf], "be at least 0 and finite"),
        (numbers.Interval(1, inf, open_low=True, open_high=True), [1.5], [1, inf], "be above 1 and finite"),
        (numbers.UNIT, [0, 0.5, 1], [-0.1, 1.1], r"lie in \[0, 1\]"),
        (numbers.BELOW_ONE, [0, 0.5], [-0.1, 1], r"lie in \[0, 1\)"),
        (numbers.INSIDE_UNIT, [0.1], [0, 1], r"lie in \(0, 1\)"),
    ],
)
def test_a_number_lies_in_its_interval(interval, inside, outside, where):
    for value in [*inside, np.float32(inside[0]), np.array(inside[-1]), Fraction(inside[-1])]:
        out = interval(value, name="lr")
        assert out == value and type(out) is float
    for value in [*outside, nan]:
        with pytest.raises(ValueError, match=f"^lr must {where}, got {value}$"):
            interval(value, name="lr")


@pytest.mark.parametrize("value", ["0.1", None, [0.1, 0.2], 1j])
def test_what_is_not_a_number_is_refused(value):
    with pytest.raises(TypeError, match=r"^lr must be a number, got "):
        numbers.POSITIVE(value, name="lr")


@pytest.mark.parametrize("interval", [numbers.UNIT, numbers.POSITIVE, numbers.BELOW_ONE, numbers.FINITE])
@given(x=st.lists(st.floats(-2, 2) | st.sampled_from([0.0, 1.0, nan, inf, -inf]), max_size=5))
def test_every_entry_lies_in_an_interval_as_a_number_does(interval, x):
    def refused(value):
        try:
            interval(value, name="x")
        except ValueError:
            return True
        return False

    array, outside = np.array(x), [value for value in x if refused(value)]
    if outside:
        with pytest.raises(ValueError, match=f"^x must .*, got {outside[0]}$".replace("+", r"\+")):
            interval.every(array, name="x")
    else:
        assert interval.every(array, name="x") is array


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: numbers.n_samples([0, 1]), TypeError, r"n must be the number .* got an array \(2,\): type len\(y\)"),
        (lambda: numbers.n_samples(2.0), TypeError, r"n must be an integer, got 2.0 \(float\): type 2"),
        (lambda: numbers.n_samples(0), ValueError, "n must be at least 1, got 0"),
    ],
)
def test_what_is_wrong_is_said(call, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        call()
