"""Pooling against the definition, window by window, and the backward passes against differences."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from course_lib.analysis.gradient_check import numeric_grad, rel_error
from course_lib.functions import pooling

seeds = st.integers(0, 2**32 - 1)
small = st.integers(1, 3)
dtypes = st.sampled_from([np.float32, np.float64])
POOLS = ["max", "average", "average inside"]
every_pool = pytest.mark.parametrize("pool", POOLS)


@st.composite
def cases(draw):
    """Shape and window; the usual window of 2 by 2 side by side has loops of its own and is drawn often."""
    n, c = draw(small), draw(small)
    if draw(st.booleans()):
        padding = draw(st.sampled_from([0, "valid", "same"]))
        least = 1 if padding == "same" else 2
        size = draw(st.tuples(st.integers(least, 9), st.integers(least, 9)))
        return (n, c, *size), {"kernel": 2, "padding": padding}
    kernel, stride = draw(st.tuples(small, small)), draw(st.tuples(small, small))
    padding = draw(st.sampled_from(["same", "valid", tuple(k // 2 for k in kernel)]))
    size = draw(st.tuples(st.integers(1, 7), st.integers(1, 7)))
    room = padding if isinstance(padding, tuple) else (0, 0)
    assume(padding == "same" or all(s + 2 * p >= k for s, k, p in zip(size, kernel, room, strict=True)))
    return (n, c, *size), {"kernel": kernel, "stride": stride, "padding": padding}


def forward(pool, x, window):
    if pool == "max":
        return pooling.max_pool2d_forward(x, **window)
    return pooling.avg_pool2d_forward(x, **window, count_padding=pool == "average")


def backward(pool, dout, cache):
    return pooling.max_pool2d_backward(dout, cache) if pool == "max" else pooling.avg_pool2d_backward(dout, cache)


def windows_of(shape, kernel, stride=None, padding=0):
    """Slices of the image, one for each output, and the number of rows and columns of outputs."""
    stride = kernel if stride is None else stride
    axes = []
    for axis, size in enumerate(shape[2:]):
        k, s, p = (v[axis] if isinstance(v, tuple) else v for v in (kernel, stride, padding))
        if p == "same":
            n = -(-size // s)
            before = max(0, (n - 1) * s + k - size) // 2
        else:
            before = 0 if p == "valid" else p
            n = (size + 2 * before - k) // s + 1
        axes.append([slice(max(0, i * s - before), min(size, i * s - before + k)) for i in range(n)])
    return axes


@every_pool
@given(seed=seeds, case=cases(), dtype=dtypes)
def test_forward_equals_the_definition(pool, seed, case, dtype):
    shape, window = case
    x = np.random.default_rng(seed).normal(size=shape).astype(dtype)
    out, _ = forward(pool, x, window)
    rows, columns = windows_of(shape, **window)
    assert out.shape == (*shape[:2], len(rows), len(columns))
    assert out.dtype == dtype
    size = np.prod(np.broadcast_to(window["kernel"], 2))
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            entries = x[:, :, row, column].astype(float)
            if pool == "max":
                expected = entries.max(axis=(2, 3))
            else:
                count = size if pool == "average" else entries[0, 0].size
                expected = entries.sum(axis=(2, 3)) / count
            # at most 9 additions and a product of numbers below 6
            np.testing.assert_allclose(out[:, :, i, j], expected, rtol=0, atol=10 * 6 * np.finfo(dtype).eps)


@every_pool
@given(seed=seeds, case=cases(), scale=st.sampled_from([1e-3, 1.0, 1e3]))
def test_gradients(pool, seed, case, scale):
    shape, window = case
    rng = np.random.default_rng(seed)
    # entries that differ by at least scale: no step of 0.1 * scale changes which one is the largest
    x = scale * rng.permutation(np.prod(shape)).reshape(shape).astype(float)
    out, cache = forward(pool, x, window)
    dout = rng.normal(size=out.shape)
    # within such a step the output is linear, so there is no truncation error
    expected = numeric_grad(lambda value: (forward(pool, value, window)[0] * dout).sum(), x, h=0.1 * scale)
    # round-off of a sum of about 100 terms of up to 250 * 4 * scale, divided by the step, is some 1e-11
    assert rel_error(backward(pool, dout, cache), expected, eps=1e-3) < 1e-6


@given(seeds, cases(), dtypes)
def test_the_first_of_equal_entries_receives_the_gradient(seed, case, dtype):
    shape, window = case
    rng = np.random.default_rng(seed)
    x = rng.integers(2, size=shape).astype(dtype)
    out, cache = pooling.max_pool2d_forward(x, **window)
    # integers: sums without rounding
    dout = rng.integers(1, 100, size=out.shape).astype(dtype)
    expected = np.zeros_like(x)
    rows, columns = windows_of(shape, **window)
    for n, c, i, j in np.ndindex(out.shape):
        entries = x[n, c, rows[i], columns[j]]
        place = np.unravel_index(entries.argmax(), entries.shape)
        expected[n, c, rows[i], columns[j]][place] += dout[n, c, i, j]
    dx = pooling.max_pool2d_backward(dout, cache)
    assert dx.dtype == dtype
    np.testing.assert_array_equal(dx, expected)


@every_pool
@given(seed=seeds, case=cases(), dtype=dtypes)
def test_nan_reaches_its_windows_and_no_others(pool, seed, case, dtype):
    shape, window = case
    rng = np.random.default_rng(seed)
    x = rng.normal(size=shape).astype(dtype)
    x[rng.random(shape) < 0.2] = np.nan
    out, cache = forward(pool, x, window)
    rows, columns = windows_of(shape, **window)
    for n, c, i, j in np.ndindex(out.shape):
        assert np.isnan(out[n, c, i, j]) == np.isnan(x[n, c, rows[i], columns[j]]).any()
    if pool == "max":
        # windows without NaN hand their gradient on as ever
        dx = backward(pool, np.where(np.isnan(out), 0, 1).astype(dtype), cache)
        assert dx.sum() == np.isfinite(out).sum()
        assert not dx[np.isnan(x)].any()


@pytest.mark.parametrize("window", [{"kernel": 2}, {"kernel": 3, "stride": 2, "padding": 1}])
def test_minus_infinity_is_a_maximum_too(window):
    x = np.full((1, 1, 4, 4), -np.inf)
    out, cache = pooling.max_pool2d_forward(x, **window)
    np.testing.assert_array_equal(out, -np.inf)
    assert pooling.max_pool2d_backward(np.ones_like(out), cache).sum() == out.size


@every_pool
@given(seed=seeds, case=cases())
def test_inputs_stay_as_they_are(pool, seed, case):
    shape, window = case
    x = np.random.default_rng(seed).normal(size=shape)
    before = x.copy()
    out, cache = forward(pool, x, window)
    dout = np.ones_like(out)
    backward(pool, dout, cache)
    np.testing.assert_array_equal(x, before)
    np.testing.assert_array_equal(dout, 1)


@given(seeds, st.tuples(small, small, st.integers(1, 6), st.integers(1, 6)), dtypes)
def test_global_average(seed, shape, dtype):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=shape).astype(dtype)
    out, cache = pooling.global_avg_pool2d_forward(x)
    assert out.dtype == dtype
    # 36 additions of numbers below 6
    np.testing.assert_allclose(out, x.astype(float).sum((2, 3)) / (shape[2] * shape[3]), atol=216 * np.finfo(dtype).eps)
    dout = rng.normal(size=out.shape).astype(dtype)
    dx = pooling.global_avg_pool2d_backward(dout, cache)
    assert dx.dtype == dtype
    assert dx.flags.c_contiguous
    expected = numeric_grad(lambda v: (pooling.global_avg_pool2d_forward(v)[0] * dout).sum(), x.astype(float), h=1.0)
    # one rounding of a division in dtype
    assert rel_error(dx, expected, eps=1e-3) < max(1e-6, 2 * np.finfo(dtype).eps)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda x: pooling.max_pool2d_forward(x[0]),
            r"x must .* \(N, C, H, W\), got \(2, 5, 5\): one sample is x\[None",
        ),
        (lambda x: pooling.max_pool2d_forward(x[:0]), r"at least one entry .*, got the shape \(0, 2, 5, 5\)"),
        (lambda x: pooling.avg_pool2d_forward(x[:, :0]), r"at least one entry .*, got the shape \(1, 0, 5, 5\)"),
        (
            lambda x: pooling.max_pool2d_forward(x[..., :0], padding=1),
            r"at least one entry .*, got the shape \(1, 2, 5, 0",
        ),
        (lambda x: pooling.max_pool2d_forward(x, 6), "a window of 6 pixels does not fit into 5"),
        (lambda x: pooling.max_pool2d_forward(x, 3, padding=2), "at most half the kernel, 3, got 2"),
        (lambda x: pooling.avg_pool2d_forward(x, 0), "kernel must be at least 1, got 0"),
        (lambda x: pooling.avg_pool2d_forward(x, 2, stride=0), "stride must be at least 1, got 0"),
        (lambda x: pooling.avg_pool2d_forward(x, 2, padding=-1), "padding must be at least 0, got -1"),
        (lambda x: pooling.avg_pool2d_forward(x, 2, padding="SAME"), "'same' or 'valid', got 'SAME'"),
        (
            lambda x: pooling.avg_pool2d_forward(x, (2, 2, 2)),
            r"kernel must be one value, or a pair .*, got \(2, 2, 2\)",
        ),
        (lambda x: pooling.max_pool2d_backward(x, pooling.max_pool2d_forward(x)[1]), r"\(1, 2, 2, 2\), got \(1, 2, 5"),
        (lambda x: pooling.avg_pool2d_backward(x, pooling.avg_pool2d_forward(x)[1]), r"\(1, 2, 2, 2\), got \(1, 2, 5"),
        (
            lambda x: pooling.global_avg_pool2d_forward(x[:, :, :0]),
            r"at least one entry .*, got the shape \(1, 2, 0, 5\)",
        ),
        (
            lambda x: pooling.global_avg_pool2d_backward(x, pooling.global_avg_pool2d_forward(x)[1]),
            r"shape \(1, 2\), got \(1, 2, 5, 5\)",
        ),
    ],
)
def test_what_does_not_fit_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(np.zeros((1, 2, 5, 5)))


@pytest.mark.parametrize("window", [{"kernel": 2.0}, {"kernel": (2, 2.0)}, {"stride": 2.0}, {"padding": 1.0}])
def test_a_whole_number_that_is_not_an_integer_is_refused(window):
    with pytest.raises(TypeError, match=r"must be an integer, got (.)\.0 \(float\): type \1"):
        pooling.max_pool2d_forward(np.zeros((1, 2, 5, 5)), **window)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_images_decide_the_dtype(dtype):
    x = np.ones((1, 2, 4, 4), dtype)
    for pool in POOLS:
        out, cache = forward(pool, x, {"kernel": 2})
        assert out.dtype == backward(pool, np.ones((1, 2, 2, 2), int), cache).dtype == dtype
    _, cache = pooling.global_avg_pool2d_forward(x)
    assert pooling.global_avg_pool2d_backward(np.ones((1, 2)), cache).dtype == dtype
