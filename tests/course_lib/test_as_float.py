"""The library's edge: arrays that fit pass as they are, all others are converted once."""

import numpy as np
import pytest

from course_lib._numba import as_float


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(), (1,), (3, 4), (2, 3, 4)])
def test_a_contiguous_float_array_is_not_copied(dtype, shape):
    x = np.ones(shape, dtype)
    assert as_float(x) is x
    assert as_float(x, dtype) is x


@pytest.mark.parametrize("x", [3, [1, 2], [[True, False]], np.arange(4), np.ones(2, np.float16)])
def test_everything_else_becomes_float64(x):
    out = as_float(x)
    assert out.dtype == np.float64
    np.testing.assert_array_equal(out, x)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_another_layout_becomes_contiguous_and_keeps_its_dtype(dtype):
    whole = np.arange(24, dtype=dtype).reshape(4, 6)
    for x in (whole.T, whole[:, ::2], whole[::-1], np.asfortranarray(whole)):
        out = as_float(x)
        assert out.flags.c_contiguous and out.dtype == dtype
        np.testing.assert_array_equal(out, x)


def test_a_dtype_that_is_asked_for_is_given():
    assert as_float([1.0], np.float32).dtype == np.float32
    assert as_float(np.ones(2), np.float32).dtype == np.float32
