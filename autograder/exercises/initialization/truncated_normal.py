"""Normal numbers without their tails, and with the spread that was asked for all the same."""

from math import erf, exp, pi
from statistics import NormalDist

import numpy as np

from autograder.domain import Generator, Number
from autograder.draw import short_seed
from autograder.exercise import Exercise
from autograder.exercises.initialization._random_mistakes import add_random_mistakes
from autograder.random_matrices import judge_of
from course_lib.initialization import CUT, TRUNCATED_STD, scaled_truncated_normal


def truncated_normal(rng, fan_in, fan_out, std):
    return scaled_truncated_normal(std)(rng, fan_in, fan_out)


def _std_of_the_cut(cut):
    """Of a standard normal that is cut at -cut and cut."""
    return (1 - 2 * cut * exp(-(cut**2) / 2) / (2 * pi) ** 0.5 / erf(cut / 2**0.5)) ** 0.5


# what the standard deviation may be instead, by the misconception that leads to it
WRONG = {
    "forgets_the_correction": lambda fan_in, fan_out, std: std * TRUNCATED_STD,
    "corrects_the_wrong_way": lambda fan_in, fan_out, std: std * TRUNCATED_STD**2,
    "corrects_twice": lambda fan_in, fan_out, std: std / TRUNCATED_STD,
    "cuts_the_wider_numbers_too_early": lambda fan_in, fan_out, std: (
        std * _std_of_the_cut(CUT * TRUNCATED_STD) / TRUNCATED_STD
    ),
    "cuts_at_two_whatever_the_spread": lambda fan_in, fan_out, std: std * _std_of_the_cut(CUT / std),
    "cuts_wider_numbers_at_two": lambda fan_in, fan_out, std: (
        std * _std_of_the_cut(CUT / std * TRUNCATED_STD) / TRUNCATED_STD
    ),
    "uniform_between_the_cuts": lambda fan_in, fan_out, std: std * CUT / TRUNCATED_STD / 3**0.5,
    "takes_it_for_the_variance": lambda fan_in, fan_out, std: std**0.5,
    "squares_it": lambda fan_in, fan_out, std: std**2,
}

exercise = Exercise(
    name="truncated_normal",
    unit="initialization",
    points=2,
    reference=truncated_normal,
    takes={
        "rng": Generator(),
        "fan_in": Number(120, 130),
        "fan_out": Number(60, 70),
        "std": Number(0.04, 0.06),
    },
    judge=judge_of(lambda fan_in, fan_out, std: std, WRONG, "truncated"),
    hints=(
        "Which numbers are to be drawn again, and until when?",
        "Without its tails, a standard normal has a standard deviation of 0.88. By what has it to be multiplied, to be "
        "std in the end?",
        "Do you cut at two standard deviations of the numbers that you draw, or of those that you return?",
    ),
    part="more",
    minutes=6,
    difficulty=2,
    reasoning=(
        "Drawing again what lies outside, until nothing does, leaves the shape of the rest as it is; moving it to the "
        "ends would heap it up there. What is left of a standard normal has the standard deviation 0.8796, so that "
        "the result is divided by it."
    ),
)


def _draw(rng, fan_in, fan_out, least, most):
    std = round(float(rng.uniform(least, most)), 4)
    return {"rng": short_seed(rng), "fan_in": fan_in, "fan_out": fan_out, "std": std}


@exercise.case("a standard deviation of about 0.05")
def small(rng):
    return _draw(rng, int(rng.integers(160, 170)), int(rng.integers(48, 52)), 0.045, 0.055)


@exercise.case("a standard deviation of about 2")
def large(rng):
    return _draw(rng, int(rng.integers(48, 52)), int(rng.integers(160, 170)), 1.9, 2.1)


@exercise.case("as many outputs as inputs")
def square(rng):
    n = int(rng.integers(88, 95))
    return _draw(rng, n, n, 0.3, 0.4)


add_random_mistakes(exercise, "g")


def _cut(rng, shape, cut):
    """Standard normal numbers, those outside of -cut and cut drawn again."""
    z = rng.standard_normal(shape)
    while (outside := np.abs(z) > cut).any():
        z[outside] = rng.standard_normal(np.count_nonzero(outside))
    return z


@exercise.misconception
def forgets_the_correction(rng, fan_in, fan_out, std):
    """The spread is 12 % too small. Cutting takes the largest numbers away, and the others have to be stretched:
    without its tails, a standard normal has a standard deviation of 0.88."""
    return std * _cut(rng, (fan_in, fan_out), CUT)


@exercise.misconception
def corrects_the_wrong_way(rng, fan_in, fan_out, std):
    """The spread is 23 % too small: it is multiplied by 0.88, and has to be divided by it."""
    return std * TRUNCATED_STD * _cut(rng, (fan_in, fan_out), CUT)


@exercise.misconception
def corrects_twice(rng, fan_in, fan_out, std):
    """The spread is 12 to 14 % too large: it is corrected twice, or by the variance 0.77 instead of the standard
    deviation 0.88, or the cut comes later than at two standard deviations."""
    return std / TRUNCATED_STD**2 * _cut(rng, (fan_in, fan_out), CUT)


@exercise.misconception
def cuts_the_wider_numbers_too_early(rng, fan_in, fan_out, std):
    """The spread is too small. Numbers of the standard deviation std / 0.88 are drawn, and cut at 2 std: that is too
    early for them, and the correction no longer fits. Cut at two of their own standard deviations."""
    return std / TRUNCATED_STD * _cut(rng, (fan_in, fan_out), CUT * TRUNCATED_STD)


@exercise.misconception
def cuts_at_two_whatever_the_spread(rng, fan_in, fan_out, std):
    """The cut is at -2 and 2, whatever std is, as PyTorch's trunc_normal_ has it when nobody asks for anything else.
    For a small std nothing is cut then. It belongs at two standard deviations."""
    return std * _cut(rng, (fan_in, fan_out), CUT / std)


@exercise.misconception
def cuts_wider_numbers_at_two(rng, fan_in, fan_out, std):
    """Numbers of the standard deviation std / 0.88 are drawn, as they should be, and cut at -2 and 2, whatever std is.
    For a small std nothing is cut then. It belongs at two of their own standard deviations."""
    return std / TRUNCATED_STD * _cut(rng, (fan_in, fan_out), CUT / std * TRUNCATED_STD)


@exercise.misconception
def moves_the_tails_to_the_ends(rng, fan_in, fan_out, std):
    """What lies outside is moved to the ends, as np.clip does, so that one weight in twenty is one of two numbers. It
    has to be drawn again."""
    return std * np.clip(rng.standard_normal((fan_in, fan_out)), -CUT, CUT)


@exercise.misconception
def sets_the_tails_to_zero(rng, fan_in, fan_out, std):
    """What lies outside is set to 0. It has to be drawn again, until nothing lies outside."""
    z = rng.standard_normal((fan_in, fan_out))
    return std * np.where(np.abs(z) > CUT, 0.0, z) / TRUNCATED_STD


@exercise.misconception
def draws_again_only_once(rng, fan_in, fan_out, std):
    """Two weights in a thousand lie outside. What is drawn again may lie outside too, and has to be drawn until nothing
    does."""
    z = rng.standard_normal((fan_in, fan_out))
    outside = np.abs(z) > CUT
    z[outside] = rng.standard_normal(np.count_nonzero(outside))
    return std * z / TRUNCATED_STD


@exercise.misconception
def keeps_the_tails(rng, fan_in, fan_out, std):
    """The spread is right, but the numbers are those of a whole normal distribution: they are not cut at two standard
    deviations."""
    return rng.normal(0.0, std, (fan_in, fan_out))


@exercise.misconception
def uniform_numbers(rng, fan_in, fan_out, std):
    """The spread is right, but the numbers are uniform. Without its tails a normal distribution is still a bell."""
    return rng.uniform(-(3**0.5) * std, 3**0.5 * std, (fan_in, fan_out))


@exercise.misconception
def uniform_between_the_cuts(rng, fan_in, fan_out, std):
    """The numbers are uniform between the two cuts. Between them a normal distribution is still a bell, most of whose
    numbers are near 0."""
    return rng.uniform(-1.0, 1.0, (fan_in, fan_out)) * CUT * std / TRUNCATED_STD


@exercise.misconception
def cuts_large_ones_alone(rng, fan_in, fan_out, std):
    """Large numbers are drawn again, and those far below 0 are not. Both tails are cut: compare the absolute value."""
    z = rng.standard_normal((fan_in, fan_out))
    while (outside := z > CUT).any():
        z[outside] = rng.standard_normal(np.count_nonzero(outside))
    return std * z / TRUNCATED_STD


@exercise.misconception
def one_side_alone(rng, fan_in, fan_out, std):
    """No weight is negative. The cut is at both ends, and the mean stays 0."""
    return np.abs(truncated_normal(rng, fan_in, fan_out, std))


@exercise.misconception
def ignores_the_spread(rng, fan_in, fan_out, std):
    """The standard deviation is 1, whatever std is."""
    return truncated_normal(rng, fan_in, fan_out, 1.0)


@exercise.misconception
def takes_it_for_the_variance(rng, fan_in, fan_out, std):
    """The standard deviation is the root of std, which is taken for the variance."""
    return truncated_normal(rng, fan_in, fan_out, std**0.5)


@exercise.misconception
def squares_it(rng, fan_in, fan_out, std):
    """The standard deviation is the square of std, which would be the variance."""
    return truncated_normal(rng, fan_in, fan_out, std**2)


@exercise.equivalent
def number_by_number(rng, fan_in, fan_out, std):
    def one():
        while abs(z := rng.standard_normal()) > 2:
            pass
        return z

    return std / 0.879626 * np.array([[one() for _ in range(fan_out)] for _ in range(fan_in)])


@exercise.equivalent
def the_first_that_fit(rng, fan_in, fan_out, std):
    n = fan_in * fan_out
    z = rng.normal(0, std / TRUNCATED_STD, 2 * n)
    return z[np.abs(z) <= 2 * std / TRUNCATED_STD][:n].reshape(fan_in, fan_out)


@exercise.equivalent
def through_the_distribution_function(rng, fan_in, fan_out, std):
    standard = NormalDist()
    p = rng.uniform(standard.cdf(-2), standard.cdf(2), (fan_in, fan_out))
    z = np.array([standard.inv_cdf(one) for one in p.ravel()]).reshape(p.shape)
    variance = 1 - 4 * standard.pdf(2) / (standard.cdf(2) - standard.cdf(-2))
    return std * z / variance**0.5
