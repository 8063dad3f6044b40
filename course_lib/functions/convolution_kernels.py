"""The loops of the convolution: every output image is a sum of shifted input images.

Tap (i, j) of the kernel adds w[m, c, i, j] times the image c, shifted by (i, j), to the output m. With the image laid
row after row into a *plane* of zeros, a shift is an offset: out[m, p] += w[m, k] * plane[offset[k] + p] for all pixels
p at once. No window is ever copied out, and the loops are the same for every kernel size and dilation.

- Stride s: the padded image is dealt into s * s planes, one for each remainder of row and column; a tap then finds
  its pixels in one of them, side by side.
- Small images are laid one below the other, because a loop over few pixels costs more than its arithmetic.
- A row of a plane is followed by the next row's left padding, which serves as its right padding too. Windows that
  reach over the end of a row compute a number that nobody reads.
- dx is the same sum with the roles swapped: dout is laid into planes, and the taps shift it the other way.
- dw[m, k] is the scalar product of dout's plane m and the plane of tap k.

``benchmarks/convolution.py`` compares this with matrix products over im2col: faster for kernels above 1 by 1, where
im2col copies every pixel several times.
"""

import numpy as np

from course_lib.kernels.decorators import kernel

# planes and loops are multiples of this: no vector of the machine is wider, so no vector is left half full
LANES = 16
PIXELS = 1024  # of a plane that stay in the first-level cache while all taps pass over them


@kernel
def forward(x, w, b, geometry, out):
    """out (N, M, OH, OW) from x (N, C, H, W), w (M, C, KH, KW), b (M,); geometry as in ``_layout``."""
    n_filters, height, width = out.shape[1:]
    row, image, group, size = _layout(x, w, out, geometry)
    offsets, weights = _taps(w, geometry, row, size)
    planes = _zero_planes(w.shape[1] * geometry[2] * geometry[3] + 1, size, x)
    z = _zero_planes(weights.shape[1], size, x)
    for start in range(0, len(x), group):
        count = min(group, len(x) - start)
        for g in range(count):
            _lay(x[start + g], geometry, row, image, g * image, planes)
        length = _round_up((count - 1) * image + (height - 1) * row + width)
        for m in range(n_filters):
            z[m, :length] = b[m]
        _add_shifted(planes.reshape(-1), offsets, weights, length, z)
        for g in range(count):
            _collect(z, row, g * image, out[start + g])


@kernel
def backward_weights(x, w, dout, geometry, dw, db):
    """dw (M, C, KH, KW) and db (M,), overwritten, from x (N, C, H, W) and dout (N, M, OH, OW)."""
    n_filters, height, width = dout.shape[1:]
    row, image, group, size = _layout(x, w, dout, geometry)
    offsets, weights = _taps(w, geometry, row, size)
    planes = _zero_planes(w.shape[1] * geometry[2] * geometry[3] + 1, size, x)
    laid = _zero_planes(weights.shape[1], size, x)
    weights[:] = 0
    for start in range(0, len(x), group):
        count = min(group, len(x) - start)
        if count < group:
            laid[:] = 0
        for g in range(count):
            _lay(x[start + g], geometry, row, image, g * image, planes)
            _lay(dout[start + g], (0, 0, 1, 1, 1, 1), row, image, g * image, laid)
        length = _round_up((count - 1) * image + (height - 1) * row + width)
        _multiply_shifted(planes.reshape(-1), offsets, laid, length, weights)
    flat = dw.reshape(n_filters, -1)
    for m in range(n_filters):
        for k in range(flat.shape[1]):
            flat[m, k] = weights[k, m]
    sums = np.zeros(n_filters, np.float64)  # in float32, a sum over very many images would lose its digits
    for n in range(len(dout)):
        for m in range(n_filters):
            pixels, total = dout[n, m].reshape(-1), x.dtype.type(0)
            for p in range(pixels.size):
                total += pixels[p]
            sums[m] += total
    for m in range(n_filters):
        db[m] = sums[m]


@kernel
def backward_input(x, w, dout, geometry, dx):
    """dx (N, C, H, W), zero on entry, from w (M, C, KH, KW) and dout (N, M, OH, OW)."""
    top, left, row_stride, column_stride = geometry[:4]
    n_channels = w.shape[1]
    row, image, group, size = _layout(x, w, dout, geometry)
    # before the first pixel of dout lie as many zeros as the last tap looks back
    lead = _round_up(
        (w.shape[2] - 1) * geometry[4] // row_stride * row + (w.shape[3] - 1) * geometry[5] // column_stride
    )
    laid = _zero_planes(w.shape[0] + 1, lead + size, x)
    z = _zero_planes(_round_up(n_channels, 4), size, x)
    ends, offsets, weights = _taps_by_phase(w, geometry, row, lead, lead + size)
    for start in range(0, len(x), group):
        count = min(group, len(x) - start)
        for g in range(count):
            _lay(dout[start + g], (0, 0, 1, 1, 1, 1), row, image, lead + g * image, laid)
        for phase in range(row_stride * column_stride):
            a, b = phase // column_stride, phase % column_stride
            top_row, bottom_row = _inside(x.shape[2], top, row_stride, a, image // row)
            first, last = _inside(x.shape[3], left, column_stride, b, row)
            taps = slice(ends[phase], ends[phase + 1])
            if top_row >= bottom_row or first >= last or ends[phase] == ends[phase + 1]:
                continue
            begin = top_row * row + first
            length = _round_up((count - 1) * image + (bottom_row - 1) * row + last - begin)
            z[:, :length] = 0
            _add_shifted(laid.reshape(-1)[begin:], offsets[taps], weights[taps], length, z)
            for g in range(count):
                for c in range(n_channels):
                    for i in range(top_row, bottom_row):
                        line = z[c, g * image + i * row + first - begin :]
                        target = dx[start + g, c, i * row_stride + a - top, first * column_stride + b - left :]
                        if column_stride == 1:
                            for j in range(last - first):
                                target[j] = line[j]
                        else:
                            for j in range(last - first):
                                target[j * column_stride] = line[j]


@kernel
def _layout(x, w, out, geometry):
    """Pixels from row to row and from image to image of a plane, images in it, and its size.

    ``geometry``: padding (top, left), stride (rows, columns), dilation (rows, columns).
    """
    top, left, row_stride, column_stride, row_dilation, column_dilation = geometry
    rows = out.shape[2] + (w.shape[2] - 1) * row_dilation // row_stride
    columns = out.shape[3] + (w.shape[3] - 1) * column_dilation // column_stride
    # the padding before an image also serves the one before it: behind an image it is at least as wide
    shared_rows = top if row_stride == 1 else 0
    shared_columns = left if column_stride == 1 else 0
    row = columns - shared_columns
    image = (rows - shared_rows) * row
    group = max(1, min(len(x), PIXELS // image))
    return row, image, group, _round_up(group * image + shared_rows * row + shared_columns) + LANES


@kernel
def _taps(w, geometry, row, size):
    """Offset of each tap into the planes, and the weights (taps, M) to go with it.

    Both are filled up to the block sizes of the loops with weights of zero that look at the last plane, which is zero.
    """
    _, _, row_stride, column_stride, row_dilation, column_dilation = geometry
    n_filters, n_channels, height, width = w.shape
    n_taps = n_channels * height * width
    offsets = np.full(n_taps + 4, n_channels * row_stride * column_stride * size)
    weights = np.zeros((n_taps + 4, _round_up(n_filters, 4)), w.dtype)
    k = 0
    for c in range(n_channels):
        for i in range(height):
            for j in range(width):
                y, x = i * row_dilation, j * column_dilation
                plane = (c * row_stride + y % row_stride) * column_stride + x % column_stride
                offsets[k] = plane * size + y // row_stride * row + x // column_stride
                for m in range(n_filters):
                    weights[k, m] = w[m, c, i, j]
                k += 1
    return offsets, weights


@kernel
def _taps_by_phase(w, geometry, row, lead, size):
    """For the taps that meet each remainder of row and column: offsets into dout's planes, weights (taps, C)."""
    _, _, row_stride, column_stride, row_dilation, column_dilation = geometry
    n_filters, n_channels, height, width = w.shape
    n_phases = row_stride * column_stride
    ends = np.zeros(n_phases + 1, np.int64)
    offsets = np.full(n_filters * height * width + 4 * n_phases, n_filters * size)
    weights = np.zeros((len(offsets), _round_up(n_channels, 4)), w.dtype)
    k = 0
    for phase in range(n_phases):
        before = k
        for m in range(n_filters):
            for i in range(height):
                for j in range(width):
                    y, x = i * row_dilation, j * column_dilation
                    if y % row_stride * column_stride + x % column_stride == phase:
                        offsets[k] = m * size + lead - y // row_stride * row - x // column_stride
                        for c in range(n_channels):
                            weights[k, c] = w[m, c, i, j]
                        k += 1
        k += 4 if k > before else 0
        ends[phase + 1] = k
    return ends, offsets, weights


@kernel
def _lay(x, geometry, row, image, start, planes):
    """Deal an image x (C, H, W) into the planes from ``start`` on; the zeros around it stay."""
    top, left, row_stride, column_stride = geometry[:4]
    for c in range(x.shape[0]):
        for a in range(row_stride):
            top_row, bottom_row = _inside(x.shape[1], top, row_stride, a, image // row)
            for b in range(column_stride):
                first, last = _inside(x.shape[2], left, column_stride, b, row)
                plane = planes[(c * row_stride + a) * column_stride + b]
                for i in range(top_row, bottom_row):
                    pixels = x[c, i * row_stride + a - top, first * column_stride + b - left :]
                    line = plane[start + i * row + first :]
                    if column_stride == 1:  # a loop of its own, because only this one is vectorised
                        for j in range(last - first):
                            line[j] = pixels[j]
                    else:
                        for j in range(last - first):
                            line[j] = pixels[j * column_stride]


@kernel
def _collect(z, row, start, out):
    """out (C, H, W) from the rows of the planes ``z`` that begin at ``start``."""
    for c in range(out.shape[0]):
        for i in range(out.shape[1]):
            line, pixels = z[c, start + i * row :], out[c, i]
            for j in range(pixels.size):
                pixels[j] = line[j]


@kernel
def _inside(size, before, stride, phase, n):
    """The range of i in [0, n) whose pixel i * stride + phase - before lies in [0, size)."""
    return max(0, -((phase - before) // stride)), max(0, min(n, (size - 1 + before - phase) // stride + 1))


@kernel
def _round_up(n, multiple=LANES):
    return -(-n // multiple) * multiple


@kernel
def _zero_planes(n, size, like):
    """(n, size) zeros that begin at a multiple of 64 bytes, because a vector across two cache lines costs two."""
    memory = np.zeros(n * size + LANES, like.dtype)
    begin = -(memory.ctypes.data // like.itemsize) % LANES
    return memory[begin : begin + n * size].reshape(n, size)


# Both loops below hold a block of outputs and taps in registers (20 weights; 12 sums): a number that is read from the
# cache serves in 4 to 5 multiplications. Without blocks, reading takes several times as long as the arithmetic.


@kernel
def _add_shifted(planes, offsets, w, length, out):
    """out[m, p] += sum over k of w[k, m] * planes[offsets[k] + p]; the last 4 taps only fill up a block."""
    for start in range(0, length, PIXELS):
        n = _pixels(length - start)
        for m in range(0, out.shape[0], 4):
            out0, out1 = out[m, start:][:n], out[m + 1, start:][:n]
            out2, out3 = out[m + 2, start:][:n], out[m + 3, start:][:n]
            for k in range(0, offsets.size - 4, 5):
                a = planes[offsets[k] + start :][:n]
                b = planes[offsets[k + 1] + start :][:n]
                c = planes[offsets[k + 2] + start :][:n]
                d = planes[offsets[k + 3] + start :][:n]
                e = planes[offsets[k + 4] + start :][:n]
                a0, b0, c0, d0, e0 = w[k, m], w[k + 1, m], w[k + 2, m], w[k + 3, m], w[k + 4, m]
                a1, b1, c1, d1, e1 = w[k, m + 1], w[k + 1, m + 1], w[k + 2, m + 1], w[k + 3, m + 1], w[k + 4, m + 1]
                a2, b2, c2, d2, e2 = w[k, m + 2], w[k + 1, m + 2], w[k + 2, m + 2], w[k + 3, m + 2], w[k + 4, m + 2]
                a3, b3, c3, d3, e3 = w[k, m + 3], w[k + 1, m + 3], w[k + 2, m + 3], w[k + 3, m + 3], w[k + 4, m + 3]
                for p in range(n):
                    # all pixels are read before one is written: the compiler cannot know that planes and out differ
                    ap, bp, cp, dp, ep = a[p], b[p], c[p], d[p], e[p]
                    sum0 = out0[p] + a0 * ap + b0 * bp + c0 * cp + d0 * dp + e0 * ep
                    sum1 = out1[p] + a1 * ap + b1 * bp + c1 * cp + d1 * dp + e1 * ep
                    sum2 = out2[p] + a2 * ap + b2 * bp + c2 * cp + d2 * dp + e2 * ep
                    sum3 = out3[p] + a3 * ap + b3 * bp + c3 * cp + d3 * dp + e3 * ep
                    out0[p], out1[p], out2[p], out3[p] = sum0, sum1, sum2, sum3


@kernel
def _multiply_shifted(planes, offsets, dout, length, dw):
    """dw[k, m] += sum over p of dout[m, p] * planes[offsets[k] + p]."""
    for start in range(0, length, PIXELS):
        n = _pixels(length - start)
        for m in range(0, dout.shape[0], 4):
            dout0, dout1 = dout[m, start:][:n], dout[m + 1, start:][:n]
            dout2, dout3 = dout[m + 2, start:][:n], dout[m + 3, start:][:n]
            for k in range(0, offsets.size - 4, 3):
                a = planes[offsets[k] + start :][:n]
                b = planes[offsets[k + 1] + start :][:n]
                c = planes[offsets[k + 2] + start :][:n]
                a0 = b0 = c0 = a1 = b1 = c1 = a2 = b2 = c2 = a3 = b3 = c3 = dout.dtype.type(0)
                for p in range(n):
                    ap, bp, cp = a[p], b[p], c[p]
                    a0, b0, c0 = a0 + dout0[p] * ap, b0 + dout0[p] * bp, c0 + dout0[p] * cp
                    a1, b1, c1 = a1 + dout1[p] * ap, b1 + dout1[p] * bp, c1 + dout1[p] * cp
                    a2, b2, c2 = a2 + dout2[p] * ap, b2 + dout2[p] * bp, c2 + dout2[p] * cp
                    a3, b3, c3 = a3 + dout3[p] * ap, b3 + dout3[p] * bp, c3 + dout3[p] * cp
                _add_to(dw[k, m:], a0, a1, a2, a3)
                _add_to(dw[k + 1, m:], b0, b1, b2, b3)
                _add_to(dw[k + 2, m:], c0, c1, c2, c3)


@kernel
def _add_to(row, sum0, sum1, sum2, sum3):
    row[0] += sum0
    row[1] += sum1
    row[2] += sum2
    row[3] += sum3


@kernel
def _pixels(remaining):
    # the shifts tell the compiler that no pixel is left over after the last full vector
    return min(PIXELS, remaining) >> 4 << 4
