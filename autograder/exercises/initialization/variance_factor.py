"""What an activation does to the variance of the signal and of the gradient. Samples and quadrature are both right."""

from functools import lru_cache

import numpy as np

from autograder.compare import Difference
from autograder.domain import Array, Given, Number
from autograder.exercise import Call, Exercise
from autograder.exercises.initialization._factor_mistakes import add_range_mistakes, nearest, wrong_values
from course_lib.analysis import signal

TOLERANCE = 0.05  # the spread of E[phi(z)^2] over 100 000 samples is 0.7 % for ReLU
NEARLY = 0.3
QUESTIONS = (
    "are the numbers many enough, and do they reach far enough?",
    "are the numbers many enough, and is the step small beside sqrt(q), but not so small that rounding spoils it?",
)
ALIKE = 0.01  # two ratios that samples have not drawn apart


@lru_cache(maxsize=256)
def right_value(phi, q) -> tuple[float, float]:
    return signal.variance_factor(phi, q)


def number(value) -> float:
    """A value that is one number, as a float; nan for all else."""
    is_array = type(value) is np.ndarray and value.ndim == 0 and value.dtype.kind in "iuf"
    is_scalar = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    return float(value) if is_array or is_scalar else np.nan


def judge(inputs, value) -> Difference | None:
    """Compare both numbers with those of the reference, and with what known mistakes come to."""
    if type(value) is np.ndarray and value.shape == (2,):
        value = list(value)
    if not isinstance(value, list | tuple) or len(value) != 2:
        return Difference("type", "the result should be two numbers, E[phi(z)^2] / q and E[phi'(z)^2]")
    got = [number(part) for part in value]
    if not np.isfinite(got).all():
        return Difference("type", "each of the two results should be one finite number")
    expected = right_value(inputs["phi"], inputs["q"])
    errors = [abs(g / e - 1) for g, e in zip(got, expected, strict=True)]
    if max(errors) <= TOLERANCE:
        return None
    which = int(np.argmax(errors))
    name = ("E[phi(z)^2] / q", "E[phi'(z)^2]")[which]
    close = f" (nearly: {QUESTIONS[which]})"
    return Difference(
        nearest(got, wrong_values(inputs["phi"], inputs["q"]), expected) or _ratios(got, expected, which),
        f"{name} should be {expected[which]:.4g}, up to {100 * TOLERANCE:g} %, and is {got[which]:.4g}"
        + close * (errors[which] < NEARLY),
    )


def _ratios(got, expected, which) -> str:
    """Whether both numbers are off by one factor, or which is further off."""
    one, other = (g / e for g, e in zip(got, expected, strict=True))
    return "both by one factor" if abs(one / other - 1) < ALIKE else f"value {which + 1}"


exercise = Exercise(
    name="variance_factor",
    unit="initialization",
    points=2,
    reference=signal.variance_factor,
    takes={
        "phi": Given(lambda rng, others: unknown(rng), called_with={"z": Array()}),
        "q": Number(1.6, 2.4, corners=(0.25, 4.0)),
    },
    judge=judge,
    hints=(
        "A mean over normal numbers can be drawn: a hundred thousand give it to a hundredth. Which standard deviation "
        "do they have when their variance is q?",
        "Nobody gives you the derivative of phi. Which difference of two values of phi comes close to it, and what do "
        "you divide it by?",
        "Of each you want the mean of the squares. What is the difference between that, the square of the mean, and "
        "the variance?",
    ),
    part="core",
    minutes=8,
    difficulty=2,
    reasoning=(
        "Forward, the next layer adds up phi(z) times independent weights of mean 0, so the squares add, whatever the "
        "mean of phi(z). Backward each gradient is multiplied by phi'(z), so its squares count. Both are means over "
        "normal z, and a hundred thousand draws give them to a hundredth."
    ),
)


def leaky(rng):
    """A line with a bend at 0, of another slope for negative numbers."""
    steep, flat = float(rng.uniform(0.5, 0.6)), float(rng.uniform(0.1, 0.2))
    return lambda z: np.where(np.greater(z, 0), steep, flat) * z


def bounded(rng):
    """An odd function with flat ends."""
    height, steepness = float(rng.uniform(2.0, 2.4)), float(rng.uniform(0.9, 1.1))
    return lambda z: height * np.tanh(np.multiply(steepness, z))


def with_a_mean(rng):
    """Softplus, whose values are all positive."""
    height = float(rng.uniform(0.42, 0.48))
    return lambda z: height * np.logaddexp(0.0, z)


def unknown(rng):
    """An activation that nobody has published a rule for: a wave that leans to one side."""
    b, lean = float(rng.uniform(1.1, 1.3)), float(rng.uniform(0.4, 0.6))
    return lambda z: 0.5 * (np.sin(np.multiply(b, z)) - lean * np.abs(z))


@exercise.case("a leaky ReLU, for which q makes no difference")
def leaky_relu(rng):
    return {"phi": leaky(rng), "q": round(float(rng.uniform(3.6, 4.4)), 2)}


@exercise.case("a tiny variance, as that of a signal that has nearly vanished")
def tiny_variance(rng):
    return {"phi": leaky(rng), "q": float(f"{rng.uniform(1e-8, 2e-8):.2g}")}


@exercise.case("an activation with flat ends, at two variances")
def flat_ends(rng):
    phi = bounded(rng)
    return [
        Call({"phi": phi, "q": round(float(rng.uniform(0.3, 0.4)), 3)}, "a small variance"),
        Call({"phi": phi, "q": round(float(rng.uniform(2.5, 3.5)), 2)}, "a large variance"),
    ]


@exercise.case("an activation whose values have a mean")
def positive_values(rng):
    return {"phi": with_a_mean(rng), "q": round(float(rng.uniform(3.5, 4.5)), 2)}


@exercise.case("an activation for which nobody has published a rule")
def no_rule(rng):
    return {"phi": unknown(rng), "q": round(float(rng.uniform(0.5, 0.6)), 3)}


@exercise.misconception
def does_not_divide(phi, q):
    """The mean square of phi(z) is not divided by q. A factor says how much of the variance is left, and z had q of
    it."""
    return wrong_values(phi, q)["does_not_divide"]


@exercise.misconception
def divides_by_the_root(phi, q):
    """The mean square of phi(z) is divided by the root of q. q is the variance of z, which is a square already."""
    return wrong_values(phi, q)["divides_by_the_root"]


@exercise.misconception
def divides_both(phi, q):
    """Both means are divided by q. The slope is a ratio already: the gradient is multiplied by it, whatever the size of
    z."""
    return wrong_values(phi, q)["divides_both"]


@exercise.misconception
def slope_for_the_standard_normal(phi, q):
    """The second number is q times too large: phi(sqrt(q) * t) was differentiated by t. The slope is that of phi at z =
    sqrt(q) * t."""
    return wrong_values(phi, q)["slope_for_the_standard_normal"]


@exercise.misconception
def variance_for_standard_deviation(phi, q):
    """z is drawn with the standard deviation q. Its variance should be q: rng.normal takes the root of that."""
    return wrong_values(phi, q)["variance_for_standard_deviation"]


@exercise.misconception
def ignores_q(phi, q):
    """q makes no difference: z always has variance 1. Where an activation is flat, it matters how far z reaches."""
    return wrong_values(phi, q)["ignores_q"]


@exercise.misconception
def draws_without_q(phi, q):
    """The mean is divided by q, but z is drawn with variance 1. Give it the standard deviation sqrt(q)."""
    return wrong_values(phi, q)["draws_without_q"]


@exercise.misconception
def variance_of_the_outputs(phi, q):
    """The first number is the variance of phi(z), from which the square of its mean is taken away. The next layer adds
    up the values themselves, so their mean square counts."""
    return wrong_values(phi, q)["variance_of_the_outputs"]


@exercise.misconception
def variances_of_both(phi, q):
    """Both numbers are variances, from which the square of the mean is taken away. Values and slopes act whole: their
    mean squares count."""
    return wrong_values(phi, q)["variances_of_both"]


@exercise.misconception
def squares_of_the_means(phi, q):
    """Both means are taken first and squared afterwards. Values of both signs cancel in a mean, and their squares do
    not: square first."""
    return wrong_values(phi, q)["squares_of_the_means"]


@exercise.misconception
def square_of_the_mean_slope(phi, q):
    """The mean slope is squared. The gradient's variance is multiplied by the mean of the squared slopes, which is
    larger: square first."""
    return wrong_values(phi, q)["square_of_the_mean_slope"]


@exercise.misconception
def forgets_to_square_the_slope(phi, q):
    """The second number is the mean slope. A slope multiplies the gradient, so its square multiplies the variance."""
    return wrong_values(phi, q)["forgets_to_square_the_slope"]


@exercise.misconception
def forgets_both_squares(phi, q):
    """Both numbers are plain means, of the values and of the slopes. Variances are means of squares."""
    return wrong_values(phi, q)["forgets_both_squares"]


@exercise.misconception
def slope_at_zero_only(phi, q):
    """The slope is taken at z = 0 alone. Most z lie elsewhere, where the slope may be smaller: take the mean over z."""
    return wrong_values(phi, q)["slope_at_zero_only"]


@exercise.misconception
def roots_of_both(phi, q):
    """These are the roots, the factors of the standard deviation. Asked for are those of the variance."""
    return wrong_values(phi, q)["roots_of_both"]


@exercise.misconception
def backward_first(phi, q):
    """The two numbers are right, in the wrong order: first the one of the signal, then the one of the gradient."""
    return wrong_values(phi, q)["backward_first"]


@exercise.misconception
def slope_over_twice_the_distance(phi, q):
    """The second number is a quarter of what it should be: every slope is halved. Is the difference of two values
    divided by the distance between their points, or by twice that?"""
    return wrong_values(phi, q)["slope_over_twice_the_distance"]


@exercise.misconception
def slope_over_half_the_distance(phi, q):
    """The second number is four times what it should be: every slope is doubled. phi(z + h) and phi(z - h) lie 2h
    apart."""
    return wrong_values(phi, q)["slope_over_half_the_distance"]


@exercise.misconception
def uniform_numbers(phi, q):
    """z is uniform, of the right variance. A sum over many inputs is nearly normal, which reaches further."""
    return wrong_values(phi, q)["uniform_numbers"]


@exercise.misconception
def uniform_numbers_up_to_the_root(phi, q):
    """z is uniform between -sqrt(q) and sqrt(q), and so has a third of the variance. It should be normal: rng.normal,
    not rng.uniform."""
    return wrong_values(phi, q)["uniform_numbers_up_to_the_root"]


@exercise.misconception
def positive_numbers(phi, q):
    """z is uniform between 0 and sqrt(q), and never negative: rng.random for rng.standard_normal. Half of all z are
    negative."""
    return wrong_values(phi, q)["positive_numbers"]


@exercise.misconception
def without_the_density(phi, q):
    """All points of a grid count the same, however far out they lie. Near 0 a normal z is far likelier: weight each
    point by the density, or draw z."""
    return wrong_values(phi, q)["without_the_density 5"]


@exercise.misconception
def step_too_wide(phi, q):
    """The step h is the same for every q, and for a tiny one far wider than z itself, so that every difference reaches
    across the bend. Make h a small part of sqrt(q)."""
    return wrong_values(phi, q)["same_step_for_every_q 0.001"]


@exercise.misconception
def step_much_wider_than_a_tiny_z(phi, q):
    """The step h is the same for every q, and for a tiny one a hundred times as wide as z itself, so that every
    difference reaches across the bend, and all slopes come out alike. Make h a small part of sqrt(q)."""
    return wrong_values(phi, q)["same_step_for_every_q 0.01"]


@exercise.misconception
def divides_the_slope_alone(phi, q):
    """q stands at the wrong number: the mean square of the slope is divided by it, and that of phi(z) is not. The slope
    is a ratio already; of the variance of z, phi(z) has q to be divided by."""
    return wrong_values(phi, q)["divides_the_slope_alone"]


@exercise.misconception
def forward_twice(phi, q):
    """Both numbers are E[phi(z)^2] / q. The second is the mean square of the slope: for a line with a bend at 0 they
    agree, and for nothing else."""
    return wrong_values(phi, q)["forward_twice"]


@exercise.misconception
def sum_without_the_distance(phi, q):
    """Both numbers are too large or too small by one factor, which they share: the weights do not add up to 1. A sum
    over a grid is multiplied by the distance between its points, or divided by the sum of the weights."""
    return tuple(100 / np.sqrt(q) * part for part in right_value(phi, q))


@exercise.misconception
def density_of_variance_one(phi, q):
    """Both numbers are off by one factor, which they share, unless q is 1: the density's weights do not add up to 1. A
    normal density of variance q is divided by the root of 2 pi q."""
    return tuple(np.sqrt(q) * part for part in right_value(phi, q))


@exercise.misconception
def step_far_too_wide(phi, q):
    """The step h is too wide: the differences reach across the bends of phi, and nowhere give its slope. Make h a small
    part of sqrt(q), a thousandth for example."""
    return wrong_values(phi, q)["same_step_for_every_q 0.5"]


add_range_mistakes(exercise)


@exercise.misconception
def slope_of_relu(phi, q):
    """The second number is 1/2, whatever the activation: the slope is taken to be 1 for positive z and 0 for others.
    That is ReLU's. Take differences of phi."""
    return wrong_values(phi, q)["slope_of_relu"]


@exercise.misconception
def secant_from_zero(phi, q):
    """The second number is the mean square of phi(z) / z, which is the slope of the line from 0 to that point. The
    slope of phi at z is a difference of two values of phi nearby."""
    return wrong_values(phi, q)["secant_from_zero"]


@exercise.misconception
def slope_of_the_square(phi, q):
    """phi(z)^2 was differentiated, and not phi. Take the slope of phi, and square that."""
    return wrong_values(phi, q)["slope_of_the_square"]


@exercise.misconception
def differences_not_divided(phi, q):
    """The second number is nearly 0: the differences of phi are not divided by the distance between the points.
    np.gradient takes that distance, or the points, as its second argument."""
    return wrong_values(phi, q)["differences_not_divided"]


@exercise.equivalent
def by_sampling(phi, q):
    z = np.random.default_rng(0).normal(0, np.sqrt(q), 100_000)
    h = 1e-4 * np.sqrt(q)
    return np.mean(phi(z) ** 2) / q, np.mean(((phi(z + h) - phi(z - h)) / (2 * h)) ** 2)


@exercise.equivalent
def by_sums_over_a_grid(phi, q):
    z = np.linspace(-7, 7, 3001) * q**0.5
    density = np.exp(-(z**2) / (2 * q)) / np.sqrt(2 * np.pi * q)
    forward, backward = ((density * f**2).sum() * (z[1] - z[0]) for f in (phi(z), np.gradient(phi(z), z)))
    return [forward / q, backward]


@exercise.equivalent
def by_gauss_and_hermite(phi, q):
    # 180 nodes: a bend at 0 is found to within a hundredth
    nodes, weights = np.polynomial.hermite_e.hermegauss(180)
    z, weights = nodes * np.sqrt(q), weights / weights.sum()
    h = 1e-6 * np.sqrt(q)
    slope = (phi(z + h) - phi(z - h)) / (2 * h)
    return np.array([weights @ phi(z) ** 2 / q, weights @ slope**2])
