"""Normal weights whose variance is the compromise between the way forward and the way back."""

import numpy as np

from autograder.domain import Generator, Number
from autograder.draw import generator_and_fans
from autograder.exercise import Exercise
from autograder.exercises.initialization._random_mistakes import add_normal_mistakes, add_random_mistakes
from autograder.random_matrices import judge_of
from course_lib import initialization


def standard_deviation(fan_in, fan_out):
    return (2 / (fan_in + fan_out)) ** 0.5


# what it may be instead, by the misconception that leads to it
WRONG = {
    "variance_for_standard_deviation": lambda fan_in, fan_out: 2 / (fan_in + fan_out),
    "root_of_the_two_alone": lambda fan_in, fan_out: 2**0.5 / (fan_in + fan_out),
    "one_by_n": lambda fan_in, fan_out: 1 / fan_in,
    "looks_at_the_inputs_alone": lambda fan_in, fan_out: fan_in**-0.5,
    "looks_at_the_outputs_alone": lambda fan_in, fan_out: fan_out**-0.5,
    "is_he": lambda fan_in, fan_out: (2 / fan_in) ** 0.5,
    "is_he_backward": lambda fan_in, fan_out: (2 / fan_out) ** 0.5,
    "forgets_the_two": lambda fan_in, fan_out: (fan_in + fan_out) ** -0.5,
    "keeps_the_two_outside": lambda fan_in, fan_out: 2 * (fan_in + fan_out) ** -0.5,
    "multiplies_the_fans": lambda fan_in, fan_out: (2 / (fan_in * fan_out)) ** 0.5,
    "forgets_the_brackets": lambda fan_in, fan_out: (2 / fan_in + fan_out) ** 0.5,
    "puts_the_two_below": lambda fan_in, fan_out: (2 * (fan_in + fan_out)) ** -0.5,
    "averages_the_variances": lambda fan_in, fan_out: ((1 / fan_in + 1 / fan_out) / 2) ** 0.5,
    "turns_the_fraction_round": lambda fan_in, fan_out: ((fan_in + fan_out) / 2) ** 0.5,
}

exercise = Exercise(
    name="glorot_normal",
    unit="initialization",
    points=1,
    reference=initialization.glorot_normal,
    takes={"rng": Generator(), "fan_in": Number(120, 130), "fan_out": Number(50, 60)},
    judge=judge_of(standard_deviation, WRONG, "normal"),
    hints=(
        "Which variance keeps the signal's size on the way forward, and which the gradient's on the way back? What is "
        "one over the mean of the two fans?",
        "rng.normal takes a standard deviation. How do you get it from the variance?",
        "rng.normal(mean, standard deviation, size) returns an array. Which size has a row for each input?",
    ),
    part="core",
    minutes=4,
    difficulty=1,
    reasoning=(
        "Forward, fan_in terms add up at each unit, so the variance should be 1 / fan_in; backward, fan_out terms do, "
        "and it should be 1 / fan_out. One over the mean of the two fans is 2 / (fan_in + fan_out), and rng.normal "
        "takes the root of it."
    ),
)


@exercise.case("more inputs than outputs")
def more_inputs(rng):
    return generator_and_fans(rng, int(rng.integers(160, 180)), int(rng.integers(45, 50)))


@exercise.case("more outputs than inputs")
def more_outputs(rng):
    return generator_and_fans(rng, 3, int(rng.integers(2500, 2700)))


@exercise.case("as many outputs as inputs")
def square(rng):
    n = int(rng.integers(85, 95))
    return generator_and_fans(rng, n, n)


add_random_mistakes(exercise, "a")
add_normal_mistakes(exercise, "a", standard_deviation)


def _normal(rng, fan_in, fan_out, name):
    return rng.normal(0.0, WRONG[name](fan_in, fan_out), (fan_in, fan_out))


@exercise.misconception("IN1a")
def variance_for_standard_deviation(rng, fan_in, fan_out):
    """The standard deviation is what the variance should be, 2 / (fan_in + fan_out). The weights are far too small, and
    twenty layers leave nothing of the signal: the standard deviation is the root of the variance."""
    return _normal(rng, fan_in, fan_out, "variance_for_standard_deviation")


@exercise.misconception
def root_of_the_two_alone(rng, fan_in, fan_out):
    """The standard deviation is sqrt(2) / (fan_in + fan_out): the root ends before the fraction, and belongs over all
    of it."""
    return _normal(rng, fan_in, fan_out, "root_of_the_two_alone")


@exercise.misconception("IN2a")
def one_by_n(rng, fan_in, fan_out):
    """The standard deviation is 1 / fan_in, which some textbooks print: that is a variance, and for the way forward
    alone. Every layer divides the signal by the root of its width."""
    return _normal(rng, fan_in, fan_out, "one_by_n")


@exercise.misconception("IN4")
def looks_at_the_inputs_alone(rng, fan_in, fan_out):
    """The variance is 1 / fan_in, LeCun's rule, often called Glorot's or Xavier's. It is right for the way forward;
    Glorot's is the compromise with the way back, where fan_out counts."""
    return _normal(rng, fan_in, fan_out, "looks_at_the_inputs_alone")


@exercise.misconception("IN3a")
def looks_at_the_outputs_alone(rng, fan_in, fan_out):
    """The variance is 1 / fan_out. It is right for the way back; Glorot's is the compromise with the way forward,
    where fan_in counts."""
    return _normal(rng, fan_in, fan_out, "looks_at_the_outputs_alone")


@exercise.misconception
def is_he(rng, fan_in, fan_out):
    """The variance is 2 / fan_in. That is He's rule, for ReLU, which loses half of the signal."""
    return _normal(rng, fan_in, fan_out, "is_he")


@exercise.misconception
def is_he_backward(rng, fan_in, fan_out):
    """The variance is 2 / fan_out: He's rule for the way back through ReLU. Both fans belong below the fraction
    here."""
    return _normal(rng, fan_in, fan_out, "is_he_backward")


@exercise.misconception
def forgets_the_two(rng, fan_in, fan_out):
    """The variance is half of what it should be: it is one over the mean of the fans, and not over their sum."""
    return _normal(rng, fan_in, fan_out, "forgets_the_two")


@exercise.misconception
def keeps_the_two_outside(rng, fan_in, fan_out):
    """The variance is twice what it should be: the 2 stands outside of the root, as in 2 / sqrt(fan_in + fan_out)."""
    return _normal(rng, fan_in, fan_out, "keeps_the_two_outside")


@exercise.misconception
def multiplies_the_fans(rng, fan_in, fan_out):
    """The fans are multiplied. Below the fraction stands their sum."""
    return _normal(rng, fan_in, fan_out, "multiplies_the_fans")


@exercise.misconception
def forgets_the_brackets(rng, fan_in, fan_out):
    """The weights grow with fan_out: without brackets, 2 / fan_in + fan_out is the sum of 2 / fan_in and fan_out. Below
    the fraction stands (fan_in + fan_out)."""
    return _normal(rng, fan_in, fan_out, "forgets_the_brackets")


@exercise.misconception
def puts_the_two_below(rng, fan_in, fan_out):
    """The variance is a quarter of what it should be: the 2 stands below the fraction, and belongs above it. One over
    the mean of two numbers is 2 over their sum."""
    return _normal(rng, fan_in, fan_out, "puts_the_two_below")


@exercise.misconception
def averages_the_variances(rng, fan_in, fan_out):
    """The mean of the two variances 1 / fan_in and 1 / fan_out is taken. Glorot's compromise is one over the mean of
    the fans, which is less where they differ."""
    return _normal(rng, fan_in, fan_out, "averages_the_variances")


@exercise.misconception
def turns_the_fraction_round(rng, fan_in, fan_out):
    """The weights grow with the fans, so that the signal explodes: the fraction is upside down. The more terms add
    up, the smaller each has to be."""
    return _normal(rng, fan_in, fan_out, "turns_the_fraction_round")


@exercise.misconception("IN13", raises=TypeError)
def shape_as_two_arguments(rng, fan_in, fan_out):
    """The shape goes to NumPy as two arguments, and it takes the second, fan_out, for a dtype. A shape is one
    argument, a tuple, as in rng.standard_normal((fan_in, fan_out))."""
    return rng.standard_normal(fan_in, fan_out) * (2 / (fan_in + fan_out)) ** 0.5


@exercise.variant
def tails_cut(rng, fan_in, fan_out):
    """No weight is further from 0 than two standard deviations, and the spread is corrected for that: Keras draws its
    glorot_normal so. The course takes the whole normal distribution, as PyTorch does."""
    return initialization.glorot_truncated_normal(rng, fan_in, fan_out)


@exercise.equivalent
def scaled_afterwards(rng, fan_in, fan_out):
    return rng.standard_normal((fan_in, fan_out)) * np.sqrt(1 / np.mean([fan_in, fan_out]))


@exercise.equivalent
def a_generator_for_each_row(rng, fan_in, fan_out):
    std = (0.5 * (fan_in + fan_out)) ** -0.5
    return np.stack([row.normal(scale=std, size=fan_out) for row in rng.spawn(fan_in)])


@exercise.equivalent
def in_loops(rng, fan_in, fan_out):
    w = np.empty((fan_in, fan_out))
    for i in range(fan_in):
        for j in range(fan_out):
            w[i, j] = rng.normal(0, (2 / (fan_in + fan_out)) ** 0.5)
    return w
