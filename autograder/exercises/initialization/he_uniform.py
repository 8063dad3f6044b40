"""Uniform weights with the variance of He's rule, for ReLU."""

import numpy as np

from autograder.domain import Generator, Number
from autograder.draw import generator_and_fans
from autograder.exercise import Exercise
from autograder.exercises.initialization._random_mistakes import add_random_mistakes, add_uniform_mistakes
from autograder.random_matrices import judge_of
from course_lib import initialization


def standard_deviation(fan_in, fan_out):
    return (2 / fan_in) ** 0.5


# what it may be instead, by the misconception that leads to it
WRONG = {
    "counts_the_bias": lambda fan_in, fan_out: (2 / (fan_in + 1)) ** 0.5,
    "variance_for_limit": lambda fan_in, fan_out: 2 / 3**0.5 / fan_in,
    "forgets_the_root": lambda fan_in, fan_out: 12**0.5 / fan_in,
    "outputs_for_inputs": lambda fan_in, fan_out: (2 / fan_out) ** 0.5,
    "is_lecun": lambda fan_in, fan_out: fan_in**-0.5,
    "is_glorot": lambda fan_in, fan_out: (2 / (fan_in + fan_out)) ** 0.5,
    "default_of_pytorch": lambda fan_in, fan_out: (1 / 3 / fan_in) ** 0.5,
    "keeps_the_six_outside": lambda fan_in, fan_out: 12**0.5 * fan_in**-0.5,
    "forgets_the_width": lambda fan_in, fan_out: 2**0.5,
}

exercise = Exercise(
    name="he_uniform",
    unit="initialization",
    points=1,
    reference=initialization.he_uniform,
    takes={"rng": Generator(), "fan_in": Number(120, 130), "fan_out": Number(50, 60)},
    judge=judge_of(standard_deviation, WRONG, "uniform"),
    hints=(
        "Which variance do weights for ReLU need, and how is it related to the limit of uniform numbers?",
        "rng.uniform(low, high, size) draws between low and high. What is low?",
    ),
    part="more",
    minutes=3,
    difficulty=1,
    reasoning=(
        "Uniform numbers between -limit and limit have the variance limit ** 2 / 3, and ReLU wants 2 / fan_in. So "
        "the limit is the root of 6 / fan_in."
    ),
)


@exercise.case("more inputs than outputs")
def more_inputs(rng):
    return generator_and_fans(rng, int(rng.integers(160, 180)), int(rng.integers(45, 50)))


@exercise.case("more outputs than inputs")
def more_outputs(rng):
    return generator_and_fans(rng, int(rng.integers(45, 49)), int(rng.integers(260, 270)))


@exercise.case("as many outputs as inputs")
def square(rng):
    n = int(rng.integers(85, 95))
    return generator_and_fans(rng, n, n)


add_random_mistakes(exercise, "e")
add_uniform_mistakes(exercise, "e", standard_deviation)


def _uniform(rng, fan_in, fan_out, name):
    limit = 3**0.5 * WRONG[name](fan_in, fan_out)
    return rng.uniform(-limit, limit, (fan_in, fan_out))


@exercise.misconception("IN9c")
def counts_the_bias(rng, fan_in, fan_out):
    """The largest weights lie a little below the limit that is wanted: below the fraction stands fan_in + 1. The fan
    counts the inputs alone: a bias that starts at 0 adds nothing to the sum."""
    return _uniform(rng, fan_in, fan_out, "counts_the_bias")


@exercise.misconception("IN1e")
def variance_for_limit(rng, fan_in, fan_out):
    """The numbers end at 2 / fan_in, which is what their variance should be. The limit is the root of 3 times the
    variance."""
    return _uniform(rng, fan_in, fan_out, "variance_for_limit")


@exercise.misconception("IN8a")
def forgets_the_root(rng, fan_in, fan_out):
    """The limit is 6 / fan_in, without the root. That is three times the variance; the limit is the root of it."""
    return _uniform(rng, fan_in, fan_out, "forgets_the_root")


@exercise.misconception("IN3d")
def outputs_for_inputs(rng, fan_in, fan_out):
    """The limit is the root of 6 / fan_out. That keeps the gradient's size on the way back; forward, the sum at each
    unit has fan_in terms, and the course takes these."""
    return _uniform(rng, fan_in, fan_out, "outputs_for_inputs")


@exercise.misconception
def is_lecun(rng, fan_in, fan_out):
    """The limit is the root of 3 / fan_in, LeCun's rule. ReLU sets half of the numbers to 0, and twice the variance
    makes up for it."""
    return _uniform(rng, fan_in, fan_out, "is_lecun")


@exercise.misconception
def is_glorot(rng, fan_in, fan_out):
    """The limit is the root of 6 / (fan_in + fan_out), Glorot's rule. He's looks at the inputs alone."""
    return _uniform(rng, fan_in, fan_out, "is_glorot")


@exercise.misconception
def default_of_pytorch(rng, fan_in, fan_out):
    """The limit is the root of 1 / fan_in, as in PyTorch's nn.Linear when nobody asks for anything else. That is a
    sixth of the variance for ReLU."""
    return _uniform(rng, fan_in, fan_out, "default_of_pytorch")


@exercise.misconception
def keeps_the_six_outside(rng, fan_in, fan_out):
    """The limit is 6 / sqrt(fan_in): the 6 stands outside of the root."""
    return _uniform(rng, fan_in, fan_out, "keeps_the_six_outside")


@exercise.misconception
def forgets_the_width(rng, fan_in, fan_out):
    """The limit is the root of 6, whatever the width. It still has to be divided by the root of fan_in."""
    return _uniform(rng, fan_in, fan_out, "forgets_the_width")


@exercise.equivalent
def stretched_afterwards(rng, fan_in, fan_out):
    return (2 * rng.random((fan_in, fan_out)) - 1) * np.sqrt(6 / fan_in)


@exercise.equivalent
def row_by_row(rng, fan_in, fan_out):
    limit = 3**0.5 * (2 / fan_in) ** 0.5
    return np.array([rng.uniform(high=limit, low=-limit, size=fan_out) for _ in range(fan_in)])
