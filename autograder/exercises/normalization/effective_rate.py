"""The rate at which the direction of weights moves, in front of batch norm, where their length changes nothing."""

import numpy as np

from autograder.domain import Array, Number
from autograder.draw import either_sign
from autograder.exercise import Exercise


def effective_rate(lr, w):
    return lr / np.sum(np.square(np.asarray(w, dtype=float)), axis=0)


exercise = Exercise(
    name="effective_rate",
    unit="normalization",
    points=1,
    reference=effective_rate,
    takes={"lr": Number(0.02, 0.5, corners=(1.0, 3.0), says="a positive number"), "w": Array("D", "M")},
    hints=(
        "Weights that are c times as long get a gradient of 1 / c. By which angle does a step turn them, compared with "
        "before?",
        "Which axis of w runs over the weights of one unit, and how many rates are there?",
        "One factor of the length comes from the gradient, another from what the step is compared with. Is there a "
        "root in the product?",
    ),
    part="core",
    minutes=4,
    difficulty=2,
    reasoning=(
        "In front of batch norm, the gradient shrinks as the weights grow, and the same step turns long weights less "
        "than short ones. Each gives one factor of 1 / ||w||. The norm is a unit's own, over its column."
    ),
)


def _draw(rng, n_inputs, n_units):
    """Units whose weights have different lengths, none of them 1, with entries of both signs and no mean of 0."""
    w = either_sign(rng, (n_inputs, n_units)) * np.linspace(0.3, 2.0, n_units)
    w[0] = np.abs(w[0]) + 2.0
    return {"lr": round(rng.uniform(0.05, 0.4), 3), "w": w.round(3)}


@exercise.case("units whose weights have different lengths")
def different_lengths(rng):
    return _draw(rng, int(rng.integers(5, 8)), 4)


@exercise.case("as many inputs as units, where a wrong axis goes unnoticed")
def square(rng):
    return _draw(rng, 3, 3)


@exercise.case("a single unit")
def single_unit(rng):
    return _draw(rng, int(rng.integers(4, 7)), 1)


@exercise.case("a single input")
def single_input(rng):
    return _draw(rng, 1, int(rng.integers(4, 7)))


@exercise.case("weights that are very short, and very long ones")
def short_and_long(rng):
    inputs = _draw(rng, int(rng.integers(3, 6)), 4)
    return inputs | {"w": inputs["w"] * [1e-3, 1e-2, 1e2, 1e3]}


def _squares(w):
    return np.sum(np.square(1.0 * w), axis=0)


@exercise.misconception
def the_rate_alone(lr, w):
    """Every unit gets lr itself. That is the rate of the weights; how far a step turns them depends on how long they
    are."""
    return np.full(w.shape[1], float(lr))


@exercise.misconception
def divides_by_the_length(lr, w):
    """lr is divided by the norm, once. The gradient behind batch norm shrinks with the length, and the same step turns
    longer weights less: that is two factors, the norm squared."""
    return lr / np.sqrt(_squares(w))


@exercise.misconception
def length_without_square_and_root(lr, w):
    """lr is divided by the sum of the absolute values. The length of weights is the root of the sum of their squares,
    and its square the sum itself."""
    return lr / np.abs(1.0 * w).sum(axis=0)


@exercise.misconception
def square_of_the_sum(lr, w):
    """The weights are added up before they are squared, so that signs cancel. Square each, then add up."""
    with np.errstate(all="ignore"):
        return lr / np.sum(1.0 * w, axis=0) ** 2


@exercise.misconception
def fourth_power(lr, w):
    """The norm is raised to the fourth power. The sum of squares is the norm's square already."""
    return lr / _squares(w) ** 2


@exercise.misconception
def multiplies(lr, w):
    """lr is multiplied by the squared norm, so that long weights would turn faster. They turn slower: divide."""
    return lr * _squares(w)


@exercise.misconception
def multiplies_by_the_length(lr, w):
    """lr is multiplied by the norm, so that long weights would turn faster. They turn slower: divide, and by its
    square."""
    return lr * np.sqrt(_squares(w))


@exercise.misconception
def two_inputs_alone(lr, w):
    """Only the first two rows of w are squared, as many as the example has. A unit has as many weights as there are
    rows: sum over all of them."""
    return lr / (1.0 * w[0] ** 2 + w[1] ** 2)


@exercise.misconception
def one_for_each_input(lr, w):
    """The squares are added up along the rows, for each input. A unit is a column of w: there are M rates."""
    return lr / np.sum(np.square(1.0 * w), axis=1)


@exercise.misconception
def one_for_all_units(lr, w):
    """There is a single rate, from the norm of all weights together. Batch norm scales each unit by itself, so each has
    a rate of its own."""
    return lr / np.sum(np.square(1.0 * w))


@exercise.misconception
def the_same_for_all_units(lr, w):
    """All units get the same rate, from the norm of all weights together. Batch norm scales each unit by itself, so
    each has a rate of its own."""
    return np.full(w.shape[1], lr / np.sum(np.square(1.0 * w)))


@exercise.misconception
def one_for_each_weight(lr, w):
    """lr is divided by the square of every single weight. What counts is the length of all weights of a unit together:
    add the squares up."""
    return lr / np.square(1.0 * w)


@exercise.misconception
def as_a_row(lr, w):
    """The rates have the shape (1, M), because the summed axis was kept. They should be of shape (M,)."""
    return lr / _squares(w)[None, :]


@exercise.misconception
def as_a_column(lr, w):
    """The rates have the shape (M, 1). They should be of shape (M,)."""
    return lr / _squares(w)[:, None]


@exercise.misconception
def mean_of_the_squares(lr, w):
    """The squares are averaged over the inputs. The squared norm is their sum, without a division by D."""
    return lr / np.mean(np.square(1.0 * w), axis=0)


@exercise.misconception
def variance_of_the_weights(lr, w):
    """lr is divided by the variance of a unit's weights. Their mean counts too: the squared norm is the sum of the
    squares of the weights as they are."""
    with np.errstate(all="ignore"):
        return lr / np.var(1.0 * w, axis=0)


@exercise.misconception
def without_their_mean(lr, w):
    """The mean of a unit's weights is subtracted before they are squared. The squared norm is the sum of the squares of
    the weights as they are."""
    with np.errstate(all="ignore"):
        return lr / (len(w) * np.var(1.0 * w, axis=0))


@exercise.misconception
def largest_weight(lr, w):
    """The norm is the largest absolute value of a unit's weights. It is the root of the sum of the squares."""
    return lr / np.max(np.abs(1.0 * w), axis=0) ** 2


@exercise.misconception
def squares_the_rate(lr, w):
    """The rate is squared along with the norm: (lr / norm)^2. Only the norm is."""
    return lr**2 / _squares(w)


@exercise.misconception
def root_of_the_rate_too(lr, w):
    """The root is taken of lr / norm^2 as a whole. The rate is that quotient itself."""
    return np.sqrt(lr / _squares(w))


@exercise.misconception
def rate_is_missing(lr, w):
    """lr is not used: this is 1 / norm^2. A step turns the weights lr times as far."""
    return 1 / _squares(w)


@exercise.misconception
def upside_down(lr, w):
    """The quotient is upside down: norm^2 / lr. Longer weights turn more slowly."""
    with np.errstate(all="ignore"):
        return _squares(w) / np.float64(lr)


@exercise.misconception
def only_long_weights(lr, w):
    """Norms below 1 are taken for 1, so that short weights keep lr. They turn faster than lr says: divide by their
    square as it is."""
    return lr / np.maximum(_squares(w), 1.0)


@exercise.misconception
def one_more(lr, w):
    """Something is added to the squared norm before lr is divided by it. Short weights show it: no unit's weights are
    zero, so that nothing need be added."""
    return lr / (1 + _squares(w))


@exercise.misconception
def a_small_number_added(lr, w):
    """A small number is added to the squared norm. Weights may be very short, and then it is no small number: divide by
    the squared norm alone."""
    return lr / (_squares(w) + 1e-5)


@exercise.misconception
def square_of_the_absolute_sum(lr, w):
    """The norm is the sum of the absolute values. It is the root of the sum of the squares, so that its square is that
    sum."""
    return lr / np.abs(1.0 * w).sum(axis=0) ** 2


@exercise.equivalent
def norms(lr, w):
    return lr / np.linalg.norm(w, axis=0) ** 2


@exercise.equivalent
def unit_by_unit(lr, w):
    return np.array([lr / float(column @ column) for column in np.array(w, dtype=float).T])


@exercise.equivalent
def einsum(lr, w):
    return np.divide(lr, np.einsum("dm,dm->m", 1.0 * w, 1.0 * w))


@exercise.equivalent
def diagonal(lr, w):
    return lr * np.diag(w.T @ w).astype(float) ** -1.0
