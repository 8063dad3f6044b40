"""The residual connection: forward as defined, backward against numerical gradients."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.analysis.gradient_check import numeric_grad
from course_lib.functions.residual import residual_backward, residual_forward

seeds = st.integers(0, 2**32 - 1)
sizes = st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4))
dtypes = st.sampled_from([np.float32, np.float64])


def tanh_branch(rng, n_features, n_hidden, dtype=np.float64):
    """Two layers with tanh between them: forward, and the backward pass that belongs to an input."""
    w1 = rng.normal(size=(n_features, n_hidden)).astype(dtype)
    w2 = rng.normal(size=(n_hidden, n_features)).astype(dtype)

    def branch(x):
        return np.tanh(x @ w1) @ w2

    def backward_at(x):
        return lambda d: (d @ w2.T * (1 - np.tanh(x @ w1) ** 2)) @ w1.T

    return branch, backward_at


@given(seeds, sizes)
def test_backward_equals_the_numerical_gradient(seed, size):
    rng = np.random.default_rng(seed)
    n, d, m = size
    branch, backward_at = tanh_branch(rng, d, m)
    x, dout = rng.normal(size=(2, n, d))
    numeric = numeric_grad(lambda v: np.sum(dout * residual_forward(v, branch)), x)
    # rounding of a sum below 1000 over 2h is 1e-8; truncation h**2 times a third derivative below 1000
    np.testing.assert_allclose(residual_backward(dout, backward_at(x)), numeric, rtol=0, atol=1e-7)


@given(seeds, sizes, dtypes)
def test_forward_and_backward_are_sums_in_both_precisions(seed, size, dtype):
    rng = np.random.default_rng(seed)
    n, d, m = size
    branch, backward_at = tanh_branch(rng, d, m, dtype)
    x, dout = rng.normal(size=(2, n, d)).astype(dtype)
    out, dx = residual_forward(x, branch), residual_backward(dout, backward_at(x))
    assert out.dtype == dx.dtype == dtype
    np.testing.assert_array_equal(out - branch(x), (x + branch(x)) - branch(x))
    np.testing.assert_array_equal(dx, backward_at(x)(dout) + dout)


@given(seeds, st.lists(st.integers(1, 4), min_size=1, max_size=4))
def test_a_branch_of_zeros_is_the_identity(seed, shape):
    x = np.random.default_rng(seed).normal(size=shape)
    np.testing.assert_array_equal(residual_forward(x, np.zeros_like), x)
    np.testing.assert_array_equal(residual_backward(x, np.zeros_like), x)


@given(seeds, st.integers(1, 100), st.sampled_from([1e-8, 1e-3]))
def test_the_gradient_survives_any_depth_of_weak_branches(seed, depth, slope):
    dout = np.random.default_rng(seed).normal(size=(3, 2))
    plain, residual = dout, dout
    for _ in range(depth):
        plain = slope * plain
        residual = residual_backward(residual, lambda d: slope * d)
    # one rounding per layer, and those of the two norms
    rounding = (depth + 10) * np.finfo(float).eps
    assert np.linalg.norm(plain) <= slope * np.linalg.norm(dout) * (1 + rounding)
    # (1 + slope)**depth, each factor rounded
    np.testing.assert_allclose(residual, dout * (1 + slope) ** depth, rtol=4 * depth * np.finfo(float).eps)


@pytest.mark.parametrize("function", [residual_forward, residual_backward])
def test_the_input_is_left_alone(function):
    x = np.arange(6.0).reshape(2, 3)
    result = function(x, lambda v: 2 * v)
    np.testing.assert_array_equal(x, np.arange(6.0).reshape(2, 3))
    np.testing.assert_array_equal(result, 3 * x)


@pytest.mark.parametrize("function", [residual_forward, residual_backward])
@pytest.mark.parametrize(
    ("x", "branch", "error", "message"),
    [
        (np.ones((3, 3)), lambda v: v[0], ValueError, r"branch.* must have the shape \(3, 3\), got \(3,\)"),
        (np.ones((3, 1)), lambda v: v[:, 0], ValueError, r"branch.* must have the shape \(3, 1\), got \(3,\)"),
        (np.ones((3, 2)), lambda v: v.sum(), ValueError, r"branch.* must have the shape \(3, 2\), got \(\)"),
        (np.ones((3, 2)), lambda v: None, TypeError, r"branch.* must hold real numbers, got objects \(NoneType\)"),
        (np.ones((3, 2)), np.ones((3, 2)), TypeError, r"branch.* must be a function .*"),
        (np.ones((3, 2), complex), abs, TypeError, r"(x|dout) must hold real numbers, got complex128"),
    ],
)
def test_bad_input_is_refused(function, x, branch, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        function(x, branch)


@given(dtypes, dtypes)
def test_the_input_decides_the_dtype(of_x, of_branch):
    for function in (residual_forward, residual_backward):
        assert function(np.ones((2, 3), of_x), lambda v: v.astype(of_branch)).dtype == of_x
