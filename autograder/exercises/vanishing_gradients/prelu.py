"""Parametric ReLU: one trainable slope per feature."""

import numpy as np

from autograder.domain import Array
from autograder.draw import either_sign, one_of_each_kind
from autograder.exercise import Exercise
from course_lib.functions import activations

exercise = Exercise(
    name="prelu",
    unit="vanishing_gradients",
    points=1,
    reference=activations.prelu,
    takes={"z": Array("N", "D"), "a": Array("D")},
    hints=(
        "PReLU is leaky ReLU with a slope that is learnt, one per column of z. On which side of zero does it act?",
        "z has the shape (N, D) and a the shape (D,). How does NumPy line them up in a * z?",
        "A slope that is learnt may become negative, or larger than 1. Does your way of choosing still hold then?",
    ),
    part="more",
    minutes=2,
    difficulty=1,
    reasoning=(
        "It is leaky ReLU with one slope for each column. Shapes are lined up from the right, so a (D,) meets the D "
        "columns of z, and each sample gets the same slopes."
    ),
)


@exercise.case("inputs of both signs, one slope per feature")
def both_signs(rng):
    features = int(rng.integers(4, 6))
    z = either_sign(rng, (3, features))
    z[0, :4], z[1, :4] = one_of_each_kind(rng), one_of_each_kind(rng)[::-1]
    return {"z": z, "a": rng.uniform(0.1, 0.6, size=features).round(3)}


@exercise.case("one sample, with a zero in it")
def single_sample(rng):
    return {"z": np.array([[-1.5, 0.0, 2.5]]), "a": rng.uniform([0.35, 0.1, 0.1], [0.55, 0.2, 0.2]).round(3)}


@exercise.case("one feature, many samples")
def single_feature(rng):
    z = -rng.uniform(1.2, 3, (int(rng.integers(6, 10)), 1)).round(3)
    z[:4, 0] = one_of_each_kind(rng)
    return {"z": z, "a": np.array([0.35])}


@exercise.case("slopes that training has made negative, zero, or greater than one")
def unusual_slopes(rng):
    z = np.array([[-1.2, 2.0, -0.5, 0.6], [3.0, -1.5, -2.0, -2.5]]) + rng.uniform(0, 0.2, size=(2, 4)).round(3)
    return {"z": z, "a": np.array([1.75, -0.4, 0.0, 2.5])}


@exercise.misconception("LR2b")
def swaps_the_branches(z, a):
    """The slope a acts where z > 0, as the lecture notes print it. PReLU keeps z there, and a acts on the
    negative side."""
    return np.where(z > 0, a * z, z)


@exercise.misconception("LR3b")
def takes_the_larger(z, a):
    """max(a * z, z) is right while a is at most 1. A slope that is learnt can grow larger: choose by the
    sign of z."""
    return np.maximum(a * z, z)


@exercise.misconception("LR1b")
def takes_the_smaller(z, a):
    """The smaller of z and a * z is returned. For a slope below 1 that bends the positive side."""
    return np.minimum(a * z, z)


@exercise.misconception
def one_slope_for_all(z, a):
    """The slopes are averaged, and every feature gets the same one. Each column of z has its own slope in
    a."""
    return np.where(z > 0, z, a.mean() * z)


@exercise.misconception
def first_slope_for_all(z, a):
    """Every feature gets the first slope, a[0]. Each column of z has its own slope in a."""
    return np.where(z > 0, z, a[0] * z)


@exercise.misconception
def one_slope_per_sample(z, a):
    """a was turned into a column, so that it goes along the samples. It holds one slope per feature: a * z
    lines it up."""
    return np.where(z > 0, z, a[:, None] * z)


@exercise.misconception
def keeps_the_initial_slope(z, a):
    """The slope is always 0.25, the usual value at the start. PReLU learns it: use a."""
    return np.where(z > 0, z, 0.25 * z)


@exercise.misconception
def is_relu(z, a):
    """The negative side is 0, as in ReLU. Here it is a * z."""
    return np.maximum(z, 0)


@exercise.misconception
def forgets_z_on_the_left(z, a):
    """Every negative input becomes the slope itself. The negative side is a line of that slope: a * z."""
    return np.where(z > 0, z, a)


@exercise.misconception
def turns_the_negative_side_up(z, a):
    """The negative part is subtracted, which turns that side of the curve upside down. Add it: max(z, 0) +
    a * min(z, 0)."""
    return np.maximum(z, 0) - a * np.minimum(z, 0)


@exercise.misconception
def adds_the_slope_on_both_sides(z, a):
    """a * z is added on the positive side too, so its slope is 1 + a. Add it only where z is negative."""
    return np.maximum(z, 0) + a * z


@exercise.misconception
def scales_both_sides(z, a):
    """a multiplies every input, and what is left is a straight line. The positive side stays as it is."""
    return a * z


@exercise.misconception(raises=ValueError)
def asks_about_the_whole_array(z, a):
    """Python's if, and, or, max and min decide once, and here they were asked about a whole array. np.where
    or a mask decides for every entry."""
    return z if z > 0 else a * z


@exercise.misconception
def edits_z_in_place(z, a):
    """The result is right, but z itself was overwritten, and the backward pass still needs it."""
    np.copyto(z, a * z, where=z < 0)
    return z


@exercise.equivalent
def chooses_by_sign(z, a):
    return np.where(z > 0, z, a * z)


@exercise.equivalent
def sum_of_two_parts(z, a):
    return np.maximum(z, 0) + a * np.minimum(z, 0)


@exercise.equivalent
def slopes_repeated(z, a):
    slope = np.tile(a, (z.shape[0], 1))
    slope[z >= 0] = 1.0
    return slope * z


@exercise.equivalent
def column_by_column(z, a):
    out = z.astype(float)
    for j in range(z.shape[1]):
        negative = out[:, j] < 0
        out[negative, j] = out[negative, j] * a[j]
    return out


@exercise.equivalent
def masks(z, a):
    return z * (z > 0) + np.einsum("nd,d->nd", z * (z <= 0), a)
