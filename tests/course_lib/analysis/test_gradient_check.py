"""Numerical gradients against closed forms and SciPy; relative errors against their definition."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import approx_fprime

from course_lib.analysis.gradient_check import numeric_grad, rel_error

seeds = st.integers(0, 2**32 - 1)
shapes = st.lists(st.integers(1, 4), min_size=0, max_size=3).map(tuple)
dtypes = st.sampled_from([np.float32, np.float64])


def coupled(rng, size):
    """A function whose mixed derivatives do not vanish, and its gradient in closed form."""
    a, b = rng.uniform(0.5, 2, size), rng.uniform(-1, 1, size) / size

    def f(x):
        v = np.ravel(x).astype(np.float64)
        return np.sum(np.sin(a * v)) + np.sum(b * v) ** 3

    def gradient(x):
        v = np.ravel(x).astype(np.float64)
        return (a * np.cos(a * v) + 3 * np.sum(b * v) ** 2 * b).reshape(np.shape(x))

    return f, gradient


@given(seeds, shapes, dtypes)
def test_numeric_grad_equals_the_closed_form(seed, shape, dtype):
    rng = np.random.default_rng(seed)
    f, gradient = coupled(rng, int(np.prod(shape)))
    x = rng.uniform(-2, 2, shape).astype(dtype)
    # rounding: |f| < 100 divided by 2h, times 1e-16, is 1e-9; truncation: h**2 times a third derivative < 20
    np.testing.assert_allclose(numeric_grad(f, x), gradient(x), rtol=0, atol=1e-8)


@given(seeds, shapes)
def test_numeric_grad_of_integers_is_not_cut(seed, shape):
    rng = np.random.default_rng(seed)
    f, gradient = coupled(rng, int(np.prod(shape)))
    x = rng.integers(-2, 3, shape)
    grad = numeric_grad(f, x)
    assert grad.dtype == np.float64
    np.testing.assert_allclose(grad, gradient(x), rtol=0, atol=1e-8)  # as above


@given(seeds, st.integers(1, 6))
def test_numeric_grad_agrees_with_scipy(seed, size):
    rng = np.random.default_rng(seed)
    f, _ = coupled(rng, size)
    x = rng.uniform(-2, 2, size)
    # SciPy's forward difference has an error of about sqrt(1e-16) times a second derivative < 20
    np.testing.assert_allclose(numeric_grad(f, x), approx_fprime(x, f), rtol=0, atol=1e-6)


@given(seeds, st.floats(1e-3, 1e3))
def test_central_differences_of_a_quadratic_are_exact_for_any_step(seed, h):
    rng = np.random.default_rng(seed)
    matrix, x = rng.normal(size=(3, 3)), rng.normal(size=3)
    grad = numeric_grad(lambda v: v @ matrix @ v, x, h)
    # only rounding is left: values of order 100 (1 + h)**2, divided by 2h
    np.testing.assert_allclose(grad, (matrix + matrix.T) @ x, rtol=0, atol=1e-13 * (1 + h) ** 2 / h)


@pytest.mark.parametrize("x", [-1.0, 0.0, 2.0])
def test_the_error_falls_with_the_square_of_the_step(x):
    steps = np.array([0.2, 0.1, 0.05])
    errors = [abs(numeric_grad(lambda v: float(np.exp(v[0])), np.array([x]), h)[0] - np.exp(x)) for h in steps]
    # (sinh(h)/h - 1) = h**2/6 (1 + h**2/20 + ...): the ratio departs from 4 by less than 1 percent
    np.testing.assert_allclose(np.divide(errors[:-1], errors[1:]), 4, rtol=0.01)


@given(seeds, shapes, dtypes)
def test_numeric_grad_leaves_x_alone_and_moves_one_entry_at_a_time(seed, shape, dtype):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=shape).astype(dtype)
    before = x.copy()
    moved = []

    def f(v):
        assert v.shape == shape
        moved.append(int(np.sum(v != before)))
        return 0.0

    numeric_grad(f, x, h=0.5)
    assert moved == [1] * (2 * x.size)
    assert x.tobytes() == before.tobytes()


def test_numeric_grad_never_writes_into_x():
    x = np.array([1.0, 2.0])
    x.flags.writeable = False
    # a quadratic: only rounding of values below 10, divided by 2h, is left
    np.testing.assert_allclose(numeric_grad(lambda v: v @ v, x, h=0.1), 2 * x, rtol=0, atol=1e-13)


def transcribed_rel_error(a, b, eps):
    errors = [abs(p - q) / max(abs(p) + abs(q), eps) for p, q in zip(np.ravel(a), np.ravel(b), strict=True)]
    return max(errors)


@given(seeds, st.lists(st.integers(1, 4), min_size=1, max_size=3), st.sampled_from([1e-12, 1.0, 1e12]), dtypes)
def test_rel_error_equals_its_definition(seed, shape, scale, dtype):
    rng = np.random.default_rng(seed)
    a, b = (scale * rng.normal(size=(2, *shape))).astype(dtype)
    eps = float(rng.choice([1e-15, 1e-8, 0.5]))
    expected = transcribed_rel_error(a.astype(float), b.astype(float), eps)
    assert rel_error(a, b, eps) == pytest.approx(expected, rel=1e-14)  # the same float64 operations


@given(seeds, st.sampled_from([1e-6, 1.0, 1e6]), st.floats(0.1, 10))
def test_rel_error_is_symmetric_bounded_and_free_of_units(seed, scale, factor):
    rng = np.random.default_rng(seed)
    a, b = scale * rng.uniform(0.1, 1, (2, 5)) * rng.choice([-1, 1], (2, 5))
    error = rel_error(a, b)
    assert error == rel_error(b, a)
    assert 0 <= error <= 1
    # entries of at least 1e-7 lie above eps, so that a common factor cancels up to rounding
    assert rel_error(factor * a, factor * b) == pytest.approx(error, rel=1e-12)


def test_rel_error_shows_the_one_wrong_entry():
    a = np.ones(10_000)
    b = a.copy()
    b[1234] = -1.0
    assert rel_error(a, b) == 1.0


def test_rel_error_of_zeros_is_zero_and_of_nan_is_nan():
    assert rel_error(np.zeros((2, 3)), np.zeros((2, 3))) == 0.0
    assert np.isnan(rel_error(np.array([1.0, np.nan]), np.array([1.0, 1.0])))


@given(st.floats(1e-12, 1e-3))
def test_below_eps_differences_count_as_if_the_entries_were_eps(eps):
    a, b = np.array([eps / 10]), np.array([eps / 5])
    # |a - b| = eps / 10, and |a| + |b| = 0.3 eps lies below eps
    assert rel_error(a, b, eps) == pytest.approx(0.1, rel=1e-12)


@given(seeds, shapes)
def test_numeric_grad_works_with_functions_that_change_or_keep_what_they_get(seed, shape):
    rng = np.random.default_rng(seed)
    f, _ = coupled(rng, int(np.prod(shape)))
    x, received = rng.uniform(-2, 2, shape), []

    def careless(v):
        received.append(v)
        value = f(v)
        v[...] = 7
        return value

    np.testing.assert_array_equal(numeric_grad(careless, x), numeric_grad(f, x))
    assert not any(np.shares_memory(a, b) for a, b in [*pairwise(received), (received[0], x)])


def test_numeric_grad_of_float32_takes_the_step_in_float64():
    def f(v):
        assert v.dtype == np.float64
        return v @ v

    # 1 + 1e-9 is 1 in float32
    np.testing.assert_allclose(numeric_grad(f, np.ones(2, np.float32), h=1e-9), 2, rtol=1e-6)


def test_numeric_grad_shows_where_the_function_is_nan():
    with np.errstate(invalid="ignore"):
        grad = numeric_grad(lambda v: np.sum(np.sqrt(v)), np.array([1.0, 0.0]))
    np.testing.assert_array_equal(np.isnan(grad), [False, True])


@pytest.mark.parametrize(
    ("f", "x", "h", "error", "message"),
    [
        (lambda v: v, np.ones(3), 1e-5, ValueError, r"f must return a number, got an array of shape \(3,\)"),
        (lambda v: v[:1], np.ones(3), 1e-5, ValueError, r"f must return a number, got an array of shape \(1,\)"),
        (lambda v: (v.sum(), v), np.ones(3), 1e-5, ValueError, r"f\(x\) must be an array of numbers, got rows .*"),
        (lambda v: None, np.ones(3), 1e-5, TypeError, r"f\(x\) must hold real numbers, got objects \(NoneType\)"),
        (lambda v: 1j, np.ones(3), 1e-5, TypeError, r"f\(x\) must hold real numbers, got complex128"),
        (np.sum, np.ones(3), 0, ValueError, "h must be positive and finite, got 0"),
        (np.sum, np.ones(3), -1e-5, ValueError, "h must be positive and finite, got -1e-05"),
        (np.sum, np.ones(3), np.nan, ValueError, "h must be positive and finite, got nan"),
        (np.sum, np.ones(3), "1e-5", TypeError, r"h must be a number, got '1e-5' \(str\)"),
        (np.sum, [1, None], 1e-5, TypeError, r"x must hold real numbers, got objects \(NoneType, int\)"),
        (np.sum, np.ones(3, np.float16), 1e-5, TypeError, "x is float16, .*"),
        (3.0, np.ones(3), 1e-5, TypeError, r"f must be a function of an array, got 3.0 \(float\)"),
    ],
)
def test_bad_input_of_numeric_grad_is_refused(f, x, h, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        numeric_grad(f, x, h)


@given(st.lists(st.integers(1, 3), max_size=3), st.lists(st.integers(1, 3), max_size=3))
def test_gradients_of_different_shapes_are_not_compared(shape, other):
    if shape == other:
        assert rel_error(np.ones(shape), np.ones(other)) == 0.0
    else:
        with pytest.raises(ValueError, match=r"^b must have the shape \(.*\), got \("):
            rel_error(np.ones(shape), np.ones(other))


def test_numbers_can_be_compared():
    assert rel_error(1, 1) == rel_error(np.float32(0.5), np.array(0.5)) == 0.0
    assert rel_error(2.0, 6) == 0.5


@pytest.mark.parametrize(
    ("a", "b", "eps", "error", "message"),
    [
        (
            np.empty((0, 3)),
            np.empty((0, 3)),
            1e-8,
            ValueError,
            r"a must have at least one entry .* got the shape \(0, 3\)",
        ),
        (np.ones(3), np.ones(3), 0, ValueError, "eps must be positive and finite, got 0"),
        (np.ones(3), np.ones(3), -1e-8, ValueError, "eps must be positive and finite, got -1e-08"),
        (np.ones(3), None, 1e-8, TypeError, r"b must hold real numbers, got objects \(NoneType\)"),
        (np.ones(3, complex), np.ones(3), 1e-8, TypeError, "a must hold real numbers, got complex128"),
    ],
)
def test_bad_input_of_rel_error_is_refused(a, b, eps, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        rel_error(a, b, eps)
