"""Wrong forms of every function ``(rng, fan_in, fan_out, ...) -> weights``, whatever its scale.

``letter`` tells the labels of one exercise from those of the others. ``std`` is that of the weights, for the same fans.
"""

from collections.abc import Callable

import numpy as np

from autograder.exercise import Exercise


def add_random_mistakes(exercise: Exercise, letter: str):
    """What goes wrong with the generator and with the shape."""
    right = exercise.reference

    @exercise.misconception(f"IN12{letter}")
    def begins_again_in_every_call(rng, *numbers):
        """A generator is made inside, always from the same seed: all layers of one shape get the same weights, and
        every repetition of an experiment is the same one. Draw from rng, which goes on from layer to layer."""
        return right(np.random.default_rng(0), *numbers)

    @exercise.misconception
    def draws_from_another_generator(rng, *numbers):
        """The weights do not come from rng, but from another generator, such as the one behind np.random.normal. The
        same rng then gives other weights the next time, and nobody can repeat the experiment: call the methods of
        rng."""
        return right(np.random.default_rng(), *numbers)

    @exercise.misconception
    def draws_from_a_copy(rng, *numbers):
        """The weights are drawn from a copy of rng. rng itself does not move on, and the next layer gets the same
        numbers again."""
        return right(type(rng)(type(rng.bit_generator)(rng.bit_generator.seed_seq)), *numbers)

    @exercise.misconception
    def swaps_the_axes(rng, *numbers):
        """The array has fan_out rows and fan_in columns, as in PyTorch. Here x @ w multiplies from the right: a row of
        the weights for each input, a column for each unit."""
        return right(rng, *numbers).T

    @exercise.misconception
    def repeats_a_row(rng, *numbers):
        """All rows are alike: one was drawn and repeated, so that a unit cannot tell its inputs apart. Every weight is
        drawn by itself, and size=(fan_in, fan_out) does that."""
        w = right(rng, *numbers)
        return np.tile(w[:1], (len(w), 1))

    @exercise.misconception
    def repeats_a_column(rng, *numbers):
        """All columns are alike: one was drawn and repeated, so that all units of the layer compute the same. Every
        weight is drawn by itself, and size=(fan_in, fan_out) does that."""
        w = right(rng, *numbers)
        return np.tile(w[:, :1], (1, w.shape[1]))

    @exercise.misconception
    def draws_a_single_number(rng, *numbers):
        """A single number is returned, and not an array: the method of rng was not told how many to draw. That is its
        argument size, and normal and uniform take two other numbers before it."""
        return float(right(rng, *numbers).flat[0])


def add_normal_mistakes(exercise: Exercise, letter: str, std: Callable[..., float]):
    """What else goes wrong with normal numbers."""

    @exercise.misconception
    def standard_normal(rng, fan_in, fan_out):
        """The weights have the standard deviation 1, whatever the fans. Every layer of n inputs then makes the signal
        larger by the root of n."""
        return rng.standard_normal((fan_in, fan_out))

    @exercise.misconception
    def a_hundredth(rng, fan_in, fan_out):
        """The weights have the standard deviation 0.01, whatever the fans. That is small for a narrow layer, and large
        for a layer of 100 000 inputs: the size of the sum decides, and it grows with their number."""
        return 0.01 * rng.standard_normal((fan_in, fan_out))

    @exercise.misconception
    def standard_deviation_as_mean(rng, fan_in, fan_out):
        """The standard deviation stands where rng.normal takes the mean, and the numbers spread by 1 around it. The
        mean comes first, as in rng.normal(0, standard deviation, size), or say scale=."""
        return rng.normal(std(fan_in, fan_out), size=(fan_in, fan_out))

    @exercise.misconception
    def from_minus_one_to_one(rng, fan_in, fan_out):
        """The numbers are uniform between -1 and 1, whatever the fans. Every layer of n inputs then makes the signal
        larger by the root of n / 3, and the name says normal."""
        return rng.uniform(-1.0, 1.0, (fan_in, fan_out))

    @exercise.misconception
    def from_zero_to_one(rng, fan_in, fan_out):
        """The numbers are uniform between 0 and 1, whatever the fans: that is what rng.random draws. None is negative,
        and nothing has scaled them."""
        return rng.random((fan_in, fan_out))

    @exercise.misconception(f"IN6{letter}")
    def ends_at_the_standard_deviation(rng, fan_in, fan_out):
        """The variance is a third of what it should be, as of uniform numbers between minus and plus the standard
        deviation. Normal numbers take it as it is: rng.normal(0, standard deviation, size)."""
        limit = std(fan_in, fan_out)
        return rng.uniform(-limit, limit, (fan_in, fan_out))

    @exercise.misconception
    def limit_for_standard_deviation(rng, fan_in, fan_out):
        """The variance is three times what it should be. With a 6 in place of the 2 (or a 3 in place of the 1), the
        root is the limit of uniform numbers, and not the standard deviation of normal ones."""
        return rng.normal(0.0, 3**0.5 * std(fan_in, fan_out), (fan_in, fan_out))

    @exercise.misconception
    def moves_the_tails_to_the_ends(rng, fan_in, fan_out):
        """What lies beyond two standard deviations is moved there, as np.clip does, so that one weight in twenty is one
        of two numbers. Normal numbers have no ends: leave them as they are drawn."""
        ends = 2 * std(fan_in, fan_out)
        return np.clip(rng.normal(0.0, ends / 2, (fan_in, fan_out)), -ends, ends)

    @exercise.misconception
    def uniform_numbers(rng, fan_in, fan_out):
        """Mean and variance are right, but the numbers are uniform. A deep network starts as well with them; the name
        says normal."""
        limit = 3**0.5 * std(fan_in, fan_out)
        return rng.uniform(-limit, limit, (fan_in, fan_out))

    @exercise.misconception(f"IN5{letter}")
    def uniform_from_zero_to_one(rng, fan_in, fan_out):
        """The numbers are uniform between 0 and 1 before they are scaled: rng.random instead of rng.standard_normal.
        Their mean is one half, and no weight is negative."""
        return rng.random((fan_in, fan_out)) * std(fan_in, fan_out)

    @exercise.misconception
    def takes_absolute_values(rng, fan_in, fan_out):
        """The size of the weights is right, but none is negative. They do not average out any more, and the signal
        grows from layer to layer."""
        return np.abs(rng.normal(0.0, std(fan_in, fan_out), (fan_in, fan_out)))

    @exercise.misconception
    def rectified(rng, fan_in, fan_out):
        """Half of the weights are 0, and none is negative: they went through ReLU. It is the activation that cuts the
        numbers off, and not the weights."""
        return np.maximum(rng.normal(0.0, std(fan_in, fan_out), (fan_in, fan_out)), 0.0)

    @exercise.misconception
    def divides_by_the_root_of_three(rng, fan_in, fan_out):
        """The variance is a third of what it should be. The root of 3 belongs to the limit of uniform numbers; normal
        ones take the standard deviation as it is."""
        return rng.normal(0.0, std(fan_in, fan_out) / 3**0.5, (fan_in, fan_out))

    @exercise.misconception
    def all_alike(rng, fan_in, fan_out):
        """All weights are the same number. The standard deviation says how far random numbers spread, and these still
        have to be drawn: with all alike, all units of the layer compute the same."""
        return np.full((fan_in, fan_out), std(fan_in, fan_out))

    @exercise.misconception
    def all_zero(rng, fan_in, fan_out):
        """All weights are 0. A `//` in place of `/` rounds a standard deviation below 1 down to that."""
        return rng.normal(0.0, 0.0, (fan_in, fan_out))


def add_uniform_mistakes(exercise: Exercise, letter: str, std: Callable[..., float]):
    """What else goes wrong with uniform numbers."""

    @exercise.misconception
    def from_minus_one_to_one(rng, fan_in, fan_out):
        """The numbers reach from -1 to 1, whatever the fans. Every layer of n inputs then makes the signal larger by
        the root of n / 3."""
        return rng.uniform(-1.0, 1.0, (fan_in, fan_out))

    @exercise.misconception
    def from_zero_to_one(rng, fan_in, fan_out):
        """The numbers are uniform between 0 and 1, whatever the fans: that is what rng.random draws. None is negative,
        and nothing has scaled them."""
        return rng.random((fan_in, fan_out))

    @exercise.misconception
    def from_the_limit_to_one(rng, fan_in, fan_out):
        """The numbers lie between the limit and 1: rng.uniform got one end alone, and takes it for the lower one. It
        wants both, rng.uniform(-limit, limit, size)."""
        return rng.uniform(3**0.5 * std(fan_in, fan_out), size=(fan_in, fan_out))

    @exercise.misconception
    def from_minus_the_limit_to_zero(rng, fan_in, fan_out):
        """The numbers lie between -limit and 0, and none is positive. rng.random() has to be stretched to twice the
        limit before the limit is taken away from it."""
        limit = 3**0.5 * std(fan_in, fan_out)
        return rng.random((fan_in, fan_out)) * limit - limit

    @exercise.misconception(f"IN6{letter}")
    def standard_deviation_for_limit(rng, fan_in, fan_out):
        """The variance is a third of what it should be: the numbers end where the standard deviation should be.
        Uniform numbers have to reach further than their standard deviation, by the root of 3."""
        limit = std(fan_in, fan_out)
        return rng.uniform(-limit, limit, (fan_in, fan_out))

    @exercise.misconception(f"IN7{letter}")
    def from_zero_to_the_limit(rng, fan_in, fan_out):
        """The numbers begin at 0, and none is negative. They do not average out, and the signal grows from layer to
        layer: numbers with the mean 0 reach from -limit to limit."""
        return rng.uniform(0.0, 3**0.5 * std(fan_in, fan_out), (fan_in, fan_out))

    @exercise.misconception(f"IN5{letter}")
    def from_zero_to_the_standard_deviation(rng, fan_in, fan_out):
        """The numbers are uniform between 0 and the standard deviation, and none is negative. They have to reach from
        -limit to limit, and the limit is the root of 3 times the standard deviation."""
        return rng.random((fan_in, fan_out)) * std(fan_in, fan_out)

    @exercise.misconception
    def half_the_interval(rng, fan_in, fan_out):
        """The numbers reach half as far as they should, as (rng.random() - 0.5) times the limit does. From -limit to
        limit it is twice the limit."""
        limit = 3**0.5 * std(fan_in, fan_out) / 2
        return rng.uniform(-limit, limit, (fan_in, fan_out))

    @exercise.misconception
    def as_wide_as_the_standard_deviation(rng, fan_in, fan_out):
        """The whole interval is one standard deviation wide, as (rng.random() - 0.5) times it is. From -limit to limit
        it is twice the limit, and the limit is the root of 3 times the standard deviation."""
        return (rng.random((fan_in, fan_out)) - 0.5) * std(fan_in, fan_out)

    @exercise.misconception
    def twice_the_interval(rng, fan_in, fan_out):
        """The numbers reach twice as far as they should. A variance of (high - low) ** 2 / 12 is that of the whole
        interval, from -limit to limit: the limit is half of it."""
        limit = 2 * 3**0.5 * std(fan_in, fan_out)
        return rng.uniform(-limit, limit, (fan_in, fan_out))

    @exercise.misconception
    def from_zero_to_twice_the_limit(rng, fan_in, fan_out):
        """The numbers lie between 0 and twice the limit, and none is negative. The interval is as long as it should be,
        and has to begin at -limit."""
        return rng.uniform(0.0, 2 * 3**0.5 * std(fan_in, fan_out), (fan_in, fan_out))

    @exercise.misconception
    def three_times_the_standard_deviation(rng, fan_in, fan_out):
        """The variance is three times what it should be: the numbers end at three times the standard deviation. The
        limit is the root of 3 times it."""
        limit = 3 * std(fan_in, fan_out)
        return rng.uniform(-limit, limit, (fan_in, fan_out))

    @exercise.misconception
    def divides_by_the_root_of_three(rng, fan_in, fan_out):
        """The numbers reach a third as far as they should: the standard deviation is divided by the root of 3, and has
        to be multiplied by it."""
        limit = std(fan_in, fan_out) / 3**0.5
        return rng.uniform(-limit, limit, (fan_in, fan_out))

    @exercise.misconception
    def normal_of_that_width(rng, fan_in, fan_out):
        """The variance is three times what it should be, as of normal numbers whose standard deviation is the limit.
        Uniform numbers end at the limit: rng.uniform draws them."""
        return rng.normal(0.0, 3**0.5 * std(fan_in, fan_out), (fan_in, fan_out))

    @exercise.misconception
    def normal_numbers(rng, fan_in, fan_out):
        """Mean and variance are right, but the numbers are normal. A deep network starts as well with them; the name
        says uniform."""
        return rng.normal(0.0, std(fan_in, fan_out), (fan_in, fan_out))

    @exercise.misconception
    def all_zero(rng, fan_in, fan_out):
        """All weights are 0. A `//` in place of `/` rounds a limit below 1 down to that."""
        return rng.uniform(0.0, 0.0, (fan_in, fan_out))

    @exercise.misconception
    def all_alike(rng, fan_in, fan_out):
        """All weights are the limit itself: is it low and high at once? The numbers have to reach from -limit to
        limit."""
        limit = 3**0.5 * std(fan_in, fan_out)
        return rng.uniform(limit, limit, (fan_in, fan_out))
