"""Relative error between two gradients."""

import numpy as np

from autograder.domain import Array, Number
from autograder.draw import rows_of_opposite_sign
from autograder.exercise import Exercise
from course_lib.analysis import gradient_check

exercise = Exercise(
    name="rel_error",
    unit="vanishing_gradients",
    points=1,
    reference=gradient_check.rel_error,
    takes={"a": Array(), "b": Array(), "eps": Number(1e-9, 1e-7, corners=(1e-12, 0.5, 10.0))},
    hints=(
        "Divide each difference by how large the two entries are. What could make that size zero or negative, "
        "although the entries are not?",
        "What is 0 / 0 when both entries are zero, and what does np.maximum(size, eps) do about it?",
        "A check must not miss one wrong entry among a million right ones. Which single number of all the ratios "
        "shows that entry?",
    ),
    part="more",
    minutes=3,
    difficulty=1,
    reasoning=(
        "A ratio does not depend on the units of the gradient, and the sum of the two absolute values prefers neither "
        "of them. The largest ratio is the one that shows a single wrong entry, and eps decides where both are 0."
    ),
)


@exercise.case("gradients that nearly agree, of both signs")
def nearly_equal(rng):
    a = rows_of_opposite_sign(rng, (2, int(rng.integers(3, 5))), 0.5, 2)
    b = (a * rng.uniform(0.9, 1.1, a.shape)).round(3)
    # neither the largest entry nor the smallest is the worst one, which is negative in both
    a[0, :2] = b[0, :2] = 2.75, 0.35
    a[1, 1] = -round(rng.uniform(0.8, 2), 3)  # not such that |a| + |b| is 1
    b[1, 1] = round(0.7 * a[1, 1], 3)
    return {"a": a, "b": b, "eps": 1e-8}


@exercise.case("opposite signs in some entries")
def opposite_signs(rng):
    a = rng.uniform([2.5, 0.5, 0.5, 0.5, 0.5], [4, 2, 2, 2, 2]).round(3)
    return {"a": a, "b": (a * [0.9, -0.7, 1.1, -1.2, 0.8]).round(3), "eps": 1e-8}


@exercise.case("the second gradient larger in every entry")
def second_larger(rng):
    a = rng.uniform([1.2, 1.5, 2.5, 1.5], [1.4, 2.0, 3.0, 2.0]).round(3)
    return {"a": a, "b": (a + rng.uniform([0.4, 0.1, 0.1, 0.1], [0.5, 0.2, 0.2, 0.2])).round(3), "eps": 1e-8}


@exercise.case("gradients as small as those of a deep layer")
def tiny(rng):
    a, ratio = rng.uniform(1, 5, (3, 2)).round(2) * 1e-9, rng.uniform(0.3, 0.45, (3, 2)).round(2)
    a[2, 1], ratio[2, 1] = 8e-9, 0.6
    return {"a": a, "b": a * ratio, "eps": 1e-13}


@exercise.case("entries that are zero in one gradient, or in both")
def zeros(rng):
    a = rng.uniform(1.3, 2, 4).round(3)
    b = (a * 1.1).round(3)
    a[0] = b[0] = 0.0
    a[2] = 0.0
    return {"a": a, "b": b, "eps": 1e-3}


@exercise.case("two gradients that are zero everywhere")
def all_zero(rng):
    shape = (2, int(rng.integers(3, 30)))
    return {"a": np.zeros(shape), "b": np.zeros(shape), "eps": round(rng.uniform(1, 9), 2) * 1e-8}


@exercise.case("an eps that is large enough to see")
def large_eps(rng):
    a = rng.uniform([0.1, 0.16, 0.1], [0.15, 0.2, 0.15]).round(3)
    return {"a": a, "b": (a * 1.5).round(3), "eps": 0.7}


@exercise.case("one entry of very different magnitude")
def one_large_entry(rng):
    a = rng.uniform(1, 2, 5).round(3)
    b = (a * [1.3, 1.1, 1.05, 0.9, 0.8]).round(3)
    a[1], b[1] = 4000.0, 4001.0
    return {"a": a, "b": b, "eps": 1e-8}


def _size(a, b, eps):
    return np.maximum(np.abs(a) + np.abs(b), eps)


@exercise.misconception("RE1")
def averages(a, b, eps):
    """The mean of the relative errors is returned. One wrong entry among many right ones hardly moves a mean: take
    the largest."""
    return np.mean(np.abs(a - b) / _size(a, b, eps))


@exercise.misconception
def adds_up(a, b, eps):
    """The relative errors are added up, so that a larger array has a larger error. Take the largest."""
    return np.sum(np.abs(a - b) / _size(a, b, eps))


@exercise.misconception
def smallest(a, b, eps):
    """The smallest relative error is returned, that of the best entry. The check is about the worst one."""
    return np.min(np.abs(a - b) / _size(a, b, eps))


@exercise.misconception("RE2b")
def divides_by_the_first(a, b, eps):
    """The difference is divided by |a| alone. Swapping a and b then changes the error, and where a is zero it says
    more about eps than about b: divide by |a| + |b|."""
    return np.max(np.abs(a - b) / np.maximum(np.abs(a), eps))


@exercise.misconception("RE2a")
def divides_by_the_first_without_eps(a, b, eps):
    """The difference is divided by |a| alone, which gives nan or inf where a is zero. Divide by |a| + |b|, and by no
    less than eps."""
    return np.max(np.abs(a - b) / np.abs(a))


@exercise.misconception
def divides_by_the_second(a, b, eps):
    """The difference is divided by |b| alone. Swapping a and b then changes the error: divide by |a| + |b|."""
    return np.max(np.abs(a - b) / np.maximum(np.abs(b), eps))


@exercise.misconception("RE3a")
def signed_denominator(a, b, eps):
    """The denominator is a + b, without absolute values. For negative entries it is negative, and for opposite ones
    it nearly vanishes."""
    return np.max(np.abs(a - b) / np.maximum(a + b, eps))


@exercise.misconception("RE3b")
def signed_denominator_without_eps(a, b, eps):
    """The denominator is a + b, without absolute values and without eps. It is negative for negative entries, and
    zero where both are zero."""
    return np.max(np.abs(a - b) / (a + b))


@exercise.misconception
def absolute_value_of_the_sum(a, b, eps):
    """The denominator is |a + b|, in which opposite entries cancel. Take the absolute values first: |a| + |b|."""
    return np.max(np.abs(a - b) / np.maximum(np.abs(a + b), eps))


@exercise.misconception
def signed_difference(a, b, eps):
    """The difference a - b keeps its sign, so that an entry of b that is too large counts as a negative error. Take
    its absolute value."""
    return np.max((a - b) / _size(a, b, eps))


@exercise.misconception("RE4a")
def calls_small_gradients_equal(a, b, eps):
    """np.allclose calls any two numbers equal that differ by less than 1e-8. Gradients that small are common in deep
    layers, and may be entirely wrong."""
    return 0.0 if np.allclose(a, b) else np.max(np.abs(a - b) / _size(a, b, eps))


@exercise.misconception("RE4b")
def answers_yes_or_no(a, b, eps):
    """This answers whether the gradients are close, and hides how close. Return the largest relative error as a
    number."""
    return bool(np.allclose(a, b))


@exercise.misconception
def forgets_eps(a, b, eps):
    """Nothing keeps the denominator from zero, so that two entries of zero give nan. Let it be no less than eps."""
    return np.max(np.abs(a - b) / (np.abs(a) + np.abs(b)))


@exercise.misconception
def absolute_error(a, b, eps):
    """This is the largest absolute difference. It is small wherever the gradients are small, right or wrong: divide
    by their size."""
    return np.max(np.abs(a - b))


@exercise.misconception
def one_error_per_entry(a, b, eps):
    """This returns one error per entry. The largest of them is the answer."""
    return np.abs(a - b) / _size(a, b, eps)


@exercise.misconception
def ratio_of_the_largest(a, b, eps):
    """The largest difference is divided by the largest size, which may belong to another entry. Divide entry by
    entry, then take the largest ratio."""
    return np.max(np.abs(a - b)) / np.max(_size(a, b, eps))


@exercise.variant
def adds_eps(a, b, eps):
    """You divide by |a| + |b| + eps, which keeps the denominator from zero as well. The course divides by the larger
    of |a| + |b| and eps, so that eps changes nothing for ordinary entries."""
    return np.max(np.abs(a - b) / (np.abs(a) + np.abs(b) + eps))


@exercise.variant
def divides_by_the_larger(a, b, eps):
    """You divide by the larger of |a| and |b|, as some courses do: the error then runs up to 2. The course divides
    by |a| + |b|, so that it runs up to 1."""
    return np.max(np.abs(a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), eps))


@exercise.misconception
def ratio_of_norms(a, b, eps):
    """The norm of the difference is divided by the sum of the norms. A norm hides a small wrong entry behind a large
    right one, and the worst entry is asked for."""
    return np.linalg.norm(a - b) / max(np.linalg.norm(a) + np.linalg.norm(b), eps)


@exercise.equivalent
def loop(a, b, eps):
    worst = 0.0
    for p, q in zip(np.ravel(a), np.ravel(b), strict=True):
        worst = max(worst, abs(p - q) / max(abs(p) + abs(q), eps))
    return worst


@exercise.equivalent
def where(a, b, eps):
    size = abs(a) + abs(b)
    return (abs(b - a) / np.where(size > eps, size, eps)).max()


@exercise.equivalent
def norm_of_infinite_order(a, b, eps):
    ratios = (a - b) / np.clip(np.abs(a) + np.abs(b), eps, None)
    return np.linalg.norm(ratios.ravel(), ord=np.inf)
