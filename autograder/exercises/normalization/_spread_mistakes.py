"""Wrong standard deviations by which features are divided: with a number added, of other data, or 0."""

from collections.abc import Callable

import numpy as np

from autograder.exercise import Exercise


def add_small_numbers(exercise: Exercise):
    """What a small number beside the standard deviation, or instead of a small one, does."""
    for exponent in (2, 3, 4, 5, 8, 9, 10, 12):
        exercise.misconception(_with_a_small_number(10.0**-exponent, under_the_root=False))
    for exponent in (3, 5, 8, 10, 12):
        exercise.misconception(_with_a_small_number(10.0**-exponent, under_the_root=True))

    @exercise.misconception
    def takes_no_less_than_a_small_number(x_train, x_other):
        """Standard deviations below 1e-8 become 1e-8, so that what was constant in training is multiplied by a hundred
        millions in x_other. Where the standard deviation is 0, divide by 1."""
        return _scaled(x_train, x_other, np.maximum(x_train.std(axis=0), 1e-8))


def _scaled(x_train, x_other, std):
    return tuple((x - x_train.mean(axis=0)) / std for x in (x_train, x_other))


def _with_a_small_number(number, under_the_root) -> Callable:
    def form(x_train, x_other):
        """A small number is added to every standard deviation, or to every variance. That saves a constant feature from
        NaN, and changes the others, most of all those of small scale; and in x_other, what was constant is divided by
        nearly nothing. Where the standard deviation is 0, divide by 1."""
        var = x_train.var(axis=0)
        return _scaled(x_train, x_other, np.sqrt(var + number) if under_the_root else np.sqrt(var) + number)

    form.__name__ = f"adds_{number:g}_{'under' if under_the_root else 'outside'}_the_root"
    return form


def add_mixed_statistics(exercise: Exercise):
    """What comes of statistics that are not all of the training data."""

    @exercise.misconception
    def takes_all_data_but_for_the_constant(x_train, x_other):
        """Mean and standard deviation are those of both arrays together; x_train alone is asked only which features are
        constant. The network would know of data that it is to be tested on: take all of them from x_train."""
        both, std = _both(x_train, x_other), x_train.std(axis=0)
        return tuple((x - both.mean(axis=0)) / np.where(std == 0, 1.0, both.std(axis=0)) for x in (x_train, x_other))

    @exercise.misconception
    def mean_of_all_data(x_train, x_other):
        """The mean is that of both arrays together, and only the standard deviation that of x_train. Take both from
        x_train alone."""
        return tuple(
            (x - _both(x_train, x_other).mean(axis=0)) / _safe(x_train.std(axis=0)) for x in (x_train, x_other)
        )

    @exercise.misconception
    def deviation_of_all_data(x_train, x_other):
        """The standard deviation is that of both arrays together, and only the mean that of x_train. Take both from
        x_train alone."""
        return _scaled(x_train, x_other, _safe(_both(x_train, x_other).std(axis=0)))


def _both(x_train, x_other):
    return np.concatenate([x_train, x_other])


def _safe(std):
    return np.where(std == 0, 1.0, std)


def add_two_at_once(exercise: Exercise):
    """A wrong spread, and nothing done about a spread of 0."""

    @exercise.misconception
    def n_minus_one_and_divides_by_zero(x_train, x_other):
        """Two things at once: the standard deviation divides by N - 1, and not by N, as np.std does without ddof; and a
        feature that is the same in all training samples is divided by 0. Such a feature is only shifted."""
        return _scaled(x_train, x_other, x_train.std(axis=0, ddof=1))

    @exercise.misconception
    def variance_and_divides_by_zero(x_train, x_other):
        """Two things at once: the features are divided by their variance, where its root is due; and a feature that is
        the same in all training samples is divided by 0. Such a feature is only shifted."""
        return _scaled(x_train, x_other, x_train.var(axis=0))

    @exercise.misconception
    def other_by_its_own_with_n_minus_one(x_train, x_other):
        """Two things at once: x_other is scaled by its own mean and standard deviation, where those of x_train are due;
        and the standard deviation divides by N - 1, and not by N, as np.std does without ddof."""
        spreads = (x.std(axis=0, ddof=1) if len(x) > 1 else np.zeros(x.shape[1]) for x in (x_train, x_other))
        return tuple((x - x.mean(axis=0)) / _safe(std) for x, std in zip((x_train, x_other), spreads, strict=True))

    @exercise.misconception
    def all_data_with_n_minus_one(x_train, x_other):
        """Two things at once: mean and standard deviation are those of both arrays together, where those of x_train are
        due; and the standard deviation divides by N - 1, and not by N, as np.std does without ddof."""
        both = _both(x_train, x_other)
        return tuple((x - both.mean(axis=0)) / _safe(both.std(axis=0, ddof=1)) for x in (x_train, x_other))
