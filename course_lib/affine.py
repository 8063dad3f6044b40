"""The affine layer: every sample times a weight matrix, plus a bias."""

import numpy as np

from course_lib._arguments import as_float


def affine_forward(x, w, b):
    """out = x @ w + b.

    Parameters
    ----------
    x : (N, D) array
    w : (D, M) array
    b : (M,) array

    Returns
    -------
    out : (N, M) array
    cache : tuple for ``affine_backward``: ``(x, w)``

    Raises
    ------
    ValueError
        When the shapes do not fit together.
    """
    x, w = as_float(x), as_float(w)
    if x.ndim != 2 or w.ndim != 2 or x.shape[1] != w.shape[0] or np.shape(b) != w.shape[1:]:
        raise ValueError(f"x (N, D), w (D, M), b (M,) expected, got {x.shape}, {w.shape}, {np.shape(b)}")
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    """Backward pass of ``affine_forward`` (Rumelhart, Hinton and Williams 1986).

    Parameters
    ----------
    dout : (N, M) array, the gradient of the loss with respect to ``out``
    cache : ``(x, w)`` from the forward pass

    Returns
    -------
    dx : (N, D) array
    dw : (D, M) array
    db : (M,) array; the bias is added to every sample, so the samples' gradients add up
    """
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)
