"""What goes wrong in early stopping with what is remembered, and with losses of NaN."""

from collections.abc import Callable

import numpy as np

from autograder.exercise import Exercise


def add_memory_mistakes(exercise: Exercise, right: Callable):
    """The best, its weights and the passes since do not belong together."""

    @exercise.misconception
    def best_and_weights_creep(state, loss, weights, patience, min_delta=0.0):
        """Best and weights are replaced by every loss below the best, also by one that is better by less than min_delta
        and does not count: many small improvements then never add up to one. Such a pass leaves both as they are."""
        new, stop = right(state, loss, weights, patience, min_delta)
        if state is not None and loss < state["best"]:
            new = {**new, "best": loss, "weights": [np.array(w) for w in weights]}
        return new, stop

    @exercise.misconception
    def best_creeps_to_nan(state, loss, weights, patience, min_delta=0.0):
        """The best becomes min(loss, best) in every pass: also where loss is better by less than min_delta and does not
        count, and where it is NaN, which min may return. It changes with its weights alone."""
        new, stop = right(state, loss, weights, patience, min_delta)
        return {**new, "best": new["best"] if state is None else min(loss, new["best"])}, stop

    @exercise.misconception
    def weights_of_the_first_pass(state, loss, weights, patience, min_delta=0.0):
        """The weights stay those of the first pass. An improvement brings its own: with the best, they change."""
        new, stop = right(state, loss, weights, patience, min_delta)
        return (new if state is None else {**new, "weights": state["weights"]}), stop

    @exercise.misconception
    def waited_set_back_by_the_stop(state, loss, weights, patience, min_delta=0.0):
        """waited is set to 0 when training stops. It says how many passes have gone by since the best, also then."""
        new, stop = right(state, loss, weights, patience, min_delta)
        return {**new, "waited": 0 if stop else new["waited"]}, stop

    @exercise.misconception
    def waited_counts_down(state, loss, weights, patience, min_delta=0.0):
        """waited begins at patience and is counted down. It counts the passes since the best: from 0 upwards."""
        new, stop = right(state, loss, weights, patience, min_delta)
        return {**new, "waited": patience - new["waited"]}, stop

    @exercise.misconception
    def best_is_the_mean(state, loss, weights, patience, min_delta=0.0):
        """An improvement sets the best to something between the old best and the loss. It is the loss of that pass."""
        new, stop = right(state, loss, weights, patience, min_delta)
        moved = state is not None and new["waited"] == 0 and state["best"] == state["best"]
        return ({**new, "best": (state["best"] + loss) / 2} if moved else new), stop


def add_nan_mistakes(exercise: Exercise, right: Callable):
    """What a loss of NaN does that it should not."""

    @exercise.misconception
    def stops_at_nan(state, loss, weights, patience, min_delta=0.0):
        """A loss of NaN stops training at once. It is a pass without improvement, like any other."""
        new, stop = right(state, loss, weights, patience, min_delta)
        return new, bool(stop or np.isnan(loss))

    @exercise.misconception
    def stops_at_nan_after_a_number(state, loss, weights, patience, min_delta=0.0):
        """A loss of NaN stops training at once, but for the first pass. It is a pass without improvement, like any
        other."""
        new, stop = right(state, loss, weights, patience, min_delta)
        return new, bool(stop or (np.isnan(loss) and state is not None))

    @exercise.misconception
    def nan_is_not_counted(state, loss, weights, patience, min_delta=0.0):
        """A pass with a loss of NaN leaves waited as it is, as if there had been no pass. It is a pass without
        improvement: add 1."""
        if state is not None and np.isnan(loss):
            return dict(state), state["waited"] >= patience
        return right(state, loss, weights, patience, min_delta)

    @exercise.misconception
    def nan_becomes_infinity(state, loss, weights, patience, min_delta=0.0):
        """A loss of NaN in the first pass is stored as infinity. The first pass is the best so far, whatever its loss:
        best is NaN, until a number comes."""
        new, stop = right(state, loss, weights, patience, min_delta)
        return ({**new, "best": np.inf} if state is None and np.isnan(loss) else new), stop

    @exercise.misconception
    def first_pass_has_to_be_better(state, loss, weights, patience, min_delta=0.0):
        """The best begins at infinity, and the first pass has to be below it: NaN is not, and counts as a pass without
        improvement. The first pass is the best so far, whatever its loss."""
        if state is None:
            state = {"best": np.inf, "weights": [np.array(w) for w in weights], "waited": 0}
        return right(state, loss, weights, patience, min_delta)
