"""Right answers to diagnose_batchnorm."""

import math

import numpy as np


def diagnose_batchnorm__recursions(record):
    """Runs the three recursions side by side, then compares out."""
    c = len(record["gamma"])
    runs = {"fine": (0.9, np.var), "reversed": (0.1, np.var), "std": (0.9, np.std)}
    ends = {"frozen": (np.zeros(c), np.ones(c))}
    for word, (keep, spread) in runs.items():
        mean, var = np.zeros(c), np.ones(c)
        for batch in record["batches"]:
            mean, var = keep * mean + (1 - keep) * batch.mean(axis=0), keep * var + (1 - keep) * spread(batch, axis=0)
        ends[word] = mean, var
    for word in ("fine", "frozen", "reversed", "std"):
        if np.allclose(record["mean"], ends[word][0]) and np.allclose(record["var"], ends[word][1]):
            break
    if word != "fine":
        return word
    x, gamma, beta = record["x"], record["gamma"], record["beta"]
    xhat = (x - record["mean"]) / np.sqrt(record["var"] + 1e-5)
    if np.allclose(record["out"], gamma * xhat + beta):
        return "healthy"
    return "unscaled" if np.allclose(record["out"], xhat) else "batch"


def diagnose_batchnorm__nearest(record):
    """Without any tolerance: of all candidates the one that lies nearest to the record."""
    batches, x = record["batches"], record["x"]
    powers = np.arange(len(batches))[::-1]

    def running(keep, spread):
        weights = (1 - keep) * keep**powers
        return weights @ batches.mean(axis=1), keep ** len(batches) + weights @ spread

    var = batches.var(axis=1)
    states = {
        "right": running(0.9, var),
        "frozen": (np.zeros(x.shape[1]), np.ones(x.shape[1])),
        "reversed": running(0.1, var),
        "std": running(0.9, np.sqrt(var)),
    }
    recorded = np.concatenate([record["mean"], record["var"]])
    cause = min(states, key=lambda word: np.linalg.norm(recorded - np.concatenate(states[word])))
    if cause != "right":
        return cause

    def hat(mean, var):
        return (x - mean) / np.sqrt(var + 1e-5)

    outs = {
        "healthy": record["gamma"] * hat(record["mean"], record["var"]) + record["beta"],
        "batch": record["gamma"] * hat(x.mean(axis=0), x.var(axis=0)) + record["beta"],
        "unscaled": hat(record["mean"], record["var"]),
    }
    return min(outs, key=lambda word: np.abs(record["out"] - outs[word]).max())


def diagnose_batchnorm__out_first(record):
    """Looks at the evaluation first, always by the recorded statistics, and at these afterwards."""
    x, mean, var = (np.array(record[key], dtype=float) for key in ("x", "mean", "var"))
    z = (x - mean) * (var + 1e-5) ** -0.5
    if not np.allclose(record["out"], record["gamma"] * z + record["beta"], atol=1e-6):
        return "unscaled" if np.allclose(record["out"], z, atol=1e-6) else "batch"
    if not mean.any() and (var == 1).all():
        return "frozen"
    keep_means, keep_vars, stds = [0.0, 0.0], [1.0, 1.0], 1.0
    for batch in record["batches"]:
        m, v = np.mean(batch, axis=0), np.var(batch, axis=0)
        keep_means = [0.9 * keep_means[0] + 0.1 * m, 0.1 * keep_means[1] + 0.9 * m]
        keep_vars = [0.9 * keep_vars[0] + 0.1 * v, 0.1 * keep_vars[1] + 0.9 * v]
        stds = 0.9 * stds + 0.1 * np.sqrt(v)
    if np.allclose(mean, keep_means[0]):
        return "healthy" if np.allclose(var, keep_vars[0]) else "std"
    return "reversed"


def diagnose_batchnorm__plain_loops(record):
    """Plain Python numbers, one feature after the other, and a feature only rules words out."""
    words = {"frozen", "reversed", "std", "batch", "unscaled", "healthy"}

    def close(a, b):
        return math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-7)

    for j in range(len(record["gamma"])):
        state = {"right": (0.0, 1.0), "reversed": (0.0, 1.0), "std": (0.0, 1.0), "frozen": (0.0, 1.0)}
        for batch in record["batches"]:
            column = [float(v) for v in batch[:, j]]
            m = sum(column) / len(column)
            v = sum((u - m) ** 2 for u in column) / len(column)
            for word, keep, new in (("right", 0.9, v), ("reversed", 0.1, v), ("std", 0.9, math.sqrt(v))):
                old = state[word]
                state[word] = keep * old[0] + (1 - keep) * m, keep * old[1] + (1 - keep) * new
        mean, var = float(record["mean"][j]), float(record["var"][j])
        possible = {word for word, (m, v) in state.items() if close(mean, m) and close(var, v)}
        x, out = [float(v) for v in record["x"][:, j]], [float(v) for v in record["out"][:, j]]
        g, b, mx = float(record["gamma"][j]), float(record["beta"][j]), sum(x) / len(x)
        vx = sum((u - mx) ** 2 for u in x) / len(x)
        kinds = {
            "healthy": [g * (u - mean) / math.sqrt(var + 1e-5) + b for u in x],
            "unscaled": [(u - mean) / math.sqrt(var + 1e-5) for u in x],
            "batch": [g * (u - mx) / math.sqrt(vx + 1e-5) + b for u in x],
        }
        if "right" in possible:
            possible |= {word for word, want in kinds.items() if all(map(close, out, want))}
        words &= possible
    for word in ("healthy", "frozen", "reversed", "std", "batch", "unscaled"):
        if word in words:
            return word
    return "healthy"


def diagnose_batchnorm__table(record):
    """A table of candidates for the state, of the least distance."""
    T = record["batches"]
    c = record["mean"].shape

    def ends(keep, of):
        s = [np.zeros(c), np.ones(c)]
        for b in T:
            s = [keep * a + (1 - keep) * n for a, n in zip(s, (b.mean(0), of(b, axis=0)))]
        return np.concatenate(s)

    got = np.concatenate([record["mean"], record["var"]])
    table = {
        "frozen": np.concatenate([np.zeros(c), np.ones(c)]),
        "reversed": ends(0.1, np.var),
        "std": ends(0.9, np.std),
        "healthy": ends(0.9, np.var),
    }
    best = min(table, key=lambda k: np.linalg.norm(table[k] - got))
    if best != "healthy":
        return best

    def xh(m, v):
        return (record["x"] - m) / np.sqrt(v + 1e-05)

    a = xh(record["mean"], record["var"])
    b = xh(record["x"].mean(0), record["x"].var(0))
    outs = {
        "healthy": record["gamma"] * a + record["beta"],
        "unscaled": a,
        "batch": record["gamma"] * b + record["beta"],
    }
    return min(outs, key=lambda k: np.abs(outs[k] - record["out"]).max())
