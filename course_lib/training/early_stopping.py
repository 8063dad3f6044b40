"""Early stopping: end the training when the validation loss no longer falls, and go back to the best parameters."""

from copy import deepcopy
from dataclasses import dataclass, field

import numpy as np

from course_lib._arguments.numbers import NOT_NEGATIVE, integer, number
from course_lib._arguments.objects import choice


@dataclass
class EarlyStopping:
    """Stop after ``patience`` evaluations in a row that did not improve on the best (Prechelt 1998).

    An evaluation improves when it is below best - min_delta; NaN never is. Prechelt's criterion UP_s counts rises
    against the previous evaluation instead. Keras's ``EarlyStopping`` counts as this one does, and has
    ``restore_best_weights``, by default off; PyTorch has no such class.

    As a callback of ``course_lib.training.fit`` it watches ``monitor`` after every epoch, and puts the best parameters
    back when it stops the training or the loss is no longer finite. When the epochs run out first,
    ``restore(network)`` does so. Use a new object for every training.

    Parameters
    ----------
    patience : int, at least 1
    min_delta : float, at least 0: the least improvement that counts, in the units of the loss
    monitor : "test_loss" or "train_loss", the entry of the history that the callback watches. ``fit`` calls its
        held-out data ``test``; data that decide when to stop are validation data: keep others for the final test

    Attributes
    ----------
    best : float, the lowest value so far, infinite before the first
    best_params : a copy of what ``update`` was given at that value, or None before the first; as a callback, the
        network's parameters and running statistics (``Sequential.state``)
    waited : int, the evaluations since then

    Raises
    ------
    TypeError, ValueError
        When a parameter is not a number, or lies outside its range.
    """

    patience: int
    min_delta: float = 0.0
    monitor: str = "test_loss"
    best: float = field(default=np.inf, init=False)
    best_params: object = field(default=None, init=False, repr=False)
    waited: int = field(default=0, init=False)

    def __post_init__(self):
        integer(self.patience, 1, name="patience")
        NOT_NEGATIVE(self.min_delta, name="min_delta")
        choice(self.monitor, ("test_loss", "train_loss"), name="monitor")

    def update(self, value, params) -> bool:
        """Record one evaluation.

        Parameters
        ----------
        value : float, the validation loss
        params : array, or list or dict of arrays, the parameters at that loss; copied when ``value`` improves

        Returns
        -------
        stop : bool, whether the patience is used up
        """
        value = number(value, name="value")
        # NaN compares as False, and so is no improvement
        if value < self.best - self.min_delta:
            self.best, self.best_params, self.waited = value, deepcopy(params), 0
        else:
            self.waited += 1
        return self.waited >= self.patience

    def restore(self, network) -> None:
        """Put the best parameters and running statistics back into ``network``, in place.

        Raises
        ------
        ValueError
            When no evaluation was finite, so that there are none.
        """
        if self.best_params is None:
            raise ValueError("no parameters to restore: no evaluation has been finite yet")
        network.restore(self.best_params)

    def __call__(self, run) -> None:
        """Watch a ``course_lib.training.Run``."""
        values = getattr(run.history, self.monitor)
        if run.epoch_ended and not values:
            raise ValueError(f"the history has no {self.monitor}: give fit the held-out data as test=(x, y)")
        if run.history.diverged or (run.epoch_ended and self.update(values[-1], run.network.state())):
            run.stop = True
            if self.best_params is not None:
                self.restore(run.network)
