"""One function for all the named rules: which fan, which gain, which distribution."""

import numpy as np

from autograder.compare import Difference
from autograder.domain import Generator, Given, Number
from autograder.draw import short_seed
from autograder.exercise import Call, Exercise
from autograder.exercises.initialization._fan_mistakes import WRONG, fan
from autograder.exercises.initialization._random_mistakes import add_random_mistakes
from autograder.random_matrices import judge_of
from course_lib.initialization import scaled_normal, scaled_truncated_normal, scaled_uniform

MODES = ("fan_in", "fan_out", "fan_avg")
DISTRIBUTIONS = ("normal", "uniform")


def scaled(rng, fan_in, fan_out, mode="fan_in", gain=1.0, distribution="normal"):
    std = standard_deviation(fan_in, fan_out, mode, gain, distribution)
    draw = scaled_normal(std) if distribution == "normal" else scaled_uniform(3**0.5 * std)
    return draw(rng, fan_in, fan_out)


def standard_deviation(fan_in, fan_out, mode, gain, distribution):
    return gain * fan(fan_in, fan_out, mode) ** -0.5


def _judged(wrong):
    return lambda fan_in, fan_out, mode, gain, distribution: wrong(fan_in, fan_out, mode, gain)


_by_statistics = judge_of(standard_deviation, {name: _judged(wrong) for name, wrong in WRONG.items()})


def judge(inputs, value) -> Difference | None:
    """Compare the statistics, and with a mean of the fans that was rounded, which they are too coarse to show."""
    return _by_statistics(inputs, value) or _rounded(inputs, value)


def _rounded(inputs, value) -> Difference | None:
    """Whether the numbers are the reference's, drawn from the same seed, for a whole number beside half an odd sum."""
    both = inputs["fan_in"] + inputs["fan_out"]
    if inputs["mode"] != "fan_avg" or both % 2 == 0:
        return None
    right = scaled(**{**inputs, "rng": inputs["rng"].generator()})
    for whole in (both // 2, both // 2 + 1):
        # some 0.2 % from the right ones; the root of 3 with four digits is off by 0.003 %
        if np.allclose(value, right * (both / 2 / whole) ** 0.5, rtol=1e-4, atol=0):
            return Difference("rounded", f"the weights are those for a fan of {whole}, which should be {both / 2}")
    return None


exercise = Exercise(
    name="scaled",
    unit="initialization",
    points=2,
    reference=scaled,
    takes={
        "rng": Generator(),
        "fan_in": Number(190, 200),
        "fan_out": Number(45, 50),
        "mode": Given(lambda rng, others: str(rng.choice(MODES[1:]))),
        "gain": Number(1.24, 1.27),
        "distribution": Given(lambda rng, others: "uniform"),
    },
    judge=judge,
    hints=(
        "Three numbers may stand below the fraction of the variance. Which one belongs to which mode?",
        "The gain is a factor of the weights. What does it do to their standard deviation, and what to their variance?",
        "Normal and uniform numbers are to have the same standard deviation. What does rng.normal take, and how far "
        "must rng.uniform reach?",
    ),
    part="core",
    minutes=8,
    difficulty=2,
    reasoning=(
        "All named rules have the standard deviation gain / sqrt(fan), and differ in the fan and in the gain. Normal "
        "numbers take it as it is, uniform ones reach the root of 3 times as far."
    ),
)


def _draw(rng, fan_in, fan_out, mode, gain, distribution="normal"):
    numbers = {"fan_in": fan_in + int(rng.integers(10)), "fan_out": fan_out + int(rng.integers(10))}
    if mode == "fan_avg" and sum(numbers.values()) % 2 == 0:  # half of an odd sum shows who rounds it
        numbers["fan_out"] += 1
    gain = round(gain + float(rng.uniform(0, 0.02)), 3)
    return {"rng": short_seed(rng), **numbers, "mode": mode, "gain": gain, "distribution": distribution}


def _tall_and_wide(rng, mode):
    return [
        Call(_draw(rng, 260, 40, mode, 1.25), "more inputs than outputs"),
        Call(_draw(rng, 40, 260, mode, 0.79), "more outputs than inputs"),
    ]


@exercise.case("normal numbers, scaled by the inputs")
def by_the_inputs(rng):
    return _tall_and_wide(rng, "fan_in")


@exercise.case("normal numbers, scaled by the outputs")
def by_the_outputs(rng):
    return _tall_and_wide(rng, "fan_out")


@exercise.case("normal numbers, scaled by the mean of both")
def by_the_mean(rng):
    return _tall_and_wide(rng, "fan_avg")


@exercise.case("uniform numbers, in each of the modes")
def uniform(rng):
    return [Call(_draw(rng, 40, 260, mode, 1.25, "uniform"), f"uniform, {mode}") for mode in MODES]


@exercise.case("as many outputs as inputs")
def square(rng):
    calls = []
    for distribution in DISTRIBUTIONS:
        inputs = _draw(rng, 95, 95, "fan_avg", 0.79, distribution)
        calls.append(Call({**inputs, "fan_out": inputs["fan_in"]}, distribution))
    return calls


add_random_mistakes(exercise, "f")


def _of_width(rng, fan_in, fan_out, std, distribution):
    draw = scaled_normal(std) if distribution == "normal" else scaled_uniform(3**0.5 * std)
    return draw(rng, fan_in, fan_out)


def _wrong(rng, fan_in, fan_out, mode, gain, distribution, name):
    return _of_width(rng, fan_in, fan_out, WRONG[name](fan_in, fan_out, mode, gain), distribution)


@exercise.misconception
def ignores_the_gain(rng, fan_in, fan_out, mode, gain, distribution):
    """The gain is not used. It is what an activation needs beyond the fan, such as the root of 2 for ReLU."""
    return _wrong(rng, fan_in, fan_out, mode, gain, distribution, "ignores_the_gain")


@exercise.misconception("IN3e")
def always_the_inputs(rng, fan_in, fan_out, mode, gain, distribution):
    """fan_in is taken in every mode. "fan_out" keeps the size of the gradient on the way back, and "fan_avg" is the
    compromise."""
    return _wrong(rng, fan_in, fan_out, mode, gain, distribution, "always_the_inputs")


@exercise.misconception
def fans_exchanged(rng, fan_in, fan_out, mode, gain, distribution):
    """ "fan_in" and "fan_out" are exchanged: with "fan_in", the variance is one over fan_out, and the other way
    round."""
    return _wrong(rng, fan_in, fan_out, mode, gain, distribution, "fans_exchanged")


@exercise.misconception
def always_the_mean(rng, fan_in, fan_out, mode, gain, distribution):
    """The mean of the fans is taken in every mode. "fan_in" keeps the size of the signal on the way forward, "fan_out"
    that of the gradient on the way back."""
    return _wrong(rng, fan_in, fan_out, mode, gain, distribution, "always_the_mean")


@exercise.misconception
def mean_for_the_outputs(rng, fan_in, fan_out, mode, gain, distribution):
    """With "fan_out" the mean of the fans is taken, as with "fan_avg": is there an else for both?"""
    return scaled(rng, fan_in, fan_out, "fan_in" if mode == "fan_in" else "fan_avg", gain, distribution)


@exercise.misconception
def inputs_for_the_mean(rng, fan_in, fan_out, mode, gain, distribution):
    """With "fan_avg" fan_in is taken, as with "fan_in": is there an else for both?"""
    return scaled(rng, fan_in, fan_out, "fan_out" if mode == "fan_out" else "fan_in", gain, distribution)


@exercise.misconception
def outputs_for_the_mean(rng, fan_in, fan_out, mode, gain, distribution):
    """With "fan_avg" fan_out is taken, as with "fan_out": is there an else for both?"""
    return scaled(rng, fan_in, fan_out, "fan_in" if mode == "fan_in" else "fan_out", gain, distribution)


@exercise.misconception
def halves_one_fan(rng, fan_in, fan_out, mode, gain, distribution):
    """With "fan_avg", fan_in + fan_out / 2 is taken: without brackets only the second fan is divided by 2."""
    return _wrong(rng, fan_in, fan_out, mode, gain, distribution, "halves_one_fan")


@exercise.misconception
def adds_the_fans(rng, fan_in, fan_out, mode, gain, distribution):
    """With "fan_avg" the two fans are added, and not divided by 2: the variance is half of what it should be."""
    return _wrong(rng, fan_in, fan_out, mode, gain, distribution, "adds_the_fans")


@exercise.misconception
def rounds_the_mean(rng, fan_in, fan_out, mode, gain, distribution):
    """With "fan_avg" the mean of the fans is rounded to a whole number, as // and int do. Half of an odd sum is none,
    and need not be: divide by 2 with /."""
    both = (fan_in + fan_out) // 2
    std = standard_deviation(both, both, mode, gain, distribution)
    right = standard_deviation(fan_in, fan_out, mode, gain, distribution)
    return _of_width(rng, fan_in, fan_out, std if mode == "fan_avg" else right, distribution)


@exercise.misconception
def geometric_mean(rng, fan_in, fan_out, mode, gain, distribution):
    """With "fan_avg" the root of the product of the fans is taken. It is the other mean, half of their sum."""
    return _wrong(rng, fan_in, fan_out, mode, gain, distribution, "geometric_mean")


@exercise.misconception
def averages_the_variances(rng, fan_in, fan_out, mode, gain, distribution):
    """With "fan_avg" the variances 1 / fan_in and 1 / fan_out are averaged. It is the fans of which the mean is taken,
    and then one over it."""
    return _wrong(rng, fan_in, fan_out, mode, gain, distribution, "averages_the_variances")


@exercise.misconception
def averages_the_standard_deviations(rng, fan_in, fan_out, mode, gain, distribution):
    """With "fan_avg" the standard deviations for the two fans are averaged. It is the fans of which the mean is taken,
    before anything else."""
    return _wrong(rng, fan_in, fan_out, mode, gain, distribution, "averages_the_standard_deviations")


@exercise.misconception
def takes_the_larger_fan(rng, fan_in, fan_out, mode, gain, distribution):
    """With "fan_avg" the larger of the fans is taken. It is their mean."""
    return _wrong(rng, fan_in, fan_out, mode, gain, distribution, "takes_the_larger_fan")


@exercise.misconception("IN2c")
def divides_by_the_fan(rng, fan_in, fan_out, mode, gain, distribution):
    """The standard deviation is gain / fan, without the root. One over the fan is a variance: every layer makes the
    signal smaller by the root of its width."""
    return _wrong(rng, fan_in, fan_out, mode, gain, distribution, "divides_by_the_fan")


@exercise.misconception("IN1f")
def variance_for_standard_deviation(rng, fan_in, fan_out, mode, gain, distribution):
    """The standard deviation is what the variance should be, gain ** 2 / fan. It is the root of that."""
    return _wrong(rng, fan_in, fan_out, mode, gain, distribution, "variance_for_standard_deviation")


@exercise.misconception
def squares_the_gain(rng, fan_in, fan_out, mode, gain, distribution):
    """The standard deviation is multiplied by the square of the gain. That belongs to the variance."""
    return _wrong(rng, fan_in, fan_out, mode, gain, distribution, "squares_the_gain")


@exercise.misconception
def gain_under_the_root(rng, fan_in, fan_out, mode, gain, distribution):
    """The gain stands under the root: the variance is gain / fan. The gain is a factor of the weights, and its square
    one of their variance."""
    return _wrong(rng, fan_in, fan_out, mode, gain, distribution, "gain_under_the_root")


@exercise.misconception
def divides_by_the_gain(rng, fan_in, fan_out, mode, gain, distribution):
    """The weights are divided by the gain. A larger gain makes larger weights."""
    return _wrong(rng, fan_in, fan_out, mode, gain, distribution, "divides_by_the_gain")


@exercise.misconception
def always_for_relu(rng, fan_in, fan_out, mode, gain, distribution):
    """A factor of 2 for ReLU is built into the variance. Whoever wants it, asks for the gain sqrt(2)."""
    return _wrong(rng, fan_in, fan_out, mode, gain, distribution, "always_for_relu")


@exercise.misconception
def multiplies_by_the_root(rng, fan_in, fan_out, mode, gain, distribution):
    """The weights grow with the fan, so that the signal explodes. The more terms add up, the smaller each has to be:
    divide by the root of the fan."""
    return _wrong(rng, fan_in, fan_out, mode, gain, distribution, "multiplies_by_the_root")


@exercise.misconception
def always_normal(rng, fan_in, fan_out, mode, gain, distribution):
    """The numbers are normal whatever the distribution that is asked for."""
    return scaled(rng, fan_in, fan_out, mode, gain, "normal")


@exercise.misconception
def always_uniform(rng, fan_in, fan_out, mode, gain, distribution):
    """The numbers are uniform whatever the distribution that is asked for."""
    return scaled(rng, fan_in, fan_out, mode, gain, "uniform")


@exercise.misconception("IN6f")
def standard_deviation_for_limit(rng, fan_in, fan_out, mode, gain, distribution):
    """The uniform numbers end where their standard deviation should be, so that their variance is a third of what it
    should be. They have to reach further, by the root of 3."""
    std = standard_deviation(fan_in, fan_out, mode, gain, distribution)
    return _of_width(rng, fan_in, fan_out, std if distribution == "normal" else std / 3**0.5, distribution)


@exercise.misconception
def limit_for_standard_deviation(rng, fan_in, fan_out, mode, gain, distribution):
    """The variance of the normal numbers is three times what it should be: the root of 3 is for the limit of the
    uniform ones, and does not belong to the standard deviation."""
    std = standard_deviation(fan_in, fan_out, mode, gain, distribution)
    return _of_width(rng, fan_in, fan_out, std if distribution == "uniform" else std * 3**0.5, distribution)


@exercise.misconception
def uniform_without_the_gain(rng, fan_in, fan_out, mode, gain, distribution):
    """The gain is used for the normal numbers, and not for the uniform ones."""
    return scaled(rng, fan_in, fan_out, mode, gain if distribution == "normal" else 1.0, distribution)


@exercise.misconception
def uniform_for_relu(rng, fan_in, fan_out, mode, gain, distribution):
    """The limit of the uniform numbers is gain * sqrt(6 / fan), which is He's for ReLU. Their variance is limit ** 2
    / 3, and should be gain ** 2 / fan."""
    return scaled(rng, fan_in, fan_out, mode, gain if distribution == "normal" else 2**0.5 * gain, distribution)


@exercise.misconception
def limit_is_three_times_the_standard_deviation(rng, fan_in, fan_out, mode, gain, distribution):
    """The uniform numbers reach three times as far as their standard deviation should. It is the root of 3."""
    std = standard_deviation(fan_in, fan_out, mode, gain, distribution)
    return _of_width(rng, fan_in, fan_out, std if distribution == "normal" else std * 3**0.5, distribution)


@exercise.misconception
def variance_for_limit(rng, fan_in, fan_out, mode, gain, distribution):
    """The uniform numbers end at three times their variance, without the root. The limit is the root of it."""
    if distribution == "normal":
        return scaled(rng, fan_in, fan_out, mode, gain)
    return _wrong(rng, fan_in, fan_out, mode, gain, distribution, "variance_for_limit")


@exercise.misconception
def twice_the_interval(rng, fan_in, fan_out, mode, gain, distribution):
    """The uniform numbers reach twice as far as they should. A variance of (high - low) ** 2 / 12 is that of the whole
    interval, from -limit to limit: the limit is half of it."""
    return scaled(rng, fan_in, fan_out, mode, gain if distribution == "normal" else 2 * gain, distribution)


@exercise.misconception
def from_zero_to_twice_the_limit(rng, fan_in, fan_out, mode, gain, distribution):
    """The uniform numbers lie between 0 and twice the limit, and none is negative. The interval is as long as it should
    be, and has to begin at -limit."""
    w = scaled(rng, fan_in, fan_out, mode, gain, distribution)
    return w if distribution == "normal" else 2 * np.abs(w)


@exercise.misconception("IN7c")
def from_zero_to_the_limit(rng, fan_in, fan_out, mode, gain, distribution):
    """The uniform numbers begin at 0, and none is negative. They do not average out, and the signal grows from layer to
    layer: numbers with the mean 0 reach from -limit to limit."""
    w = scaled(rng, fan_in, fan_out, mode, gain, distribution)
    return w if distribution == "normal" else np.abs(w)


@exercise.misconception
def uniform_of_mean_one_half(rng, fan_in, fan_out, mode, gain, distribution):
    """The uniform numbers lie between 0 and the standard deviation, and none is negative. They have to reach from
    -limit to limit, and the limit is the root of 3 times the standard deviation."""
    std = standard_deviation(fan_in, fan_out, mode, gain, distribution)
    return scaled(rng, fan_in, fan_out, mode, gain) if distribution == "normal" else std * rng.random((fan_in, fan_out))


@exercise.variant
def tails_cut(rng, fan_in, fan_out, mode, gain, distribution):
    """No normal weight is further from 0 than two standard deviations, and the spread is corrected for that, as in
    Keras' VarianceScaling. The course takes the whole normal distribution."""
    if distribution == "uniform":
        return scaled(rng, fan_in, fan_out, mode, gain, distribution)
    return scaled_truncated_normal(standard_deviation(fan_in, fan_out, mode, gain, distribution))(rng, fan_in, fan_out)


@exercise.equivalent
def by_the_variance(rng, fan_in, fan_out, mode="fan_in", gain=1.0, distribution="normal"):
    n = fan_in if mode == "fan_in" else fan_out if mode == "fan_out" else np.mean([fan_in, fan_out])
    variance = gain**2 / n
    if distribution == "uniform":
        return rng.uniform(-np.sqrt(3 * variance), np.sqrt(3 * variance), size=(fan_in, fan_out))
    return rng.normal(scale=np.sqrt(variance), size=(fan_in, fan_out))


@exercise.equivalent
def scaled_afterwards(rng, fan_in, fan_out, mode="fan_in", gain=1.0, distribution="normal"):
    if distribution == "normal":
        w = rng.standard_normal((fan_in, fan_out))
    else:
        w = 12**0.5 * (rng.random((fan_in, fan_out)) - 0.5)
    return gain * w / np.sqrt({"fan_in": fan_in, "fan_out": fan_out}.get(mode, 0.5 * (fan_in + fan_out)))
