"""Orthogonal matrices whose rows or columns have another length than the gain."""

from collections.abc import Callable

import numpy as np

from autograder.exercise import Exercise


def add_length_mistakes(exercise: Exercise, orthonormal: Callable):
    """``orthonormal(rng, rows, cols)`` is right for a gain of 1."""

    @exercise.misconception
    def squares_the_gain(rng, rows, cols, gain=1.0):
        """The gain is applied twice. The rows or columns should have the length gain, not gain squared."""
        return gain**2 * orthonormal(rng, rows, cols)

    @exercise.misconception
    def takes_the_root_of_the_gain(rng, rows, cols, gain=1.0):
        """The root of the gain is applied. A gain multiplies standard deviations and lengths, as it is."""
        with np.errstate(invalid="ignore"):
            return np.sqrt(gain) * orthonormal(rng, rows, cols)

    @exercise.misconception
    def divides_by_the_gain(rng, rows, cols, gain=1.0):
        """The matrix is divided by the gain. It should be multiplied."""
        with np.errstate(all="ignore"):
            return orthonormal(rng, rows, cols) / gain

    @exercise.misconception
    def loses_the_gain_when_wide(rng, rows, cols, gain=1.0):
        """Where columns outnumber rows, the gain makes no difference: the transpose is returned before it is
        multiplied."""
        return (gain if rows >= cols else 1.0) * orthonormal(rng, rows, cols)

    @exercise.misconception
    def loses_the_gain_when_not_wide(rng, rows, cols, gain=1.0):
        """Unless columns outnumber rows, the gain makes no difference."""
        return (gain if rows < cols else 1.0) * orthonormal(rng, rows, cols)

    @exercise.misconception
    def entries_of_size_one(rng, rows, cols, gain=1.0):
        """The rows or columns are longer than the gain, by the root of their number of entries. It is they that should
        have its length, and not each entry its size."""
        return gain * max(rows, cols) ** 0.5 * orthonormal(rng, rows, cols)

    @exercise.misconception
    def shrinks_by_the_root(rng, rows, cols, gain=1.0):
        """The rows or columns are shorter than the gain, by the root of their number of entries. That belongs to the
        rules for independent numbers; qr has made the lengths 1 already."""
        return gain * max(rows, cols) ** -0.5 * orthonormal(rng, rows, cols)

    @exercise.misconception
    def shrinks_by_the_other_root(rng, rows, cols, gain=1.0):
        """The rows or columns are shorter than the gain, by the root of how many there are. A root of a number of rows
        or columns belongs to the rules for independent numbers; qr has made the lengths 1 already."""
        return gain * min(rows, cols) ** -0.5 * orthonormal(rng, rows, cols)

    @exercise.misconception
    def shrinks_by_the_root_of_the_rows(rng, rows, cols, gain=1.0):
        """The matrix is divided by the root of its number of rows. That belongs to the rules for independent numbers;
        qr has made the lengths 1 already."""
        return gain * rows**-0.5 * orthonormal(rng, rows, cols)

    @exercise.misconception
    def shrinks_by_the_root_of_the_columns(rng, rows, cols, gain=1.0):
        """The matrix is divided by the root of its number of columns. That belongs to the rules for independent
        numbers; qr has made the lengths 1 already."""
        return gain * cols**-0.5 * orthonormal(rng, rows, cols)

    @exercise.misconception
    def shrinks_by_the_root_of_the_rows_when_wide(rng, rows, cols, gain=1.0):
        """Where columns outnumber rows, the matrix is divided by the root of the number of its rows. That belongs to
        the rules for independent numbers; qr has made the lengths 1 already."""
        return gain * (rows**-0.5 if rows < cols else 1.0) * orthonormal(rng, rows, cols)

    @exercise.misconception
    def shrinks_by_the_root_of_the_columns_when_wide(rng, rows, cols, gain=1.0):
        """Where columns outnumber rows, the matrix is divided by the root of the number of its columns. That belongs to
        the rules for independent numbers; qr has made the lengths 1 already."""
        return gain * (cols**-0.5 if rows < cols else 1.0) * orthonormal(rng, rows, cols)

    @exercise.misconception
    def entries_of_size_one_by_the_other_root(rng, rows, cols, gain=1.0):
        """The rows or columns are longer than the gain, by the root of how many there are. It is they that should have
        its length: multiply by the gain alone."""
        return gain * min(rows, cols) ** 0.5 * orthonormal(rng, rows, cols)

    @exercise.misconception
    def keeps_the_mean_square(rng, rows, cols, gain=1.0):
        """The rows or columns are longer than the gain, by the root of the ratio of the two sides. That would keep a
        mean square; here whichever are fewer should have the length gain."""
        return gain * (max(rows, cols) / min(rows, cols)) ** 0.5 * orthonormal(rng, rows, cols)
