"""Backward pass of the sigmoid."""

import numpy as np

from autograder.domain import Array
from autograder.draw import either_sign, rows_of_opposite_sign
from autograder.exercise import Exercise
from course_lib.functions import activations

exercise = Exercise(
    name="sigmoid_backward",
    unit="vanishing_gradients",
    points=1,
    reference=activations.sigmoid_backward,
    takes={"dout": Array(integers=False), "a": Array(low=0.0, high=1.0)},
    hints=(
        "The derivative of a = sigmoid(z) can be written with a alone, without z. What is it?",
        "a is the output of the forward pass already. Does another sigmoid, or another exp, belong here?",
        "The chain rule multiplies dout by the slope, entry by entry. At a = 0.5, how large is that slope?",
    ),
    part="core",
    minutes=2,
    difficulty=1,
    reasoning=(
        "The slope of the sigmoid is its output times what is missing to 1, so the forward pass has computed all of "
        "it. The chain rule multiplies the incoming gradient by that slope, entry by entry."
    ),
)


def _outputs(rng, shape):
    return rng.uniform(0.05, 0.95, size=shape).round(3)


@exercise.case("gradients of both signs, at outputs between 0 and 1")
def both_signs(rng):
    shape = (int(rng.integers(2, 4)), 5)
    return {"dout": rows_of_opposite_sign(rng, shape), "a": _outputs(rng, shape)}


@exercise.case("one sample, with a gradient of zero and an output of one half")
def single_sample(rng):
    return {"dout": np.array([[0.0, -2.5, 1.5]]), "a": np.array([[_outputs(rng, ()), 0.5, _outputs(rng, ())]])}


@exercise.case("saturated outputs, some of them exactly 0 or 1")
def saturated(rng):
    tail = rng.uniform(1e-4, 1e-3, size=2).round(6)
    return {
        "dout": rng.normal(0, 100, size=(2, 3)).round(3),
        "a": np.array([[0.0, tail[0], 1.0], [1 - tail[1], 1.0, 0.0]]),
    }


@exercise.case("arrays of three axes, and gradients of very different size")
def three_axes(rng):
    shape = (3, 2, int(rng.integers(4, 6)))
    return {"dout": either_sign(rng, shape) * 10.0 ** rng.integers(-3, 4, size=shape), "a": _outputs(rng, shape)}


@exercise.misconception("AC1a")
def takes_a_for_z(dout, a):
    """Sigmoid is applied to a once more, as if a were the input z. a is the output already: the slope is a
    * (1 - a)."""
    s = 1 / (1 + np.exp(-a))
    return dout * s * (1 - s)


@exercise.misconception("AC2b")
def forgets_the_factor_a(dout, a):
    """The slope is taken as 1 - a. It is a * (1 - a), which is small at both ends of the curve."""
    return dout * (1 - a)


@exercise.misconception
def forgets_the_factor_one_minus_a(dout, a):
    """The slope is taken as a. It is a * (1 - a): an output near 1 has hardly any slope left."""
    return dout * a


@exercise.misconception
def drops_dout(dout, a):
    """This is the derivative of sigmoid alone. The chain rule multiplies it by the incoming gradient
    dout."""
    return a * (1 - a)


@exercise.misconception
def flips_the_sign(dout, a):
    """The slope is taken as a * (a - 1), which is negative. Sigmoid rises everywhere."""
    return dout * a * (a - 1)


@exercise.misconception
def uses_the_slope_of_tanh(dout, a):
    """1 - a**2 is the slope of tanh. That of sigmoid is a * (1 - a)."""
    return dout * (1 - a**2)


@exercise.misconception("AC4b")
def scales_the_peak_to_one(dout, a):
    """The slope is scaled so that its largest value is 1. The largest slope of sigmoid is 0.25, at z =
    0."""
    return dout * 4 * a * (1 - a)


@exercise.misconception
def multiplies_only_the_first_term(dout, a):
    """dout * a - a**2 multiplies only the first term by dout. Both terms of the slope need it: use
    parentheses."""
    return dout * a - a**2


@exercise.misconception
def takes_dout_for_a(dout, a):
    """The slope is computed from dout. It depends on the output a alone, and dout is then multiplied by
    it."""
    return a * dout * (1 - dout)


@exercise.misconception
def divides_by_the_batch(dout, a):
    """The result is divided by the number of samples. If the loss is a mean over the batch, dout holds that
    factor already."""
    return dout * a * (1 - a) / dout.shape[0]


@exercise.misconception(raises=ValueError)
def multiplies_matrices(dout, a):
    """@ sums over rows and columns as a matrix product does. Each entry has its own slope: multiply entry
    by entry, with *."""
    return dout @ (a * (1 - a))


@exercise.misconception
def edits_dout_in_place(dout, a):
    """The result is right, but dout itself was overwritten: the caller's array now holds another
    gradient."""
    dout *= a * (1 - a)
    return dout


@exercise.equivalent
def product(dout, a):
    return dout * a * (1 - a)


@exercise.equivalent
def difference_of_squares(dout, a):
    return dout * (a - a**2)


@exercise.equivalent
def works_on_a_copy(dout, a):
    dz = dout.copy()
    dz *= a
    dz *= 1 - a
    return dz


@exercise.equivalent
def einsum(dout, a):
    return np.einsum("...,...,...->...", dout, a, 1 - a)


@exercise.equivalent
def loop(dout, a):
    dz = np.zeros_like(dout)
    for i in np.ndindex(dout.shape):
        dz[i] = dout[i] * a[i] * (1 - a[i])
    return dz
