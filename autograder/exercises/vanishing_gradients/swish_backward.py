"""Backward pass of swish."""

import numpy as np

from autograder.domain import Array, Number
from autograder.draw import either_sign, one_of_each_kind, rows_of_opposite_sign
from autograder.exercise import Exercise
from course_lib.functions import activations

exercise = Exercise(
    name="swish_backward",
    unit="vanishing_gradients",
    points=2,
    reference=activations.swish_backward,
    takes={
        "dout": Array(integers=False),
        "z": Array(),
        "beta": Number(0.5, 1.5, corners=(0.0, -1.5, 2.5), says="any number"),
    },
    hints=(
        "Swish is a product of two functions of z. What does the product rule make of z * sigmoid(beta * z)?",
        "The derivative of s = sigmoid(u) is s * (1 - s). With u = beta * z, which factor does the chain rule add?",
        "Swish falls before it rises. For which sign of z can its slope be negative, and does yours become so?",
    ),
    part="more",
    minutes=5,
    difficulty=2,
    reasoning=(
        "The product rule gives two terms: the gate itself, and z times the slope of the gate. The chain rule adds "
        "the factor beta to the second, as the gate sees beta z."
    ),
)


@exercise.case("gradients of both signs, at inputs of both signs")
def both_signs(rng):
    shape = (int(rng.integers(2, 4)), 5)
    z = either_sign(rng, shape)
    z[:2, :4] = one_of_each_kind(rng)
    return {"dout": rows_of_opposite_sign(rng, shape), "z": z, "beta": round(rng.uniform(1.4, 2.5), 3)}


@exercise.case("one sample, with a zero in it and a gradient of zero")
def single_sample(rng):
    z = np.array([[-1.25, 0.0, *one_of_each_kind(rng)[:2]]])
    return {"dout": np.array([[1.5, -2.0, 0.0, 0.5]]), "z": z, "beta": round(rng.uniform(0.3, 0.7), 3)}


@exercise.case("inputs where swish falls, so that its slope is negative")
def falling(rng):
    return {"dout": rows_of_opposite_sign(rng, (2, 3)), "z": -rng.uniform(2, 5, size=(2, 3)).round(3), "beta": 1.2}


@exercise.case("inputs beyond 710, where exp overflows")
def beyond_overflow(rng):
    z = rng.uniform([720, 800, 1500], [750, 1500, 2000], size=(2, 3)).round() * [[1], [-1]]
    dout = rng.uniform(0.3, 2, size=(2, 3)).round(3) * [[1, -1, 1], [-1, 1, -1]]
    return {"dout": dout, "z": z, "beta": 1.5}


@exercise.case("arrays of three axes, and gradients of very different size")
def three_axes(rng):
    shape = (3, 2, int(rng.integers(4, 6)))
    dout, z = either_sign(rng, shape) * 10.0 ** rng.integers(-3, 4, size=shape), either_sign(rng, shape)
    z[:2, 0, :4] = one_of_each_kind(rng)
    dout[:2, 0] = rows_of_opposite_sign(rng, shape[1:])
    return {"dout": dout, "z": z, "beta": 1.0}


def _gate(z, beta):
    return 1 / (1 + np.exp(-beta * z))


def _slope(z, beta):
    s = _gate(z, beta)
    return s + beta * z * s * (1 - s)


@exercise.misconception("SW2")
def slope_is_the_gate(dout, z, beta):
    """The slope is taken as sigmoid(beta * z), as if the gate did not depend on z. The product rule adds
    beta * z * s * (1 - s)."""
    return dout * _gate(z, beta)


@exercise.misconception("SW3a")
def slope_never_negative(dout, z, beta):
    """Negative slopes are cut off at 0. Swish is not monotone: left of its minimum it falls."""
    return dout * np.maximum(_slope(z, beta), 0)


@exercise.misconception
def slope_cut_off_on_the_left(dout, z, beta):
    """No gradient passes for negative z, as for ReLU. Swish has a slope there, of both signs."""
    return dout * np.where(z > 0, _slope(z, beta), 0)


@exercise.misconception
def drops_dout(dout, z, beta):
    """This is the derivative of swish alone. The chain rule multiplies it by the incoming gradient dout."""
    return _slope(z, beta)


@exercise.misconception
def drops_dout_in_the_second_term(dout, z, beta):
    """Only the first term of the slope is multiplied by dout. Both need it: use parentheses."""
    s = _gate(z, beta)
    return dout * s + beta * z * s * (1 - s)


@exercise.misconception
def forgets_the_inner_beta(dout, z, beta):
    """The second term lacks a factor beta, which the chain rule brings out of sigmoid(beta * z). It is beta
    * z * s * (1 - s)."""
    s = _gate(z, beta)
    return dout * (s + z * s * (1 - s))


@exercise.misconception
def ignores_beta(dout, z, beta):
    """This is the backward pass for beta = 1, whatever beta is. Both the gate and the second term need
    it."""
    return dout * _slope(z, 1.0)


@exercise.misconception("SW1b")
def backward_of_beta_outside(dout, z, beta):
    """This is the backward pass of beta * z * sigmoid(z). In swish beta belongs inside the gate:
    sigmoid(beta * z)."""
    return beta * dout * _slope(z, 1.0)


@exercise.misconception
def forgets_the_first_term(dout, z, beta):
    """Only the gate was differentiated. The product rule has a first term as well, the gate itself: s +
    beta * z * s * (1 - s)."""
    s = _gate(z, beta)
    return dout * beta * z * s * (1 - s)


@exercise.misconception
def multiplies_the_derivatives(dout, z, beta):
    """The derivatives of the two factors, 1 and beta * s * (1 - s), were multiplied. The product rule adds
    two terms, each with one factor differentiated."""
    s = _gate(z, beta)
    return dout * beta * s * (1 - s)


@exercise.misconception
def forgets_z_in_the_second_term(dout, z, beta):
    """The second term lacks the factor z, which the product rule leaves as it is. It is beta * z * s * (1 -
    s)."""
    s = _gate(z, beta)
    return dout * (s + beta * s * (1 - s))


@exercise.misconception
def subtracts_the_second_term(dout, z, beta):
    """The second term is subtracted. The product rule adds it: s + beta * z * s * (1 - s)."""
    s = _gate(z, beta)
    return dout * (s - beta * z * s * (1 - s))


@exercise.misconception
def takes_z_for_the_output(dout, z, beta):
    """The short form of the slope, beta * a + s * (1 - beta * a), was used with the input z in place of the
    output a."""
    s = _gate(z, beta)
    return dout * (beta * z + s * (1 - beta * z))


@exercise.misconception
def overflows_to_nan(dout, z, beta):
    """For large z both exp and 1 + exp are inf, and inf / inf is nan. 1 / (1 + exp(-beta * z)) is the same
    gate, and safe there."""
    s = np.exp(beta * z) / (1 + np.exp(beta * z))
    return dout * (s + beta * z * s * (1 - s))


@exercise.misconception
def multiplies_by_swish(dout, z, beta):
    """dout is multiplied by swish itself. Backward multiplies it by the derivative of swish."""
    return dout * z * _gate(z, beta)


@exercise.misconception
def edits_dout_in_place(dout, z, beta):
    """The result is right, but dout itself was overwritten: the caller's array now holds another
    gradient."""
    dout *= _slope(z, beta)
    return dout


@exercise.equivalent
def product_rule(dout, z, beta):
    return dout * _slope(z, beta)


@exercise.equivalent
def from_the_output(dout, z, beta):
    s = _gate(z, beta)
    a = z * s
    return dout * (beta * a + s * (1 - beta * a))


@exercise.equivalent
def gate_factored_out(dout, z, beta):
    s = 0.5 * (1 + np.tanh(0.5 * beta * z))
    return dout * s * (1 + beta * z * (1 - s))


@exercise.equivalent
def two_gradients_added(dout, z, beta):
    s = _gate(z, beta)
    through_z = dout * s
    through_the_gate = (dout * z) * s * (1 - s) * beta
    return through_z + through_the_gate


@exercise.equivalent
def loops(dout, z, beta):
    dz = np.empty(z.shape)
    for index, value in np.ndenumerate(z):
        s = 1 / (1 + np.exp(-beta * value))
        dz[index] = dout[index] * (s + beta * value * s * (1 - s))
    return dz
