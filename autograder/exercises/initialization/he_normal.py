"""Normal weights for ReLU, which lets half of the signal through."""

import numpy as np

from autograder.domain import Generator, Number
from autograder.draw import generator_and_fans
from autograder.exercise import Exercise
from autograder.exercises.initialization._random_mistakes import add_normal_mistakes, add_random_mistakes
from autograder.random_matrices import judge_of
from course_lib import initialization


def standard_deviation(fan_in, fan_out):
    return (2 / fan_in) ** 0.5


# what it may be instead, by the misconception that leads to it
WRONG = {
    "variance_for_standard_deviation": lambda fan_in, fan_out: 2 / fan_in,
    "root_of_the_two_alone": lambda fan_in, fan_out: 2**0.5 / fan_in,
    "one_by_n": lambda fan_in, fan_out: 1 / fan_in,
    "outputs_for_inputs": lambda fan_in, fan_out: (2 / fan_out) ** 0.5,
    "is_lecun": lambda fan_in, fan_out: fan_in**-0.5,
    "is_glorot": lambda fan_in, fan_out: (2 / (fan_in + fan_out)) ** 0.5,
    "counts_the_bias": lambda fan_in, fan_out: (2 / (fan_in + 1)) ** 0.5,
    "keeps_the_two_outside": lambda fan_in, fan_out: 2 * fan_in**-0.5,
    "forgets_the_width": lambda fan_in, fan_out: 2**0.5,
    "multiplies_the_fans": lambda fan_in, fan_out: (2 / (fan_in * fan_out)) ** 0.5,
    "turns_the_fraction_round": lambda fan_in, fan_out: (fan_in / 2) ** 0.5,
}

exercise = Exercise(
    name="he_normal",
    unit="initialization",
    points=1,
    reference=initialization.he_normal,
    takes={"rng": Generator(), "fan_in": Number(120, 130), "fan_out": Number(50, 60)},
    judge=judge_of(standard_deviation, WRONG, "normal"),
    hints=(
        "ReLU sets half of the numbers to 0. What is left of the mean square, and which factor makes up for it?",
        "Is 2 / fan_in a variance or a standard deviation, and which of them does rng.normal take?",
    ),
    part="more",
    minutes=3,
    difficulty=1,
    reasoning=(
        "The mean square of fan_in terms that are summed is fan_in times the variance of the weights times the mean"
        " square of relu(z), which is half of the variance of z. It stays as it is when the variance is 2 / fan_in."
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


add_random_mistakes(exercise, "c")
add_normal_mistakes(exercise, "c", standard_deviation)


def _normal(rng, fan_in, fan_out, name):
    return rng.normal(0.0, WRONG[name](fan_in, fan_out), (fan_in, fan_out))


@exercise.misconception("IN1c")
def variance_for_standard_deviation(rng, fan_in, fan_out):
    """The standard deviation is what the variance should be, 2 / fan_in. The weights are far too small, and twenty
    layers leave nothing of the signal: the standard deviation is the root of the variance."""
    return _normal(rng, fan_in, fan_out, "variance_for_standard_deviation")


@exercise.misconception
def root_of_the_two_alone(rng, fan_in, fan_out):
    """The standard deviation is sqrt(2) / fan_in: the root ends before the fraction, and belongs over all of it."""
    return _normal(rng, fan_in, fan_out, "root_of_the_two_alone")


@exercise.misconception("IN2b")
def one_by_n(rng, fan_in, fan_out):
    """The standard deviation is 1 / fan_in, which some textbooks print: that is a variance, and it has no factor 2
    for ReLU."""
    return _normal(rng, fan_in, fan_out, "one_by_n")


@exercise.misconception("IN3b")
def outputs_for_inputs(rng, fan_in, fan_out):
    """The variance is 2 / fan_out. That keeps the gradient's size on the way back; forward, the sum at each unit has
    fan_in terms, and the course takes these."""
    return _normal(rng, fan_in, fan_out, "outputs_for_inputs")


@exercise.misconception
def is_lecun(rng, fan_in, fan_out):
    """The variance is 1 / fan_in, LeCun's rule. ReLU sets half of the numbers to 0, so that half of the mean square
    is lost at every layer: twice the variance makes up for it."""
    return _normal(rng, fan_in, fan_out, "is_lecun")


@exercise.misconception
def is_glorot(rng, fan_in, fan_out):
    """The variance is 2 / (fan_in + fan_out), Glorot's rule. He's looks at the inputs alone, and has a factor of 2
    for ReLU besides."""
    return _normal(rng, fan_in, fan_out, "is_glorot")


@exercise.misconception("IN9a")
def counts_the_bias(rng, fan_in, fan_out):
    """The variance is 2 / (fan_in + 1), which shows where fan_in is small. The fan counts the inputs alone: a bias
    that starts at 0 adds nothing to the sum."""
    return _normal(rng, fan_in, fan_out, "counts_the_bias")


@exercise.misconception
def keeps_the_two_outside(rng, fan_in, fan_out):
    """The variance is twice what it should be: the 2 stands outside of the root, as in 2 / sqrt(fan_in)."""
    return _normal(rng, fan_in, fan_out, "keeps_the_two_outside")


@exercise.misconception
def forgets_the_width(rng, fan_in, fan_out):
    """The standard deviation is the root of 2, whatever the width. That is the gain for ReLU; it still has to be
    divided by the root of fan_in."""
    return _normal(rng, fan_in, fan_out, "forgets_the_width")


@exercise.misconception
def multiplies_the_fans(rng, fan_in, fan_out):
    """The fans are multiplied, which counts all weights of the layer. Each unit adds up fan_in products alone."""
    return _normal(rng, fan_in, fan_out, "multiplies_the_fans")


@exercise.misconception
def turns_the_fraction_round(rng, fan_in, fan_out):
    """The weights grow with fan_in, so that the signal explodes: the fraction is upside down. The more terms add up,
    the smaller each has to be."""
    return _normal(rng, fan_in, fan_out, "turns_the_fraction_round")


@exercise.variant
def tails_cut(rng, fan_in, fan_out):
    """No weight is further from 0 than two standard deviations, and the spread is corrected for that: Keras draws its
    he_normal so. The course takes the whole normal distribution, as PyTorch does."""
    return initialization.he_truncated_normal(rng, fan_in, fan_out)


@exercise.equivalent
def scaled_afterwards(rng, fan_in, fan_out):
    return np.sqrt(2.0) * rng.standard_normal((fan_in, fan_out)) / np.sqrt(fan_in)


@exercise.equivalent
def column_by_column(rng, fan_in, fan_out):
    return np.stack([rng.normal(scale=(2 / fan_in) ** 0.5, size=fan_in) for _ in range(fan_out)], axis=1)


@exercise.equivalent
def angle_and_length(rng, fan_in, fan_out):
    angle = rng.uniform(0, 2 * np.pi, (fan_in, fan_out))
    return np.cos(angle) * np.sqrt(2 / fan_in) * np.sqrt(2 * rng.exponential(size=(fan_in, fan_out)))
