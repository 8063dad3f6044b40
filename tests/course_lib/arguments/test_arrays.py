"""Arrays: what fits passes as it is, what can be converted is, and the rest is refused in one sentence."""

from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib._arguments import arrays
from course_lib._arguments.arrays import as_float


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(), (1,), (3, 4), (2, 3, 4), (0, 3)])
def test_a_contiguous_float_array_is_not_copied(dtype, shape):
    x = np.ones(shape, dtype)
    assert as_float(x) is x
    assert as_float(x, dtype) is x


@pytest.mark.parametrize("x", [3, 0.5, [1, 2], [[True, False]], np.arange(4), np.ones(2, np.uint8), np.float64(2)])
def test_other_numbers_become_float64(x):
    out = as_float(x)
    assert out.dtype == np.float64
    np.testing.assert_array_equal(out, x)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_another_layout_becomes_contiguous_and_keeps_its_dtype(dtype):
    whole = np.arange(24, dtype=dtype).reshape(4, 6)
    frozen = whole.copy()
    frozen.flags.writeable = False
    shifted = np.frombuffer(bytearray(b"0" + whole.tobytes()), dtype, offset=1)  # not aligned
    views = (whole.T, whole[:, ::2], whole[::-1], np.asfortranarray(whole), frozen, np.broadcast_to(whole[0], (3, 6)))
    for x in (*views, shifted, whole.astype(whole.dtype.newbyteorder())):
        out = as_float(x)
        assert out.flags.carray and out.dtype == dtype
        np.testing.assert_array_equal(out, x)
    assert not frozen.flags.writeable


@pytest.mark.parametrize("x", [[1.0], np.ones(2), np.arange(3)])
def test_a_dtype_that_is_asked_for_is_given(x):
    assert as_float(x, np.float32).dtype == np.float32


@pytest.mark.parametrize(
    ("x", "error", "message"),
    [
        (np.ones(2, np.float16), TypeError, r"z is float16, which is not supported: pass z.astype\(np.float32\)"),
        ([1 + 2j], TypeError, "z must hold real numbers, got complex128"),
        (["1", "2"], TypeError, "z must hold real numbers, got <U1"),
        ([1.0, None], TypeError, r"z must hold real numbers, got objects \(NoneType, float\)"),
        (None, TypeError, r"z must hold real numbers, got objects \(NoneType\)"),
        ([[1, 2], [3]], ValueError, "z must be an array of numbers, got rows of different lengths"),
    ],
)
def test_what_is_not_an_array_of_numbers_is_refused(x, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        as_float(x, name="z")


@given(st.lists(st.integers(0, 3), max_size=4), st.integers(1, 3))
def test_arrays_have_the_axes_that_are_asked_for_and_no_empty_one(shape, n_axes):
    x = np.ones(shape)
    if len(shape) == n_axes and 0 not in shape:
        assert arrays.array_of(x, "NTD"[:n_axes]) is x
    else:
        with pytest.raises(ValueError, match=r"x must have .*shape .*\(" + ", ".join(map(str, shape))):
            arrays.array_of(x, "NTD"[:n_axes])


@given(st.lists(st.integers(0, 3), max_size=5))
def test_some_axes_may_be_any_number(shape):
    x = np.ones(shape)
    if len(shape) >= 2 and 0 not in shape:
        assert arrays.array_of(x, ("N", "...", "C")) is x
    else:
        with pytest.raises(ValueError, match=r"^x must have "):
            arrays.array_of(x, ("N", "...", "C"))


def test_for_one_sample_the_message_says_how_to_make_a_batch():
    with pytest.raises(ValueError, match=r"^x must have the shape \(N, D\), got \(3,\): one sample is x\[None\]$"):
        arrays.matrix(np.ones(3))


@pytest.mark.parametrize("shape", [(2, 1), (2, 4), (3,), (0, 3), (1, 2, 3)])
def test_a_matrix_has_the_width_that_is_asked_for(shape):
    x = np.ones((2, 3))
    assert arrays.matrix(x, width=3) is x
    with pytest.raises(ValueError, match=r"^x must have .*, got .*\(" + ", ".join(map(str, shape))):
        arrays.matrix(np.ones(shape), width=3)


@pytest.mark.parametrize("shape", [(3,), (3, 1), (1, 3), (2, 3, 1), ()])
def test_shapes_that_would_broadcast_are_refused(shape):
    with pytest.raises(ValueError, match=r"^dout must have the shape \(2, 3\), got \("):
        arrays.same_shape(np.ones(shape), (2, 3))


@pytest.mark.parametrize("value", [nan, inf, -inf])
def test_one_entry_that_is_not_finite_is_named(value):
    with pytest.raises(ValueError, match=f"^theta must be finite, got {value}$"):
        arrays.finite(np.array([1.0, value]), name="theta")


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: arrays.rows(np.ones((2, 3)), 3, name="y"), ValueError, r"y .* each of the 3 .* shape \(2, 3\)"),
        (lambda: arrays.rows(3, 3, name="y"), ValueError, r"y .* each of the 3 samples, got the shape \(\)"),
        (lambda: arrays.float_type(int), TypeError, "dtype must be float32 or float64, got int64"),
        (lambda: arrays.float_type(np.float16), TypeError, "dtype must be float32 or float64, got float16"),
        (lambda: arrays.float_type("wide"), TypeError, r"dtype must be float32 or float64, got 'wide' \(str\)"),
        (lambda: arrays.float_type(None), TypeError, "dtype must be float32 or float64, got .*"),
    ],
)
def test_what_is_wrong_is_said(call, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        call()


def test_what_is_right_passes():
    assert arrays.float_type("float32") == arrays.float_type(np.float32) == np.float32
    assert arrays.rows([1, 2], 2, name="y").tolist() == [1, 2]


@given(st.lists(st.lists(st.integers(1, 3), max_size=2), max_size=3))
def test_a_list_of_arrays_may_hold_any_shapes(shapes):
    given_ = [np.ones(shape) for shape in shapes]
    assert all(out is x for out, x in zip(arrays.arrays(given_, name="grads"), given_, strict=True))
    assert len(arrays.same_shapes(tuple(given_), given_, np.float32, name="grads")) == len(shapes)
    with pytest.raises(ValueError, match=r"^grads must have the shapes \[.*\], got \["):
        arrays.same_shapes([*given_, np.ones(1)], given_, name="grads")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.ones((2, 3)), r"must be a list of arrays, got one array of shape \(2, 3\): pass \[grads\]"),
        ({"w": np.ones(2)}, r"must be a list of arrays, got a dict: pass list\(grads.values\(\)\)"),
        (3.0, r"must be a list of arrays, got 3.0 \(float\)"),
    ],
)
def test_what_is_not_a_list_of_arrays_is_refused(values, message):
    with pytest.raises(TypeError, match=f"^grads {message}$"):
        arrays.arrays(values, name="grads")
    with pytest.raises(TypeError, match=r"^an array of grads must hold real numbers, got <U1$"):
        arrays.arrays(["a"], name="grads")
