"""The library's edge: what fits passes as it is, what can be converted is, and the rest is refused in one sentence."""

import re
from fractions import Fraction
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import _arguments as arguments
from course_lib._arguments import as_float


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
def test_what_is_no_array_of_numbers_is_refused(x, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        as_float(x, name="z")


@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.uint64, bool, list])
def test_labels_become_contiguous_int64(dtype):
    y = [1, 0, 1] if dtype is list else np.array([1, 7, 0, 7, 1, 7]).astype(dtype)[::2]
    out = arguments.labels(y, 2, (3,))
    assert out.dtype == np.int64 and out.flags.c_contiguous
    np.testing.assert_array_equal(out, [1, 0, 1])


@pytest.mark.parametrize(
    ("y", "error", "message"),
    [
        ([0.0, 2.0], TypeError, r"labels must be integers, got float64: pass labels.astype\(int\)"),
        ([0.0, 1.9], TypeError, "labels must be integers, got float64"),
        (["a", "b"], TypeError, "labels must be integers, got <U1"),
        ([0, 3], ValueError, r"labels must lie in \[0, 3\), got 3"),
        ([-1, 3], ValueError, r"labels must lie in \[0, 3\), got -1"),
        (np.array([0, 2**63], np.uint64), ValueError, r"labels must lie in \[0, 3\), got 9223372036854775808"),
        ([0, 1, 2], ValueError, r"labels must have the shape \(2,\), got \(3,\)"),
        (np.eye(3, dtype=int)[:2], ValueError, r".* got \(2, 3\): one-hot rows\? pass labels.argmax\(axis=-1\)"),
    ],
)
def test_other_labels_are_refused(y, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        arguments.labels(y, 3, (2,))


def test_a_label_that_is_ignored_may_lie_outside():
    np.testing.assert_array_equal(arguments.labels([0, -1, 2], 3, ignore=-1), [0, -1, 2])
    with pytest.raises(ValueError, match=r"^labels must lie in \[0, 3\), got -2$"):
        arguments.labels([0, -1, -2], 3, ignore=-1)


@pytest.mark.parametrize("x", [[0, 2], [0.0, 2.0], np.array([0, 2], np.float32), [False, True]])
def test_whole_floats_are_whole_numbers(x):
    out = arguments.whole(x, name="ids")
    assert out.dtype == np.int64
    np.testing.assert_array_equal(out, x)


@pytest.mark.parametrize("value", [0.5, -1.25, nan, inf, 1e300])
def test_other_floats_are_not(value):
    with pytest.raises(ValueError, match=f"^ids must be whole numbers, got {re.escape(str(value))}$"):
        arguments.whole([[1.0, value]], name="ids")


def test_a_dict_has_its_keys():
    params = {"w": 1, "b": 2, "c": 3}
    assert arguments.with_keys(params, ("w", "b")) is params
    with pytest.raises(ValueError, match=r"^params lacks 'v', 'u': its keys are w, v, u$"):
        arguments.with_keys(params, ("w", "v", "u"))
    with pytest.raises(TypeError, match=r"^params must be a dict with the keys w, b, got \['w'\] \(list\)$"):
        arguments.with_keys(["w"], ("w", "b"))


@pytest.mark.parametrize("x", [[True, False], np.array([True, False, False])[[0, 2]]])
def test_booleans_are_taken_as_they_are(x):
    out = arguments.booleans(x, (2,), name="same")
    assert out.dtype == bool and out.tolist() == [True, False]


@pytest.mark.parametrize(
    ("x", "error", "message"),
    [
        ([1, 0], TypeError, r"same must be booleans, got int64: type same.astype\(bool\) if 1 means True"),
        ([1.0, 0.0], TypeError, r"same must be booleans, got float64: .*"),
        ([True], ValueError, r"same must have the shape \(2,\), got \(1,\)"),
        (True, ValueError, r"same must have the shape \(2,\), got \(\)"),
    ],
)
def test_what_is_not_boolean_or_would_broadcast_is_refused(x, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        arguments.booleans(x, (2,), name="same")


@pytest.mark.parametrize("value", [2, np.int64(2), np.uint8(2), np.array(2)])
def test_integers_of_all_kinds_are_taken(value):
    out = arguments.integer(value, 1, 2, name="stride")
    assert out == 2 and type(out) is int


@pytest.mark.parametrize(
    ("value", "limits", "error", "message"),
    [
        (2.0, (), TypeError, r"stride must be an integer, got 2.0 \(float\): type 2"),
        (2.5, (), TypeError, r"stride must be an integer, got 2.5 \(float\)"),
        ("2", (), TypeError, r"stride must be an integer, got '2' \(str\)"),
        (None, (), TypeError, r"stride must be an integer, got None \(NoneType\)"),
        (0, (1,), ValueError, "stride must be at least 1, got 0"),
        (9, (None, 8), ValueError, "stride must be at most 8, got 9"),
        (9, (1, 8), ValueError, r"stride must be in \[1, 8\], got 9"),
    ],
)
def test_what_is_no_integer_or_too_small_is_refused(value, limits, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        arguments.integer(value, *limits, name="stride")


@pytest.mark.parametrize(
    ("interval", "inside", "outside", "where"),
    [
        (arguments.FINITE, [-1e30, 0, 1], [inf, -inf], "be finite"),
        (arguments.POSITIVE, [1e-30, 1], [0, -1, inf], "be positive and finite"),
        (arguments.NOT_NEGATIVE, [0, 1e308], [-1e-320, inf], "be at least 0 and finite"),
        (arguments.Interval(1, inf, open_low=True, open_high=True), [1.5], [1, inf], "be above 1 and finite"),
        (arguments.UNIT, [0, 0.5, 1], [-0.1, 1.1], r"lie in \[0, 1\]"),
        (arguments.BELOW_ONE, [0, 0.5], [-0.1, 1], r"lie in \[0, 1\)"),
        (arguments.INSIDE_UNIT, [0.1], [0, 1], r"lie in \(0, 1\)"),
    ],
)
def test_a_number_lies_in_its_interval(interval, inside, outside, where):
    for value in [*inside, np.float32(inside[0]), np.array(inside[-1]), Fraction(inside[-1])]:
        out = interval(value, name="lr")
        assert out == value and type(out) is float
    for value in [*outside, nan]:
        with pytest.raises(ValueError, match=f"^lr must {where}, got {value}$"):
            interval(value, name="lr")


@pytest.mark.parametrize("value", ["0.1", None, [0.1, 0.2], 1j])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(TypeError, match=r"^lr must be a number, got "):
        arguments.POSITIVE(value, name="lr")


@given(st.lists(st.integers(0, 3), max_size=4), st.integers(1, 3))
def test_arrays_have_the_axes_that_are_asked_for_and_no_empty_one(shape, n_axes):
    x = np.ones(shape)
    if len(shape) == n_axes and 0 not in shape:
        assert arguments.array_of(x, "NTD"[:n_axes]) is x
    else:
        with pytest.raises(ValueError, match=r"x must have .*shape .*\(" + ", ".join(map(str, shape))):
            arguments.array_of(x, "NTD"[:n_axes])


@given(st.lists(st.integers(0, 3), max_size=5))
def test_some_axes_may_be_any_number(shape):
    x = np.ones(shape)
    if len(shape) >= 2 and 0 not in shape:
        assert arguments.array_of(x, ("N", "...", "C")) is x
    else:
        with pytest.raises(ValueError, match=r"^x must have "):
            arguments.array_of(x, ("N", "...", "C"))


def test_one_sample_is_told_how_to_become_a_batch():
    with pytest.raises(ValueError, match=r"^x must have the shape \(N, D\), got \(3,\): one sample is x\[None\]$"):
        arguments.matrix(np.ones(3))


@pytest.mark.parametrize("shape", [(2, 1), (2, 4), (3,), (0, 3), (1, 2, 3)])
def test_a_matrix_has_the_width_that_is_asked_for(shape):
    x = np.ones((2, 3))
    assert arguments.matrix(x, width=3) is x
    with pytest.raises(ValueError, match=r"^x must have .*, got .*\(" + ", ".join(map(str, shape))):
        arguments.matrix(np.ones(shape), width=3)


@pytest.mark.parametrize("shape", [(3,), (3, 1), (1, 3), (2, 3, 1), ()])
def test_shapes_that_would_broadcast_are_refused(shape):
    with pytest.raises(ValueError, match=r"^dout must have the shape \(2, 3\), got \("):
        arguments.same_shape(np.ones(shape), (2, 3))


@pytest.mark.parametrize("value", [nan, inf, -inf])
def test_one_entry_that_is_not_finite_is_named(value):
    with pytest.raises(ValueError, match=f"^theta must be finite, got {value}$"):
        arguments.finite(np.array([1.0, value]), name="theta")


@pytest.mark.parametrize(
    ("rng", "message"),
    [
        (3, r"got 3 \(int\): type rng=np.random.default_rng\(3\)"),
        (None, r"got None \(NoneType\): type rng=np.random.default_rng\(\)"),
        (np.random, r"got <module .*: type rng=np.random.default_rng\(\)"),
        (np.random.Generator, r"got the class Generator: type rng=np.random.default_rng\(\)"),
    ],
)
def test_only_a_generator_is_a_source_of_random_numbers(rng, message):
    with pytest.raises(TypeError, match=f"^rng must be a numpy.random.Generator, {message}$"):
        arguments.generator(rng)


def test_one_of_a_few_words_is_demanded():
    assert arguments.choice("pre", ("pre", "post"), name="norm") == "pre"
    with pytest.raises(ValueError, match=r"^norm must be one of 'pre', 'post', got 'mid'$"):
        arguments.choice("mid", ("pre", "post"), name="norm")


@pytest.mark.parametrize("interval", [arguments.UNIT, arguments.POSITIVE, arguments.BELOW_ONE, arguments.FINITE])
@given(x=st.lists(st.floats(-2, 2) | st.sampled_from([0.0, 1.0, nan, inf, -inf]), max_size=5))
def test_every_entry_lies_in_an_interval_as_a_number_does(interval, x):
    def refused(value):
        try:
            interval(value, name="x")
        except ValueError:
            return True
        return False

    array, outside = np.array(x), [value for value in x if refused(value)]
    if outside:
        with pytest.raises(ValueError, match=f"^x must .*, got {outside[0]}$".replace("+", r"\+")):
            interval.every(array, name="x")
    else:
        assert interval.every(array, name="x") is array


@pytest.mark.parametrize("x", [[0, 2], (1,), np.array([2, 0], np.uint8), np.array(1), []])
def test_indices_become_int64(x):
    out = arguments.indices(x, 3, name="test")
    assert out.dtype == np.int64
    np.testing.assert_array_equal(out, x)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: arguments.indices([True, False], 3, name="test"), TypeError, r".*mask: pass np.flatnonzero\(test\)"),
        (lambda: arguments.indices([0.0], 3, name="test"), TypeError, "test must be integers, got float64.*"),
        (lambda: arguments.indices([-1], 3, name="test"), ValueError, r"test must lie in \[0, 3\), got -1"),
        (lambda: arguments.indices([3], 3, name="test"), ValueError, r"test must lie in \[0, 3\), got 3"),
        (lambda: arguments.integers([1, -1, 2], 0, name="q"), ValueError, "q must be at least 0, got -1"),
        (lambda: arguments.integers([1, -1, 2], -1, 1, name="q"), ValueError, r"q must be in \[-1, 1\], got 2"),
        (lambda: arguments.integers([1, 2], None, 1, name="q"), ValueError, "q must be at most 1, got 2"),
        (lambda: arguments.integers([1.0], name="q"), TypeError, r"q .* got float64: pass q.astype\(int\)"),
        (lambda: arguments.rows(np.ones((2, 3)), 3, name="y"), ValueError, r"y .* each of the 3 .* shape \(2, 3\)"),
        (lambda: arguments.rows(3, 3, name="y"), ValueError, r"y .* each of the 3 samples, got the shape \(\)"),
        (lambda: arguments.weights_of(2, [1.0]), ValueError, r"weights must have the shape \(2,\), got \(1,\)"),
        (lambda: arguments.weights_of(2, [1, -0.5]), ValueError, "weights must be at least 0 and finite, got -0.5"),
        (lambda: arguments.weights_of(2, [1, nan]), ValueError, "weights must be at least 0 and finite, got nan"),
        (lambda: arguments.weights_of(2, [0, 0]), ValueError, "weights must not all be zero"),
        (lambda: arguments.probabilities(np.array([2.0, -1])), ValueError, r".* negative, got -1.0: pass softmax.*"),
        (lambda: arguments.probabilities(np.array([0.2, 0.2])), ValueError, "rows of probs .* sum to one, got 0.4:.*"),
        (lambda: arguments.n_samples([0, 1]), TypeError, r"n must be the number .* got an array \(2,\): type len\(y\)"),
        (lambda: arguments.n_samples(2.0), TypeError, r"n must be an integer, got 2.0 \(float\): type 2"),
        (lambda: arguments.n_samples(0), ValueError, "n must be at least 1, got 0"),
        (
            lambda: arguments.function(3, name="f", form="x -> y"),
            TypeError,
            r"f must be a function x -> y, got 3 \(int\)",
        ),
        (lambda: arguments.function(set, name="f", form="x -> y"), TypeError, r".* the class set: type set\(...\)"),
        (lambda: arguments.instance(3, set, name="s"), TypeError, r"s must be a set, got 3 \(int\)"),
        (
            lambda: arguments.instance(np.eye(2), set, name="s"),
            TypeError,
            r".* got array\(\[\[1., 0.\], \[0., 1.\]\]\) \(.*",
        ),
        (lambda: arguments.instance(set, OSError, name="e"), TypeError, "e must be an OSError, got the class set"),
        (lambda: arguments.float_type(int), TypeError, "dtype must be float32 or float64, got int64"),
        (lambda: arguments.float_type(np.float16), TypeError, "dtype must be float32 or float64, got float16"),
        (lambda: arguments.float_type("wide"), TypeError, r"dtype must be float32 or float64, got 'wide' \(str\)"),
        (lambda: arguments.float_type(None), TypeError, "dtype must be float32 or float64, got .*"),
    ],
)
def test_what_is_not_as_it_should_be_is_said(call, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        call()


def test_what_is_as_it_should_be_passes():
    np.testing.assert_array_equal(arguments.weights_of(2, None), [1, 1])
    assert arguments.weights_of(2, [0, 3]).tolist() == [0, 3]
    for probs in ([[0.333, 0.333, 0.333]], [[nan, 0.5]], [[1, 0]]):
        array = np.array(probs, np.float32)
        assert arguments.probabilities(array) is array
    assert arguments.function(len, name="f", form="x -> y") is len
    assert arguments.instance({1}, set, name="s") == {1}
    assert arguments.float_type("float32") == arguments.float_type(np.float32) == np.float32
    for x in ([], [0, 255], np.array([3], np.int8)):
        np.testing.assert_array_equal(arguments.integers(np.array(x, int), 0, 255, name="q"), x)
    assert arguments.rows([1, 2], 2, name="y").tolist() == [1, 2]


@given(st.lists(st.lists(st.integers(1, 3), max_size=2), max_size=3))
def test_a_list_of_arrays_may_hold_any_shapes(shapes):
    given_ = [np.ones(shape) for shape in shapes]
    assert all(out is x for out, x in zip(arguments.arrays(given_, name="grads"), given_, strict=True))
    assert len(arguments.same_shapes(tuple(given_), given_, np.float32, name="grads")) == len(shapes)
    with pytest.raises(ValueError, match=r"^grads must have the shapes \[.*\], got \["):
        arguments.same_shapes([*given_, np.ones(1)], given_, name="grads")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.ones((2, 3)), r"must be a list of arrays, got one array of shape \(2, 3\): pass \[grads\]"),
        ({"w": np.ones(2)}, r"must be a list of arrays, got a dict: pass list\(grads.values\(\)\)"),
        (3.0, r"must be a list of arrays, got 3.0 \(float\)"),
    ],
)
def test_what_is_no_list_of_arrays_is_refused(values, message):
    with pytest.raises(TypeError, match=f"^grads {message}$"):
        arguments.arrays(values, name="grads")
    with pytest.raises(TypeError, match=r"^an array of grads must hold real numbers, got <U1$"):
        arguments.arrays(["a"], name="grads")


def test_an_object_has_the_methods_that_are_asked_for():
    rng = np.random.default_rng(0)
    assert arguments.with_methods(rng, "normal", "uniform", name="rng") is rng
    for value, message in (
        (np.random.Generator, r"got the class Generator: type Generator\(...\)"),
        (3, r"got 3 \(int\)"),
    ):
        with pytest.raises(TypeError, match=f"^rng must be an object with normal, uniform, {message}$"):
            arguments.with_methods(value, "normal", "uniform", name="rng")


@pytest.mark.parametrize(
    ("cache", "found"),
    [(None, "the type NoneType"), (np.ones(2), "the type ndarray"), ((), "0 entries"), ([1], "1 entries")],
)
def test_the_cache_of_another_function_is_refused(cache, found):
    assert arguments.cache_of((1, 2), "f_forward", 2) == (1, 2)
    with pytest.raises(TypeError, match=f"^cache must be the tuple of 2 that f_forward gave .*, got {found}$"):
        arguments.cache_of(cache, "f_forward", 2)
