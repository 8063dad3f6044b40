"""What goes wrong when the end of logged curves is read, and which values at the end are compared."""

import numpy as np

from autograder.exercise import Exercise
from autograder.logged_runs import CURVES, LEAK, N_PASSES, SORTED, STRONG, TRAINING_MODE, WEAK, diagnosis


def _last(record, name):
    return record[name][-5:].mean()


def _is_perfect(record):
    return _last(record, "train_accuracy") >= 0.99


def _gap(record):
    return _last(record, "train_accuracy") - _last(record, "valid_accuracy") > 0.15


def _rise(record):
    return _last(record, "valid_loss") > 1.5 * record["valid_loss"].min()


def _gap_or(rises):
    """The test for too weak a regularization with another sentence about the losses."""
    return {WEAK: lambda r: _is_perfect(r) and (_gap(r) or rises(r))}


def add_curve_mistakes(exercise: Exercise):
    """The gap, the rise of the validation loss and the last five passes."""

    @exercise.misconception
    def every_gap_is_weak(record):
        """A gap between training and validation always counts as too weak, as far as training is not poor. Training
        also has to be at 0.99 or above."""
        return diagnosis(record, perfect=0.0)

    @exercise.misconception
    def small_gaps_are_weak(record):
        """A small gap between training and validation counts as too weak. It has to be more than 0.15."""
        return diagnosis(record, gap=0.1)

    @exercise.misconception
    def gap_alone_is_weak(record):
        """A validation loss that rises is not looked at. It shows that the network becomes surer of its mistakes, while
        the accuracy stays what it is."""
        return diagnosis(record, rise=np.inf)

    @exercise.misconception
    def rise_alone_is_weak(record):
        """Only a rising validation loss counts as too weak. Validation that stays far behind does as well."""
        return diagnosis(record, gap=np.inf)

    @exercise.misconception
    def any_rise_is_weak(record):
        """A validation loss that has risen a little counts as too weak. The limit is 1.5 times its smallest value."""
        return diagnosis(record, rise=1.05)

    @exercise.misconception
    def last_pass_only(record):
        """Only the last pass is looked at, which may be a bad one by chance. Take the mean of the last five."""
        return diagnosis(record, last=1)

    @exercise.misconception
    def mean_of_all_passes(record):
        """The mean is taken over all passes. The first ones say nothing about where a run ends: take the last five."""
        return diagnosis(record, last=N_PASSES)

    @exercise.misconception
    def every_gap_is_weak_even_where_training_is_poor(record):
        """A gap between training and validation always counts as too weak, even where both are poor. Training also has
        to be at 0.99 or above, and too strong is asked for first."""
        order = LEAK, SORTED, TRAINING_MODE, WEAK, STRONG
        return diagnosis(record, order, tests={WEAK: lambda r: _gap(r) or (_is_perfect(r) and _rise(r))})

    @exercise.misconception
    def gap_and_rise(record):
        """Too weak is found only where validation is far behind and its loss has risen as well. One of the two is
        enough: or, not and."""
        return diagnosis(record, tests={WEAK: lambda r: _is_perfect(r) and _gap(r) and _rise(r)})

    @exercise.misconception
    def compares_with_the_first_loss(record):
        """The last validation loss is compared with the first, which is large in every run. It is compared with the
        smallest of all."""
        return diagnosis(record, tests=_gap_or(lambda r: _last(r, "valid_loss") > 1.5 * r["valid_loss"][0]))

    @exercise.misconception
    def smallest_of_the_last_five(record):
        """The smallest validation loss is looked for in the last five passes alone. It is the smallest of all passes:
        where the loss began to rise long ago, it lies before these."""
        return diagnosis(record, tests=_gap_or(lambda r: _last(r, "valid_loss") > 1.5 * r["valid_loss"][-5:].min()))

    @exercise.misconception
    def rise_of_the_training_loss(record):
        """It is the training loss whose rise is looked at. The one that rises while the training data are learnt by
        heart is the validation loss."""
        return diagnosis(record, tests=_gap_or(lambda r: _last(r, "train_loss") > 1.5 * r["train_loss"].min()))

    @exercise.misconception
    def leaves_out_the_last_pass(record):
        """The last pass of all is left out of the mean: [-5:-1] ends before it, and so does [-6:-1]. The last five are
        [-5:]."""
        return diagnosis(record | {name: record[name][:-1] for name in CURVES}, last=4)
