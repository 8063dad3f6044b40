"""The affine layer against loops, and its backward pass against numerical gradients."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.analysis.gradient_check import numeric_grad
from course_lib.functions.affine import affine_backward, affine_forward

seeds = st.integers(0, 2**32 - 1)
sizes = st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 5))
scales = st.sampled_from([1e-3, 1.0, 1e3])
dtypes = st.sampled_from([np.float32, np.float64])


def draw(seed, size, scale=1.0, dtype=np.float64):
    """x (N, D), w (D, M), b (M,), dout (N, M)."""
    rng = np.random.default_rng(seed)
    n, d, m = size
    return [(scale * rng.normal(size=shape)).astype(dtype) for shape in ((n, d), (d, m), (m,), (n, m))]


def magnitude(x, w, b, dout):
    """Sum of the absolute terms of sum(dout * out): what rounding errors are proportional to."""
    return np.sum(np.abs(dout) * (np.abs(x) @ np.abs(w) + np.abs(b)))


@given(seeds, sizes, scales, dtypes)
def test_forward_equals_loops(seed, size, scale, dtype):
    x, w, b, _ = draw(seed, size, scale, dtype)
    out, cache = affine_forward(x, w, b)
    expected = np.empty(out.shape)
    for n, m in np.ndindex(out.shape):
        expected[n, m] = float(b[m]) + sum(float(x[n, d]) * float(w[d, m]) for d in range(x.shape[1]))
    assert out.dtype == dtype
    assert len(cache) == 2
    # sums of at most 6 terms, each rounded; the terms may cancel, so relative to their absolute values
    bound = 8 * np.finfo(dtype).eps * (np.abs(x) @ np.abs(w) + np.abs(b))
    assert np.all(np.abs(out - expected) <= bound)


@given(seeds, sizes, scales)
def test_backward_equals_numerical_gradients(seed, size, scale):
    x, w, b, dout = draw(seed, size, scale)
    _, cache = affine_forward(x, w, b)
    gradients = affine_backward(dout, cache)

    def loss(x, w, b):
        return np.sum(dout * affine_forward(x, w, b)[0])

    # linear in each argument: a step as large as the entries has no truncation error, only rounding
    h = scale
    numeric = (
        numeric_grad(lambda v: loss(v, w, b), x, h),
        numeric_grad(lambda v: loss(x, v, b), w, h),
        numeric_grad(lambda v: loss(x, w, v), b, h),
    )
    atol = 100 * np.finfo(float).eps * magnitude(np.abs(x) + h, np.abs(w) + h, np.abs(b) + h, dout) / h
    for gradient, expected in zip(gradients, numeric, strict=True):
        assert gradient.shape == expected.shape
        np.testing.assert_allclose(gradient, expected, rtol=0, atol=atol)


@given(seeds, sizes, dtypes)
def test_backward_equals_loops_in_both_precisions(seed, size, dtype):
    x, w, b, dout = draw(seed, size, dtype=dtype)
    dx, dw, db = affine_backward(dout, affine_forward(x, w, b)[1])
    expected = [np.zeros(x.shape), np.zeros(w.shape), np.zeros(b.shape)]
    for n, m in np.ndindex(dout.shape):
        expected[0][n] += dout[n, m].astype(float) * w[:, m]
        expected[1][:, m] += dout[n, m].astype(float) * x[n]
        expected[2][m] += dout[n, m]
    for got, wanted in zip((dx, dw, db), expected, strict=True):
        assert got.dtype == dtype
        # sums of at most 5 products of numbers below 6
        np.testing.assert_allclose(got, wanted, rtol=0, atol=5 * 36 * np.finfo(dtype).eps)


@given(seeds, sizes, st.integers(1, 4))
def test_gradients_of_parts_of_a_batch_add_up(seed, size, extra):
    x, w, b, dout = draw(seed, (size[0] + extra, *size[1:]))
    whole = affine_backward(dout, affine_forward(x, w, b)[1])
    first = affine_backward(dout[:extra], affine_forward(x[:extra], w, b)[1])
    second = affine_backward(dout[extra:], affine_forward(x[extra:], w, b)[1])
    atol = 1e-13  # another order of summing at most 9 products of order 10
    np.testing.assert_allclose(whole[0], np.vstack([first[0], second[0]]), rtol=0, atol=atol)
    np.testing.assert_allclose(whole[1], first[1] + second[1], rtol=0, atol=atol)
    np.testing.assert_allclose(whole[2], first[2] + second[2], rtol=0, atol=atol)


@given(seeds, sizes)
def test_inputs_are_left_alone(seed, size):
    arrays = draw(seed, size)
    before = [a.copy() for a in arrays]
    x, w, b, dout = arrays
    affine_backward(dout, affine_forward(x, w, b)[1])
    assert all(a.tobytes() == c.tobytes() for a, c in zip(arrays, before, strict=True))


@pytest.mark.parametrize(
    ("x", "w", "b"),
    [((3, 2), (4, 5), (5,)), ((3, 2), (2, 5), (2,)), ((3, 2), (2, 5), (1, 5)), ((2,), (2, 5), (5,))],
)
def test_shapes_that_do_not_fit_are_refused_with_their_values(x, w, b):
    with pytest.raises(ValueError) as error:
        affine_forward(np.zeros(x), np.zeros(w), np.zeros(b))
    assert all(str(shape) in str(error.value) for shape in (x, w, b))


@given(seeds, sizes, st.tuples(dtypes, dtypes, dtypes, dtypes))
def test_the_data_decide_the_dtype(seed, size, kinds):
    x, w, b, dout = (value.astype(kind) for value, kind in zip(draw(seed, size), kinds, strict=True))
    out, cache = affine_forward(x, w, b)
    assert {value.dtype for value in (out, *cache, *affine_backward(dout, cache))} == {x.dtype}


def test_integers_count_as_float64():
    out, cache = affine_forward([[1, 2]], [[1], [1]], [True])
    assert out.dtype == np.float64
    np.testing.assert_array_equal(out, [[4]])
    assert all(value.dtype == np.float64 for value in affine_backward([[1]], cache))


@given(sizes, st.data())
def test_a_gradient_of_another_shape_is_refused_where_it_would_broadcast_too(size, data):
    x, w, b, dout = draw(0, size)
    n, _, m = size
    others = [(m,), (n,), (n, 1), (1, m), (m, n), (1, n, m), ()]
    shape = data.draw(st.sampled_from([other for other in others if other != dout.shape]))
    with pytest.raises(ValueError, match=r"^dout must have the shape "):
        affine_backward(np.ones(shape), affine_forward(x, w, b)[1])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x, w, b: affine_forward(x[:0], w, b), ValueError, r"x must have at least one entry .* \(0, 2\)"),
        (lambda x, w, b: affine_forward(x.astype(np.float16), w, b), TypeError, "x is float16"),
        (lambda x, w, b: affine_forward(x, w + 1j, b), TypeError, "w must hold real numbers, got complex128"),
        (lambda x, w, b: affine_forward(x, w, "b"), TypeError, "b must hold real numbers, got <U1"),
    ],
)
def test_bad_input_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call(np.ones((3, 2)), np.ones((2, 4)), np.ones(4))


@given(st.integers(300, 20_000), st.floats(0.01, 10))
def test_the_gradient_of_the_bias_is_right_for_any_number_of_samples(n, value):
    _, cache = affine_forward(np.ones((n, 1), np.float32), [[1.0]], [0.0])
    dout = np.full((n, 1), value, np.float32)
    # 256 roundings: not the n of a sum in float32, which is 1 % off at a million samples
    np.testing.assert_allclose(affine_backward(dout, cache)[2], n * dout[0].astype(float), rtol=256 * 2**-24)
