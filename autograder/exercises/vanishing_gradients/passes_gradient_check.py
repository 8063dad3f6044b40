"""A gradient check as a verdict: the student's probe is tried on right backward functions and on known mistakes."""

import numpy as np

from autograder.domain import Array, Given
from autograder.draw import either_sign
from autograder.exercise import Call, Exercise
from autograder.exercises.vanishing_gradients import elu_backward, relu_backward, swish_backward, tanh_backward
from course_lib.analysis.gradient_check import numeric_grad, rel_error
from course_lib.functions import activations

TOLERANCE = 1e-5  # central differences of the cases below err by 1e-7 at most, and wrong functions by 1e-2 at least
BETA, ALPHA = 0.8, 0.6


def passes_gradient_check(forward, backward, z):
    dout = _gradients_of_both_signs(z)
    return rel_error(backward(dout, z), _numeric(forward, z, dout)) < TOLERANCE


def _gradients_of_both_signs(z):
    return np.random.default_rng(3).uniform(0.5, 1.5, z.shape) * np.where(np.arange(z.size) % 2, -1, 1).reshape(z.shape)


def _numeric(forward, z, dout):
    return numeric_grad(lambda point: float(np.sum(forward(point) * dout)), z)


exercise = Exercise(
    name="passes_gradient_check",
    unit="vanishing_gradients",
    points=2,
    reference=passes_gradient_check,
    takes={
        "forward": Given(lambda rng, others: np.tanh, called_with={"z": Array()}),
        # of the corner cases those fail whose z has an odd number of entries: neither answer is always right
        "backward": Given(
            lambda rng, others: _tanh_backward(tanh_backward.uses_the_slope_of_tan, others["z"]),
            called_with={"dout": Array(), "z": Array()},
        ),
        "z": Array(integers=False, magnitudes=()),
    },
    hints=(
        "numeric_grad takes a function that returns one number. Which number, made of forward(z) and dout, has "
        "backward(dout, z) as its gradient?",
        "You choose dout. Which mistakes of a backward function does nobody see as long as every entry of dout is 1, "
        "or is positive?",
        "Gradients may be as small as 1e-6 or as large as 1e9, and one entry in twenty may be wrong. Which number, "
        "made of the two gradients, shows all of that?",
    ),
    part="core",
    minutes=10,
    difficulty=3,
    reasoning=(
        "backward(dout, z) is the gradient of the number sum(dout * forward(z)), which numeric_grad can "
        "differentiate. A dout of ones hides some mistakes, random numbers of both signs do not; and the relative "
        "error of right functions is far below that of the mistakes, so that a line between them is easily drawn."
    ),
)


def _tanh_backward(wrong, z):
    function = wrong if z.size % 2 else activations.tanh_backward
    return lambda dout, z: function(dout, np.tanh(z))


def _swish(z):
    return activations.swish(z, BETA)


def _swish_backward(dout, z):
    return activations.swish_backward(dout, z, BETA)


def _both(forward, right, wrong, z) -> list[Call]:
    """The same function with a right backward function and a wrong one, so that a constant answer earns nothing."""
    return [
        Call({"forward": forward, "backward": right, "z": z}, "a right backward function"),
        Call({"forward": forward, "backward": wrong, "z": z}, "a wrong backward function"),
    ]


def _inputs(rng, shape=(2, 3)):
    """Numbers at which no slope is near zero, of both signs in every draw; few, for each costs two calls of forward."""
    z = either_sign(rng, shape, 0.2, 1.1)
    z.flat[:2] = np.abs(z.flat[:2]) * [1, -1]
    return z


def _times(factors, backward):
    return lambda dout, z: factors * backward(dout, z)


@exercise.case("a term of the derivative is wrong")
def wrong_term(rng):
    return _both(
        _swish,
        _swish_backward,
        lambda dout, z: swish_backward.forgets_the_inner_beta(dout, z, BETA),
        _inputs(rng),
    )


@exercise.case("the sign is wrong")
def wrong_sign(rng):
    return _both(
        np.tanh,
        lambda dout, z: activations.tanh_backward(dout, np.tanh(z)),
        lambda dout, z: tanh_backward.flips_the_sign(dout, np.tanh(z)),
        _inputs(rng),
    )


@exercise.case("the slope is wrong where z is negative, and right elsewhere")
def wrong_branch(rng):
    z = _inputs(rng)
    z.flat[:2] *= -1  # the first entry is wrong, the second is right
    return _both(
        lambda z: activations.elu(z, ALPHA),
        lambda dout, z: activations.elu_backward(dout, z, ALPHA),
        lambda dout, z: elu_backward.adds_one_instead_of_alpha(dout, z, ALPHA),
        z,
    )


@exercise.case("dout is left out")
def without_dout(rng):
    return _both(
        _swish,
        _swish_backward,
        lambda dout, z: swish_backward.drops_dout(dout, z, BETA),
        _inputs(rng),
    )


@exercise.case("negative gradients are stopped")
def wrong_for_negative_gradients(rng):
    z = np.abs(_inputs(rng))  # for ReLU the mask by the gradient's sign is then the only mistake
    return _both(activations.relu, activations.relu_backward, relu_backward.masks_by_the_gradient, z)


@exercise.case("one entry of twenty is wrong")
def one_entry(rng):
    z = _inputs(rng, (4, 5))
    at = int(rng.integers(3, 17))
    factors, smaller = np.ones(z.shape), np.ones(z.shape)
    factors.flat[at], smaller.flat[at] = 1.5, 0.5  # whatever its dout, one of the two differences is negative
    too_small = Call({"forward": _swish, "backward": _times(smaller, _swish_backward), "z": z}, "another wrong one")
    return [*_both(_swish, _swish_backward, _times(factors, _swish_backward), z), too_small]


@exercise.case("slopes of order 1e-6")
def small_slopes(rng):
    right, wrong = (_times(factor, _swish_backward) for factor in (1e-6, 1.2e-6))
    return _both(lambda z: 1e-6 * _swish(z), right, wrong, _inputs(rng))


@exercise.case("slopes of order 1e9")
def large_slopes(rng):
    right, wrong = (_times(factor, _swish_backward) for factor in (1e9, 1.2e9))
    return _both(lambda z: 1e9 * _swish(z), right, wrong, _inputs(rng))


@exercise.case("a factor is wrong by two hundredths")
def slightly_wrong(rng):
    return _both(_swish, _swish_backward, _times(1.02, _swish_backward), _inputs(rng))


@exercise.case("one entry is nan")
def not_a_number(rng):
    z = _inputs(rng)
    factors = np.ones(z.shape)
    factors.flat[int(rng.integers(2, 5))] = np.nan
    return _both(_swish, _swish_backward, _times(factors, _swish_backward), z)


def _two_gradients(forward, backward, z, dout=None):
    dout = _gradients_of_both_signs(z) if dout is None else dout
    return backward(dout, z), _numeric(forward, z, dout)


@exercise.misconception
def passes_everything(forward, backward, z):
    """Every backward function passes, also a wrong one. A check is worth what it refuses."""
    return True


@exercise.misconception
def fails_everything(forward, backward, z):
    """No backward function passes, not even a right one. Print its gradient beside your differences: where they agree
    to seven digits or more, the limit is too strict, and else the differences are wrong."""
    return False


@exercise.misconception
def answers_the_other_way(forward, backward, z):
    """The verdicts are the wrong way round: True means that the gradients agree."""
    return rel_error(*_two_gradients(forward, backward, z)) > TOLERANCE


@exercise.misconception
def differentiates_without_dout(forward, backward, z):
    """Right functions fail, and one that forgets dout passes: the number that is differentiated is sum(forward(z)).
    What backward(dout, z) returns belongs to sum(dout * forward(z))."""
    return rel_error(backward(_gradients_of_both_signs(z), z), _numeric(forward, z, 1.0)) < TOLERANCE


@exercise.misconception
def all_gradients_are_zero(forward, backward, z):
    """Nearly every backward function passes, because the check only sends gradients of 0, and 0 is what comes back."""
    return rel_error(*_two_gradients(forward, backward, z, np.zeros(z.shape))) < TOLERANCE


@exercise.misconception
def differences_are_too_rough(forward, backward, z):
    """Right functions fail, and only that of ReLU passes, whose slope does not change on the way. The differences are
    not as exact as the limit asks for: are they central, and is h small enough?"""
    dout = _gradients_of_both_signs(z)
    return rel_error(backward(dout, z), dout * (forward(z + 1e-4) - forward(z)) / 1e-4) < 1e-8


@exercise.misconception
def asks_for_no_digits(forward, backward, z):
    """Gradients that are wrong by a fifth, or by a half, pass: only some are so wrong that they fail. In float64, a
    right one agrees to seven digits or more."""
    return rel_error(*_two_gradients(forward, backward, z)) < 0.5


@exercise.misconception
def forgets_the_absolute_value(forward, backward, z):
    """A gradient passes that is too small in one entry: the difference is then negative, and below every limit. Take
    its absolute value."""
    one, other = _two_gradients(forward, backward, z)
    return bool(np.max((one - other) / np.maximum(np.abs(one) + np.abs(other), 1e-8)) < TOLERANCE)


@exercise.misconception
def all_gradients_are_one(forward, backward, z):
    """A backward function that forgets dout passes, because the check only sends gradients of 1. Send different ones,
    of both signs."""
    return rel_error(*_two_gradients(forward, backward, z, np.ones(z.shape))) < TOLERANCE


@exercise.misconception
def all_gradients_are_positive(forward, backward, z):
    """A backward function that stops negative gradients passes, because the check never sends one. Send gradients of
    both signs."""
    return rel_error(*_two_gradients(forward, backward, z, np.abs(_gradients_of_both_signs(z)))) < TOLERANCE


@exercise.misconception
def measures_the_absolute_difference(forward, backward, z):
    """The verdict depends on how large the gradients are: tiny wrong ones pass and huge right ones fail. Compare the
    difference with the size of the two gradients."""
    one, other = _two_gradients(forward, backward, z)
    return bool(np.max(np.abs(one - other)) < 1e-6)


@exercise.misconception
def looks_at_the_first_entry(forward, backward, z):
    """A gradient passes when its first entry is right. One wrong entry anywhere is a mistake."""
    one, other = _two_gradients(forward, backward, z)
    return rel_error(one.flat[0], other.flat[0]) < TOLERANCE


@exercise.misconception
def one_right_entry_is_enough(forward, backward, z):
    """A gradient passes as soon as one of its entries is right. All of them have to be."""
    one, other = _two_gradients(forward, backward, z)
    return bool(np.any(np.isclose(one, other, rtol=TOLERANCE, atol=0)))


@exercise.misconception
def compares_the_norms(forward, backward, z):
    """A gradient of the wrong sign passes: its norm is right. Compare entry by entry."""
    one, other = _two_gradients(forward, backward, z)
    return rel_error(np.linalg.norm(one), np.linalg.norm(other)) < TOLERANCE


@exercise.misconception
def asks_for_too_few_digits(forward, backward, z):
    """Gradients that are wrong by two hundredths pass. In float64, a right one agrees to seven digits or more."""
    return rel_error(*_two_gradients(forward, backward, z)) < 0.02


@exercise.misconception
def lets_nan_pass(forward, backward, z):
    """A gradient with a nan in it passes: every comparison with nan is false, `error > limit` too. Ask whether the
    error is small, not whether it is large."""
    return not rel_error(*_two_gradients(forward, backward, z)) > TOLERANCE


@exercise.equivalent
def random_gradients(forward, backward, z):
    dout = np.random.default_rng(0).normal(size=z.shape)
    return rel_error(*_two_gradients(forward, backward, z, dout)) < 1e-4


@exercise.equivalent
def slope_times_gradient(forward, backward, z):
    dout = np.linspace(-1.5, 1.25, z.size).reshape(z.shape)
    slopes = (forward(z + 1e-5) - forward(z - 1e-5)) / 2e-5
    return np.allclose(backward(dout, z), slopes * dout, rtol=1e-3, atol=0)


@exercise.equivalent
def worst_of_several(forward, backward, z):
    rng = np.random.default_rng(1)
    draws = [rng.choice([-1.0, 1.0], z.shape) * rng.uniform(1, 2, z.shape) for _ in range(3)]
    return all(rel_error(*_two_gradients(forward, backward, z, dout)) <= 1e-6 for dout in draws)
