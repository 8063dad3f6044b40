"""Right answers to layernorm_forward."""

import math

import numpy as np


def layernorm_forward__loops(x, gamma, beta, eps=1e-5):
    """Plain loops over samples and features."""
    n, d = x.shape
    out, xhat, inv_std = np.empty((n, d)), np.empty((n, d)), np.empty((n, 1))
    for i in range(n):
        row = [float(v) for v in x[i]]
        mean = sum(row) / d
        var = sum((v - mean) ** 2 for v in row) / d
        inv_std[i, 0] = 1 / math.sqrt(var + eps)
        for j in range(d):
            xhat[i, j] = (row[j] - mean) * inv_std[i, 0]
            out[i, j] = gamma[j] * xhat[i, j] + beta[j]
    return out, (xhat, gamma, inv_std)


def _batchnorm_forward(x, gamma, beta, state, training, eps=1e-5, momentum=0.9):
    mean, var = (x.mean(axis=0), x.var(axis=0)) if training else (state["mean"], state["var"])
    inv_std = 1 / np.sqrt(var + eps)
    xhat = (x - mean) * inv_std
    return gamma * xhat + beta, (xhat, gamma, inv_std), state


def layernorm_forward__turned(x, gamma, beta, eps=1e-5):
    """Batch norm of the transposed array without scale and shift, turned back, and then scaled and shifted."""
    n = x.shape[0]
    xhat, (_, _, inv_std), _ = _batchnorm_forward(x.T, np.ones(n), np.zeros(n), {}, True, eps)
    xhat = xhat.T
    return xhat * gamma + beta, (xhat, gamma, inv_std[:, None])


def layernorm_forward__projection(x, gamma, beta, eps=1e-5):
    """Centred by a projection matrix; the variance by einsum; a list of floats as gamma's copy in the cache."""
    d = x.shape[1]
    c = x @ (np.eye(d) - np.ones((d, d)) / d)
    inv_std = ((np.einsum("nd,nd->n", c, c) / d + eps) ** -0.5).reshape(-1, 1)
    xhat = c * inv_std
    return np.add(np.multiply(xhat, gamma), beta), (xhat, np.array(gamma, dtype=float), inv_std)


def layernorm_forward__stacked_rows(x, gamma, beta, eps=1e-5):
    """One row at a time by np.average, collected in lists; the division by the standard deviation in place of a product."""
    xhats, stds = [], []
    for row in np.array(x, dtype=np.float64):
        row -= np.average(row)
        stds.append([np.sqrt(np.average(np.square(row)) + eps)])
        xhats.append(row / stds[-1][0])
    xhat = np.stack(xhats)
    return beta + xhat @ np.diag(gamma), (xhat, gamma, np.reciprocal(np.array(stds)))
