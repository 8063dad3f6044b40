"""How far clipping by value turns the gradient."""

import numpy as np

from autograder.domain import Arrays, Number
from autograder.draw import either_sign
from autograder.exercise import Call, Exercise
from course_lib.optimizers import clipping

exercise = Exercise(
    name="clipping_cosine",
    unit="vanishing_gradients",
    points=1,
    reference=clipping.clipping_cosine,
    takes={"grads": Arrays(integers=False), "c": Number(0.5, 1.5, corners=(1e-3, 100.0))},
    hints=(
        "Two numbers, 10 and 0.1, are clipped to 1 and 0.1. Do the arrows (10, 0.1) and (1, 0.1) point the same way?",
        "The cosine of the angle between two vectors is their scalar product divided by what?",
        "All arrays together are one long vector. Over which entries do the scalar product and both norms run?",
    ),
    part="more",
    minutes=4,
    difficulty=2,
    reasoning=(
        "The cosine is the scalar product over the two lengths. The arrays are parts of one long vector, so both are "
        "taken over all entries together."
    ),
)


@exercise.case("a matrix and a vector, with two entries far beyond c")
def far_beyond(rng):
    w, b = either_sign(rng, (2, int(rng.integers(3, 5)))), either_sign(rng, 3)
    w[0, :2], b[:2] = (6.5, -0.4), (0.3, -4.3)
    return {"grads": [w, b], "c": 0.8}


@exercise.case("entries that all lie within the bounds, and the same with narrower ones")
def within(rng):
    grads = [rng.uniform(0.5, 0.9, (3, 2)).round(3), -rng.uniform(0.1, 0.9, 4).round(3)]
    return [Call({"grads": grads, "c": 1.0}, "c = 1"), Call({"grads": grads, "c": 0.3}, "c = 0.3")]


@exercise.case("three arrays of very different magnitude")
def different_magnitudes(rng):
    grads = [(scale * rng.uniform(0.5, 2, 4) * [1, -1, 1, -1]).round(4) for scale in (0.01, 1.0, 100.0)]
    return {"grads": grads, "c": 0.05}


@exercise.case("a single array")
def single_array(rng):
    g = either_sign(rng, (4, int(rng.integers(2, 4))))
    g[0, :2], g[1, :2] = (9.0, 0.2), (-5.0, -0.7)
    return {"grads": [g], "c": 1.3}


def _vector(grads):
    return np.concatenate([np.ravel(g) for g in grads])


def _pair(grads, c):
    v = _vector(grads)
    return v, np.clip(v, -c, c)


@exercise.misconception("CL9")
def believes_the_direction_is_kept(grads, c):
    """Clipping by value does not keep the direction: large entries shrink while small ones stay, so the arrow turns.
    Only scaling all entries by one factor keeps it."""
    return 1.0


@exercise.misconception
def believes_in_a_right_angle(grads, c):
    """This is 0, a right angle. Clipping keeps every sign, so the angle is always smaller than that."""
    return 0.0


@exercise.misconception
def mean_of_the_arrays_cosines(grads, c):
    """Each array has its own cosine here, and their mean is returned. The gradient is one vector: sum over all arrays
    first, then divide."""
    return np.mean([clipping.clipping_cosine([g], c) for g in grads])


@exercise.misconception
def first_array_only(grads, c):
    """Only the first array enters. The gradient is made of all of them."""
    return clipping.clipping_cosine(grads[:1], c)


@exercise.misconception
def scalar_product(grads, c):
    """This is the scalar product. Divide it by both norms to get a cosine."""
    before, after = _pair(grads, c)
    return before @ after


@exercise.misconception
def divides_by_the_first_norm_squared(grads, c):
    """The scalar product is divided by the square of the norm before clipping. A cosine needs both norms, before and
    after."""
    before, after = _pair(grads, c)
    return before @ after / (before @ before)


@exercise.misconception
def forgets_the_roots(grads, c):
    """The scalar product is divided by both squared norms. Take their roots."""
    before, after = _pair(grads, c)
    return before @ after / ((before @ before) * (after @ after))


@exercise.misconception
def ratio_of_the_norms(grads, c):
    """This is how much shorter clipping makes the gradient. The angle needs the scalar product too."""
    before, after = _pair(grads, c)
    return np.linalg.norm(after) / np.linalg.norm(before)


@exercise.misconception
def angle_in_radians(grads, c):
    """This is the angle, in radians. Return its cosine, 1 for no turn at all."""
    return np.arccos(min(1.0, clipping.clipping_cosine(grads, c)))


@exercise.misconception
def angle_in_degrees(grads, c):
    """This is the angle, in degrees. Return its cosine, 1 for no turn at all."""
    return np.degrees(np.arccos(min(1.0, clipping.clipping_cosine(grads, c))))


@exercise.misconception
def cosine_distance(grads, c):
    """This is one minus the cosine, a distance. Return the cosine, 1 for no turn at all."""
    return 1 - clipping.clipping_cosine(grads, c)


@exercise.misconception
def correlation(grads, c):
    """This is a correlation: the means were subtracted first. A cosine takes the entries as they are."""
    return np.corrcoef(*_pair(grads, c))[0, 1]


@exercise.misconception
def clips_in_place(grads, c):
    """The gradients were clipped in place, so that both vectors are the same when they are compared. Clip into new
    arrays."""
    for g in grads:
        np.clip(g, -c, c, out=g)
    return clipping.cosine(grads, grads)


@exercise.equivalent
def one_long_vector(grads, c):
    before, after = _pair(grads, c)
    return before @ after / (np.linalg.norm(before) * np.linalg.norm(after))


@exercise.equivalent
def sums_over_arrays(grads, c):
    dot = before = after = 0.0
    for g in grads:
        clipped = np.minimum(np.maximum(g, -c), c)
        dot += np.sum(g * clipped)
        before += np.sum(g * g)
        after += np.sum(clipped * clipped)
    return dot / np.sqrt(before * after)


@exercise.equivalent
def unit_vectors(grads, c):
    before, after = (v / np.linalg.norm(v) for v in _pair(grads, c))
    return 1 - np.sum((before - after) ** 2) / 2
