"""Right answers to batchnorm_forward."""

import math

import numpy as np


def batchnorm_forward__loops(x, gamma, beta, state, training, eps=1e-5, momentum=0.9):
    """Column by column in plain Python numbers."""
    n, c = x.shape
    out, xhat, inv_std = np.empty((n, c)), np.empty((n, c)), np.empty(c)
    new = {"mean": np.empty(c), "var": np.empty(c)}
    for j in range(c):
        if training:
            column = [float(v) for v in x[:, j]]
            mean = sum(column) / n
            var = sum((v - mean) ** 2 for v in column) / n
            new["mean"][j] = momentum * float(state["mean"][j]) + (1 - momentum) * mean
            new["var"][j] = momentum * float(state["var"][j]) + (1 - momentum) * var
        else:
            mean, var = float(state["mean"][j]), float(state["var"][j])
        inv_std[j] = 1 / math.sqrt(var + eps)
        for i in range(n):
            xhat[i, j] = (float(x[i, j]) - mean) * inv_std[j]
            out[i, j] = gamma[j] * xhat[i, j] + beta[j]
    return out, (xhat, gamma, inv_std), new if training else state


def batchnorm_forward__increment(x, gamma, beta, state, training, eps=1e-5, momentum=0.9):
    """The running statistics as old + (1 - momentum) * (batch - old); the evaluation returns a copy of the state."""
    state = {key: np.array(value, dtype=float) for key, value in state.items()}
    used = state
    if training:
        used = {"mean": np.average(x, axis=0), "var": np.var(x, axis=0)}
        state = {key: old + (1 - momentum) * (used[key] - old) for key, old in state.items()}
    inv_std = (used["var"] + eps) ** -0.5
    xhat = inv_std * x - inv_std * used["mean"]
    return xhat * gamma + beta, (xhat, np.array(gamma, dtype=float), inv_std), state


def batchnorm_forward__einsum(x, gamma, beta, state, training, eps=1e-5, momentum=0.9):
    """einsum for the sums, and np.where to choose between batch and running statistics."""
    x = np.asarray(x, dtype=float)
    mean = np.einsum("nc->c", x) / x.shape[0]
    centred = x - mean
    var = np.einsum("nc,nc->c", centred, centred) / x.shape[0]
    use_mean, use_var = np.where(training, mean, state["mean"]), np.where(training, var, state["var"])
    keep = momentum if training else 1.0
    new = {"mean": keep * state["mean"] + (1 - keep) * mean, "var": keep * state["var"] + (1 - keep) * var}
    inv_std = np.reciprocal(np.sqrt(use_var + eps))
    xhat = (x - use_mean) / np.sqrt(use_var + eps)
    out = np.einsum("c,nc->nc", gamma, xhat) + beta
    return out, (xhat, gamma, inv_std), new


def batchnorm_forward__transposed(x, gamma, beta, state, training, eps=1e-5, momentum=0.9):
    """Works on x.T with keepdims, in long double."""
    rows = x.T.astype(np.longdouble)
    if training:
        mean = rows.sum(axis=1, keepdims=True) / rows.shape[1]
        var = ((rows - mean) ** 2).sum(axis=1, keepdims=True) / rows.shape[1]
        old = np.stack([state["mean"], state["var"]]) * momentum
        old = old + (1 - momentum) * np.hstack([mean, var]).T
        state = dict(mean=old[0].astype(float), var=old[1].astype(float))
    else:
        mean, var = np.reshape(state["mean"], (-1, 1)), np.reshape(state["var"], (-1, 1))
    s = 1 / np.sqrt(var + eps)
    xhat = ((rows - mean) * s).T.astype(float)
    return np.multiply(xhat, gamma) + beta, (xhat, gamma, np.ravel(s).astype(float)), state
