"""Right answers to affine_backward."""

import functools
import operator

import numpy as np


def affine_backward__matmul(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def affine_backward__einsum(dout, cache):
    x, w = cache
    dx = np.einsum("nm,dm->nd", dout, w)
    dw = np.einsum("nd,nm->dm", x, dout)
    db = np.einsum("nm->m", dout)
    return dx, dw, db


def affine_backward__loops(dout, cache):
    x, w = cache
    N, D = x.shape
    M = w.shape[1]
    dx, dw, db = np.zeros((N, D)), np.zeros((D, M)), np.zeros(M)
    for n in range(N):
        for m in range(M):
            db[m] += dout[n, m]
            for d in range(D):
                dx[n, d] += dout[n, m] * w[d, m]
                dw[d, m] += x[n, d] * dout[n, m]
    return dx, dw, db


def affine_backward__outer_per_sample(dout, cache):
    x, w = cache
    dw = functools.reduce(operator.add, (np.outer(xi, di) for xi, di in zip(x, dout)))
    dx = np.stack([w.dot(d) for d in dout])
    return dx, dw, np.ones(len(dout)) @ dout


def affine_backward__broadcast(dout, cache):
    x, w = cache
    dx = (dout[:, None, :] * w[None, :, :]).sum(-1)
    dw = (x[:, :, None] * dout[:, None, :]).sum(0)
    return dx, dw, np.add.reduce(dout)


def affine_backward__bias_as_ones_column(dout, cache):
    x, w = cache
    x1 = np.hstack([x, np.ones((x.shape[0], 1))])
    both = np.tensordot(x1, dout, axes=(0, 0))
    return np.inner(dout, w), both[:-1], both[-1]
