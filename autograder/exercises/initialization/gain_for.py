"""The gain of an activation: what keeps z at its size from layer to layer."""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from autograder.compare import Difference
from autograder.domain import Array, Given
from autograder.exercise import Exercise
from autograder.exercises.initialization import _factor_mistakes as mistakes
from autograder.exercises.initialization import variance_factor as factors
from course_lib.analysis import signal

TOLERANCE = 0.025  # a gain is a root, and has half the error of the variance


@lru_cache(maxsize=256)
def right_gain(phi) -> float:
    return float(signal.gain_for(phi))


@lru_cache(maxsize=256)
def wrong_gains(phi) -> Mapping[str, float]:
    """What each misconception makes of an activation, by its name."""
    at_one = mistakes.normal(phi, 1.0)
    (square, slope), (mean, _) = at_one.squares, at_one.means
    magnitude = at_one.mean(np.abs(at_one.out))
    narrow, positive = (mistakes.uniform(phi, low, 1.0).squares[0] for low in (-1.0, 0.0))
    return {
        "forgets_the_root": 1 / square,
        "the_factor_itself": square,
        "upside_down": square**0.5,
        "from_the_variance": (square - mean**2) ** -0.5,
        "from_the_slopes": slope**-0.5,
        "compromise": (2 / (square + slope)) ** 0.5,
        "compromise geometric": (square * slope) ** -0.25,
        "from_the_slope_at_zero": 1 / abs(mistakes.slope_at_zero(phi)),
        "from_the_mean_magnitude": 1 / magnitude,
        "from_the_mean": 1 / max(abs(mean), 1e-12),
        "at_one": 1 / abs(float(phi(np.array([1.0]))[0])),
        "always_for_relu": 2**0.5,
        "always_for_tanh": 5 / 3,
        "always_one": 1.0,
        "twice_the_factor": (2 / square) ** 0.5,
        "uniform_numbers": narrow**-0.5,
        "positive_numbers": positive**-0.5,
        **{
            f"without_the_density {reach}": mistakes.uniform(phi, -reach, reach).squares[0] ** -0.5
            for reach in mistakes.REACHES
        },
        # comes last: for softplus the grid from -3 to 3 gives twice the mean square as well
        "half_the_factor": (2 * square) ** -0.5,
    }


def judge(inputs, value) -> Difference | None:
    """Compare with the reference, and with what known mistakes come to."""
    got, expected = factors.number(value), right_gain(inputs["phi"])
    if not np.isfinite(got):
        return Difference("type", "the gain should be one finite number")
    error = abs(got / expected - 1)
    if error <= TOLERANCE:
        return None
    close = " (nearly: is it a mean over many z, drawn from a normal distribution?)" * (error < factors.NEARLY)
    with np.errstate(all="ignore"):  # one over the gain is what was measured: where that is nearly 0, chance decides
        wrong = {name: 1 / np.float64(gain) for name, gain in wrong_gains(inputs["phi"]).items()}
        measured = 1 / np.float64(got)
    return Difference(
        mistakes.nearest(measured, wrong, 1 / expected) or "value",
        f"the gain should be {expected:.4g}, up to {100 * TOLERANCE:g} %, and is {got:.4g}{close}",
    )


exercise = Exercise(
    name="gain_for",
    unit="initialization",
    points=1,
    reference=signal.gain_for,
    takes={"phi": Given(lambda rng, others: factors.unknown(rng), called_with={"z": Array()})},
    judge=judge,
    hints=(
        "With weights of standard deviation g / sqrt(fan_in) the variance of z is multiplied by g^2 E[phi(z)^2] at "
        "each layer. For which g does it stay?",
        "variance_factor returns two numbers. Which of them is about the size of z?",
        "For ReLU the first number is 1/2. What should your function return then?",
    ),
    part="core",
    minutes=3,
    difficulty=1,
    reasoning=(
        "A variance is multiplied by the square of the gain, so the gain is one over the root of the forward factor. "
        "At q = 1 a layer that starts at variance 1 stays there, and no other size is needed to say it."
    ),
)


@exercise.case("a leaky ReLU")
def leaky_relu(rng):
    return {"phi": factors.leaky(rng)}


@exercise.case("an activation with flat ends")
def flat_ends(rng):
    return {"phi": factors.bounded(rng)}


@exercise.case("an activation whose values have a mean")
def positive_values(rng):
    return {"phi": factors.with_a_mean(rng)}


@exercise.case("an activation for which nobody has published a rule")
def no_rule(rng):
    return {"phi": factors.unknown(rng)}


@exercise.case("an activation with tiny values")
def tiny(rng):
    height = float(rng.uniform(0.03, 0.05))
    return {"phi": lambda z: height * np.sin(np.multiply(0.7, z))}


@exercise.misconception
def forgets_the_root(phi):
    """This is one over the factor. The factor belongs to the variance, the gain to the standard deviation: take the
    root."""
    return wrong_gains(phi)["forgets_the_root"]


@exercise.misconception
def the_factor_itself(phi):
    """This is the factor E[phi(z)^2] itself. The gain has to undo it."""
    return wrong_gains(phi)["the_factor_itself"]


@exercise.misconception
def upside_down(phi):
    """This is the root of the factor. An activation that lets less through needs larger weights: the gain is one over
    that."""
    return wrong_gains(phi)["upside_down"]


@exercise.misconception
def from_the_variance(phi):
    """The gain is computed from the variance of phi(z), without the square of its mean. The next layer adds up the
    values themselves: take the mean square."""
    return wrong_gains(phi)["from_the_variance"]


@exercise.misconception
def from_the_slopes(phi):
    """This gain keeps the size of the gradient: it comes from the slopes. Asked for is the one that keeps the size of
    z, from the values."""
    return wrong_gains(phi)["from_the_slopes"]


@exercise.misconception
def compromise(phi):
    """This gain is a compromise between the signal and the gradient, and comes from a mean of both factors. Asked for
    is the one that keeps the size of z."""
    return wrong_gains(phi)["compromise"]


@exercise.misconception
def from_the_slope_at_zero(phi):
    """The gain is one over the slope at 0, as if the activation were a line. z of variance 1 reaches where it bends."""
    return wrong_gains(phi)["from_the_slope_at_zero"]


@exercise.misconception
def from_the_mean_magnitude(phi):
    """The gain is one over the mean of |phi(z)|. Variances are means of squares, whose root is larger than that."""
    return wrong_gains(phi)["from_the_mean_magnitude"]


@exercise.misconception
def from_the_mean(phi):
    """The gain is one over the mean of phi(z). Values of both signs cancel in a mean: square first, and take the root
    of the mean."""
    return wrong_gains(phi)["from_the_mean"]


@exercise.misconception
def at_one(phi):
    """The gain is one over phi(1). z of variance 1 has many other values: take the mean square over all of them."""
    return wrong_gains(phi)["at_one"]


@exercise.misconception
def always_for_relu(phi):
    """The gain is sqrt(2), whatever the activation. That is right for ReLU, which lets half of the variance through."""
    return wrong_gains(phi)["always_for_relu"]


@exercise.misconception
def always_for_tanh(phi):
    """The gain is 5 / 3, whatever the activation: PyTorch's number for tanh. Every activation has its own."""
    return wrong_gains(phi)["always_for_tanh"]


@exercise.misconception
def always_one(phi):
    """The gain is 1, whatever the activation. That is right where nothing is lost, as on a straight line."""
    return wrong_gains(phi)["always_one"]


@exercise.misconception
def twice_the_factor(phi):
    """The gain is sqrt(2) times too large. The 2 of He's rule for ReLU is one over its factor, which is here
    already."""
    return wrong_gains(phi)["twice_the_factor"]


@exercise.misconception
def half_the_factor(phi):
    """The gain is sqrt(2) times too small: the factor was doubled."""
    return wrong_gains(phi)["half_the_factor"]


@exercise.misconception
def uniform_numbers(phi):
    """z is uniform between -1 and 1, and so has a third of the variance. It should be standard normal."""
    return wrong_gains(phi)["uniform_numbers"]


@exercise.misconception
def positive_numbers(phi):
    """z is uniform between 0 and 1, and never negative: rng.random for rng.standard_normal."""
    return wrong_gains(phi)["positive_numbers"]


@exercise.misconception
def without_the_density(phi):
    """All points of a grid count the same, however far out they lie. Near 0 a normal z is far likelier: weight each
    point by the density, or draw z."""
    return wrong_gains(phi)["without_the_density 3"]


@exercise.equivalent
def by_sampling(phi):
    return 1 / np.sqrt(np.mean(phi(np.random.default_rng(1).normal(size=100_000)) ** 2))


@exercise.equivalent
def by_a_sum_over_a_grid(phi):
    z = np.linspace(-6, 6, 1201)
    return (np.sum(phi(z) ** 2 * np.exp(-(z**2) / 2)) * 0.01 / np.sqrt(2 * np.pi)) ** -0.5


@exercise.equivalent
def by_trying_gains(phi):
    z, low, high = np.random.default_rng(2).normal(size=100_000), 1e-3, 1e3
    size = np.mean(np.square(phi(z)))
    while high / low > 1.0001:
        gain = np.sqrt(low * high)
        low, high = (gain, high) if gain**2 * size < 1 else (low, gain)
    return np.array(low)
