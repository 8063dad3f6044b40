"""Convolution and im2col against SciPy's correlation, and the backward passes against differences."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import correlate2d

from course_lib.analysis.gradient_check import numeric_grad, rel_error
from course_lib.functions.convolution import conv2d_backward, conv2d_forward, conv2d_naive
from course_lib.functions.unfold import col2im, im2col

seeds = st.integers(0, 2**32 - 1)
small = st.integers(1, 3)
dtypes = st.sampled_from([np.float32, np.float64])
scales = st.sampled_from([1e-3, 1.0, 1e3])


@st.composite
def cases(draw):
    """Shapes of x and w, and a window that fits, as keyword arguments."""
    kernel, stride, dilation = (draw(st.tuples(small, small)) for _ in range(3))
    padding = draw(st.one_of(st.tuples(st.integers(0, 4), st.integers(0, 4)), st.sampled_from(["same", "valid"])))
    room = (0, 0) if isinstance(padding, str) else padding
    size = [
        draw(st.integers(max(1, d * (k - 1) + 1 - 2 * p), d * (k - 1) + 6))
        for k, d, p in zip(kernel, dilation, room, strict=True)
    ]
    n, c, m = draw(st.tuples(small, small, st.integers(1, 5)))
    return (n, c, *size), (m, c, *kernel), {"stride": stride, "padding": padding, "dilation": dilation}


def arrays(seed, x_shape, w_shape, dtype=np.float64, scale=1.0):
    rng = np.random.default_rng(seed)
    return [(scale * rng.normal(size=shape)).astype(dtype) for shape in (x_shape, w_shape, w_shape[:1])]


def widths(size, kernel, stride, padding, dilation):
    """Zeros before and after an axis, by the definition of each kind of padding."""
    if padding == "valid":
        return 0, 0
    if padding == "same":
        total = max(0, (-(-size // stride) - 1) * stride + dilation * (kernel - 1) + 1 - size)
        return total // 2, total - total // 2
    return padding, padding


def pad(x, kernel, stride, padding, dilation):
    paddings = (padding, padding) if isinstance(padding, str) else padding
    axes = zip(x.shape[2:], kernel, stride, paddings, dilation, strict=True)
    return np.pad(x, [(0, 0), (0, 0), *(widths(*axis) for axis in axes)])


def correlation(x, w, b, stride, padding, dilation):
    """SciPy's correlation with a kernel spread out by the dilation, of which every stride-th entry is kept."""
    x, w = x.astype(float), w.astype(float)
    padded = pad(x, w.shape[2:], stride, padding, dilation)
    spread = np.zeros((*w.shape[:2], *(d * (k - 1) + 1 for d, k in zip(dilation, w.shape[2:], strict=True))))
    spread[:, :, :: dilation[0], :: dilation[1]] = w
    out = [
        [
            sum(correlate2d(i, k, mode="valid") for i, k in zip(image, f, strict=True)) + bias
            for f, bias in zip(spread, b, strict=True)
        ]
        for image in padded
    ]
    return np.array(out)[:, :, :: stride[0], :: stride[1]]


def tolerance(dtype, w, scale):
    # as many roundings as a sum has terms, of products of normal numbers below 6 * scale
    return (w[0].size + 2) * 36 * max(scale, scale**2) * np.finfo(dtype).eps


@given(seeds, cases(), dtypes, scales)
def test_forward_equals_scipys_correlation(seed, case, dtype, scale):
    x_shape, w_shape, window = case
    x, w, b = arrays(seed, x_shape, w_shape, dtype, scale)
    out, _ = conv2d_forward(x, w, b, **window)
    assert out.dtype == dtype
    np.testing.assert_allclose(out, correlation(x, w, b, **window), rtol=0, atol=tolerance(dtype, w, scale))


@given(seeds, cases())
def test_the_plain_loops_agree(seed, case):
    x_shape, w_shape, window = case
    x, w, b = arrays(seed, x_shape, w_shape)
    expected = conv2d_forward(x, w, b, **window)[0]
    np.testing.assert_allclose(conv2d_naive(x, w, b, **window), expected, rtol=0, atol=tolerance(float, w, 1.0))


@given(seeds, cases(), scales)
def test_gradients(seed, case, scale):
    x_shape, w_shape, window = case
    inputs = arrays(seed, x_shape, w_shape, scale=scale)
    out, cache = conv2d_forward(*inputs, **window)
    dout = np.random.default_rng(seed).normal(size=out.shape)
    for position, gradient in enumerate(conv2d_backward(dout, cache)):

        def loss(value, position=position):
            arguments = [*inputs[:position], value, *inputs[position + 1 :]]
            return (conv2d_forward(*arguments, **window)[0] * dout).sum()

        # the loss is linear in each argument, so that a wide step has no truncation error, and little round-off
        expected = numeric_grad(loss, inputs[position], h=scale)
        assert gradient.shape == expected.shape
        assert rel_error(gradient, expected, eps=1e-3 * max(scale, 1)) < 1e-6


# Several images to a plane with some left over, one image to a plane, and images of more pixels than one pass takes;
# without padding, images in a plane touch each other.
@pytest.mark.parametrize(
    ("shape", "kernel", "padding"),
    [
        ((7, 2, 14, 15), 3, 1),
        ((45, 2, 5, 5), 1, 0),
        ((3, 2, 23, 22), 3, 1),
        ((2, 1, 37, 35), 3, 1),
        ((9, 1, 4, 5), 2, 3),
    ],
)
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("filters", [1, 6])
def test_batches_and_images_larger_than_the_buffers(shape, kernel, padding, stride, filters, rng):
    x, w, b = rng.normal(size=shape), rng.normal(size=(filters, shape[1], kernel, kernel)), rng.normal(size=filters)
    out, cache = conv2d_forward(x, w, b, stride, padding)
    expected = correlation(x, w, b, (stride, stride), (padding, padding), (1, 1))
    np.testing.assert_allclose(out, expected, rtol=0, atol=tolerance(float, w, 1.0))
    dout = rng.normal(size=out.shape)
    dx, dw, db = conv2d_backward(dout, cache)
    cols = im2col(x, kernel, stride, padding)
    flat = dout.reshape(len(x), filters, -1)
    # sums of at most N * H * W = 2590 products of normal numbers; their round-off is some 1e-13
    np.testing.assert_allclose(dw.reshape(filters, -1), np.einsum("nmp,nkp->mk", flat, cols), rtol=0, atol=1e-11)
    np.testing.assert_allclose(db, dout.sum(axis=(0, 2, 3)), rtol=0, atol=1e-11)
    dcols = np.einsum("mk,nmp->nkp", w.reshape(filters, -1), flat)
    np.testing.assert_allclose(dx, col2im(dcols, x.shape, kernel, stride, padding), rtol=0, atol=1e-11)


@given(seeds, cases(), dtypes)
def test_backward_keeps_dtype_and_changes_nothing(seed, case, dtype):
    x_shape, w_shape, window = case
    inputs = arrays(seed, x_shape, w_shape, dtype)
    out, cache = conv2d_forward(*inputs, **window)
    dout = np.ones_like(out)
    gradients = conv2d_backward(dout, cache)
    assert [g.dtype for g in gradients] == [dtype] * 3
    assert [g.shape for g in gradients] == [a.shape for a in inputs]
    for array, original in zip(inputs, arrays(seed, x_shape, w_shape, dtype), strict=True):
        np.testing.assert_array_equal(array, original)
    np.testing.assert_array_equal(dout, 1)
    # dx may be left out, and the rest stays
    none, dw, db = conv2d_backward(dout, cache, input_gradient=False)
    assert none is None
    np.testing.assert_array_equal(dw, gradients[1])
    np.testing.assert_array_equal(db, gradients[2])


@given(seeds, cases())
def test_float32_gradients_equal_those_of_float64(seed, case):
    x_shape, w_shape, window = case
    gradients = []
    for dtype in (np.float32, np.float64):
        out, cache = conv2d_forward(*(a.astype(dtype) for a in arrays(seed, x_shape, w_shape, np.float32)), **window)
        dout = np.random.default_rng(seed).normal(size=out.shape).astype(np.float32)
        gradients.append(conv2d_backward(dout.astype(dtype), cache))
    for single, double in zip(*gradients, strict=True):
        # sums of at most N * OH * OW < 3 * 16**2 products below 36
        np.testing.assert_allclose(single, double, rtol=0, atol=768 * 36 * np.finfo(np.float32).eps)


@given(seeds, st.integers(1, 2), st.integers(1, 2))
def test_a_shifted_image_gives_a_shifted_output(seed, down, right):
    rng = np.random.default_rng(seed)
    image = np.zeros((1, 2, 11, 12))
    image[:, :, 3:7, 3:7] = rng.normal(size=(1, 2, 4, 4))
    w, b = rng.normal(size=(3, 2, 3, 3)), rng.normal(size=3)
    out, moved = (conv2d_forward(np.roll(image, s, (2, 3)), w, b, padding="same")[0] for s in ((0, 0), (down, right)))
    # the same products in the same order
    np.testing.assert_allclose(moved, np.roll(out, (down, right), (2, 3)), rtol=0, atol=1e-13)


@pytest.mark.filterwarnings("ignore:invalid value")  # without the JIT, NumPy mentions infinity minus infinity
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("poison", [np.nan, np.inf])
def test_nan_and_infinity_reach_their_windows_and_no_others(dtype, poison, rng):
    x, w = (rng.normal(size=shape).astype(dtype) for shape in ((3, 2, 6, 7), (3, 2, 3, 3)))
    poisoned = x.copy()
    poisoned[1, 0, 2, 4] = poison
    out, cache = conv2d_forward(poisoned, w, np.zeros(3), padding=1)
    affected = np.zeros(out.shape, bool)
    affected[1, :, 1:4, 3:6] = True
    np.testing.assert_array_equal(np.isfinite(out), ~affected)
    np.testing.assert_array_equal(np.isnan(out), affected & np.isnan(poison))
    dout = rng.normal(size=out.shape).astype(dtype)
    dout[1, 0, 2, 4] = poison
    dx, _, _ = conv2d_backward(dout, cache)
    affected = np.zeros(x.shape, bool)
    affected[1, :, 1:4, 3:6] = True
    np.testing.assert_array_equal(np.isfinite(dx), ~affected)
    np.testing.assert_array_equal(np.isnan(dx), affected & np.isnan(poison))


def test_integers_and_views_are_taken(rng):
    x = rng.integers(-5, 5, size=(6, 5, 2, 3)).transpose(2, 3, 0, 1)
    w = rng.normal(size=(3, 3, 2, 4)).transpose(3, 1, 0, 2)
    dense = np.ascontiguousarray(x, float), np.ascontiguousarray(w)
    np.testing.assert_array_equal(conv2d_forward(x, w, np.zeros(4))[0], conv2d_forward(*dense, np.zeros(4))[0])


@given(seeds, cases(), dtypes)
def test_im2col_holds_the_windows(seed, case, dtype):
    x_shape, w_shape, window = case
    x, w, b = arrays(seed, x_shape, w_shape, dtype)
    kernel, dilation, stride = w_shape[2:], window["dilation"], window["stride"]
    cols = im2col(x, kernel, **window)
    assert cols.dtype == dtype
    out = conv2d_forward(x, w, b, **window)[0]
    padded = pad(x, kernel, stride, window["padding"], dilation)
    for p, (i, j) in enumerate(np.ndindex(out.shape[2:])):
        rows = i * stride[0] + dilation[0] * np.arange(kernel[0])
        columns = j * stride[1] + dilation[1] * np.arange(kernel[1])
        np.testing.assert_array_equal(cols[:, :, p], padded[:, :, rows[:, None], columns].reshape(len(x), -1))
    product = w.reshape(len(w), -1) @ cols + b[:, None]
    np.testing.assert_allclose(product.reshape(out.shape), out, rtol=0, atol=2 * tolerance(dtype, w, 1.0))


@given(seeds, cases(), dtypes)
def test_col2im_is_the_transpose_of_im2col(seed, case, dtype):
    x_shape, w_shape, window = case
    x = arrays(seed, x_shape, w_shape, dtype)[0]
    cols = im2col(x, w_shape[2:], **window)
    other = np.random.default_rng(seed).normal(size=cols.shape).astype(dtype)
    back = col2im(other, x.shape, w_shape[2:], **window)
    assert back.dtype == dtype
    assert back.shape == x.shape
    left, right = np.vdot(cols, other), np.vdot(x, back)
    # both sum the same products of numbers below 6
    assert abs(left - right) <= 2 * cols.size * 36 * np.finfo(dtype).eps


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda x, w, b: conv2d_forward(x[0], w, b),
            r"x must .*\(N, C, H, W\), got \(2, 5, 6\): one sample is x\[None",
        ),
        (lambda x, w, b: conv2d_forward(x[:0], w, b), r"x must .* one entry .*, got the shape \(0, 2, 5, 6\)"),
        (lambda x, w, b: conv2d_forward(x, w[:0], b[:0]), r"w must .* one entry .*, got the shape \(0, 2, 3, 3\)"),
        (lambda x, w, b: conv2d_forward(x, w[0], b), r"w must .*\(M, C, KH, KW\), got \(2, 3, 3\)"),
        (lambda x, w, b: conv2d_forward(x[:, :1], w, b), r"the same C, got \(1, 1, 5, 6\) and \(4, 2, 3, 3\)"),
        (lambda x, w, b: conv2d_forward(x, w, b[:3]), r"b must have the shape \(4,\), got \(3,\)"),
        (lambda x, w, b: conv2d_forward(x, w, b[0]), r"b must have the shape \(4,\), got \(\)"),
        (lambda x, w, b: conv2d_forward(x, w, b, dilation=3), "a window of 7 pixels does not fit into 5"),
        (lambda x, w, b: conv2d_forward(x, w, b, stride=0), "stride must be at least 1, got 0"),
        (lambda x, w, b: conv2d_forward(x, w, b, stride=(1, 2, 3)), r"stride must be .*got \(1, 2, 3\)"),
        (lambda x, w, b: conv2d_forward(x, w, b, padding=-1), "padding must be at least 0.*got -1"),
        (lambda x, w, b: conv2d_forward(x, w, b, padding="full"), "got 'full'"),
        (lambda x, w, b: conv2d_backward(x, conv2d_forward(x, w, b)[1]), r"shape \(1, 4, 3, 4\), got \(1, 2, 5, 6\)"),
        (lambda x, w, b: im2col(x[0], 3), r"\(N, C, H, W\), got \(2, 5, 6\)"),
        (lambda x, w, b: im2col(x, 6), "does not fit"),
        (lambda x, w, b: col2im(x[0], x.shape, 3), r"cols .* \(1, 18, 12\), got \(2, 5, 6\)"),
        (lambda x, w, b: col2im(x[0], x.shape[1:], 3), r"shape must be \(N, C, H, W\), got \(2, 5, 6\)"),
        (lambda x, w, b: col2im(x[0], (1, 2, 0, 6), 3), "sizes in shape must be at least 1, got 0"),
    ],
)
def test_what_does_not_fit_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(np.zeros((1, 2, 5, 6)), np.zeros((4, 2, 3, 3)), np.zeros(4))


def test_a_stride_that_is_not_an_integer_is_refused():
    x, w = np.zeros((1, 2, 5, 6)), np.zeros((4, 2, 3, 3))
    for call in (
        lambda s: conv2d_forward(x, w, np.zeros(4), s),
        lambda s: conv2d_forward(x, w, np.zeros(4), dilation=s),
    ):
        with pytest.raises(TypeError, match=r"must be an integer, got 2.0 \(float\): type 2"):
            call(2.0)


@given(seeds, cases(), st.sampled_from([7, 10**3, 2**31, 2**40]))
def test_a_stride_beyond_the_image_takes_the_first_window(seed, case, stride):
    """The planes of the kernel are as many as the stride squared, if the image does not limit it."""
    x_shape, w_shape, window = case
    window |= {"padding": (3, 3)}  # with it, the widest window (3 taps, dilation 3) fits into one pixel
    inputs = arrays(seed, x_shape, w_shape)
    near, _ = conv2d_forward(*inputs, **(window | {"stride": 1}))
    far, cache = conv2d_forward(*inputs, **(window | {"stride": max(stride, *x_shape[2:]) + 6}))
    # the same sums, in another order
    np.testing.assert_allclose(far, near[:, :, :1, :1], rtol=0, atol=tolerance(float, inputs[1], 1.0))
    assert conv2d_backward(np.ones_like(far), cache)[0].shape == x_shape


@pytest.mark.compiled
def test_the_gradients_of_very_many_images_are_right_in_float32():
    n = 200_000
    x, w = np.full((n, 1, 1, 1), 0.1, np.float32), np.ones((1, 1, 1, 1))
    _, cache = conv2d_forward(x, w, np.zeros(1))
    _, dw, db = conv2d_backward(x, cache, input_gradient=False)
    tenth = float(np.float32(0.1))
    # db is a sum in float64; dw one of blocks of 64 images, whose sums are added in float32
    np.testing.assert_allclose(db, n * tenth, rtol=1e-6)
    np.testing.assert_allclose(dw.ravel(), n * tenth**2, rtol=n / 64 * 2**-24)
