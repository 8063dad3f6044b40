"""Swish."""

import numpy as np

from autograder.domain import Array, Number
from autograder.draw import either_sign, one_of_each_kind, rows_of_opposite_sign
from autograder.exercise import Exercise
from course_lib.functions import activations

exercise = Exercise(
    name="swish",
    unit="vanishing_gradients",
    points=1,
    reference=activations.swish,
    takes={"z": Array(), "beta": Number(0.5, 1.5, corners=(0.0, -1.5, 2.5), says="any number")},
    hints=(
        "Swish is z times a gate between 0 and 1. Which function is the gate, and what is its argument?",
        "With beta = 0 the gate is one half everywhere. What does your function give for beta = 0?",
        "Swish dips below 0 for negative z. Does your function, and is it finite at z = 1000 and z = -1000?",
    ),
    part="more",
    minutes=2,
    difficulty=1,
    reasoning=(
        "The gate lies between 0 and 1, and a sigmoid that does not overflow gives it for every z, so that the "
        "product is finite too."
    ),
)


@exercise.case("inputs of both signs")
def both_signs(rng):
    z = either_sign(rng, (int(rng.integers(2, 5)), 5))
    z[0, :4] = one_of_each_kind(rng)
    return {"z": z, "beta": round(rng.uniform(1.1, 1.2), 3)}


@exercise.case("one sample, with a zero in it")
def single_sample(rng):
    return {
        "z": np.array([[-1.25, 0.0, *one_of_each_kind(rng)[:2]]]),
        "beta": round(rng.uniform(0.3, 0.7), 3),
    }


@exercise.case("beta of zero, where swish is z / 2")
def no_gate(rng):
    return {"z": rows_of_opposite_sign(rng, (2, 3)), "beta": 0.0}


@exercise.case("inputs beyond 710, where exp overflows")
def beyond_overflow(rng):
    return {"z": rng.uniform([720, 800, 1500], [750, 1500, 2000], size=(2, 3)).round() * [[1], [-1]], "beta": 1.5}


@exercise.case("an array of three axes")
def three_axes(rng):
    z = either_sign(rng, (2, int(rng.integers(4, 6)), 3))
    z[0, :4, 0] = one_of_each_kind(rng)
    return {"z": z, "beta": 1.0}


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


@exercise.misconception("SW1a")
def beta_outside(z, beta):
    """beta multiplies the result. It belongs inside the gate, sigmoid(beta * z), where it sets how sharp
    the gate is."""
    return beta * z * _sigmoid(z)


@exercise.misconception
def ignores_beta(z, beta):
    """The gate is sigmoid(z), whatever beta is. It is sigmoid(beta * z)."""
    return z * _sigmoid(z)


@exercise.misconception
def beta_inside_and_outside(z, beta):
    """beta multiplies the result as well. It belongs inside the gate only: z * sigmoid(beta * z)."""
    return beta * z * _sigmoid(beta * z)


@exercise.misconception
def overflows_to_nan(z, beta):
    """For large z both exp and 1 + exp are inf, and inf / inf is nan. 1 / (1 + exp(-beta * z)) is the same
    gate, and safe there."""
    return z * np.exp(beta * z) / (1 + np.exp(beta * z))


@exercise.misconception
def returns_the_gate(z, beta):
    """This is the gate alone, sigmoid(beta * z). Swish is z times the gate."""
    return _sigmoid(beta * z)


@exercise.misconception
def gates_the_other_side(z, beta):
    """The exponent has the wrong sign, so that the gate opens for negative z. It is 1 / (1 + exp(-beta *
    z))."""
    return z / (1 + np.exp(beta * z))


@exercise.misconception
def divides_before_adding(z, beta):
    """z / 1 + exp(-beta * z) divides first and adds afterwards. The sum is the denominator: it needs
    parentheses."""
    return z / 1 + np.exp(-beta * z)


@exercise.misconception
def gates_with_tanh(z, beta):
    """The gate is tanh, which runs from -1 to 1 and turns the negative side up. The gate of swish is
    sigmoid, from 0 to 1."""
    return z * np.tanh(beta * z)


@exercise.misconception("SW3b")
def cuts_off_the_dip(z, beta):
    """Negative values are cut off at 0. Swish is not monotone: it dips below 0 for negative z, and comes
    back."""
    return np.maximum(z * _sigmoid(beta * z), 0)


@exercise.misconception
def is_relu(z, beta):
    """This is ReLU, which swish only approaches as beta grows. Its gate is soft: sigmoid(beta * z)."""
    return np.maximum(z, 0)


@exercise.misconception
def is_softplus(z, beta):
    """This is softplus, log(1 + exp(beta * z)) / beta. Swish is z * sigmoid(beta * z), and 0 at z = 0."""
    return np.log(1 + np.exp(beta * z)) / beta


@exercise.misconception
def is_hard_swish(z, beta):
    """A straight line from -3 to 3 stands for the gate (often called hard swish). The gate of swish is
    sigmoid(beta * z)."""
    return z * np.clip(z + 3, 0, 6) / 6


@exercise.misconception
def edits_z_in_place(z, beta):
    """The result is right, but z itself was overwritten, and the backward pass still needs it."""
    z *= _sigmoid(beta * z)
    return z


@exercise.equivalent
def z_times_the_gate(z, beta):
    return z * _sigmoid(beta * z)


@exercise.equivalent
def one_quotient(z, beta):
    return z / (1 + np.exp(-beta * z))


@exercise.equivalent
def from_tanh(z, beta):
    return 0.5 * z * (1 + np.tanh(0.5 * beta * z))


@exercise.equivalent
def one_form_for_each_sign(z, beta):
    e = np.exp(-np.abs(beta * z))
    return z * np.where(beta * z >= 0, 1, e) / (1 + e)


@exercise.equivalent
def loops(z, beta):
    return np.array([v / (1 + np.exp(-beta * v)) for v in z.flat]).reshape(z.shape)
