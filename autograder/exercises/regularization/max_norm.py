"""A limit to the length of each unit's weights."""

import numpy as np

from autograder.domain import Array, Number
from autograder.draw import either_sign
from autograder.exercise import Exercise
from course_lib.functions import regularization

exercise = Exercise(
    name="max_norm",
    unit="regularization",
    points=1,
    reference=regularization.max_norm,
    takes={"w": Array("D", "M"), "c": Number(1.0, 2.0, corners=(0.05, 30.0), says="positive")},
    new=True,
    hints=(
        "Which axis of w runs over the weights of one unit, and how many lengths are there?",
        "A column of the length 5 is to have the length 2. By which number is it multiplied? And a column of the "
        "length 1?",
        "The factor is the smaller one of 1 and c / length. What happens to a column of zeros?",
    ),
    part="more",
    minutes=5,
    difficulty=2,
    reasoning=(
        "Every column has its own factor, c / length, and at most 1. A column of zeros is short: its length must not "
        "be divided by."
    ),
)


def _draw(rng, n_inputs, lengths, c):
    """Columns of these lengths times c."""
    w = either_sign(rng, (n_inputs, len(lengths)))
    w = w / np.sqrt(np.sum(w**2, axis=0)) * c * np.array(lengths)
    return {"w": w, "c": c}


def _limit(rng):
    return round(rng.uniform(1.5, 2.5), 2)


@exercise.case("columns that are too long, and columns that are not")
def both(rng):
    return _draw(rng, int(rng.integers(5, 8)), rng.permutation([0.4, 0.9, 1.7, 3.0]), _limit(rng))


@exercise.case("as many inputs as units, where a wrong axis goes unnoticed")
def square(rng):
    return _draw(rng, 3, rng.permutation([0.3, 2.0, 4.0]), _limit(rng))


@exercise.case("all columns are short, the matrix as a whole is not")
def short(rng):
    return _draw(rng, 4, rng.uniform(0.7, 0.95, 9), _limit(rng))


@exercise.case("a column of zeros")
def zeros(rng):
    inputs = _draw(rng, 4, [0.5, 2.5, 1.0], _limit(rng))
    inputs["w"][:, 2] = 0
    return inputs


@exercise.case("a limit below 1")
def small_limit(rng):
    return _draw(rng, int(rng.integers(3, 6)), rng.permutation([0.5, 1.3, 4.0]), round(rng.uniform(0.2, 0.55), 2))


@exercise.case("many small weights in a column")
def many_small(rng):
    return _draw(rng, 40, [2.0, 0.5], _limit(rng))


def _norms(w, axis=0):
    return np.sqrt(np.sum(np.square(1.0 * w), axis=axis, keepdims=True))


def _limited(w, c, norms):
    return w * np.minimum(1, c / np.where(norms > 0, norms, c))


@exercise.misconception("MN1")
def whole_matrix(w, c):
    """One length is taken of the whole matrix, and all columns get the same factor. Every unit has a limit of its
    own."""
    return _limited(w, c, _norms(w, axis=None))


@exercise.misconception("MN2")
def rows(w, c):
    """The rows are limited. A row holds one input's weights to all units; a unit is a column."""
    return _limited(w, c, _norms(w, axis=1))


@exercise.misconception("MN3")
def always_rescales(w, c):
    """Every column gets the length c, those too that were shorter. They stay as they are."""
    norms = _norms(w)
    return w * c / np.where(norms > 0, norms, c)


@exercise.misconception("MN4")
def clips_each_weight(w, c):
    """Each weight is clipped to [-c, c]. That limits single entries and turns the column; the limit is for the
    length."""
    return np.clip(w, -c, c)


@exercise.misconception("MN5")
def divides_by_zero(w, c):
    """A column of zeros is divided by its length, 0, and becomes NaN. It is short enough as it is."""
    with np.errstate(all="ignore"):
        norms = _norms(w)
        return np.where(norms > 0, w, np.nan) * np.minimum(1, c / np.where(norms > 0, norms, c))


@exercise.misconception
def squared_length(w, c):
    """The sum of squares is taken for the length: the root is missing."""
    return _limited(w, c, _norms(w) ** 2)


@exercise.misconception
def sum_of_sizes(w, c):
    """The length is taken as the sum of the sizes of the weights. It is the root of the sum of their squares."""
    return _limited(w, c, np.sum(np.abs(1.0 * w), axis=0, keepdims=True))


@exercise.misconception
def largest_weight(w, c):
    """The largest weight is taken for the length. It is the root of the sum of squares."""
    return _limited(w, c, np.max(np.abs(1.0 * w), axis=0, keepdims=True))


@exercise.misconception
def root_mean_square(w, c):
    """The squares are averaged, not added up, so that a column with many weights may be far too long."""
    return _limited(w, c, np.sqrt(np.mean(np.square(1.0 * w), axis=0, keepdims=True)))


@exercise.misconception
def lengthens(w, c):
    """Columns that are too short become longer, and those that are too long stay: the maximum is taken where the
    minimum is due."""
    norms = _norms(w)
    return w * np.maximum(1, c / np.where(norms > 0, norms, c))


@exercise.misconception
def to_length_one(w, c):
    """A column that is too long gets the length 1. It gets the length c."""
    norms = _norms(w)
    return np.where(norms > c, w / np.where(norms > 0, norms, 1), w)


@exercise.misconception
def divides_by_c(w, c):
    """A column that is too long is divided by c, whatever its length. It is multiplied by c / length."""
    return np.where(_norms(w) > c, w / c, w)


@exercise.misconception
def multiplies_by_c(w, c):
    """A column that is too long is multiplied by c and not divided by its length."""
    return np.where(_norms(w) > c, w * c, w)


@exercise.misconception
def upside_down(w, c):
    """The factor is length / c: long columns become longer still."""
    return w * np.maximum(1, _norms(w) / c)


@exercise.misconception
def zeroes_long_ones(w, c):
    """A column that is too long becomes 0. It is shortened, and keeps its direction."""
    return np.where(_norms(w) > c, 0, w)


@exercise.misconception
def squared_factor(w, c):
    """The factor is squared, so that long columns become shorter than c."""
    norms = _norms(w)
    return w * np.minimum(1, c / np.where(norms > 0, norms, c)) ** 2


@exercise.misconception
def all_when_one_is_long(w, c):
    """As soon as one column is too long, all get the factor of the longest. Every unit has a factor of its own."""
    return _limited(w, c, np.max(_norms(w), initial=0.0))


@exercise.misconception
def centred_length(w, c):
    """The mean of a column is taken away before its length is measured, as a standard deviation does."""
    return _limited(w, c, _norms(w - np.mean(1.0 * w, axis=0)))


@exercise.misconception
def returns_the_lengths(w, c):
    """These are the lengths that the columns get. Wanted are the weights."""
    return np.minimum(_norms(w)[0], c)


@exercise.misconception
def in_place(w, c):
    """w itself is changed. Return a new array, and leave w as it is."""
    limited = _limited(w, c, _norms(w))
    w[...] = limited
    return w


@exercise.misconception
def squared_length_decides(w, c):
    """Which columns are too long is decided by their squared length, so that others are touched as well, or too few.
    Compare the length with c, or its square with c squared."""
    squares, norms = np.sum(1.0 * w**2, axis=0), _norms(w)
    return np.where(squares > c, w * c / np.where(norms == 0, 1.0, norms), 1.0 * w)


@exercise.misconception
def small_number_beside_the_length(w, c):
    """A small number is added to the length that is divided by, so that long columns end a little shorter than c. A
    column of length 0 is not shortened, and nothing need be divided by it."""
    return w * np.minimum(1.0, c / (_norms(w) + 1e-6))


@exercise.equivalent
def where_too_long(w, c):
    norms = np.linalg.norm(w, axis=0)
    return np.where(norms > c, w * c / np.maximum(norms, c), w)


@exercise.equivalent
def divided_by_the_larger(w, c):
    return w * (c / np.maximum(np.linalg.norm(w, axis=0), c))


@exercise.equivalent
def column_by_column(w, c):
    limited = np.array(w, dtype=float)
    for j in range(w.shape[1]):
        length = np.sqrt(limited[:, j] @ limited[:, j])
        if length > c:
            limited[:, j] *= c / length
    return limited
