"""Clipping every entry of the gradients."""

import numpy as np

from autograder.domain import Arrays, Number
from autograder.draw import either_sign, one_of_each_kind, rows_of_opposite_sign
from autograder.exercise import Exercise
from course_lib.optimizers import clipping

exercise = Exercise(
    name="clip_by_value",
    unit="vanishing_gradients",
    points=1,
    reference=clipping.clip_by_value,
    takes={"grads": Arrays(integers=False), "c": Number(0.5, 1.5, corners=(1e-3, 100.0))},
    new=True,
    hints=(
        "Each entry is treated on its own. What becomes of one that is larger than c, smaller than -c, or between?",
        "np.clip has a lower and an upper bound. What is the lower one here?",
        "The result is a list of new arrays. Does your code write into the ones that were passed in?",
    ),
    part="more",
    minutes=2,
    difficulty=1,
    reasoning=(
        "Every entry is limited by itself, between -c and c. np.clip returns new arrays, so the gradients that were "
        "passed in stay as they were."
    ),
)


@exercise.case("a matrix and a vector")
def matrix_and_vector(rng):
    w, b = either_sign(rng, (int(rng.integers(2, 4)), 4)), either_sign(rng, 5)
    w[0], b[:4] = one_of_each_kind(rng), one_of_each_kind(rng)
    return {"grads": [w, b], "c": 1.0}


@exercise.case("entries that all lie within the bounds")
def within(rng):
    # each array is longer than c, so that clipping by a norm changes it
    return {"grads": [rows_of_opposite_sign(rng, n, 0.6, 0.9) for n in ((3, 2), 4)], "c": 1.0}


@exercise.case("three arrays of very different magnitude")
def different_magnitudes(rng):
    grads = [(scale * rng.uniform(0.8, 2, 3) * [1, -1, 1]).round(4) for scale in (0.01, 1.0, 100.0)]
    return {"grads": grads, "c": 0.7}


@exercise.case("a single entry, below the lower bound")
def single_entry(rng):
    return {"grads": [-rng.uniform(2, 5, (1, 1)).round(3)], "c": 0.25}


@exercise.case("gradients of zero")
def zeros(rng):
    return {"grads": [np.zeros((2, 3)), np.zeros(int(rng.integers(4, 6)))], "c": round(rng.uniform(0.2, 0.4), 3)}


@exercise.misconception
def upper_bound_only(grads, c):
    """Large positive entries are cut, large negative ones are not. The bounds are -c and c."""
    return [np.minimum(g, c) for g in grads]


@exercise.misconception
def lower_bound_of_zero(grads, c):
    """Negative entries become zero. The bounds are -c and c."""
    return [np.clip(g, 0, c) for g in grads]


@exercise.misconception
def loses_the_sign(grads, c):
    """The absolute values are clipped, and the sign is lost. An entry of -5 should become -c."""
    return [np.minimum(np.abs(g), c) for g in grads]


@exercise.misconception
def drops_large_entries(grads, c):
    """Entries beyond c become zero. Clipping leaves them at the bound, -c or c."""
    return [np.where(np.abs(g) > c, 0.0, g) for g in grads]


@exercise.misconception
def large_negative_entries_turn_positive(grads, c):
    """Every entry beyond the bounds becomes c, so that large negative ones change sign. Below -c it should be -c."""
    return [np.where(np.abs(g) > c, c, g) for g in grads]


@exercise.misconception
def keeps_only_the_sign(grads, c):
    """Every entry becomes -c or c, the small ones too. Entries within the bounds should pass unchanged."""
    return [c * np.sign(g) for g in grads]


@exercise.misconception
def raises_small_entries(grads, c):
    """Entries within the bounds are pushed out to -c or c, and larger ones are left. It should be the other way
    round."""
    return [np.where(np.abs(g) < c, c * np.sign(g), g) for g in grads]


@exercise.misconception
def scales_each_array(grads, c):
    """Each array is scaled until its largest entry is c. Clipping by value treats each entry on its own, and leaves
    the small ones unchanged."""
    return [g * min(1.0, c / max(np.abs(g).max(), 1e-300)) for g in grads]


@exercise.misconception
def scales_by_the_norm(grads, c):
    """The arrays are scaled by c / norm, which is clipping by the global norm. Clipping by value treats each entry on
    its own."""
    return clipping.clip_by_global_norm(grads, c)[0]


@exercise.misconception
def squashes(grads, c):
    """c * tanh(g / c) bends all entries towards the bounds. Clipping leaves those within the bounds exactly as they
    are."""
    return [c * np.tanh(g / c) for g in grads]


@exercise.misconception
def first_array_only(grads, c):
    """Only the first array is returned. Return the list of all."""
    return np.clip(grads[0], -c, c)


@exercise.misconception
def first_array_clipped_only(grads, c):
    """Only the first array is clipped. The bounds hold for all of them."""
    return [np.clip(grads[0], -c, c), *(g.copy() for g in grads[1:])]


@exercise.misconception
def joins_the_arrays(grads, c):
    """All entries come back as one long vector. Return a list of arrays with the shapes of the given ones."""
    return np.clip(np.concatenate([np.ravel(g) for g in grads]), -c, c)


@exercise.misconception("CL6b")
def clips_in_place(grads, c):
    """The values are right, but they were written into the arrays that were passed in. Build new ones: without `out=`,
    np.clip does."""
    for g in grads:
        np.clip(g, -c, c, out=g)
    return grads


@exercise.equivalent
def minimum_of_maximum(grads, c):
    return [np.minimum(c, np.maximum(g, -c)) for g in grads]


@exercise.equivalent
def entry_by_entry(grads, c):
    clipped = []
    for g in grads:
        new = g.copy()
        for i, value in np.ndenumerate(g):
            new[i] = max(-c, min(c, value))
        clipped.append(new)
    return clipped


@exercise.equivalent
def masks(grads, c):
    copies = [g.copy() for g in grads]
    for g in copies:
        g[g > c] = c
        g[g < -c] = -c
    return tuple(copies)


@exercise.equivalent
def sign_and_size(grads, c):
    return [np.sign(g) * np.minimum(np.abs(g), c) for g in grads]
