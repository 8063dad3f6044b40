"""What crosses the sandbox's border arrives exactly; what may not cross is named; hostile bytes are refused."""

import contextlib
import json
import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.box import wire
from autograder.box.wire import Callback, Seed, Unsupported, WireError, decode, encode


def through(value):
    frame = encode(value)
    (length,) = wire.LENGTH.unpack(frame[: wire.LENGTH.size])
    assert length == len(frame) - wire.LENGTH.size
    return decode(frame[wire.LENGTH.size :])


def identical(one, other) -> bool:
    """Equal in type, dtype, shape and every bit; NaN is NaN, and -0.0 is not 0.0."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray | np.generic):
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(identical, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(identical(one[key], other[key]) for key in one)
    if isinstance(one, float):
        return (math.isnan(one) and math.isnan(other)) or struct.pack("d", one) == struct.pack("d", other)
    return one == other


arrays = hnp.arrays(st.sampled_from(list(wire.ALLOWED)), hnp.array_shapes(min_dims=0, min_side=0, max_side=4))
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | arrays
scalars = arrays.filter(lambda a: a.size).map(lambda a: a.reshape(-1)[0])
values = st.recursive(
    leaves | scalars,
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(values)
def test_plain_data_arrives_exactly(value):
    assert identical(through(value), value)


@pytest.mark.parametrize("value", [float("nan"), -0.0, float("-inf"), 2.0**-1074, 10**400, np.float32("nan"), np.True_])
def test_delicate_numbers_arrive_exactly(value):
    assert identical(through(value), value)


def test_arrays_arrive_writable_and_apart():
    first, second = through([np.zeros(3), np.ones((0, 2))])
    first[0] = 1.0
    assert second.shape == (0, 2)


def test_strided_and_fortran_arrays_arrive_by_value():
    matrix = np.arange(12.0).reshape(3, 4)
    for array in (matrix.T, matrix[:, ::2], np.asfortranarray(matrix), matrix[::-1]):
        assert np.array_equal(through(array), array)


class Sly(np.ndarray):
    pass


@pytest.mark.parametrize(
    "value, name",
    [
        ({1, 2}, "set"),
        (3j, "complex"),
        (b"abc", "bytes"),
        (np.zeros(2, complex), "array of dtype complex128"),
        (np.array([None]), "array of dtype object"),
        (np.array(["a"]), "array of dtype <U1"),
        (np.zeros(2).view(Sly), f"{__name__}.Sly"),
        (np.ma.masked_array([1.0]), "numpy.ma.MaskedArray"),
        ((i for i in range(3)), "generator"),
        (len, "builtin_function_or_method"),
        ({1: 2}, "dict with keys that are not strings"),
        (1 << 5000, "int of 5001 bits"),
    ],
)
def test_other_things_arrive_as_their_description(value, name):
    got = through([value, 1])
    assert got[1] == 1
    assert isinstance(got[0], Unsupported)
    assert got[0].kind.endswith(name.removeprefix("numpy.ma"))


def test_a_word_of_numpy_arrives_as_a_word():
    (got,) = through([np.str_("small")])
    assert type(got) is str and got == "small"


def test_callbacks_and_descriptions_arrive():
    placeholders = (Callback(3), Callback(4, ("x", "y")), Seed(7), Unsupported("set"))
    assert through(placeholders) == placeholders


def test_a_list_that_holds_itself_ends():
    endless = []
    endless.append(endless)
    got = through(endless)
    for _ in range(wire.MAX_DEPTH):
        assert isinstance(got, list)
        (got,) = got
    assert isinstance(got, Unsupported)


def test_too_much_is_refused_before_it_is_copied():
    doubling = [0]
    for _ in range(40):
        doubling = [doubling, doubling]
    for value in (
        np.broadcast_to(1.0, (10**9, 10**3)),
        "x" * (wire.MAX_BYTES + 1),
        [0.5] * (wire.MAX_ITEMS + 1),
        [np.zeros(wire.MAX_BYTES // 16)] * 3,
        doubling,
    ):
        with pytest.raises(WireError):
            encode(value)


def body(header, raw: bytes = b"") -> bytes:
    data = json.dumps(header).encode()
    return wire.HEADER_LENGTH.pack(len(data)) + data + raw


@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        b"\x00",
        b"\xff" * 40,
        wire.HEADER_LENGTH.pack(2**32 - 1) + b"[]",
        body({}),
        body([]),
        body(["z", 1]),
        body([["l"], 1]),
        body(["a", "f8", [2], 8, ""], bytes(8)),
        body(["a", "f8", [2], 16, ""], bytes(8)),
        body(["a", "f8", [-1, -2], 16, ""], bytes(16)),
        body(["a", "O", [1], 8, ""], bytes(8)),
        body(["a", "V8", [1], 8, ""], bytes(8)),
        body(["a", "f8", [0, 10**30], 0, ""]),
        body(["a", "f8", [1.0], 8, ""], bytes(8)),
        body(["a", "f8", [True], 8, ""], bytes(8)),
        body(["a", "f8", [1] * 40, 8, ""], bytes(8)),
        body(["s", "f8", 4], bytes(4)),
        body(["d", ["a"]]),
        body(["d", [1, 2]]),
        body(["c", -1]),
        body(["u", 3]),
        wire.HEADER_LENGTH.pack(200_000) + b"[" * 200_000,
        wire.HEADER_LENGTH.pack(9000) + b"9" * 9000,
    ],
)
def test_hostile_bytes_are_refused(hostile):
    with pytest.raises(WireError):
        decode(hostile)


@given(st.binary(max_size=200))
def test_random_bytes_are_a_value_or_refused(data):
    for attempt in (data, wire.HEADER_LENGTH.pack(len(data)) + data):
        with contextlib.suppress(WireError):
            encode(decode(attempt))


def test_a_foreign_truth_value_becomes_true():
    (got,) = decode(body(["l", ["a", "?", [2], 2, ""]], b"\x00\x07"))
    assert got.tobytes() == b"\x00\x01"
