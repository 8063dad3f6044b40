"""Normal weights that keep the signal's size where the slope is 1."""

import numpy as np

from autograder.domain import Generator, Number
from autograder.draw import generator_and_fans
from autograder.exercise import Exercise
from autograder.exercises.initialization._random_mistakes import add_normal_mistakes, add_random_mistakes
from autograder.random_matrices import judge_of
from course_lib import initialization


def standard_deviation(fan_in, fan_out):
    return fan_in**-0.5


# what it may be instead, by the misconception that leads to it
WRONG = {
    "variance_for_standard_deviation": lambda fan_in, fan_out: 1 / fan_in,
    "outputs_for_inputs": lambda fan_in, fan_out: fan_out**-0.5,
    "is_he": lambda fan_in, fan_out: (2 / fan_in) ** 0.5,
    "is_glorot": lambda fan_in, fan_out: (2 / (fan_in + fan_out)) ** 0.5,
    "counts_the_bias": lambda fan_in, fan_out: (fan_in + 1) ** -0.5,
    "turns_the_fraction_round": lambda fan_in, fan_out: fan_in**0.5,
}

exercise = Exercise(
    name="lecun_normal",
    unit="initialization",
    points=1,
    reference=initialization.lecun_normal,
    takes={"rng": Generator(), "fan_in": Number(120, 130), "fan_out": Number(50, 60)},
    judge=judge_of(standard_deviation, WRONG, "normal"),
    hints=(
        "A unit adds up fan_in products of independent numbers of variance 1 with weights. Which variance of the "
        "weights gives the sum the variance 1?",
        "Is 1 / fan_in a variance or a standard deviation, and which of them does rng.normal take?",
    ),
    part="more",
    minutes=2,
    difficulty=1,
    reasoning=(
        "The variance of a sum of fan_in independent terms is fan_in times the variance of the weights times that "
        "of the inputs. It stays as it is when the variance of the weights is 1 / fan_in."
    ),
)


@exercise.case("more inputs than outputs")
def more_inputs(rng):
    return generator_and_fans(rng, int(rng.integers(160, 180)), int(rng.integers(45, 50)))


@exercise.case("more outputs than inputs")
def more_outputs(rng):
    return generator_and_fans(rng, 4, int(rng.integers(2500, 2700)))


@exercise.case("as many outputs as inputs")
def square(rng):
    n = int(rng.integers(85, 95))
    return generator_and_fans(rng, n, n)


add_random_mistakes(exercise, "d")
add_normal_mistakes(exercise, "d", standard_deviation)


def _normal(rng, fan_in, fan_out, name):
    return rng.normal(0.0, WRONG[name](fan_in, fan_out), (fan_in, fan_out))


@exercise.misconception("IN1d")
def variance_for_standard_deviation(rng, fan_in, fan_out):
    """The standard deviation is what the variance should be, 1 / fan_in. Every layer divides the signal by the root
    of its width: the standard deviation is the root of the variance."""
    return _normal(rng, fan_in, fan_out, "variance_for_standard_deviation")


@exercise.misconception("IN3c")
def outputs_for_inputs(rng, fan_in, fan_out):
    """The variance is 1 / fan_out. That keeps the gradient's size on the way back; LeCun's rule looks at the way
    forward, where the sum at each unit has fan_in terms."""
    return _normal(rng, fan_in, fan_out, "outputs_for_inputs")


@exercise.misconception
def is_he(rng, fan_in, fan_out):
    """The variance is 2 / fan_in. That is He's rule, for ReLU; here nothing is lost that a factor of 2 would have to
    make up for."""
    return _normal(rng, fan_in, fan_out, "is_he")


@exercise.misconception
def is_glorot(rng, fan_in, fan_out):
    """The variance is 2 / (fan_in + fan_out), Glorot's rule. LeCun's looks at the inputs alone."""
    return _normal(rng, fan_in, fan_out, "is_glorot")


@exercise.misconception("IN9b")
def counts_the_bias(rng, fan_in, fan_out):
    """The variance is 1 / (fan_in + 1), which shows where fan_in is small. The fan counts the inputs alone: a bias
    that starts at 0 adds nothing to the sum."""
    return _normal(rng, fan_in, fan_out, "counts_the_bias")


@exercise.misconception
def turns_the_fraction_round(rng, fan_in, fan_out):
    """The weights grow with fan_in, so that the signal explodes: divide by the root, and do not multiply by it. The
    more terms add up, the smaller each has to be."""
    return _normal(rng, fan_in, fan_out, "turns_the_fraction_round")


@exercise.variant
def tails_cut(rng, fan_in, fan_out):
    """No weight is further from 0 than two standard deviations, and the spread is corrected for that: Keras draws its
    lecun_normal so. The course takes the whole normal distribution."""
    return initialization.lecun_truncated_normal(rng, fan_in, fan_out)


@exercise.equivalent
def scaled_afterwards(rng, fan_in, fan_out):
    return rng.standard_normal((fan_in, fan_out)) / np.sqrt(fan_in)


@exercise.equivalent
def difference_of_two(rng, fan_in, fan_out):
    one, other = rng.normal(0, (0.5 / fan_in) ** 0.5, (2, fan_in, fan_out))
    return one - other
