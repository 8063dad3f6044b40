"""The loops of max pooling.

``geometry``: kernel, stride, padding before (top, left) and after (bottom, right), two numbers each. No window reaches
further beyond the image than the padding says.

A row of windows is treated at once, one position in the window after the other, so that the inner loops run over
neighbouring windows.
"""

import numpy as np

from course_lib.kernels.decorators import kernel

SIDE_BY_SIDE = (2, 2, 2, 2, 0, 0, 0, 0)  # windows of 2 by 2, the usual case; without padding all lie in the image


@kernel
def max_pool(x, geometry, out):
    """out (N, C, OH, OW), the largest entries of the windows of x (N, C, H, W)."""
    for n in range(x.shape[0]):
        for c in range(x.shape[1]):
            if geometry == SIDE_BY_SIDE:
                _largest_of_four(x[n, c], out[n, c])
                continue
            for i in range(out.shape[2]):
                _largest(x[n, c], geometry, i, out[n, c, i])


@kernel
def max_pool_backward(x, dout, geometry, dx):
    """dx (N, C, H, W), zero on entry: each dout (N, C, OH, OW) at the first largest entry of its window."""
    best = np.empty(dout.shape[3], x.dtype)
    missing = np.empty(dout.shape[3], x.dtype)
    for n in range(x.shape[0]):
        for c in range(x.shape[1]):
            if geometry == SIDE_BY_SIDE:
                _to_largest_of_four(x[n, c], dout[n, c], dx[n, c])
                continue
            for i in range(dout.shape[2]):
                _largest(x[n, c], geometry, i, best)
                missing[:] = dout[n, c, i]
                _to_largest(x[n, c], geometry, i, best, missing, dx[n, c])


@kernel
def _largest(image, geometry, i, best):
    """The largest entry of each window in row i of the windows."""
    height, width, row_stride, column_stride, top, left = geometry[:6]
    best[:] = -np.inf
    for row in range(max(0, i * row_stride - top), min(image.shape[0], i * row_stride - top + height)):
        for j in range(width):
            first, last = _inside(image.shape[1], left - j, column_stride, best.size)
            pixels, line = image[row, first * column_stride + j - left :], best[first:last]
            if column_stride == 1:  # a loop of its own, because only this one is vectorised
                for p in range(line.size):
                    line[p] = _larger(line[p], pixels[p])
            else:
                for p in range(line.size):
                    line[p] = _larger(line[p], pixels[p * column_stride])


@kernel
def _to_largest(image, geometry, i, best, missing, dx):
    """Add ``missing``, the gradients of row i of the windows, to the first entry that equals ``best``."""
    height, width, row_stride, column_stride, top, left = geometry[:6]
    zero = image.dtype.type(0)
    for row in range(max(0, i * row_stride - top), min(image.shape[0], i * row_stride - top + height)):
        for j in range(width):
            first, last = _inside(image.shape[1], left - j, column_stride, best.size)
            begin = first * column_stride + j - left
            pixels, target = image[row, begin:], dx[row, begin:]
            line, rest = best[first:last], missing[first:last]
            if column_stride == 1:
                for p in range(line.size):
                    found = pixels[p] == line[p]
                    target[p] += rest[p] if found else zero
                    rest[p] = zero if found else rest[p]
            else:
                for p in range(line.size):
                    found = pixels[p * column_stride] == line[p]
                    target[p * column_stride] += rest[p] if found else zero
                    rest[p] = zero if found else rest[p]


@kernel
def _inside(size, shift, stride, n):
    """The range of p in [0, n) for which p * stride - shift lies in [0, size)."""
    first = max(0, -(-shift // stride))
    return first, max(first, min(n, (size - 1 + shift) // stride + 1))


# SIDE_BY_SIDE: all four entries at once.


@kernel
def _largest_of_four(image, out):
    for i in range(out.shape[0]):
        upper, lower, best = image[2 * i], image[2 * i + 1], out[i]
        for p in range(best.size):
            best[p] = _larger(_larger(upper[2 * p], upper[2 * p + 1]), _larger(lower[2 * p], lower[2 * p + 1]))


@kernel
def _to_largest_of_four(image, dout, dx):
    width = image.shape[1]
    for i in range(dout.shape[0]):
        upper, lower, gradient = image[2 * i], image[2 * i + 1], dout[i]
        both = dx[2 * i : 2 * i + 2].reshape(-1)
        for p in range(gradient.size):
            a, b, c, d = upper[2 * p], upper[2 * p + 1], lower[2 * p], lower[2 * p + 1]
            right, below = b > a, d > c
            down = (d if below else c) > (b if right else a)
            # the place as a sum of truth values (0 or 1): which entry is largest, no branch predictor can guess
            both[2 * p + right + down * (width + below - right)] = gradient[p]


@kernel
def _larger(earlier, later):
    # NaN is not equal to itself, and wins; "|" instead of "or", which would branch
    return later if (later > earlier) | (later != later) else earlier
