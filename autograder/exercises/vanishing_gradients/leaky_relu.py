"""Leaky ReLU."""

import numpy as np

from autograder.domain import Array, Number
from autograder.draw import either_sign, one_of_each_kind
from autograder.exercise import Exercise
from course_lib.functions import activations

exercise = Exercise(
    name="leaky_relu",
    unit="vanishing_gradients",
    points=1,
    reference=activations.leaky_relu,
    takes={"z": Array(), "alpha": Number(0.1, 0.4, corners=(0.0, -0.5, -2.5, 2.5), says="any number")},
    hints=(
        "There are two straight lines that meet at 0. What is the slope on the right, and what on the left?",
        "Which of the two holds is decided by the sign of z, entry by entry. Which NumPy function chooses like that?",
        "max(alpha * z, z) is a well-known short form. Which of the two is larger when alpha is 2?",
    ),
    part="more",
    minutes=2,
    difficulty=1,
    reasoning=(
        "The sign of z alone decides which of the two lines holds, whatever alpha is. The maximum of the two lines "
        "agrees with that only for alpha up to 1."
    ),
)


@exercise.case("inputs of both signs")
def both_signs(rng):
    z = either_sign(rng, (int(rng.integers(2, 5)), 5))
    z[0, :4] = one_of_each_kind(rng)
    return {"z": z, "alpha": round(rng.uniform(0.1, 0.4), 3)}


@exercise.case("one sample, with a zero in it")
def single_sample(rng):
    return {"z": np.array([[-1.5, 0.0, *one_of_each_kind(rng)[:2]]]), "alpha": 0.02}


@exercise.case("a slope greater than one")
def steep(rng):
    z = np.array([[-2.0, 0.5, -0.25], [1.5, -1.0, 3.0]]) + rng.uniform(0, 0.2, size=(2, 3)).round(3)
    return {"z": z, "alpha": round(rng.uniform(1.5, 3), 3)}


@exercise.case("an array of three axes, with inputs of very different size")
def three_axes(rng):
    shape = (2, int(rng.integers(4, 6)), 3)
    z = either_sign(rng, shape) * 10.0 ** rng.integers(-3, 4, size=shape)
    z[0, :4, 0] = one_of_each_kind(rng)
    return {"z": z, "alpha": 0.3}


@exercise.misconception("LR1a")
def takes_the_smaller(z, alpha):
    """The smaller of z and alpha * z is returned. For a slope below 1 that leaks on the positive side and
    passes everything on the negative side."""
    return np.minimum(alpha * z, z)


@exercise.misconception("LR2a")
def swaps_the_branches(z, alpha):
    """The slope alpha is on the positive side and the slope 1 on the negative side. It is the other way
    round."""
    return np.where(z > 0, alpha * z, z)


@exercise.misconception("LR3a")
def takes_the_larger(z, alpha):
    """max(alpha * z, z) is right while alpha is at most 1. For a larger alpha it picks the wrong line on
    either side: choose by the sign of z."""
    return np.maximum(alpha * z, z)


@exercise.misconception
def ignores_alpha(z, alpha):
    """The slope is always 0.01, whatever alpha is. Use the argument."""
    return np.where(z > 0, z, 0.01 * z)


@exercise.misconception
def is_relu(z, alpha):
    """The negative side is 0, as in ReLU. Here it leaks: alpha * z, so that a gradient gets through."""
    return np.maximum(z, 0)


@exercise.misconception
def scales_both_sides(z, alpha):
    """alpha multiplies every input, and what is left is a straight line. The positive side stays as it
    is."""
    return alpha * z


@exercise.misconception
def forgets_z_on_the_left(z, alpha):
    """Every negative input becomes alpha itself. The negative side is a line of slope alpha: alpha * z."""
    return np.where(z > 0, z, alpha)


@exercise.misconception
def turns_the_negative_side_up(z, alpha):
    """The negative side comes out positive, like an absolute value. alpha * z keeps the sign of z."""
    return np.where(z > 0, z, -alpha * z)


@exercise.misconception
def divides_by_alpha(z, alpha):
    """The negative side is divided by alpha. The lecture notes write z / 100, but alpha is 1/100 there, not
    100."""
    return np.where(z > 0, z, z / alpha)


@exercise.misconception
def adds_the_leak_on_both_sides(z, alpha):
    """alpha * z is added on the positive side too, so its slope is 1 + alpha. Add it only where z is
    negative."""
    return np.maximum(z, 0) + alpha * z


@exercise.misconception
def lower_bound(z, alpha):
    """alpha is taken as a lower bound, -alpha, so that the negative side is flat. It is the slope of that
    side."""
    return np.maximum(z, -alpha)


@exercise.misconception
def returns_the_derivative(z, alpha):
    """These are the slopes, 1 and alpha. The function itself is slope times z."""
    return np.where(z > 0, 1.0, alpha)


@exercise.misconception(raises=ValueError)
def asks_about_the_whole_array(z, alpha):
    """Python's if, and, or, max and min decide once, and here they were asked about a whole array. np.where
    or a mask decides for every entry."""
    return z if z > 0 else alpha * z


@exercise.misconception
def edits_z_in_place(z, alpha):
    """The result is right, but z itself was overwritten, and the backward pass still needs it."""
    z[z < 0] *= alpha
    return z


@exercise.equivalent
def chooses_by_sign(z, alpha):
    return np.where(z > 0, z, alpha * z)


@exercise.equivalent
def sum_of_two_parts(z, alpha):
    return np.maximum(z, 0) + alpha * np.minimum(z, 0)


@exercise.equivalent
def slope_times_z(z, alpha):
    slope = np.ones(z.shape)
    slope[z < 0] = alpha
    return slope * z


@exercise.equivalent
def through_the_absolute_value(z, alpha):
    return ((1 + alpha) * z + (1 - alpha) * np.abs(z)) / 2


@exercise.equivalent
def works_on_a_copy(z, alpha):
    out = z.astype(float)
    out[out < 0] *= alpha
    return out


@exercise.equivalent
def loops(z, alpha):
    return np.array([v if v >= 0 else alpha * v for v in z.flat]).reshape(z.shape)
