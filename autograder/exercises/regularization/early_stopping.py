"""Early stopping, pass by pass: the best weights so far, and how long there has been nothing better."""

import numpy as np

from autograder.domain import Arrays, Given, Number
from autograder.draw import either_sign
from autograder.exercise import Call, Exercise
from autograder.exercises.regularization._stopping_mistakes import add_memory_mistakes, add_nan_mistakes


def early_stopping(state, loss, weights, patience, min_delta=0.0):
    if state is None or np.isnan(state["best"]) or loss < state["best"] - min_delta:
        state = {"best": loss, "weights": [np.array(w) for w in weights], "waited": 0}
    else:
        state = {**state, "waited": state["waited"] + 1}
    return state, state["waited"] >= patience


def _some_state(rng, others):
    """The loss is an improvement on it: only then do the weights matter."""
    return _state(rng, best=round(others["loss"] + rng.uniform(0.3, 0.6), 3), waited=1)


exercise = Exercise(
    name="early_stopping",
    unit="regularization",
    points=3,
    reference=early_stopping,
    takes={
        "state": Given(_some_state, kept=True),
        "loss": Number(0.2, 1.8),
        "weights": Arrays(integers=False),
        "patience": Number(2, 5, corners=(1,), says="at least 1"),
        "min_delta": Number(0.05, 0.2, corners=(0.0,), says="at least 0"),
    },
    returns=("state", "stop"),
    new=True,
    hints=(
        "With what is the new loss compared: with that of the pass before, or with the best of all?",
        "Which numbers does an improvement change, and which does a pass without one?",
        "Training goes on changing the arrays in weights. What then happens to a list that holds these very arrays?",
    ),
    part="core",
    minutes=10,
    difficulty=2,
    reasoning=(
        "The best loss, not the last one, is what a pass has to beat, and the stop comes patience passes after it: so "
        "its weights have to be kept, as copies. A comparison with NaN is never true, so that a loss of NaN counts as "
        "none."
    ),
)


def _weights(rng):
    return [either_sign(rng, (2, 3)), either_sign(rng, (3,))]


def _state(rng, best=None, waited=0):
    best = round(rng.uniform(0.8, 1.2), 3) if best is None else best
    return {"best": best, "weights": _weights(rng), "waited": waited}


def _call(rng, state, loss, patience, told, min_delta=0.0):
    inputs = {"state": state, "loss": loss, "weights": _weights(rng), "patience": patience, "min_delta": min_delta}
    return Call(inputs, told)


@exercise.case("the first pass")
def first_pass(rng):
    loss = round(rng.uniform(1.0, 3.0), 3)
    return [
        _call(rng, None, loss, int(rng.integers(2, 5)), "a number"),
        _call(rng, None, -loss, 1, "a negative loss, and a patience of 1"),
        _call(rng, None, loss, 3, "with a min_delta", 0.1),
    ]


@exercise.case("an improvement, after some passes without one")
def improvement(rng):
    state = _state(rng, waited=2)
    return _call(rng, state, round(state["best"] - rng.uniform(0.1, 0.3), 3), 3, "").inputs


@exercise.case("a pass that is worse, with patience left")
def worse(rng):
    state = _state(rng, waited=2)
    return _call(rng, state, round(state["best"] + rng.uniform(0.1, 0.3), 3), 6, "").inputs


@exercise.case("patience runs out, or is about to")
def runs_out(rng):
    patience = int(rng.integers(3, 6))
    calls = []
    for waited, told in ((patience - 1, "the last pass"), (patience - 2, "the last but one")):
        state = _state(rng, waited=waited)
        calls.append(_call(rng, state, round(state["best"] + rng.uniform(0.1, 0.3), 3), patience, told))
    state = _state(rng, waited=0)
    return [*calls, _call(rng, state, state["best"] + 0.2, 1, "a patience of 1")]


@exercise.case("the same loss as the best")
def equal(rng):
    state = _state(rng, waited=1)
    return _call(rng, state, state["best"], 4, "").inputs


@exercise.case("better by less than min_delta, and by more")
def min_deltas(rng):
    delta = round(rng.uniform(0.1, 0.2), 3)
    losses = {"by half of it": -0.5 * delta, "by twice as much": -2 * delta, "worse by half of it": 0.5 * delta}
    calls = []
    for told, change in losses.items():
        state = _state(rng, best=round(rng.uniform(2.0, 3.0), 3), waited=1)
        calls.append(_call(rng, state, state["best"] + change, 4, told, delta))
    state = _state(rng, best=int(rng.integers(5, 12)) / 4, waited=1)  # the difference is exact
    return [*calls, _call(rng, state, state["best"] - 0.125, 4, "by just as much", 0.125)]


@exercise.case("a loss of NaN")
def nan(rng):
    return [
        _call(rng, _state(rng, waited=1), np.nan, 3, "after a number"),
        _call(rng, None, np.nan, 3, "in the first pass"),
        _call(rng, _state(rng, best=np.nan, waited=1), 5.0, 3, "a number after NaN"),
    ]


@exercise.case("negative losses, such as a log likelihood with its sign turned, and a best loss of 0")
def negative(rng):
    better, worse = (_state(rng, best=-round(rng.uniform(1.0, 2.0), 3), waited=1) for _ in range(2))
    return [
        _call(rng, better, 1.5 * better["best"], 4, "better", 0.1),
        _call(rng, worse, 0.5 * worse["best"], 4, "worse", 0.1),
        _call(rng, _state(rng, best=0.0, waited=1), round(rng.uniform(0.2, 0.5), 3), 4, "worse than 0", 0.1),
    ]


def _update(state, loss, weights, patience, is_better, stops=None, **changed):
    """One pass, with another rule for what is better or for when to stop, or other values in the state."""
    if state is None or is_better(loss, state["best"]):
        state = {"best": loss, "weights": [np.array(w) for w in weights], "waited": 0}
    else:
        state = {**state, "waited": state["waited"] + 1}
    state |= {name: change(state) for name, change in changed.items()}
    return state, (state["waited"] >= patience if stops is None else stops(state["waited"], patience))


def _below(min_delta):
    """The right rule."""
    return lambda loss, best: np.isnan(best) or loss < best - min_delta


@exercise.misconception("ES1")
def compares_with_the_last(state, loss, weights, patience, min_delta=0.0):
    """The loss of every pass becomes the best, so that the next one has only to beat the last. It has to beat the best
    of all."""
    new, stop = early_stopping(state, loss, weights, patience, min_delta)
    return {**new, "best": loss}, stop


@exercise.misconception("ES2")
def stops_at_the_first_rise(state, loss, weights, patience, min_delta=0.0):
    """Training stops with the first pass that is no improvement. It has patience: so many passes may go by."""
    return _update(state, loss, weights, patience, _below(min_delta), lambda waited, patience: waited > 0)


@exercise.misconception("ES3a")
def one_pass_late(state, loss, weights, patience, min_delta=0.0):
    """Training stops when waited is above patience, one pass late. It stops when waited reaches it."""
    return _update(state, loss, weights, patience, _below(min_delta), lambda waited, patience: waited > patience)


@exercise.misconception("ES3b")
def one_pass_early(state, loss, weights, patience, min_delta=0.0):
    """Training stops one pass early, when one more could be waited for."""
    return _update(state, loss, weights, patience, _below(min_delta), lambda waited, patience: waited >= patience - 1)


@exercise.misconception("ES4")
def keeps_the_last_weights(state, loss, weights, patience, min_delta=0.0):
    """The weights of every pass are kept, so that in the end they are those of the last one. Keep those of the best."""
    new, stop = early_stopping(state, loss, weights, patience, min_delta)
    return {**new, "weights": [np.array(w) for w in weights]}, stop


@exercise.misconception("ES5")
def keeps_references(state, loss, weights, patience, min_delta=0.0):
    """The state holds the very arrays of weights, which training will change, perhaps in a list of its own. Copy each
    array."""
    new, stop = early_stopping(state, loss, weights, patience, min_delta)
    return ({**new, "weights": weights} if new["waited"] == 0 else new), stop


@exercise.misconception("ES6")
def min_delta_on_the_other_side(state, loss, weights, patience, min_delta=0.0):
    """min_delta is added to the best, so that a loss that is a little worse counts as an improvement. It has to be
    below the best by more than min_delta."""
    return _update(state, loss, weights, patience, lambda loss, best: np.isnan(best) or loss < best + min_delta)


@exercise.misconception("ES7")
def looks_for_the_highest(state, loss, weights, patience, min_delta=0.0):
    """The highest loss counts as the best, as it would for an accuracy. Here lower is better."""
    return _update(state, loss, weights, patience, lambda loss, best: np.isnan(best) or loss > best + min_delta)


@exercise.misconception("ES8a")
def nan_is_better(state, loss, weights, patience, min_delta=0.0):
    """A loss of NaN counts as an improvement, so that the weights of a run that has diverged are kept. Write the
    comparison such that NaN makes it false."""
    return _update(state, loss, weights, patience, lambda loss, best: not loss >= best - min_delta)


@exercise.misconception("ES8b")
def never_leaves_nan(state, loss, weights, patience, min_delta=0.0):
    """Once the best is NaN, no number is ever better: comparisons with NaN are false. Any number is better than NaN."""
    return _update(state, loss, weights, patience, lambda loss, best: loss < best - min_delta)


@exercise.misconception
def equal_is_better(state, loss, weights, patience, min_delta=0.0):
    """A loss that is the same as the best counts as an improvement, so that a curve that no longer moves never stops
    training. It has to be below."""
    return _update(state, loss, weights, patience, lambda loss, best: np.isnan(best) or loss <= best - min_delta)


@exercise.misconception
def enough_is_min_delta(state, loss, weights, patience, min_delta=0.0):
    """With a min_delta, a loss that is better by just as much counts as an improvement. It has to be better by more."""

    def is_better(loss, best):
        return np.isnan(best) or loss < best - min_delta or (min_delta > 0 and loss == best - min_delta)

    return _update(state, loss, weights, patience, is_better)


@exercise.misconception
def best_of_zero_is_none(state, loss, weights, patience, min_delta=0.0):
    """A best loss of 0 is taken for none at all, as `best or infinity` does: the next loss is an improvement on it,
    whatever it is. Ask whether state is None."""
    return early_stopping(state if state and state["best"] else None, loss, weights, patience, min_delta)


@exercise.misconception
def min_delta_unused(state, loss, weights, patience, min_delta=0.0):
    """min_delta is not used: any loss below the best counts."""
    return _update(state, loss, weights, patience, _below(0.0))


@exercise.misconception
def relative_min_delta(state, loss, weights, patience, min_delta=0.0):
    """min_delta is taken as a share of the best. It is a difference of losses."""
    return _update(state, loss, weights, patience, lambda loss, best: np.isnan(best) or loss < best * (1 - min_delta))


@exercise.misconception
def any_change_counts(state, loss, weights, patience, min_delta=0.0):
    """The size of the change is compared with min_delta, so that a loss that is much worse counts as an improvement,
    too."""
    return _update(state, loss, weights, patience, lambda loss, best: np.isnan(best) or abs(best - loss) > min_delta)


@exercise.misconception
def waited_is_not_set_back(state, loss, weights, patience, min_delta=0.0):
    """After an improvement, waited goes on from where it was. It counts the passes since the best one: set it to 0."""
    before = 0 if state is None else state["waited"]
    new, _ = early_stopping(state, loss, weights, patience, min_delta)
    new = new if new["waited"] else {**new, "waited": before}
    return new, new["waited"] >= patience


@exercise.misconception
def waited_begins_at_one(state, loss, weights, patience, min_delta=0.0):
    """An improvement sets waited to 1. No pass has gone by since: it is 0."""
    return _update(
        state, loss, weights, patience, _below(min_delta), waited=lambda state: state["waited"] or 1
    )  # fmt: skip


@exercise.misconception
def counts_every_pass(state, loss, weights, patience, min_delta=0.0):
    """waited counts improvements, too. It is 0 with each of them."""
    new, _ = early_stopping(state, loss, weights, patience, min_delta)
    new = {**new, "waited": 1 + (-1 if state is None else state["waited"])}
    return new, new["waited"] >= patience


@exercise.misconception
def waits_in_vain(state, loss, weights, patience, min_delta=0.0):
    """waited stays as it is when there is no improvement, so that training never stops. Add 1."""
    return _update(
        state, loss, weights, patience, _below(min_delta),
        waited=lambda new: 0 if state is None or new["waited"] == 0 else state["waited"],
    )  # fmt: skip


@exercise.misconception
def best_is_not_lowered(state, loss, weights, patience, min_delta=0.0):
    """The best loss stays that of the first pass, so that later ones have too little to beat. An improvement is the new
    best."""
    return _update(
        state, loss, weights, patience, _below(min_delta), best=lambda new: loss if state is None else state["best"]
    )


@exercise.misconception
def best_creeps(state, loss, weights, patience, min_delta=0.0):
    """The best is lowered by every loss below it, also by one that is better by less than min_delta and does not count:
    many small improvements then never add up to one. It changes with its weights alone."""
    new, stop = early_stopping(state, loss, weights, patience, min_delta)
    return {**new, "best": min(new["best"], loss) if loss == loss else new["best"]}, stop


@exercise.misconception
def best_less_min_delta(state, loss, weights, patience, min_delta=0.0):
    """min_delta is subtracted from the best that is stored, and then once more in every comparison. Store the loss
    itself."""
    new, stop = early_stopping(state, loss, weights, patience, min_delta)
    return ({**new, "best": loss - min_delta} if new["waited"] == 0 else new), stop


@exercise.misconception
def changes_the_state(state, loss, weights, patience, min_delta=0.0):
    """The state that was given is changed. Return a new dict, and leave the old one as it was."""
    new, stop = early_stopping(state, loss, weights, patience, min_delta)
    if state is not None:
        state.update(new)
        new = state
    return new, stop


@exercise.misconception
def says_go_on(state, loss, weights, patience, min_delta=0.0):
    """The answer is the opposite: True as long as training may go on. It is to be True when it stops."""
    new, stop = early_stopping(state, loss, weights, patience, min_delta)
    return new, not stop


@exercise.misconception
def says_whether_it_improved(state, loss, weights, patience, min_delta=0.0):
    """Whether there was an improvement is returned, in place of whether to stop."""
    new, _ = early_stopping(state, loss, weights, patience, min_delta)
    return new, new["waited"] == 0


@exercise.misconception
def stop_comes_first(state, loss, weights, patience, min_delta=0.0):
    """stop is returned before the state. First the state, then stop."""
    return early_stopping(state, loss, weights, patience, min_delta)[::-1]


add_memory_mistakes(exercise, early_stopping)
add_nan_mistakes(exercise, early_stopping)


@exercise.misconception
def first_pass_is_compared_with_zero(state, loss, weights, patience, min_delta=0.0):
    """The best begins at 0, so that the first pass is no improvement. It is the best so far, whatever its loss."""
    if state is None:
        state = {"best": 0.0, "weights": [np.array(w) for w in weights], "waited": 0}
    return early_stopping(state, loss, weights, patience, min_delta)


@exercise.equivalent
def from_infinity(state, loss, weights, patience, min_delta=0.0):
    best = float("inf") if state is None or np.isnan(state["best"]) else state["best"]
    if state is None or loss < best - min_delta:
        return dict(best=loss, weights=[np.copy(w) for w in weights], waited=0), False
    waited = state["waited"] + 1
    return dict(best=state["best"], weights=state["weights"], waited=waited), waited >= patience


@exercise.equivalent
def stops_when_equal(state, loss, weights, patience, min_delta=0.0):
    new, _ = early_stopping(state, loss, weights, patience, min_delta)
    return new, new["waited"] == patience


@exercise.equivalent
def deep_copies(state, loss, weights, patience, min_delta=0.0):
    new = {"best": loss, "weights": [1.0 * w for w in weights], "waited": 0}
    if state is not None and not (state["best"] - loss > min_delta or state["best"] != state["best"]):
        new = {"best": state["best"], "weights": [w.copy() for w in state["weights"]], "waited": state["waited"] + 1}
    return new, bool(new["waited"] >= patience)
