"""What the two variance factors of an activation come to when a mistake is made with them, and which one was made."""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from autograder.exercise import Exercise

ALIKE = 2e-3  # two wrong values that lie closer together are the same mistake's
# of a wrong value drawn at random: what is small beside the right one is known less well
NEAR, LEAST = 0.1, 0.05
STEPS = (1e-3, 1e-2, 0.1, 0.5)  # halves of distances that are the same for every q
GRIDS = (3, 4, 5, 6, 8)  # ends of grids that are the same for every q
CUTS = (1, 2)  # in standard deviations: beyond them nothing is counted
REACHES = (3, 4, 5, 6, 8, 10)  # in standard deviations: of a grid whose points all count the same


class Moments:
    """Means over z = ``scale`` * nodes, weighted: of phi, of its square, of its slope and of its slope's square."""

    def __init__(self, phi, scale, nodes, weights):
        ends = scale * nodes
        out = np.asarray(phi(ends), dtype=np.float64)
        self.out, self.slope = (out[1:] + out[:-1]) / 2, np.diff(out) / np.diff(ends)
        self.middles, self.weights = (ends[1:] + ends[:-1]) / 2, weights / weights.sum()

    def mean(self, of):
        return float(self.weights @ of)

    @property
    def squares(self):
        return self.mean(self.out**2), self.mean(self.slope**2)

    @property
    def means(self):
        return self.mean(self.out), self.mean(self.slope)


def normal(phi, std) -> Moments:
    return normal_between(phi, std, -8, 8)


def normal_between(phi, std, low, high) -> Moments:
    """As ``normal``, of the numbers between ``low`` and ``high`` standard deviations alone."""
    nodes = np.linspace(low, high, 8001)
    return Moments(phi, std, nodes, np.exp(-(((nodes[1:] + nodes[:-1]) / 2) ** 2) / 2))


def uniform(phi, low, high) -> Moments:
    return Moments(phi, 1.0, np.linspace(low, high, 4001), np.ones(4000))


def slope_at_zero(phi) -> float:
    above, below = (float(phi(np.array([h]))[0]) for h in (1e-6, -1e-6))
    return (above - below) / 2e-6


@lru_cache(maxsize=256)
def wrong_values(phi, q) -> Mapping[str, tuple[float, float]]:
    """What each misconception makes of an activation, by its name."""
    std = np.sqrt(q)
    right, at_one, at_q_squared = normal(phi, std), normal(phi, 1.0), normal(phi, q)
    (out, slope), (mean_out, mean_slope) = right.squares, right.means
    flat, narrow, positive = uniform(phi, -std * 3**0.5, std * 3**0.5), uniform(phi, -std, std), uniform(phi, 0, std)
    return {
        "does_not_divide": (out, slope),
        "divides_by_the_root": (out / std, slope),
        "divides_both": (out / q, slope / q),
        "divides_the_slope_alone": (out, slope / q),
        "forward_twice": (out / q, out / q),
        "slope_for_the_standard_normal": (out / q, slope * q),
        "variance_for_standard_deviation": _forward_and_backward(at_q_squared, q),
        # the step is small beside sqrt(q), and not beside q
        "standard_deviation_q_and_step_of_its_root": (
            at_q_squared.squares[0] / q,
            _slope_over(phi, at_q_squared, 1e-3 * std),
        ),
        "ignores_q": at_one.squares,
        "draws_without_q": (at_one.squares[0] / q, at_one.squares[1]),
        "variance_of_the_outputs": ((out - mean_out**2) / q, slope),
        "variances_of_both": ((out - mean_out**2) / q, slope - mean_slope**2),
        "squares_of_the_means": (mean_out**2 / q, mean_slope**2),
        "square_of_the_mean_slope": (out / q, mean_slope**2),
        "forgets_to_square_the_slope": (out / q, mean_slope),
        "forgets_both_squares": (mean_out / q, mean_slope),
        "slope_of_relu": (out / q, 0.5),
        "secant_from_zero": (out / q, right.mean((right.out / right.middles) ** 2)),
        "slope_of_the_square": (out / q, _slope_over(lambda z: np.square(phi(z)), right, 1e-3 * std)),
        "slope_at_zero_only": (out / q, slope_at_zero(phi) ** 2),
        "roots_of_both": ((out / q) ** 0.5, slope**0.5),
        "backward_first": (slope, out / q),
        "slope_over_twice_the_distance": (out / q, slope / 4),
        "slope_over_half_the_distance": (out / q, 4 * slope),
        "uniform_numbers": _forward_and_backward(flat, q),
        "uniform_numbers_up_to_the_root": _forward_and_backward(narrow, q),
        "positive_numbers": _forward_and_backward(positive, q),
        "positive_half": _forward_and_backward(normal_between(phi, std, 0, 8), q),
        **{f"without_the_tails {cut}": _forward_and_backward(normal_between(phi, std, -cut, cut), q) for cut in CUTS},
        "differences_not_divided": (out / q, 0.0),
        **{f"same_step_for_every_q {h}": (out / q, _slope_over(phi, right, h)) for h in STEPS},
        **{f"same_grid_for_every_q {reach}": _fixed_grid(phi, q, reach) for reach in GRIDS},
        **{
            f"without_the_density {reach}": _forward_and_backward(uniform(phi, -reach * std, reach * std), q)
            for reach in REACHES
        },
    }


def _forward_and_backward(moments, q) -> tuple[float, float]:
    out, slope = moments.squares
    return out / q, slope


def _slope_over(phi, moments, h) -> float:
    """The mean square of central differences over 2 h, whatever the size of z."""
    middles = moments.middles
    return moments.mean(((phi(middles + h) - phi(middles - h)) / (2 * h)) ** 2)


def _fixed_grid(phi, q, reach) -> tuple[float, float]:
    """Sums over 20 001 points up to ``reach``, weighted with the density of variance q."""
    z = np.linspace(-reach, reach, 20_001)
    density = np.exp(-(z**2) / (2 * q))
    h = 1e-4 * np.sqrt(q)
    slope = (phi(z + h) - phi(z - h)) / (2 * h)
    return tuple(float(density @ f**2 / density.sum()) for f in (phi(z) / np.sqrt(q), slope))


def nearest(got, values: Mapping[str, object], expected) -> str:
    """The name of the first of the nearest values, or an empty one where none is near."""
    floor = LEAST * np.abs(expected)
    with np.errstate(all="ignore"):
        away = {
            name: float(np.max(np.abs(np.subtract(got, value)) / np.maximum(np.abs(value), floor)))
            for name, value in values.items()
        }
    least = min(away.values())
    return next(name for name, far in away.items() if far <= least + ALIKE).split()[0] if least < NEAR else ""


def add_range_mistakes(exercise: Exercise):
    """Means over z of another width, or over too little of z."""

    @exercise.misconception
    def standard_deviation_q_and_step_of_its_root(phi, q):
        """z is drawn with the standard deviation q, though the step h is a part of sqrt(q). The variance of z should be
        q: rng.normal takes the root of that."""
        return wrong_values(phi, q)["standard_deviation_q_and_step_of_its_root"]

    @exercise.misconception
    def positive_half(phi, q):
        """Only positive z are counted. Half of all z are negative, where phi may be another."""
        return wrong_values(phi, q)["positive_half"]

    @exercise.misconception
    def without_the_tails(phi, q):
        """z ends at one standard deviation, and the tails, which count most in a mean of squares, are missing. Let it
        reach some seven times as far as sqrt(q)."""
        return wrong_values(phi, q)["without_the_tails 1"]

    @exercise.misconception
    def without_the_ends_of_the_tails(phi, q):
        """z ends at two standard deviations. That is one number in twenty that is missing, and the largest. Let it
        reach some seven times as far as sqrt(q)."""
        return wrong_values(phi, q)["without_the_tails 2"]

    @exercise.misconception
    def grid_far_too_short(phi, q):
        """The grid is the same for every q, and ends so soon that much of z lies beyond it; for a tiny q hardly a point
        of it lies where z is. Let it reach some seven times as far as sqrt(q), whatever that is."""
        return wrong_values(phi, q)["same_grid_for_every_q 3"]

    @exercise.misconception
    def grid_too_short_and_too_coarse(phi, q):
        """The grid is the same for every q: it ends too soon for a large one, and for a tiny one hardly a point of it
        lies where z is. Let it reach some seven times as far as sqrt(q), whatever that is."""
        return wrong_values(phi, q)["same_grid_for_every_q 5"]

    @exercise.misconception
    def grid_too_coarse(phi, q):
        """The grid is the same for every q, and for a tiny one so coarse that hardly a point of it lies where z is. Let
        it reach some seven times as far as sqrt(q), whatever that is."""
        return wrong_values(phi, q)["same_grid_for_every_q 8"]
