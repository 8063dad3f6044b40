"""Backward pass of ReLU."""

import numpy as np

from autograder.domain import Array
from autograder.draw import either_sign, one_of_each_kind, rows_of_opposite_sign
from autograder.exercise import Exercise
from course_lib.functions import activations

exercise = Exercise(
    name="relu_backward",
    unit="vanishing_gradients",
    points=1,
    reference=activations.relu_backward,
    takes={"dout": Array("N", "D", integers=False), "z": Array("N", "D")},
    hints=(
        "The chain rule multiplies dout by the derivative of max(z, 0). What is that derivative for z = 2, for z = -2?",
        "One array decides where the gradient passes, another one is what passes. Which is which?",
        "np.where(condition, a, b) returns a new array. What are condition, a and b here?",
    ),
    part="core",
    minutes=2,
    difficulty=1,
    reasoning=(
        "ReLU has slope 1 where z is positive and slope 0 where it is not. Multiplying by the mask is the chain rule "
        "with these two slopes, and it makes a new array, so that dout stays as it was."
    ),
)


@exercise.case("gradients of both signs, at inputs of both signs")
def both_signs(rng):
    shape = (int(rng.integers(3, 6)), 7)
    z = either_sign(rng, shape)
    z[:2, :4] = one_of_each_kind(rng)
    return {"dout": rows_of_opposite_sign(rng, shape), "z": z}


@exercise.case("one sample, one unit, and a gradient of zero")
def single_sample(rng):
    return {"dout": np.array([[-0.5, 0.0, 2.0]]), "z": rng.uniform([[0.1, 0.1, 1.2]], [[0.8, 2, 3]]).round(3)}


@exercise.case("a unit that is off for every sample")
def dead_unit(rng):
    z = either_sign(rng, (4, 3))
    z[:, 0] = one_of_each_kind(rng)
    z[:, 1] = -1.5
    return {"dout": rows_of_opposite_sign(rng, (4, 3), 1.1, 2), "z": z}


@exercise.case("inputs of exactly zero, where ReLU has a kink")
def at_the_kink(rng):
    dout = rng.uniform(1.1, 2, (2, 3)).round(3) * [[1, 1, -1], [-1, -1, 1]]
    return {"dout": dout, "z": np.array([[0.0, 1.5, -2.0], [3.0, 0.0, -0.1]])}


@exercise.misconception("RL1")
def masks_by_the_gradient(dout, z):
    """The mask is taken from dout > 0. Which gradients pass depends on the input z, not on the gradient's
    sign."""
    return np.where(dout > 0, dout, 0.0)


@exercise.misconception("RL2")
def returns_the_mask(dout, z):
    """This is the derivative of ReLU alone, 1 or 0. The chain rule multiplies it by the incoming gradient
    dout."""
    return (z > 0).astype(float)


@exercise.misconception("RL4")
def edits_dout_in_place(dout, z):
    """The result is right, but dout itself was overwritten: the caller's array now holds another
    gradient."""
    dout[z <= 0] = 0.0
    return dout


@exercise.misconception
def edits_dout_in_place_below_zero(dout, z):
    """dout itself was overwritten: the caller's array now holds another gradient. (And at z = 0 the course takes the
    slope 0, where yours is 1.)"""
    dout[z < 0] = 0.0
    return dout


@exercise.misconception
def applies_relu_to_the_gradient(dout, z):
    """ReLU is applied to the gradient once more. Backward multiplies by the derivative, it does not
    rectify."""
    return np.maximum(dout, 0.0) * (z > 0)


@exercise.misconception
def returns_relu_of_z(dout, z):
    """This is ReLU itself, the forward pass. Backward multiplies dout by the derivative: 1 where z > 0,
    else 0."""
    return np.maximum(z, 0.0)


@exercise.misconception
def multiplies_by_relu(dout, z):
    """dout is multiplied by the output of ReLU. The chain rule multiplies it by the derivative: 1 where z >
    0, else 0."""
    return dout * np.maximum(z, 0.0)


@exercise.misconception
def passes_where_relu_is_off(dout, z):
    """The gradient passes where z is negative and stops where it is positive. It is the other way round."""
    return np.where(z > 0, 0.0, dout)


@exercise.misconception
def turns_the_gradient_round(dout, z):
    """Where z is negative the slope is taken as -1, as for an absolute value. ReLU is flat there: its slope
    is 0."""
    return dout * np.sign(z)


@exercise.misconception
def passes_everything(dout, z):
    """dout is returned as it came. Where z is negative, ReLU is flat and no gradient passes."""
    return dout


@exercise.misconception
def divides_by_the_batch(dout, z):
    """The result is divided by the number of samples. If the loss is a mean over the batch, dout holds that
    factor already."""
    return dout * (z > 0) / dout.shape[0]


@exercise.misconception
def edits_z_in_place(dout, z):
    """The result is right, but z was turned into the mask: the caller's array now holds other numbers."""
    z[z > 0] = 1.0
    z[z <= 0] = 0.0
    return dout * z


@exercise.misconception(raises=ValueError)
def asks_about_the_whole_array(dout, z):
    """Python's if, and, or, max and min decide once, and here they were asked about a whole array. np.where
    or a mask decides for every entry."""
    return dout if z > 0 else 0.0


@exercise.variant("RL3")
def passes_at_zero(dout, z):
    """At z = 0 any slope from 0 to 1 is a subgradient, and you chose 1. The course chooses 0: use z > 0 to
    follow it."""
    return np.where(z >= 0, dout, 0.0)


@exercise.variant
def passes_half_at_zero(dout, z):
    """At z = 0 any slope from 0 to 1 is a subgradient, and you chose 1/2. The course chooses 0: use z > 0
    to follow it."""
    return dout * np.heaviside(z, 0.5)


@exercise.equivalent
def product_with_the_mask(dout, z):
    return dout * (z > 0)


@exercise.equivalent
def copy_then_zero(dout, z):
    dz = dout.copy()
    dz[z <= 0] = 0
    return dz


@exercise.equivalent
def loops(dout, z):
    dz = np.zeros(z.shape)
    for index, value in np.ndenumerate(z):
        if value > 0:
            dz[index] = dout[index]
    return dz
