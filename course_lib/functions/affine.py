"""The affine layer: every sample times a weight matrix, plus a bias."""

from course_lib._arguments.arrays import as_float, not_empty, same_shape
from course_lib._arguments.objects import cache_of
from course_lib.kernels.sums import sum_over


def affine_forward(x, w, b):
    """out = x @ w + b.

    Parameters
    ----------
    x : (N, D) array, N >= 1; its dtype is that of the result
    w : (D, M) array
    b : (M,) array

    Returns
    -------
    out : (N, M) array
    cache : tuple for ``affine_backward``: ``(x, w)``

    Raises
    ------
    ValueError
        When the shapes do not fit together, or there is no sample.
    """
    x = not_empty(as_float(x, name="x"), name="x")
    w, b = as_float(w, x.dtype, name="w"), as_float(b, x.dtype, name="b")
    if x.ndim != 2 or w.ndim != 2 or x.shape[1] != w.shape[0] or b.shape != w.shape[1:]:
        raise ValueError(f"x (N, D), w (D, M), b (M,) expected, got {x.shape}, {w.shape}, {b.shape}")
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

    Raises
    ------
    ValueError
        When ``dout`` has another shape than ``out``.
    """
    x, w = cache_of(cache, "affine_forward", 2)
    x, w = as_float(x, name="x"), as_float(w, name="w")  # a cache may have been written by hand
    dout = same_shape(dout, (len(x), w.shape[1]), x.dtype)
    return dout @ w.T, x.T @ dout, sum_over(dout)
