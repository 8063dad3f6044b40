"""Right answers to batchnorm_backward."""

import numpy as np


def batchnorm_backward__loops(dout, cache):
    """Entry by entry."""
    xhat, gamma, inv_std = cache
    n, c = dout.shape
    dx, dgamma, dbeta = np.zeros((n, c)), np.zeros(c), np.zeros(c)
    for j in range(c):
        for i in range(n):
            dbeta[j] += dout[i, j]
            dgamma[j] += dout[i, j] * xhat[i, j]
        for i in range(n):
            dx[i, j] = gamma[j] * inv_std[j] * (dout[i, j] - dbeta[j] / n - xhat[i, j] * dgamma[j] / n)
    return dx, dgamma, dbeta


def batchnorm_backward__pieces(dout, cache):
    """The graph of the lesson, one node after the other, with c = xhat / s, ds, dvar and dmu."""
    xhat, gamma, s = cache
    n = len(xhat)
    c = xhat / s
    dxhat = gamma * dout
    ds = (dxhat * c).sum(axis=0)
    dvar = -0.5 * s**3 * ds
    dc = dxhat * s + dvar * 2 * c / n
    dmu = -dc.sum(axis=0)
    return dc + dmu / n, np.sum(dout * xhat, axis=0), np.sum(dout, axis=0)


def batchnorm_backward__jacobian(dout, cache):
    """The whole (N, N) Jacobian of each column, by a matrix product."""
    xhat, gamma, inv_std = cache
    n = xhat.shape[0]
    columns = []
    for h, g, s, d in zip(xhat.T, gamma, inv_std, dout.T, strict=True):
        jacobian = g * s * (np.eye(n) - np.full((n, n), 1 / n) - np.outer(h, h) / n)
        columns.append(jacobian.T @ d)
    return np.column_stack(columns), np.einsum("nc,nc->c", dout, xhat), np.ones(n) @ dout


def batchnorm_backward__n_in_front(dout, cache):
    """With N times dxhat, and the whole divided by N at the end."""
    xhat, gamma, inv_std = cache
    n = np.float64(dout.shape[0])
    dbeta = np.add.reduce(dout, axis=0)
    dgamma = np.diag(dout.T @ xhat).copy()
    return (gamma * inv_std / n) * (n * dout - dbeta - xhat * dgamma), dgamma, dbeta
