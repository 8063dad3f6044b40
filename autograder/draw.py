"""Numbers for the cases of the exercises, such that what a case is to show is there on every draw.

Were it there by luck, two students with the same wrong answer would pass different numbers of hidden cases.
"""

import numpy as np

from autograder.box.wire import Seed


def either_sign(rng: np.random.Generator, shape, low: float = 0.2, high: float = 3.0) -> np.ndarray:
    """Numbers of random signs whose magnitudes lie between ``low`` and ``high``, so that none is zero."""
    return (rng.uniform(low, high, shape) * rng.choice([-1.0, 1.0], shape)).round(3)


def rows_of_opposite_sign(rng: np.random.Generator, shape, low: float = 0.3, high: float = 2.0) -> np.ndarray:
    """Numbers that are positive in the first row, negative in the second, and so on, alternating."""
    numbers = rng.uniform(low, high, shape).round(3)
    numbers[1::2] *= -1
    return numbers


def one_of_each_kind(rng: np.random.Generator) -> np.ndarray:
    """A small and a large positive number and a small and a large negative one; large is more than 1. Shape (4,)."""
    return rng.uniform([0.2, 2.0, -0.8, -3.0], [0.8, 3.0, -0.2, -1.2]).round(3)


def short_seed(rng: np.random.Generator) -> Seed:
    """The seed of a generator, of four digits at most, so that a line that repeats a failure is short."""
    return Seed(int(rng.integers(10_000)))


def generator_and_fans(rng: np.random.Generator, fan_in: int, fan_out: int) -> dict:
    """The inputs of a function (rng, fan_in, fan_out)."""
    return {"rng": short_seed(rng), "fan_in": fan_in, "fan_out": fan_out}


def generator_for(rng) -> np.random.Generator:
    """The generator for a function of the grader's to which a student's probe hands ``rng``; as ``seed_for``."""
    return seed_for(rng).generator()


def seed_for(rng) -> Seed:
    """The seed for a function of the grader's to which a student's probe hands the generator ``rng``, which goes on.

    From a box comes a seed that was drawn from it; in a notebook the same is drawn here, so that the numbers agree.

    Raises
    ------
    TypeError
        When it is no generator.
    """
    if not isinstance(rng, np.random.Generator | Seed):
        raise TypeError(f"rng must be a np.random.Generator, got {type(rng).__name__}")
    return rng if isinstance(rng, Seed) else Seed.drawn_by(rng)
