"""The logistic sigmoid."""

import math

import numpy as np

from autograder.domain import Array
from autograder.draw import either_sign, one_of_each_kind
from autograder.exercise import Exercise
from course_lib.functions import activations

exercise = Exercise(
    name="sigmoid",
    unit="vanishing_gradients",
    points=1,
    reference=activations.sigmoid,
    takes={"z": Array()},
    hints=(
        "The formula is 1 / (1 + exp(-z)), entry by entry. What should it give at z = 0, and far to either side?",
        "np.exp(800) is inf, and inf / inf is nan. For which sign of z does your exp grow, and what is divided?",
        "sigmoid(z) is also exp(z) / (1 + exp(z)). Which of the two forms is safe for z > 0, and which for z < 0?",
    ),
    part="more",
    minutes=4,
    difficulty=2,
    reasoning=(
        "Both forms of the formula are the same number, and exp overflows on one side of each. With exp(-|z|), which "
        "is never above 1, each form is used on the side where it is safe."
    ),
)


@exercise.case("inputs of both signs")
def both_signs(rng):
    z = either_sign(rng, (int(rng.integers(2, 5)), 5))
    z[0, :4] = one_of_each_kind(rng)
    return {"z": z}


@exercise.case("one sample, with a zero in it")
def single_sample(rng):
    return {"z": np.array([[0.0, *one_of_each_kind(rng)]])}


@exercise.case("inputs in the flat tails")
def tails(rng):
    return {"z": rng.uniform([5, 5, 9, 9, 15, 15], [9, 9, 15, 15, 20, 20]).round(3) * (1, -1, 1, -1, 1, -1)}


@exercise.case("inputs beyond 710, where exp overflows")
def beyond_overflow(rng):
    return {"z": rng.uniform([720, 800, 1500], [750, 1500, 2000], size=(2, 3)).round() * [[1], [-1]]}


@exercise.case("an array of three axes")
def three_axes(rng):
    z = either_sign(rng, (2, int(rng.integers(4, 6)), 3))
    z[0, :4, 0] = one_of_each_kind(rng)
    return {"z": z}


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


@exercise.misconception("AC3")
def overflows_to_nan(z):
    """For large z both exp(z) and 1 + exp(z) are inf, and inf / inf is nan. Divide by exp(z) above and
    below: only exp(-z) is left, and it goes to 0."""
    return np.exp(z) / (1 + np.exp(z))


@exercise.misconception
def exponent_without_its_minus(z):
    """The exponent is z where it should be -z, so the curve falls where it should rise. Your sigmoid(z) is
    1 - sigmoid(z)."""
    return 1 / (1 + np.exp(z))


@exercise.misconception
def divides_before_adding(z):
    """1 / 1 + exp(-z) divides first and adds afterwards. The sum is the denominator: it needs
    parentheses."""
    return 1 / 1 + np.exp(-z)


@exercise.misconception
def confuses_with_tanh(z):
    """This is tanh, with values from -1 to 1. Sigmoid has the same S shape, but its values lie between 0
    and 1."""
    return np.tanh(z)


@exercise.misconception
def returns_the_derivative(z):
    """This is the derivative of sigmoid, a * (1 - a), largest at z = 0. The function itself rises from 0 to
    1."""
    return _sigmoid(z) * (1 - _sigmoid(z))


@exercise.misconception
def thresholds(z):
    """The output is only 0 or 1. Sigmoid is smooth, and its slope is what learning needs: a step has
    none."""
    return (z > 0).astype(float)


@exercise.misconception
def linear_clipped(z):
    """A straight line cut off at 0 and 1 (often called hard sigmoid) replaces the curve. Sigmoid bends
    smoothly."""
    return np.clip(0.2 * z + 0.5, 0, 1)


@exercise.misconception
def normalises_like_softmax(z):
    """exp(z) is divided by the sum over all entries, so that each output depends on its neighbours. Sigmoid
    looks at one entry at a time."""
    return np.exp(z) / np.sum(np.exp(z))


@exercise.misconception
def normalises_rows_like_softmax(z):
    """exp(z) is divided by the sum over its row: that is softmax, where each output depends on its
    neighbours. Sigmoid looks at one entry at a time."""
    return np.exp(z) / np.sum(np.exp(z), axis=-1, keepdims=True)


@exercise.misconception(raises=TypeError)
def passes_an_array_to_a_scalar_function(z):
    """A function of one number, such as math.exp or float, was given the whole array. np.exp takes every
    entry."""
    return 1 / (1 + math.exp(-z))


@exercise.misconception
def rounds_e(z):
    """2.718 stands for e, and that is off by one part in ten thousand, more in a power. np.exp knows all
    the digits."""
    return 1 / (1 + 2.718**-z)


@exercise.misconception
def edits_z_in_place(z):
    """The result is right, but z itself was overwritten: the caller's array now holds other numbers."""
    np.exp(-z, out=z)
    z += 1
    np.divide(1, z, out=z)
    return z


@exercise.equivalent
def plain_formula(z):
    return _sigmoid(z)


@exercise.equivalent
def one_form_for_each_sign(z):
    a = np.empty(z.shape)
    positive = z >= 0
    a[positive] = 1 / (1 + np.exp(-z[positive]))
    e = np.exp(z[~positive])
    a[~positive] = e / (1 + e)
    return a


@exercise.equivalent
def from_tanh(z):
    return 0.5 * (1 + np.tanh(z / 2))


@exercise.equivalent
def from_log_sum_exp(z):
    return np.exp(-np.logaddexp(0, -z))


@exercise.equivalent
def limits_the_exponent(z):
    return 1 / (1 + np.exp(-np.clip(z, -500, 500)))


@exercise.equivalent
def loops_over_numbers(z):
    a = [1 / (1 + math.exp(-v)) if v > -700 else 0.0 for v in z.ravel()]
    return np.array(a).reshape(z.shape)
