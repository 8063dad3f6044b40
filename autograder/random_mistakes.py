"""Wrong forms of every function ``(rng, fan_in, fan_out, ...) -> weights``, made of the right one."""

import numpy as np

from autograder.exercise import Exercise


def add_random_mistakes(exercise: Exercise, letter: str):
    """Add them to an exercise; ``letter`` tells its labels from those of others."""
    right = exercise.reference

    @exercise.misconception(f"IN12{letter}")
    def begins_again_in_every_call(rng, *numbers):
        """A generator is made inside, always from the same seed: all layers of one shape get the same weights, and
        every repetition of an experiment is the same one. Draw from rng, which goes on from layer to layer."""
        return right(np.random.default_rng(0), *numbers)

    @exercise.misconception
    def draws_from_another_generator(rng, *numbers):
        """The weights come from a generator that nobody has seeded, as np.random.normal and default_rng() have it, and
        not from rng: nobody can repeat the experiment. Call the methods of rng."""
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
