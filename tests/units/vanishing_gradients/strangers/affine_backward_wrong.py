"""Wrong answers to affine_backward."""

import numpy as np


def affine_backward__db_mean(dout, cache):
    """The bias gradient is averaged over the batch instead of summed."""
    x, w = cache
    dx = dout @ w.T
    dw = x.T @ dout
    db = np.mean(dout, axis=0)
    return dx, dw, db


def affine_backward__divides_by_batch(dout, cache):
    """The gradients of w and b are divided by the number of samples, although dout already carries that factor."""
    x, w = cache
    N = x.shape[0]
    dw = np.dot(x.T, dout) / N
    db = np.sum(dout, axis=0) / N
    dx = np.dot(dout, w.T)
    return dx, dw, db


def affine_backward__db_keepdims(dout, cache):
    """The bias gradient comes back with shape (1, M) instead of (M,)."""
    x, w = cache
    return dout.dot(w.T), x.T.dot(dout), dout.sum(axis=0, keepdims=True)


def affine_backward__w_not_transposed(dout, cache):
    """dx multiplies dout by w instead of by w transposed, which only fits when w is square."""
    x, w = cache
    dx = dout @ w
    dw = x.T @ dout
    db = dout.sum(0)
    return dx, dw, db


def affine_backward__dw_transposed(dout, cache):
    """dw comes out transposed, as (M, D)."""
    x, w = cache
    dw = dout.T @ x
    return dout @ w.T, dw, dout.sum(axis=0)


def affine_backward__db_wrong_axis(dout, cache):
    """The bias gradient is summed over the features (axis 1) instead of over the samples."""
    x, w = cache
    dx = np.einsum("nm,dm->nd", dout, w)
    dw = np.einsum("nd,nm->dm", x, dout)
    db = np.einsum("nm->n", dout)
    return dx, dw, db


def affine_backward__returns_dw_first(dout, cache):
    """The results are returned in the order dw, dx, db."""
    x, w = cache
    dx = dout @ w.T
    dw = x.T @ dout
    db = dout.sum(axis=0)
    return dw, dx, db


def affine_backward__loop_overwrites(dout, cache):
    """The loop over the samples assigns dw and db instead of adding to them, so only the last sample counts."""
    x, w = cache
    N, D = x.shape
    M = w.shape[1]
    dx = np.zeros((N, D))
    dw = np.zeros((D, M))
    db = np.zeros(M)
    for n in range(N):
        for m in range(M):
            db[m] = dout[n, m]
            for d in range(D):
                dx[n, d] += dout[n, m] * w[d, m]
                dw[d, m] = x[n, d] * dout[n, m]
    return dx, dw, db


def affine_backward__db_scalar(dout, cache):
    """db sums over both axes and so becomes a single number."""
    x, w = cache
    dx, dw = dout @ w.T, x.T @ dout
    db = np.sum(dout)
    return dx, dw, db


def affine_backward__int_dx(dout, cache):
    """dx is written into an array made like x, so it is cut to whole numbers when x holds integers."""
    x, w = cache
    dx = np.zeros_like(x)
    for i in range(len(x)):
        dx[i] = w @ dout[i]
    dw = x.T @ dout
    db = dout.sum(axis=0)
    return dx, dw, db


def affine_backward__cache_swapped(dout, cache):
    """The cache is unpacked in the wrong order, so that x and w change places."""
    w, x = cache
    dx = dout @ w.T
    dw = x.T @ dout
    return dx, dw, dout.sum(axis=0)


def affine_backward__reshape_for_transpose(dout, cache):
    """w is reshaped to (M, D) instead of transposed, which scrambles its entries."""
    x, w = cache
    D, M = w.shape
    dx = dout @ w.reshape(M, D)
    dw = x.T @ dout
    db = np.ones(len(dout)) @ dout
    return dx, dw, db


def affine_backward__pinv_for_transpose(dout, cache):
    """dx undoes the layer with the (pseudo-)inverse of w instead of multiplying by its transpose."""
    x, w = cache
    dx = dout @ np.linalg.pinv(w)
    dw = x.T @ dout
    db = dout.sum(axis=0)
    return dx, dw, db


def affine_backward__db_not_summed(dout, cache):
    """db is dout itself, because the derivative of x @ w + b with respect to b is one; the sum over samples is missing."""
    x, w = cache
    db = 1 * dout
    return dout @ w.T, x.T @ dout, db


def affine_backward__skips_first_sample(dout, cache):
    """The loop that adds up dw and db starts at sample 1 and forgets sample 0."""
    x, w = cache
    dw = np.zeros(w.shape)
    db = np.zeros(w.shape[1])
    for n in range(1, len(x)):
        dw += np.outer(x[n], dout[n])
        db += dout[n]
    return dout @ w.T, dw, db


def affine_backward__product_of_means(dout, cache):
    """dw is N times the outer product of the mean input and the mean dout, instead of the sum of the outer products."""
    x, w = cache
    dw = len(x) * np.outer(x.mean(axis=0), dout.mean(axis=0))
    return dout @ w.T, dw, dout.sum(axis=0)


def affine_backward__with_relu(dout, cache):
    """dout is first masked with x @ w > 0, as if the layer had a ReLU at its end."""
    x, w = cache
    d = dout * (x @ w > 0)
    return d @ w.T, x.T @ d, d.sum(axis=0)


def affine_backward__bias_row_left_in(dout, cache):
    """A column of ones is appended to x for the bias and its row is left in dw, which then has D + 1 rows."""
    x, w = cache
    ext = np.c_[x, np.ones(len(x))]
    dw = ext.T @ dout
    return dout @ w.T, dw, dw[-1]


def affine_backward__dw_from_dx(dout, cache):
    """x is overwritten by its own gradient before dw is computed from it."""
    x, w = cache
    x = dout @ w.T
    dw = x.T @ dout
    return x, dw, dout.sum(0)


def affine_backward__dict(dout, cache):
    """The three results are returned in a dict instead of as three values in order."""
    x, w = cache
    return {"dx": dout @ w.T, "dw": x.T @ dout, "db": dout.sum(axis=0)}
