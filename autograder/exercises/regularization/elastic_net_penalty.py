"""L1 and L2 at once: the penalty of the elastic net."""

import numpy as np

from autograder.domain import Array, Number
from autograder.draw import either_sign
from autograder.exercise import Exercise
from course_lib.functions import regularization

exercise = Exercise(
    name="elastic_net_penalty",
    unit="regularization",
    points=1,
    reference=regularization.elastic_net_penalty,
    takes={
        "w": Array(),
        "l1": Number(0.05, 0.4, corners=(0.0, 3.0), says="at least 0"),
        "l2": Number(0.5, 1.5, corners=(0.0, 4.0), says="at least 0"),
    },
    hints=(
        "Which of the two sums needs the sizes of the weights, and which their squares?",
        "The gradient of the second part is to be l2 * w. Which factor does the penalty need for that?",
        "Is the result one number, whatever the shape of w?",
    ),
    part="more",
    minutes=3,
    difficulty=1,
    reasoning="Two sums over all entries, each with its strength. The half makes l2 * w the gradient of the second.",
)


def _draw(rng, shape):
    return {
        "w": either_sign(rng, shape),
        "l1": round(rng.uniform(0.1, 0.4), 2),
        "l2": round(rng.uniform(0.6, 1.4), 2),
    }


@exercise.case("weights of a layer")
def layer(rng):
    return _draw(rng, (3, int(rng.integers(4, 6))))


@exercise.case("weights of one unit")
def vector(rng):
    return _draw(rng, (int(rng.integers(4, 7)),))


@exercise.case("a strong L1 and a weak L2")
def mostly_l1(rng):
    return _draw(rng, (2, 3)) | {"l1": round(rng.uniform(2.0, 3.0), 2), "l2": round(rng.uniform(0.02, 0.08), 3)}


@exercise.case("kernels of a convolution")
def kernels(rng):
    return _draw(rng, (2, 1, 2, 3))


def _l1(w):
    return np.sum(np.abs(1.0 * w))


def _l2(w):
    return np.sum(np.square(1.0 * w))


@exercise.misconception("EN2")
def strength_and_ratio(w, l1, l2):
    """l1 is taken for the whole strength and l2 for the share of L1, as in scikit-learn's alpha and l1_ratio. Here each
    part has a strength of its own."""
    return l1 * (l2 * _l1(w) + (1 - l2) / 2 * _l2(w))


@exercise.misconception("EN1")
def one_factor_for_both(w, l1, l2):
    """Both parts are multiplied by l1 and by l2 together."""
    return l1 * l2 * (_l1(w) + _l2(w) / 2)


@exercise.misconception
def without_the_half(w, l1, l2):
    """The squares are not halved. With the half, l2 is the factor in the gradient."""
    return l1 * _l1(w) + l2 * _l2(w)


@exercise.misconception
def half_of_both(w, l1, l2):
    """Both parts are halved. Only that of the squares is: the slope of |w| is 1 already."""
    return (l1 * _l1(w) + l2 * _l2(w)) / 2


@exercise.misconception
def half_of_the_other(w, l1, l2):
    """The part of L1 is halved, and that of the squares is not. It is the other way round."""
    return l1 / 2 * _l1(w) + l2 * _l2(w)


@exercise.misconception
def exchanged(w, l1, l2):
    """l1 and l2 stand in each other's places."""
    return l2 * _l1(w) + l1 / 2 * _l2(w)


@exercise.misconception
def without_absolute_values(w, l1, l2):
    """The weights are added up with their signs, so that they cancel. L1 takes their sizes."""
    return l1 * np.sum(1.0 * w) + l2 / 2 * _l2(w)


@exercise.misconception
def norm_without_square(w, l1, l2):
    """The norm of the weights is taken for L2. The penalty has its square: no root."""
    return l1 * _l1(w) + l2 / 2 * np.sqrt(_l2(w))


@exercise.misconception
def square_of_the_sum(w, l1, l2):
    """The sum of the sizes is squared. Square each weight, then add up."""
    return l1 * _l1(w) + l2 / 2 * _l1(w) ** 2


@exercise.misconception
def means(w, l1, l2):
    """Both parts are means over the entries. They are sums."""
    return (l1 * _l1(w) + l2 / 2 * _l2(w)) / max(np.size(w), 1)


@exercise.misconception
def l1_alone(w, l1, l2):
    """Only the part of L1 is there."""
    return l1 * _l1(w)


@exercise.misconception
def l2_alone(w, l1, l2):
    """Only the part of L2 is there."""
    return l2 / 2 * _l2(w)


@exercise.misconception
def squared_strength(w, l1, l2):
    """l2 is squared together with the weights. It stands in front of the square."""
    return l1 * _l1(w) + np.sum(np.square(l2 * w)) / 2


@exercise.misconception
def gradient(w, l1, l2):
    """This is the gradient of the penalty, an array. Wanted is the penalty itself, one number."""
    return l1 * np.sign(w) + l2 * w


@exercise.misconception
def one_for_each_column(w, l1, l2):
    """The sums run over the first axis alone. The penalty is one number, over all entries."""
    return l1 * np.sum(np.abs(1.0 * w), axis=0) + l2 / 2 * np.sum(np.square(1.0 * w), axis=0)


@exercise.misconception
def one_for_each_weight(w, l1, l2):
    """Each weight's own penalty is returned, and not their sum."""
    return l1 * np.abs(w) + l2 / 2 * np.square(1.0 * w)


@exercise.misconception
def largest_weight(w, l1, l2):
    """For L1 the largest size is taken. It is the sum of all sizes."""
    return l1 * np.max(np.abs(1.0 * w), initial=0.0) + l2 / 2 * _l2(w)


@exercise.misconception
def difference(w, l1, l2):
    """The part of L2 is subtracted. Both penalise."""
    return l1 * _l1(w) - l2 / 2 * _l2(w)


@exercise.misconception
def square_of_the_sum_in_l2_alone(w, l1, l2):
    """In the second term the entries are added up before they are squared, so that signs cancel. Square each, then add
    up."""
    return l1 * _l1(w) + 0.5 * l2 * np.sum(1.0 * w) ** 2


@exercise.misconception
def norm_of_a_matrix(w, l1, l2):
    """The first term is np.linalg.norm(w, 1). Of a matrix, that is the largest sum of a column, and of kernels it is an
    error: add up the sizes of all entries."""
    return l1 * np.linalg.norm(w, 1) + 0.5 * l2 * np.sum(1.0 * w**2)


@exercise.equivalent
def entry_by_entry(w, l1, l2):
    return float(sum(l1 * abs(v) + l2 / 2 * v * v for v in np.ravel(w)))


@exercise.equivalent
def by_products(w, l1, l2):
    flat = np.ravel(1.0 * w)
    return l1 * np.abs(flat).sum() + 0.5 * l2 * (flat @ flat)
