"""Right answers to find_fault."""

import numpy as np


def find_fault__rule_after_rule(run):
    norms = np.asarray(run["grad_norms"])
    for layer, out in enumerate(run["outputs"]):
        if np.mean(np.abs(out) > 0.99) > 0.5:
            return layer, "saturated"
    for layer, out in enumerate(run["outputs"]):
        if np.max(np.abs(out)) < 1e-3:
            return layer, "silent"
    cliffs = np.flatnonzero(norms[:-1] < 1e-4 * norms[1:])
    if len(cliffs):
        return int(cliffs[-1]), "blocked"
    return None, "healthy"


def find_fault__forward_then_backward(run):
    size = np.array([np.sqrt(np.mean(o**2)) for o in run["outputs"]])
    beyond = np.array([np.mean((o > 0.99) | (o < -0.99)) for o in run["outputs"]])
    if beyond.max() > 0.5:
        return int(beyond.argmax()), "saturated"
    if size.min() < 1e-4:
        return int(np.argmax(size < 1e-4)), "silent"
    norms = run["grad_norms"]
    for layer in reversed(range(len(norms) - 1)):
        if norms[layer] < 1e-4 * norms[layer + 1]:
            return layer, "blocked"
    return None, "healthy"


def find_fault__one_pass_each(run):
    outputs, norms = run["outputs"], list(run["grad_norms"])
    silent = [i for i, o in enumerate(outputs) if np.median(np.abs(o)) < 1e-4]
    saturated = [i for i, o in enumerate(outputs) if np.median(np.abs(o)) > 0.99]
    blocked = [i for i in range(len(norms) - 1) if norms[i] < 1e-5 * norms[i + 1]]
    if saturated:
        return min(saturated), "saturated"
    if silent:
        return min(silent), "silent"
    if blocked:
        return max(blocked), "blocked"
    return None, "healthy"


def find_fault__ratios_of_logs(run):
    spread = np.log10([np.std(o) + 1e-300 for o in run["outputs"]])
    extreme = [np.count_nonzero(np.abs(o) > 0.99) / o.size for o in run["outputs"]]
    drops = np.diff(np.concatenate([[0.0], spread]))
    if max(extreme) > 0.6:
        return extreme.index(max(extreme)), "saturated"
    if drops.min() < -3:
        return int(drops.argmin()), "silent"
    with np.errstate(divide="ignore"):
        rises = np.diff(np.log10(np.asarray(run["grad_norms"], dtype=float)))
    if len(rises) and rises.max() > 4:
        return int(rises.argmax()), "blocked"
    return None, "healthy"


def find_fault__next_with_default(run):
    layers = range(len(run["outputs"]))
    level = [float(np.mean(np.abs(o))) for o in run["outputs"]]
    norms = run["grad_norms"]
    first_saturated = next((i for i in layers if (np.abs(run["outputs"][i]) > 0.99).mean() > 0.5), None)
    first_silent = next((i for i in layers if level[i] < 1e-4), None)
    last_blocked = next((i for i in reversed(layers[:-1]) if norms[i] < 1e-4 * norms[i + 1]), None)
    if first_saturated is not None:
        return first_saturated, "saturated"
    if first_silent is not None:
        return first_silent, "silent"
    return (last_blocked, "blocked") if last_blocked is not None else (None, "healthy")
