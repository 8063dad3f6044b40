"""Backward pass of tanh."""

import numpy as np

from autograder.domain import Array
from autograder.draw import either_sign, rows_of_opposite_sign
from autograder.exercise import Exercise
from course_lib.functions import activations

exercise = Exercise(
    name="tanh_backward",
    unit="vanishing_gradients",
    points=1,
    reference=activations.tanh_backward,
    takes={"dout": Array(integers=False), "a": Array(low=-1.0, high=1.0)},
    hints=(
        "The derivative of a = tanh(z) can be written with a alone, without z. What is it?",
        "At z = 0, a is 0 and the slope of tanh is 1; far out, a is close to 1 or -1. What must the slope be there?",
        "The slope is 1 - a**2, entry by entry. What does the chain rule multiply it by?",
    ),
    part="more",
    minutes=2,
    difficulty=1,
    reasoning=(
        "The slope of tanh is 1 at the origin and loses the square of the output, so the output is all it takes. The "
        "chain rule multiplies the incoming gradient by it, entry by entry."
    ),
)


def _outputs(rng, shape):
    return either_sign(rng, shape, 0.1, 0.95)


@exercise.case("gradients and outputs of both signs")
def both_signs(rng):
    shape = (int(rng.integers(2, 4)), 5)
    return {"dout": rows_of_opposite_sign(rng, shape), "a": _outputs(rng, shape)}


@exercise.case("one sample, with a gradient of zero and an output of zero")
def single_sample(rng):
    return {"dout": np.array([[0.0, -2.5, 1.5]]), "a": np.array([[_outputs(rng, ()), 0.0, _outputs(rng, ())]])}


@exercise.case("saturated outputs, some of them exactly 1 or -1")
def saturated(rng):
    tail = 1 - rng.uniform(1e-4, 1e-3, size=2).round(6)
    return {
        "dout": rng.normal(0, 100, size=(2, 3)).round(3),
        "a": np.array([[1.0, tail[0], -1.0], [-tail[1], -1.0, 1.0]]),
    }


@exercise.case("arrays of three axes, and gradients of very different size")
def three_axes(rng):
    shape = (3, 2, int(rng.integers(4, 6)))
    return {"dout": either_sign(rng, shape) * 10.0 ** rng.integers(-3, 4, size=shape), "a": _outputs(rng, shape)}


@exercise.misconception("AC1b")
def takes_a_for_z(dout, a):
    """tanh is applied to a once more, as if a were the input z. a is the output already: the slope is 1 -
    a**2."""
    return dout * (1 - np.tanh(a) ** 2)


@exercise.misconception("AC2a")
def forgets_the_square(dout, a):
    """The slope is taken as 1 - a. It is 1 - a**2: the same for a and for -a, and never above 1."""
    return dout * (1 - a)


@exercise.misconception
def squares_the_difference(dout, a):
    """The slope is taken as (1 - a)**2. Only a is squared: 1 - a**2."""
    return dout * (1 - a) ** 2


@exercise.misconception
def uses_the_slope_of_tan(dout, a):
    """1 + a**2 is the slope of the trigonometric tan. That of tanh is 1 - a**2, never above 1."""
    return dout * (1 + a**2)


@exercise.misconception
def uses_the_slope_of_sigmoid(dout, a):
    """a * (1 - a) is the slope of sigmoid. That of tanh is 1 - a**2."""
    return dout * a * (1 - a)


@exercise.misconception
def drops_dout(dout, a):
    """This is the derivative of tanh alone. The chain rule multiplies it by the incoming gradient dout."""
    return 1 - a**2


@exercise.misconception
def flips_the_sign(dout, a):
    """The slope is taken as a**2 - 1, which is negative. tanh rises everywhere."""
    return dout * (a**2 - 1)


@exercise.misconception
def multiplies_only_the_first_term(dout, a):
    """dout - a**2 multiplies only the 1 by dout. Both terms of the slope need it: use parentheses."""
    return dout - a**2


@exercise.misconception(raises=TypeError)
def caret_for_a_power(dout, a):
    """^ is "exclusive or", an operation on the bits of integers. A power is written **."""
    return dout * (1 - a ^ 2)


@exercise.misconception
def divides_by_the_batch(dout, a):
    """The result is divided by the number of samples. If the loss is a mean over the batch, dout holds that
    factor already."""
    return dout * (1 - a**2) / dout.shape[0]


@exercise.misconception(raises=ValueError)
def multiplies_matrices(dout, a):
    """@ sums over rows and columns as a matrix product does. Each entry has its own slope: multiply entry
    by entry, with *."""
    return dout @ (1 - a**2)


@exercise.misconception
def edits_dout_in_place(dout, a):
    """The result is right, but dout itself was overwritten: the caller's array now holds another
    gradient."""
    dout *= 1 - a**2
    return dout


@exercise.misconception
def edits_a_in_place(dout, a):
    """The result is right, but a itself was overwritten: the layers below may still need it."""
    np.square(a, out=a)
    return dout * (1 - a)


@exercise.equivalent
def product(dout, a):
    return dout * (1 - a**2)


@exercise.equivalent
def two_factors(dout, a):
    return (1 - a) * (1 + a) * dout


@exercise.equivalent
def expanded(dout, a):
    return dout - dout * a * a


@exercise.equivalent
def through_the_input(dout, a):
    return dout / np.cosh(np.arctanh(a)) ** 2


@exercise.equivalent
def loops(dout, a):
    dz = np.zeros(a.shape)
    for index, value in np.ndenumerate(a):
        dz[index] = dout[index] * (1 - value * value)
    return dz
