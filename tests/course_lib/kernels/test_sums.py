"""Sums over samples against exact ones, over drawn shapes and numbers of terms."""

from fractions import Fraction
from math import fsum

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.kernels.sums import FEW, sum_over

seeds = st.integers(0, 2**32 - 1)
dtypes = st.sampled_from([np.float32, np.float64])


@given(seeds, st.sampled_from([1, 2, FEW, FEW + 1, 5000]), st.integers(1, 5), dtypes, st.floats(-20, 20))
def test_a_sum_is_right_to_its_last_digits_however_many_terms_it_has(seed, n, m, dtype, shift):
    # all terms of one sign, or a few that cancel: the error is relative to their sizes
    x = (np.random.default_rng(seed).normal(size=(n, m)) + shift).astype(dtype)
    out = sum_over(x)
    assert out.dtype == dtype and out.shape == (m,)
    exact = np.array([fsum(column) for column in x.T.astype(float)])
    sizes = np.abs(x).astype(float).sum(axis=0)
    # as many roundings as a block has terms, or as there are terms
    steps = {np.float32: min(n, FEW), np.float64: n}[dtype]
    assert np.all(np.abs(out - exact) <= steps * np.finfo(dtype).eps * sizes)


def test_a_million_equal_terms():
    tenth = np.float32(0.1)
    (out,) = sum_over(np.full((10**6, 1), tenth))
    # 256 terms of a block, each sum rounded to nearest
    assert abs(Fraction(float(out)) / 10**6 / Fraction(float(tenth)) - 1) < FEW * 2**-24


@pytest.mark.parametrize("axis", [0, 1, -1, (0,), (0, 2, 3), (1, 3)])
@pytest.mark.parametrize("n", [3, 300])
@given(seed=seeds, dtype=dtypes)
def test_any_axes(axis, n, seed, dtype):
    x = np.random.default_rng(seed).normal(size=(n, 2, 3, 4)).astype(dtype)
    out = sum_over(x, axis)
    assert out.dtype == dtype
    # at most 3,600 terms of order 1, and NumPy adds in blocks along the last axes
    np.testing.assert_allclose(out, x.astype(float).sum(axis), rtol=0, atol=2 * FEW * np.finfo(dtype).eps * 5)


@pytest.mark.parametrize("n", [3, 300])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_sum_can_go_into_an_array(n, dtype):
    x, place = np.ones((n, 2), dtype), np.empty(2, dtype)
    assert sum_over(x, out=place) is place
    np.testing.assert_array_equal(place, [n, n])


@given(st.sampled_from([3, 300]), st.sampled_from([np.nan, np.inf, -np.inf]), dtypes)
def test_nan_and_infinity_stay_what_they_are(n, value, dtype):
    x = np.zeros((n, 2), dtype)
    x[-1, 0] = value
    np.testing.assert_array_equal(sum_over(x), [value, 0])
