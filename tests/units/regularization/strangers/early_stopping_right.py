"""Right answers to early_stopping."""

import copy

import numpy as np


def early_stopping__plain(state, loss, weights, patience, min_delta=0.0):
    first = state is None
    if first or loss < state["best"] - min_delta or (np.isnan(state["best"]) and not np.isnan(loss)):
        return {"best": loss, "weights": [w.copy() for w in weights], "waited": 0}, False
    waited = state["waited"] + 1
    return {
        "best": state["best"],
        "weights": [w.copy() for w in state["weights"]],
        "waited": waited,
    }, waited >= patience


def early_stopping__deepcopy(state, loss, weights, patience, min_delta=0.0):
    new = copy.deepcopy(state) if state is not None else {"best": float("nan"), "weights": None, "waited": -1}
    was_nan, is_nan = new["best"] != new["best"], loss != loss
    if state is None or (was_nan and not is_nan) or (not was_nan and not is_nan and new["best"] - loss > min_delta):
        new["best"], new["weights"], new["waited"] = loss, copy.deepcopy(weights), 0
    else:
        new["waited"] += 1
    return new, bool(new["waited"] >= patience)


def early_stopping__nan_as_infinite(state, loss, weights, patience, min_delta=0.0):
    if state is None:
        improved = True
    else:
        old = (1, 0.0) if np.isnan(state["best"]) else (0, state["best"] - min_delta)
        improved = ((1, 0.0) if np.isnan(loss) else (0, loss)) < old
    new = dict(best=loss, weights=[np.array(w, copy=True) for w in weights], waited=0) if improved else dict(state)
    if not improved:
        new["waited"] = state["waited"] + 1
    return new, True if new["waited"] == patience else False


def early_stopping__unpacks(state, loss, weights, patience, min_delta=0.0):
    if state is None:
        best, kept, waited = loss, weights, 0
    else:
        best, kept, waited = state["best"], state["weights"], state["waited"] + 1
        if np.isnan(best):
            better = not np.isnan(loss)
        else:
            better = bool(loss < best - min_delta)
        if better:
            best, kept, waited = loss, weights, 0
    return {"best": best, "weights": [np.array(k) for k in kept], "waited": waited}, waited >= patience
