"""Convolution as a matrix product: every window becomes a column (im2col), and back (col2im).

    cols = im2col(x, (KH, KW))                      # (N, C * KH * KW, OH * OW)
    out = w.reshape(M, -1) @ cols + b[:, None]      # (N, M, OH * OW), to be reshaped to (N, M, OH, OW)

The columns hold each pixel up to KH * KW times; ``conv2d_forward`` does without these copies. The layout is that of
PyTorch's ``nn.Unfold`` and ``nn.Fold``. Chellapilla, Puri and Simard 2006.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from course_lib._arguments.arrays import images, same_shape
from course_lib._arguments.numbers import integer
from course_lib.functions.windows import image_windows, output_size, pad_widths


def im2col(x, kernel, stride=1, padding=0, dilation=1):
    """Every window of every image as a column.

    Parameters
    ----------
    x : (N, C, H, W) array
    kernel : int, or a pair (KH, KW)
    stride, padding, dilation : as in ``course_lib.functions.conv2d_forward``

    Returns
    -------
    cols : (N, C * KH * KW, OH * OW) array. Rows run over channel, kernel row, kernel column; columns over the windows
        from left to right, then down.

    Raises
    ------
    TypeError
        When a number of the window is not an integer.
    ValueError
        When ``x`` does not have four axes or is empty, or a window does not fit.
    """
    x = images(x)
    rows, columns = image_windows(kernel, stride, padding, dilation)
    n_columns = output_size(x.shape[2], rows) * output_size(x.shape[3], columns)
    padded = np.pad(x, [(0, 0), (0, 0), pad_widths(x.shape[2], rows), pad_widths(x.shape[3], columns)])
    windows = sliding_window_view(padded, (rows.extent, columns.extent), axis=(2, 3))
    windows = windows[:, :, :: rows.stride, :: columns.stride, :: rows.dilation, :: columns.dilation]
    return windows.transpose(0, 1, 4, 5, 2, 3).reshape(len(x), -1, n_columns)


def col2im(cols, shape, kernel, stride=1, padding=0, dilation=1):
    """The transpose of ``im2col``: every column is added onto the pixels that its window covered.

    It is the backward pass of ``im2col``, not its inverse: a pixel that k windows cover comes back k times.

    Parameters
    ----------
    cols : (N, C * KH * KW, OH * OW) array
    shape : (N, C, H, W), that of the images
    kernel, stride, padding, dilation : as for ``im2col``

    Returns
    -------
    x : (N, C, H, W) array

    Raises
    ------
    TypeError
        When a number of the window or of ``shape`` is not an integer.
    ValueError
        When ``cols`` does not have the shape that ``im2col`` makes of such images.
    """
    if len(shape) != 4:
        raise ValueError(f"shape must be (N, C, H, W), got {tuple(shape)}")
    n, c, height, width = (integer(size, 1, name="sizes in shape") for size in shape)
    rows, columns = image_windows(kernel, stride, padding, dilation)
    out_height, out_width = output_size(height, rows), output_size(width, columns)
    cols = same_shape(cols, (n, c * rows.kernel * columns.kernel, out_height * out_width), name="cols")
    cols = cols.reshape(n, c, rows.kernel, columns.kernel, out_height, out_width)
    (top, bottom), (left, right) = pad_widths(height, rows), pad_widths(width, columns)
    padded = np.zeros((n, c, top + height + bottom, left + width + right), cols.dtype)
    for i, j in np.ndindex(rows.kernel, columns.kernel):
        y, x = i * rows.dilation, j * columns.dilation
        pixels = padded[:, :, y :: rows.stride, x :: columns.stride]
        pixels[:, :, :out_height, :out_width] += cols[:, :, i, j]
    return np.ascontiguousarray(padded[:, :, top : top + height, left : left + width])
