"""Two-dimensional convolution: forward, backward, and the same written as plain loops.

As in every deep-learning library, "convolution" is cross-correlation: the kernel is not flipped. Images are
(N, C, H, W) and kernels (M, C, KH, KW), as in PyTorch; Keras has (N, H, W, C) and (KH, KW, C, M) by default.
The loops are in ``convolution_kernels.py``; ``unfold.py`` turns a convolution into a matrix product.
"""

import numpy as np

from course_lib._arguments.arrays import array_of, images, same_shape
from course_lib._arguments.objects import cache_of
from course_lib.functions import convolution_kernels as kernels
from course_lib.functions.windows import image_windows, output_size, pad_widths


def conv2d_forward(x, w, b, stride=1, padding=0, dilation=1):
    """Cross-correlation of every image with every filter, plus a bias.

    out[n, m, y, x] = b[m] + sum over c, i, j of
    w[m, c, i, j] * x_padded[n, c, y * stride + i * dilation, x * stride + j * dilation]

    Parameters
    ----------
    x : (N, C, H, W) array
    w : (M, C, KH, KW) array
    b : (M,) array
    stride, dilation : int >= 1, or a pair (rows, columns)
    padding : int >= 0, "same" or "valid", or a pair of these (rows, columns). "same" at stride > 1 is that of
        Keras; PyTorch refuses it (``course_lib.functions.windows.pad_widths``).

    Returns
    -------
    out : (N, M, OH, OW) array, OH and OW from ``course_lib.functions.output_size``
    cache : tuple for ``conv2d_backward``; it holds ``x`` and ``w`` themselves, not copies

    Raises
    ------
    TypeError
        When a number of the window is not an integer.
    ValueError
        When the shapes do not fit together, an array is empty, or a window is larger than the padded image.

    Notes
    -----
    The plain version is ``conv2d_naive``, the sum above as loops. What makes this one fast is in
    ``convolution_kernels.py``.

    References
    ----------
    LeCun, Bottou, Bengio and Haffner 1998; Dumoulin and Visin 2016 for stride, padding and dilation.
    """
    x, w, b = _inputs(x, w, b)
    geometry, out_shape = _geometry(x, w, stride, padding, dilation)
    out = np.empty(out_shape, x.dtype)
    kernels.forward(x, w, b, geometry, out)
    return out, (x, w, geometry, out_shape)


def conv2d_backward(dout, cache, input_gradient=True):
    """Backward pass of ``conv2d_forward``.

    A weight met one pixel in each window, so its gradient sums dout times that pixel over all windows and images.
    A pixel met a tap in each window that covers it, so dx sums dout times these taps: a convolution of dout with the
    flipped kernel. NaN or infinity in an image reaches dw for all taps of its channel.

    Parameters
    ----------
    dout : (N, M, OH, OW) array
    cache : tuple from the forward pass
    input_gradient : bool; False leaves dx out, which a network's first layer does not need

    Returns
    -------
    dx : (N, C, H, W) array, or None
    dw : (M, C, KH, KW) array
    db : (M,) array

    Raises
    ------
    ValueError
        When ``dout`` does not have the shape of the output.

    References
    ----------
    LeCun, Bottou, Bengio and Haffner 1998; Dumoulin and Visin 2016, section 4 (transposed convolution), for dx.
    """
    x, w, geometry, out_shape = cache_of(cache, "conv2d_forward", 4)
    dout = same_shape(dout, out_shape, x.dtype)
    dw, db = np.empty_like(w), np.empty(len(w), w.dtype)
    kernels.backward_weights(x, w, dout, geometry, dw, db)
    if not input_gradient:
        return None, dw, db
    dx = np.zeros_like(x)
    kernels.backward_input(x, w, dout, geometry, dx)
    return dx, dw, db


def conv2d_naive(x, w, b, stride=1, padding=0, dilation=1):
    """The definition of ``conv2d_forward``, loop by loop in plain Python: to read, and to see what loops cost.

    Parameters and errors as in ``conv2d_forward``; returns ``out`` (N, M, OH, OW) alone.
    """
    x, w, b = _inputs(x, w, b)
    (top, left, *steps), out_shape = _geometry(x, w, stride, padding, dilation)
    row_stride, column_stride, row_dilation, column_dilation = steps
    height, width = x.shape[2:]
    out = np.empty(out_shape, x.dtype)
    for n, m, y, z in np.ndindex(out_shape):
        total = b[m]
        for c, i, j in np.ndindex(w.shape[1:]):
            row = y * row_stride + i * row_dilation - top
            column = z * column_stride + j * column_dilation - left
            # a window's pixels outside of the image are zeros of the padding
            if 0 <= row < height and 0 <= column < width:
                total += w[m, c, i, j] * x[n, c, row, column]
        out[n, m, y, z] = total
    return out


def _inputs(x, w, b):
    x = images(x)
    w = array_of(w, ("M", "C", "KH", "KW"), x.dtype, name="w")
    if w.shape[1] != x.shape[1]:
        raise ValueError(f"x (N, C, H, W) and w (M, C, KH, KW) must have the same C, got {x.shape} and {w.shape}")
    return x, w, same_shape(b, w.shape[:1], x.dtype, name="b")


def _geometry(x, w, stride, padding, dilation):
    """Padding (top, left), stride and dilation as six integers, and the shape of the output."""
    rows, columns = image_windows(w.shape[2:], stride, padding, dilation)
    *_, height, width = x.shape
    (top, bottom), (left, right) = pad_widths(height, rows), pad_widths(width, columns)
    # beyond the padded image, a longer stride changes nothing but the number of planes
    strides = min(rows.stride, top + height + bottom), min(columns.stride, left + width + right)
    out_shape = len(x), len(w), output_size(height, rows), output_size(width, columns)
    return (top, left, *strides, rows.dilation, columns.dilation), out_shape
