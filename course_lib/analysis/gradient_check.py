"""Gradient checking: a derivative that needs no derivation, to compare with one that does."""

import numpy as np

from course_lib._arguments.arrays import as_float, not_empty, same_shape
from course_lib._arguments.numbers import POSITIVE
from course_lib._arguments.objects import function


def numeric_grad(f, x, h=1e-5):
    """Central differences (f(x + h e_i) - f(x - h e_i)) / 2h for every entry of ``x``; the error is O(h**2).

    Parameters
    ----------
    f : function of an array of the shape of ``x``, returning a number; it is called with float64 arrays of its own,
        which it may change or keep
    x : array of any shape
    h : float, positive, the step: the result is 0 where it is so small that x + h rounds to x

    Returns
    -------
    grad : float64 array, the shape of ``x``; NaN where ``f`` returned NaN

    Raises
    ------
    TypeError, ValueError
        When ``f`` does not return a number, or ``h`` is not positive.

    References
    ----------
    Bishop 1995, Neural Networks for Pattern Recognition, eq. 4.47.
    """
    f, h = function(f, name="f", form="of an array"), POSITIVE(h, name="h")
    x = as_float(x, np.float64, name="x")
    grad = np.empty_like(x)
    for i in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[i] += h
        below[i] -= h
        grad[i] = (_number(f(above)) - _number(f(below))) / (2 * h)
    return grad


def rel_error(a, b, eps=1e-8):
    """Largest relative difference max |a - b| / max(|a| + |b|, eps), over all entries.

    Parameters
    ----------
    a, b : arrays of the same shape
    eps : float, positive; where both entries are smaller, the difference counts as if they were this large

    Returns
    -------
    error : float in [0, 1]: below 1e-7 two float64 gradients agree, above 1e-2 they do not; NaN when an entry is NaN,
        or infinite in both

    Raises
    ------
    ValueError
        When the shapes differ, there are no entries, or ``eps`` is not positive.
    """
    a = not_empty(as_float(a, np.float64, name="a"), name="a")
    b, eps = same_shape(b, a.shape, np.float64, name="b"), POSITIVE(eps, name="eps")
    with np.errstate(invalid="ignore"):  # infinity minus itself
        return float(np.max(np.abs(a - b) / np.maximum(np.abs(a) + np.abs(b), eps)))


def _number(value):
    value = as_float(value, np.float64, name="f(x)")
    if value.ndim:
        raise ValueError(f"f must return a number, got an array of shape {value.shape}")
    return value
