"""Wrong answers to early_stopping."""

import numpy as np


def _better(state, loss, min_delta):
    if state is None:
        return True
    if np.isnan(state["best"]):
        return not np.isnan(loss)
    return loss < state["best"] - min_delta


def _copies(weights):
    return [np.array(w) for w in weights]


def early_stopping__no_copy(state, loss, weights, patience, min_delta=0.0):
    """Keeps the list itself, whose arrays go on changing."""
    if _better(state, loss, min_delta):
        return {"best": loss, "weights": weights, "waited": 0}, False
    new = {**state, "waited": state["waited"] + 1}
    return new, new["waited"] >= patience


def early_stopping__shallow(state, loss, weights, patience, min_delta=0.0):
    """Copies the list and not the arrays in it."""
    if _better(state, loss, min_delta):
        return {"best": loss, "weights": weights.copy(), "waited": 0}, False
    new = {**state, "waited": state["waited"] + 1}
    return new, new["waited"] >= patience


def early_stopping__one_late(state, loss, weights, patience, min_delta=0.0):
    """Stops when waited exceeds patience, a pass too late."""
    if _better(state, loss, min_delta):
        return {"best": loss, "weights": _copies(weights), "waited": 0}, False
    new = {**state, "waited": state["waited"] + 1}
    return new, new["waited"] > patience


def early_stopping__equal_counts(state, loss, weights, patience, min_delta=0.0):
    """An equal loss counts as an improvement."""
    if _better(state, loss, min_delta) or loss <= state["best"] - min_delta:
        return {"best": loss, "weights": _copies(weights), "waited": 0}, False
    new = {**state, "waited": state["waited"] + 1}
    return new, new["waited"] >= patience


def early_stopping__no_reset(state, loss, weights, patience, min_delta=0.0):
    """Does not set waited back to 0 after an improvement."""
    waited = 0 if state is None else state["waited"]
    if _better(state, loss, min_delta):
        return {"best": loss, "weights": _copies(weights), "waited": waited}, waited >= patience
    new = {**state, "waited": waited + 1}
    return new, new["waited"] >= patience


def early_stopping__ignores_min_delta(state, loss, weights, patience, min_delta=0.0):
    """Forgets min_delta."""
    if _better(state, loss, 0.0):
        return {"best": loss, "weights": _copies(weights), "waited": 0}, False
    new = {**state, "waited": state["waited"] + 1}
    return new, new["waited"] >= patience


def early_stopping__creeping_best(state, loss, weights, patience, min_delta=0.0):
    """Lowers best also by improvements that are too small to count."""
    if _better(state, loss, min_delta):
        return {"best": loss, "weights": _copies(weights), "waited": 0}, False
    new = {**state, "best": float(np.fmin(state["best"], loss)), "waited": state["waited"] + 1}
    return new, new["waited"] >= patience


def early_stopping__changes_state(state, loss, weights, patience, min_delta=0.0):
    """Changes the dict that was given and returns it."""
    if state is None:
        return {"best": loss, "weights": _copies(weights), "waited": 0}, False
    if _better(state, loss, min_delta):
        state["best"], state["weights"], state["waited"] = loss, _copies(weights), 0
    else:
        state["waited"] += 1
    return state, state["waited"] >= patience


def early_stopping__nan_stays(state, loss, weights, patience, min_delta=0.0):
    """A first loss that is NaN stays the best for ever, since nothing is below it."""
    if state is None or loss < state["best"] - min_delta:
        return {"best": loss, "weights": _copies(weights), "waited": 0}, False
    new = {**state, "waited": state["waited"] + 1}
    return new, new["waited"] >= patience


def early_stopping__nan_improves(state, loss, weights, patience, min_delta=0.0):
    """Asks whether the loss is not at least the old one, which is true of NaN."""
    if state is None or not (loss >= state["best"] - min_delta):
        return {"best": loss, "weights": _copies(weights), "waited": 0}, False
    new = {**state, "waited": state["waited"] + 1}
    return new, new["waited"] >= patience


def early_stopping__latest_weights(state, loss, weights, patience, min_delta=0.0):
    """Keeps the weights of every pass, not those of the best."""
    if _better(state, loss, min_delta):
        return {"best": loss, "weights": _copies(weights), "waited": 0}, False
    new = {"best": state["best"], "weights": _copies(weights), "waited": state["waited"] + 1}
    return new, new["waited"] >= patience


def early_stopping__wrong_side(state, loss, weights, patience, min_delta=0.0):
    """Adds min_delta to the best instead of subtracting it."""
    if _better(state, loss, -min_delta):
        return {"best": loss, "weights": _copies(weights), "waited": 0}, False
    new = {**state, "waited": state["waited"] + 1}
    return new, new["waited"] >= patience


def early_stopping__creeps_w(state, loss, weights, patience, min_delta=0.0):
    """Best and weights follow every loss below the best, also within min_delta."""
    if state is None:
        return ({"best": loss, "weights": [w.copy() for w in weights], "waited": 0}, False)
    new = dict(state)
    improved = np.isnan(state["best"]) or state["best"] - loss > min_delta
    if np.isnan(state["best"]) or loss < state["best"]:
        new["best"] = loss
        new["weights"] = [w.copy() for w in weights]
    new["waited"] = 0 if improved else state["waited"] + 1
    return (new, bool(new["waited"] >= patience))


def early_stopping__nan_ignored(state, loss, weights, patience, min_delta=0.0):
    """A loss of NaN is not counted as a pass."""
    if state is not None and np.isnan(loss):
        return (dict(state), state["waited"] >= patience)
    if state is None or np.isnan(state["best"]) or loss < state["best"] - min_delta:
        return ({"best": loss, "weights": [w.copy() for w in weights], "waited": 0}, False)
    return ({**state, "waited": state["waited"] + 1}, state["waited"] + 1 >= patience)
