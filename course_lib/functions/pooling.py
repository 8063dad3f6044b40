"""Pooling: the maximum or the mean of every window, or of the whole image; forward and backward.

Images are (N, C, H, W) as in PyTorch; Keras has (N, H, W, C) by default. Every channel is pooled by itself.
The loops of max pooling are in ``pooling_kernels.py``.
"""

import numpy as np

from course_lib._arguments.arrays import images, same_shape
from course_lib._arguments.objects import cache_of
from course_lib.functions import pooling_kernels as kernels
from course_lib.functions.windows import image_windows, output_size, pad_widths


def max_pool2d_forward(x, kernel=2, stride=None, padding=0):
    """The largest entry of every window. Padding counts as minus infinity; a window with a NaN gives NaN.

    Parameters
    ----------
    x : (N, C, H, W) array
    kernel : int, or a pair (rows, columns)
    stride : int, a pair, or None for that of the kernel: windows side by side, as in PyTorch and Keras
    padding : int, at most half the kernel, "same" or "valid", or a pair of these (see
        ``course_lib.functions.windows.pad_widths``). PyTorch has no "same" here.

    Returns
    -------
    out : (N, C, OH, OW) array; pixels that no window reaches are left out, as in PyTorch's ``ceil_mode=False``
    cache : tuple for ``max_pool2d_backward``; it holds ``x`` itself, not a copy

    Raises
    ------
    TypeError
        When a number of the window is not an integer.
    ValueError
        When ``x`` does not have four axes or is empty, a window does not fit, or the padding is wider than half the
        kernel.
    """
    x = images(x)
    geometry, out_shape = _geometry(x, kernel, stride, padding)
    out = np.empty(out_shape, x.dtype)
    kernels.max_pool(x, geometry, out)
    return out, (x, geometry, out_shape)


def max_pool2d_backward(dout, cache):
    """Backward pass of ``max_pool2d_forward``: the largest entry of each window receives the window's gradient.

    It is searched for again, which costs less than to store where it was. Among equal entries the first one receives
    all, in reading order, as in PyTorch. A window with NaN has no largest entry: who receives its gradient is not
    defined (in PyTorch, its last NaN).

    Parameters
    ----------
    dout : (N, C, OH, OW) array
    cache : tuple from the forward pass

    Returns
    -------
    dx : (N, C, H, W) array; where windows overlap, gradients add up

    Raises
    ------
    ValueError
        When ``dout`` does not have the shape of the output.
    """
    x, geometry, out_shape = cache_of(cache, "max_pool2d_forward", 3)
    dout = same_shape(dout, out_shape, x.dtype)
    dx = np.zeros_like(x)
    kernels.max_pool_backward(x, dout, geometry, dx)
    return dx


def avg_pool2d_forward(x, kernel=2, stride=None, padding=0, count_padding=True):
    """The mean of every window.

    Parameters
    ----------
    x : (N, C, H, W) array
    kernel, stride, padding : as for ``max_pool2d_forward``; padding has the value zero
    count_padding : bool; True divides by the size of the kernel, as PyTorch does by default
        (``count_include_pad``); False by the number of entries inside the image, as Keras does

    Returns
    -------
    out : (N, C, OH, OW) array
    cache : tuple for ``avg_pool2d_backward``

    Raises
    ------
    TypeError, ValueError
        As ``max_pool2d_forward``.
    """
    x = images(x)
    geometry, out_shape = _geometry(x, kernel, stride, padding)
    weights = _shares(x.shape, geometry, out_shape, count_padding).astype(x.dtype)
    out = np.zeros(out_shape, x.dtype)
    for taps, windows in _overlaps(x.shape, geometry, out_shape):
        out[windows] += x[taps]
    out *= weights
    return out, (x.shape, geometry, weights, out_shape)


def avg_pool2d_backward(dout, cache):
    """Backward pass of ``avg_pool2d_forward``: a window's gradient is shared out evenly.

    Parameters
    ----------
    dout : (N, C, OH, OW) array
    cache : tuple from the forward pass

    Returns
    -------
    dx : (N, C, H, W) array; where windows overlap, gradients add up

    Raises
    ------
    ValueError
        When ``dout`` does not have the shape of the output.
    """
    shape, geometry, weights, out_shape = cache_of(cache, "avg_pool2d_forward", 4)
    share = same_shape(dout, out_shape, weights.dtype) * weights
    dx = np.zeros(shape, weights.dtype)
    for taps, windows in _overlaps(shape, geometry, out_shape):
        dx[taps] += share[windows]
    return dx


def global_avg_pool2d_forward(x):
    """The mean of every channel over its pixels (Lin, Chen and Yan 2014): any image size gives C features.

    Parameters
    ----------
    x : (N, C, H, W) array

    Returns
    -------
    out : (N, C) array, as in Keras; PyTorch's ``AdaptiveAvgPool2d(1)`` keeps (N, C, 1, 1)
    cache : tuple for ``global_avg_pool2d_backward``

    Raises
    ------
    ValueError
        When ``x`` does not have four axes, or is empty.
    """
    x = images(x)
    return x.mean(axis=(2, 3)), (x.shape, x.dtype)


def global_avg_pool2d_backward(dout, cache):
    """Backward pass of ``global_avg_pool2d_forward``: dx (N, C, H, W) from dout (N, C), a share for every pixel.

    Raises
    ------
    ValueError
        When ``dout`` does not have the shape of the output.
    """
    shape, dtype = cache_of(cache, "global_avg_pool2d_forward", 2)
    share = same_shape(dout, shape[:2], dtype) / dtype.type(shape[2] * shape[3])
    return np.broadcast_to(share[:, :, None, None], shape).copy()


def pool_windows(kernel, stride, padding):
    """The windows along the rows and the columns; arguments as in ``max_pool2d_forward``."""
    windows = image_windows(kernel, kernel if stride is None else stride, padding)
    for window in windows:
        # beyond it, a window could lie in the padding alone
        if not isinstance(window.padding, str) and 2 * window.padding > window.kernel:
            raise ValueError(f"padding must be at most half the kernel, {window.kernel}, got {window.padding}")
    return windows


def _geometry(x, kernel, stride, padding):
    """Kernel, stride, padding before (top, left) and after (bottom, right), eight integers; the shape of the output."""
    *leading, height, width = x.shape
    rows, columns = pool_windows(kernel, stride, padding)
    top, bottom = pad_widths(height, rows)
    left, right = pad_widths(width, columns)
    geometry = (rows.kernel, columns.kernel, rows.stride, columns.stride, top, left, bottom, right)
    return geometry, (*leading, output_size(height, rows), output_size(width, columns))


def _overlaps(shape, geometry, out_shape):
    """For each position in the window: the pixels that it meets, and the windows that meet them, as slices."""
    height, width, row_stride, column_stride, top, left = geometry[:6]
    for i, j in np.ndindex(height, width):
        rows, y = _meeting(shape[2], out_shape[2], i - top, row_stride)
        columns, x = _meeting(shape[3], out_shape[3], j - left, column_stride)
        yield (..., rows, columns), (..., y, x)


def _meeting(size, n_windows, shift, stride):
    # windows o with 0 <= o * stride + shift < size
    first = max(0, -(shift // stride))
    last = max(first, min(n_windows, (size - 1 - shift) // stride + 1))
    begin = first * stride + shift
    return slice(begin, begin + (last - first) * stride, stride), slice(first, last)


def _shares(shape, geometry, out_shape, count_padding):
    if count_padding:
        return np.asarray(1 / (geometry[0] * geometry[1]))
    counts = np.zeros(out_shape[2:])
    for _, windows in _overlaps(shape, geometry, out_shape):
        counts[windows] += 1
    return 1 / counts
