"""Uniform weights with the variance of Glorot's compromise."""

import numpy as np

from autograder.domain import Generator, Number
from autograder.draw import generator_and_fans
from autograder.exercise import Exercise
from autograder.exercises.initialization._random_mistakes import add_random_mistakes, add_uniform_mistakes
from autograder.random_matrices import judge_of
from course_lib import initialization


def standard_deviation(fan_in, fan_out):
    return (2 / (fan_in + fan_out)) ** 0.5


# what it may be instead, by the misconception that leads to it
WRONG = {
    "counts_one_more": lambda fan_in, fan_out: (2 / (fan_in + fan_out + 1)) ** 0.5,
    "forgets_the_root": lambda fan_in, fan_out: 12**0.5 / (fan_in + fan_out),
    "variance_for_limit": lambda fan_in, fan_out: 2 / 3**0.5 / (fan_in + fan_out),
    "inputs_alone": lambda fan_in, fan_out: fan_in**-0.5,
    "limit_of_he": lambda fan_in, fan_out: (2 / fan_in) ** 0.5,
    "outputs_alone": lambda fan_in, fan_out: (2 / fan_out) ** 0.5,
    "default_of_pytorch": lambda fan_in, fan_out: (1 / 3 / fan_in) ** 0.5,
    "forgets_the_two": lambda fan_in, fan_out: (fan_in + fan_out) ** -0.5,
    "keeps_the_six_outside": lambda fan_in, fan_out: 12**0.5 * (fan_in + fan_out) ** -0.5,
    "forgets_the_brackets": lambda fan_in, fan_out: ((6 / fan_in + fan_out) / 3) ** 0.5,
    "averages_the_variances": lambda fan_in, fan_out: ((1 / fan_in + 1 / fan_out) / 2) ** 0.5,
    "multiplies_the_fans": lambda fan_in, fan_out: (2 / (fan_in * fan_out)) ** 0.5,
}

exercise = Exercise(
    name="glorot_uniform",
    unit="initialization",
    points=1,
    reference=initialization.glorot_uniform,
    takes={"rng": Generator(), "fan_in": Number(120, 130), "fan_out": Number(50, 60)},
    judge=judge_of(standard_deviation, WRONG, "uniform"),
    hints=(
        "Uniform numbers between -1 and 1 have the variance 1/3. What is it between -limit and limit?",
        "For which limit is that 2 / (fan_in + fan_out)?",
        "rng.uniform(low, high, size) draws between low and high. What is low?",
    ),
    part="core",
    minutes=4,
    difficulty=2,
    reasoning=(
        "Uniform numbers between -limit and limit have the variance limit ** 2 / 3. It is 2 / (fan_in + fan_out) when "
        "the limit is the root of 6 / (fan_in + fan_out), so that these weights spread as far as the normal ones."
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


add_random_mistakes(exercise, "b")
add_uniform_mistakes(exercise, "b", standard_deviation)


def _uniform(rng, fan_in, fan_out, name):
    limit = 3**0.5 * WRONG[name](fan_in, fan_out)
    return rng.uniform(-limit, limit, (fan_in, fan_out))


@exercise.misconception("IN1b")
def variance_for_limit(rng, fan_in, fan_out):
    """The numbers end at 2 / (fan_in + fan_out), which is what their variance should be. The limit is 3 times the
    variance, under the root."""
    return _uniform(rng, fan_in, fan_out, "variance_for_limit")


@exercise.misconception("IN8b")
def forgets_the_root(rng, fan_in, fan_out):
    """The limit is 6 / (fan_in + fan_out), without the root. That is three times the variance; the limit is the root
    of it."""
    return _uniform(rng, fan_in, fan_out, "forgets_the_root")


@exercise.misconception("IN9d")
def counts_one_more(rng, fan_in, fan_out):
    """The largest weights lie a little below the limit that is wanted: below the fraction stands fan_in + fan_out +
    1. The fans count the inputs and the outputs alone, without a bias."""
    return _uniform(rng, fan_in, fan_out, "counts_one_more")


@exercise.misconception
def inputs_alone(rng, fan_in, fan_out):
    """The limit is the root of 3 / fan_in, LeCun's rule for the way forward. Glorot's is the compromise with the way
    back: fan_out belongs into it."""
    return _uniform(rng, fan_in, fan_out, "inputs_alone")


@exercise.misconception
def limit_of_he(rng, fan_in, fan_out):
    """The limit is the root of 6 / fan_in. That is He's rule, for ReLU; here fan_out belongs below the fraction too."""
    return _uniform(rng, fan_in, fan_out, "limit_of_he")


@exercise.misconception
def outputs_alone(rng, fan_in, fan_out):
    """The limit is the root of 6 / fan_out. Both fans belong below the fraction."""
    return _uniform(rng, fan_in, fan_out, "outputs_alone")


@exercise.misconception
def default_of_pytorch(rng, fan_in, fan_out):
    """The limit is the root of 1 / fan_in, as in PyTorch's nn.Linear when nobody asks for anything else. The variance
    is then 1 / (3 fan_in)."""
    return _uniform(rng, fan_in, fan_out, "default_of_pytorch")


@exercise.misconception
def forgets_the_two(rng, fan_in, fan_out):
    """The limit is the root of 3 / (fan_in + fan_out), and the variance half of what it should be: it is one over the
    mean of the fans, and not over their sum."""
    return _uniform(rng, fan_in, fan_out, "forgets_the_two")


@exercise.misconception
def keeps_the_six_outside(rng, fan_in, fan_out):
    """The limit is 6 / sqrt(fan_in + fan_out): the 6 stands outside of the root."""
    return _uniform(rng, fan_in, fan_out, "keeps_the_six_outside")


@exercise.misconception
def forgets_the_brackets(rng, fan_in, fan_out):
    """The weights grow with fan_out: without brackets, 6 / fan_in + fan_out is the sum of 6 / fan_in and fan_out. Below
    the fraction stands (fan_in + fan_out)."""
    return _uniform(rng, fan_in, fan_out, "forgets_the_brackets")


@exercise.misconception
def averages_the_variances(rng, fan_in, fan_out):
    """The variance is the mean of 1 / fan_in and 1 / fan_out. Glorot's compromise is one over the mean of the fans,
    which is less where they differ."""
    return _uniform(rng, fan_in, fan_out, "averages_the_variances")


@exercise.misconception
def multiplies_the_fans(rng, fan_in, fan_out):
    """The fans are multiplied. Below the fraction stands their sum."""
    return _uniform(rng, fan_in, fan_out, "multiplies_the_fans")


@exercise.equivalent
def stretched_afterwards(rng, fan_in, fan_out):
    return (2 * rng.random((fan_in, fan_out)) - 1) * np.sqrt(3 / np.mean([fan_in, fan_out]))


@exercise.equivalent
def size_and_sign(rng, fan_in, fan_out):
    signs = rng.choice([-1.0, 1.0], (fan_in, fan_out))
    return signs * rng.uniform(0, (6 / (fan_in + fan_out)) ** 0.5, size=(fan_in, fan_out))


@exercise.equivalent
def row_by_row(rng, fan_in, fan_out):
    limit = 3**0.5 * (2 / (fan_in + fan_out)) ** 0.5
    return np.array([rng.uniform(high=limit, low=-limit, size=fan_out) for _ in range(fan_in)])
