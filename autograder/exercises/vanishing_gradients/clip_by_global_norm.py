"""Clipping the gradients by their global norm."""

import numpy as np

from autograder.domain import Arrays, Number
from autograder.draw import rows_of_opposite_sign
from autograder.exercise import Exercise
from course_lib.optimizers import clipping

exercise = Exercise(
    name="clip_by_global_norm",
    unit="vanishing_gradients",
    points=2,
    reference=clipping.clip_by_global_norm,
    takes={"grads": Arrays(integers=False), "c": Number(0.5, 1.5, corners=(1e-3, 100.0))},
    new=True,
    returns=("clipped", "norm"),
    hints=(
        "All arrays together are one long vector. How does its norm follow from the sums of squares of the arrays?",
        "A gradient that is short enough passes unchanged. What is the largest factor that you may multiply by?",
        "What is c / norm when every gradient is zero, and what should come out then?",
        "The norm is there to be watched during training. Does the one you return tell whether anything was clipped?",
    ),
    part="core",
    minutes=4,
    difficulty=2,
    reasoning=(
        "One factor for all arrays keeps the direction of the long vector, and min(1, c / norm) shortens it only when "
        "it is too long. A norm of 0 has no direction to keep and must not divide."
    ),
)


def _draw(rng, shapes, scales, c):
    grads = [(s * rng.normal(size=shape)).round(3) for shape, s in zip(shapes, scales, strict=True)]
    return {"grads": grads, "c": c}


@exercise.case("a matrix and a vector, longer than c")
def matrix_and_vector(rng):
    return {
        "grads": [rng.uniform(0.5, 2, (2, 3)).round(3), -rng.uniform(2, 4, int(rng.integers(4, 6))).round(3)],
        "c": 1.7,
    }


@exercise.case("gradients that are short enough")
def short_enough(rng):
    return _draw(rng, [(3, 2), (4,)], [0.05, 0.1], 2.5)


@exercise.case("three arrays of very different magnitude")
def different_magnitudes(rng):
    return {
        "grads": [(s * rng.uniform(0.5, 2, shape)).round(4) for s, shape in ((0.02, (2, 2)), (1, 3), (60, (1, 4)))],
        "c": 0.9,
    }


@exercise.case("a single array")
def single_array(rng):
    return {"grads": [rows_of_opposite_sign(rng, (4, 3), 1, 3)], "c": 2.2}


@exercise.case("gradients of zero")
def zeros(rng):
    return {"grads": [np.zeros((2, 3)), np.zeros(int(rng.integers(4, 6)))], "c": round(rng.uniform(0.2, 0.4), 3)}


@exercise.case("gradients that are tiny, and a bound that is tinier")
def tiny(rng):
    return {"grads": [rng.uniform(1, 3, 3).round(2) * 1e-5, -rng.uniform(1, 3, (2, 2)).round(2) * 1e-5], "c": 1e-5}


def _scale(norm, c):
    return c / norm if norm > c else 1.0


def _clip_with(grads, c, norm):
    """Clip with ``norm`` in the place of the global one, and return it."""
    return [g * _scale(norm, c) for g in grads], norm


@exercise.misconception("CL1")
def one_norm_per_array(grads, c):
    """Each array is scaled by its own norm. That changes the direction of the gradient: use one norm for all of them
    together."""
    return [g * _scale(np.linalg.norm(g), c) for g in grads], clipping.global_norm(grads)


@exercise.misconception("CL2")
def always_rescales(grads, c):
    """The gradients are scaled to the norm c, even when they are shorter. Short ones should pass unchanged: the factor
    is min(1, c / norm)."""
    norm = clipping.global_norm(grads)
    return [g * (c / norm if norm > 0 else 1.0) for g in grads], norm


@exercise.misconception("CL7b")
def always_rescales_zero_too(grads, c):
    """The gradients are scaled by c / norm, even when they are shorter than c, and gradients of zero become nan. The
    factor is min(1, c / norm), and 1 for a norm of zero."""
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    return [g * (c / norm) for g in grads], norm


@exercise.misconception("CL7a")
def nan_for_zero_gradients(grads, c):
    """g / norm is 0/0 = nan when every gradient is zero, and one nan spoils all parameters. Divide only if the norm
    exceeds c."""
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    return [g / norm * min(c, norm) for g in grads], norm


@exercise.misconception("CL7c")
def zero_division(grads, c):
    """For gradients of zero, c / norm divides by zero and stops the training. Scale only if the norm exceeds c."""
    norm = clipping.global_norm(grads)
    scale = min(1.0, c / norm)
    return [g * scale for g in grads], norm


@exercise.misconception("CL3")
def divides_by_the_squared_norm(grads, c):
    """The factor is c / norm**2, so that the clipped norm is c / norm instead of c. The root of the sum of squares
    was left out of the factor."""
    norm = clipping.global_norm(grads)
    return [g * (c / norm**2 if norm > c else 1.0) for g in grads], norm


@exercise.misconception
def forgets_the_root(grads, c):
    """The norm is the sum of the squares. Take its root."""
    return _clip_with(grads, c, clipping.global_norm(grads) ** 2)


@exercise.misconception("CL4a")
def sum_of_absolute_values(grads, c):
    """The norm is the sum of the absolute values. The Euclidean norm is the root of the sum of the squares."""
    return _clip_with(grads, c, sum(np.sum(np.abs(g)) for g in grads))


@exercise.misconception("CL4b")
def largest_absolute_value(grads, c):
    """The norm is the largest absolute value. The Euclidean norm is the root of the sum of the squares."""
    return _clip_with(grads, c, max(np.max(np.abs(g)) for g in grads))


@exercise.misconception
def sum_of_norms(grads, c):
    """The norms of the arrays are added up. Norms do not add, squares do: take the root of the sum of all squares."""
    return _clip_with(grads, c, sum(np.linalg.norm(g) for g in grads))


@exercise.misconception
def largest_norm(grads, c):
    """The norm is that of the longest array. All arrays together are one vector, whose norm is the root of the sum of
    all squares."""
    return _clip_with(grads, c, max(np.linalg.norm(g) for g in grads))


@exercise.misconception
def norm_of_the_first_array(grads, c):
    """The norm is that of the first array alone. All arrays together are one vector."""
    return _clip_with(grads, c, np.linalg.norm(grads[0]))


@exercise.misconception
def root_mean_square(grads, c):
    """The norm is divided by the root of the number of entries. The Euclidean norm takes the sum of the squares, not
    their mean."""
    return _clip_with(grads, c, np.sqrt(np.mean(np.concatenate([np.ravel(g) for g in grads]) ** 2)))


@exercise.misconception
def clips_each_entry(grads, c):
    """Each entry is clipped to [-c, c], which changes the direction of the gradient. Scale all entries by the same
    factor."""
    return clipping.clip_by_value(grads, c), clipping.global_norm(grads)


@exercise.misconception
def inverted_factor(grads, c):
    """The factor is norm / c, which makes long gradients longer. It should be c / norm."""
    norm = clipping.global_norm(grads)
    return [g * (norm / c if norm > c else 1.0) for g in grads], norm


@exercise.misconception
def normalises_to_one(grads, c):
    """Gradients longer than c are scaled to length 1. They should keep the length c."""
    norm = clipping.global_norm(grads)
    return [g / norm if norm > c else g.copy() for g in grads], norm


@exercise.misconception
def drops_long_gradients(grads, c):
    """Gradients longer than c become zero, so that this step is lost. Scale them to the length c."""
    norm = clipping.global_norm(grads)
    return [g * (norm <= c) for g in grads], norm


@exercise.misconception("CL8")
def returns_the_clipped_norm(grads, c):
    """The norm is that of the clipped gradients, which never exceeds c. Return the one before clipping: it shows when
    gradients explode."""
    clipped, norm = clipping.clip_by_global_norm(grads, c)
    return clipped, min(norm, c)


@exercise.misconception
def returns_the_factor(grads, c):
    """The second value is the factor that was applied. Return the norm before clipping."""
    clipped, norm = clipping.clip_by_global_norm(grads, c)
    return clipped, _scale(norm, c)


@exercise.misconception
def returns_no_norm(grads, c):
    """Only the gradients are returned. Return the norm before clipping as a second value, so that it can be
    watched."""
    return clipping.clip_by_global_norm(grads, c)[0]


@exercise.misconception("CL6a")
def clips_in_place(grads, c):
    """The values are right, but `*=` wrote them into the arrays that were passed in. Build new ones: g * scale."""
    norm = clipping.global_norm(grads)
    for g in grads:
        g *= _scale(norm, c)
    return grads, norm


@exercise.variant
def adds_a_small_number_to_the_norm(grads, c):
    """You divide by norm + 1e-6, as some libraries do, so that a norm of zero needs no test. The course divides by the
    norm itself, so that tiny gradients are clipped to c exactly."""
    norm = clipping.global_norm(grads)
    return [g * min(1.0, c / (norm + 1e-6)) for g in grads], norm


@exercise.equivalent
def one_long_vector(grads, c):
    norm = np.linalg.norm(np.concatenate([g.ravel() for g in grads]))
    if norm <= c:
        return [g.copy() for g in grads], norm
    return [c * g / norm for g in grads], norm


@exercise.equivalent
def infinite_factor(grads, c):
    # a NumPy norm of zero gives c / norm = inf, and a warning
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    return [g * min(1.0, c / norm) for g in grads], norm


@exercise.equivalent
def norm_of_norms(grads, c):
    norm = np.linalg.norm([np.linalg.norm(g) for g in grads])
    return [g / max(1.0, norm / c) for g in grads], norm


@exercise.equivalent
def loops(grads, c):
    squares = 0.0
    for g in grads:
        for value in g.flat:
            squares += value * value
    norm = squares**0.5
    clipped = [np.array(g) for g in grads]
    if norm > c:
        for g in clipped:
            g *= c / norm
    return clipped, norm
