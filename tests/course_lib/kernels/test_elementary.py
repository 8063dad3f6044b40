"""The polynomial kernels against NumPy in long double, over their whole domains, and at their limits."""

import numpy as np
import pytest

from course_lib.kernels import elementary
from course_lib.kernels.decorators import kernel

FLOATS = (np.float32, np.float64)
both_dtypes = pytest.mark.parametrize("dtype", FLOATS)
INTERPRETED = isinstance(elementary.exp, type(lambda: None))
N_POINTS = 400 if INTERPRETED else 100_000

# Bounds of the error in ulp, a tenth above what was measured. Rounding of the last operations alone costs 0.5 to 2;
# one term of a series less costs more than the tenth.
ULPS = {"exp": 1.13, "expm1": 1.2, "logistic": 2.4, "tanh": 2.7, "log1p": 2.0}


# One loop for each, in which the function is inlined and vectorised as in the library.
@kernel
def all_exp(x, out):
    for i in range(x.size):
        out[i] = elementary.exp(x[i])


@kernel
def all_expm1(x, out):
    for i in range(x.size):
        out[i] = elementary.expm1(x[i])


@kernel
def all_logistic(x, out):
    for i in range(x.size):
        out[i] = elementary.logistic(x[i])


@kernel
def all_tanh(x, out):
    for i in range(x.size):
        out[i] = elementary.tanh(x[i])


@kernel
def all_log1p(x, out):
    for i in range(x.size):
        out[i] = elementary.log1p(x[i])


def compute(name, x):
    out = np.empty_like(x)
    LOOPS[name](x, out)
    return out


LOOPS = {"exp": all_exp, "expm1": all_expm1, "logistic": all_logistic, "tanh": all_tanh, "log1p": all_log1p}
ORACLES = {
    "exp": np.exp,
    "expm1": np.expm1,
    "logistic": lambda x: 1 / (1 + np.exp(-x)),
    "tanh": np.tanh,
    "log1p": np.log1p,
}


def domain(name, dtype):
    """Points spread evenly and over many scales, where the results are normal numbers."""
    tiny, huge = np.log(np.finfo(dtype).tiny), np.log(np.finfo(dtype).max)
    low, high = {
        "exp": (tiny, huge),
        "expm1": (tiny, 0),
        "logistic": (tiny, 50),
        "tanh": (-30, 30),
        "log1p": (0, 1),
    }[name]
    # a little inside of the ends, which rounding to the dtype might cross
    even = np.linspace(low * 0.99999, high * 0.99999, N_POINTS)
    scales = np.geomspace(1e-30, 1, N_POINTS)
    x = np.concatenate([even, scales * min(high, 1), -scales * min(-low, 1)])
    return x.astype(dtype)


def error_in_ulp(name, x):
    out = compute(name, x)
    assert out.dtype == x.dtype
    # the oracle's own type is wider than float64 where the machine has such a type
    exact = ORACLES[name](x.astype(np.longdouble))
    spacing = np.spacing(np.maximum(np.abs(exact), np.finfo(x.dtype).tiny).astype(x.dtype))
    return np.max(np.abs(out - exact) / spacing)


@both_dtypes
@pytest.mark.parametrize("name", ULPS)
def test_the_error_is_a_few_ulp_over_the_whole_domain(name, dtype):
    # where long double is float64 (Windows, ARM), the oracle is off by up to one ulp itself
    slack = 1.0 if np.finfo(np.longdouble).eps == np.finfo(dtype).eps else 0.0
    assert error_in_ulp(name, domain(name, dtype)) < ULPS[name] + slack


@both_dtypes
def test_exp_at_its_limits(dtype):
    info = np.finfo(dtype)
    top = dtype(np.log(info.max))
    x = np.array([0, -0.0, np.inf, -np.inf, 1e9, -1e9, top * dtype(1.001)], dtype)
    with np.errstate(over="ignore"):
        np.testing.assert_array_equal(compute("exp", x), np.array([1, 1, np.inf, 0, np.inf, 0, np.inf], dtype))
        assert np.isfinite(compute("exp", np.array([np.nextafter(top, dtype(0))])))[0]


@both_dtypes
def test_exp_falls_gradually_through_the_denormal_numbers(dtype):
    info = np.finfo(dtype)
    x = np.linspace(np.log(info.tiny) + 1, np.log(info.tiny) - info.nmant * np.log(2) - 2, 300).astype(dtype)
    out = compute("exp", x)
    # two roundings: that of the normal number, and that to a multiple of the smallest denormal one
    allowed = 1.2 * info.eps * out.astype(np.longdouble) + 0.51 * np.longdouble(info.smallest_subnormal)
    assert np.all(np.abs(out - np.exp(x.astype(np.longdouble))) <= allowed)
    assert out[-1] == 0 and 0 < out[len(out) // 2] < info.tiny


@both_dtypes
@pytest.mark.parametrize("name", ULPS)
def test_nan_stays_nan_among_other_numbers(name, dtype):
    x = np.array([0.5, np.nan, 0.25] * 11, dtype) * (-1 if name == "expm1" else 1)
    np.testing.assert_array_equal(np.isnan(compute(name, x)), np.isnan(x))


@both_dtypes
def test_the_other_limits(dtype):
    ends = np.array([-np.inf, -1e9, 0, 1e9, np.inf], dtype)
    np.testing.assert_array_equal(compute("logistic", ends), np.array([0, 0, 0.5, 1, 1], dtype))
    np.testing.assert_array_equal(compute("tanh", ends), np.array([-1, -1, 0, 1, 1], dtype))
    np.testing.assert_array_equal(compute("expm1", ends[:3]), np.array([-1, -1, 0], dtype))
    assert compute("log1p", np.zeros(1, dtype))[0] == 0


@both_dtypes
def test_the_functions_never_leave_their_range_and_never_turn_back(dtype):
    """Over neighbouring points an error of a few ulp may show, so the points are further apart than that."""
    x = np.linspace(-30, 30, 2 * N_POINTS + 1).astype(dtype)
    for name, low, high in (("exp", 0, np.inf), ("logistic", 0, 1), ("tanh", -1, 1)):
        out = compute(name, x)
        assert out.min() >= low and out.max() <= high
        assert np.all(np.diff(out) >= -4 * np.finfo(dtype).eps * np.abs(out[1:]))
