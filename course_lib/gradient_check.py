"""Gradient checking: a derivative that needs no derivation, to hold against one that does."""

import numpy as np


def numeric_grad(f, x, h=1e-5):
    """Central differences (f(x + h e_i) - f(x - h e_i)) / 2h for every entry of ``x``; the error is O(h**2).

    Parameters
    ----------
    f : function of an array of the shape of ``x``, returning a number
    x : array of any shape; unchanged when the function returns
    h : float, the step

    Returns
    -------
    grad : float64 array, the shape of ``x``

    References
    ----------
    Bishop 1995, Neural Networks for Pattern Recognition, eq. 4.47.
    """
    point = np.array(x, dtype=np.float64)
    grad = np.empty_like(point)
    for i in np.ndindex(point.shape):
        value = point[i]
        point[i] = value + h
        above = f(point)
        point[i] = value - h
        below = f(point)
        point[i] = value
        grad[i] = (above - below) / (2 * h)
    return grad


def rel_error(a, b, eps=1e-8):
    """Largest relative difference max |a - b| / max(|a| + |b|, eps), over all entries.

    Parameters
    ----------
    a, b : arrays of the same shape
    eps : float; where both entries are smaller, the difference counts as if they were this large

    Returns
    -------
    error : float in [0, 1]: below 1e-7 two float64 gradients agree, above 1e-2 they do not
    """
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    return float(np.max(np.abs(a - b) / np.maximum(np.abs(a) + np.abs(b), eps)))
