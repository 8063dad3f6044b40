"""Entries of arrays: labels, integers, weights, probabilities."""

import re
from math import inf, nan

import numpy as np
import pytest

from course_lib._arguments import entries


@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.uint64, bool, list])
def test_labels_become_contiguous_int64(dtype):
    y = [1, 0, 1] if dtype is list else np.array([1, 7, 0, 7, 1, 7]).astype(dtype)[::2]
    out = entries.labels(y, 2, (3,))
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
        entries.labels(y, 3, (2,))


def test_a_label_that_is_ignored_may_lie_outside():
    np.testing.assert_array_equal(entries.labels([0, -1, 2], 3, ignore=-1), [0, -1, 2])
    with pytest.raises(ValueError, match=r"^labels must lie in \[0, 3\), got -2$"):
        entries.labels([0, -1, -2], 3, ignore=-1)


@pytest.mark.parametrize("x", [[0, 2], [0.0, 2.0], np.array([0, 2], np.float32), [False, True]])
def test_whole_floats_are_whole_numbers(x):
    out = entries.whole(x, name="ids")
    assert out.dtype == np.int64
    np.testing.assert_array_equal(out, x)


@pytest.mark.parametrize("value", [0.5, -1.25, nan, inf, 1e300])
def test_other_floats_are_not(value):
    with pytest.raises(ValueError, match=f"^ids must be whole numbers, got {re.escape(str(value))}$"):
        entries.whole([[1.0, value]], name="ids")


@pytest.mark.parametrize("x", [[True, False], np.array([True, False, False])[[0, 2]]])
def test_booleans_are_taken_as_they_are(x):
    out = entries.booleans(x, (2,), name="same")
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
        entries.booleans(x, (2,), name="same")


@pytest.mark.parametrize("x", [[0, 2], (1,), np.array([2, 0], np.uint8), np.array(1), []])
def test_indices_become_int64(x):
    out = entries.indices(x, 3, name="test")
    assert out.dtype == np.int64
    np.testing.assert_array_equal(out, x)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: entries.indices([True, False], 3, name="test"), TypeError, r".*mask: pass np.flatnonzero\(test\)"),
        (lambda: entries.indices([0.0], 3, name="test"), TypeError, "test must be integers, got float64.*"),
        (lambda: entries.indices([-1], 3, name="test"), ValueError, r"test must lie in \[0, 3\), got -1"),
        (lambda: entries.indices([3], 3, name="test"), ValueError, r"test must lie in \[0, 3\), got 3"),
        (lambda: entries.integers([1, -1, 2], 0, name="q"), ValueError, "q must be at least 0, got -1"),
        (lambda: entries.integers([1, -1, 2], -1, 1, name="q"), ValueError, r"q must be in \[-1, 1\], got 2"),
        (lambda: entries.integers([1, 2], None, 1, name="q"), ValueError, "q must be at most 1, got 2"),
        (lambda: entries.integers([1.0], name="q"), TypeError, r"q .* got float64: pass q.astype\(int\)"),
        (lambda: entries.weights_of(2, [1.0]), ValueError, r"weights must have the shape \(2,\), got \(1,\)"),
        (lambda: entries.weights_of(2, [1, -0.5]), ValueError, "weights must be at least 0 and finite, got -0.5"),
        (lambda: entries.weights_of(2, [1, nan]), ValueError, "weights must be at least 0 and finite, got nan"),
        (lambda: entries.weights_of(2, [0, 0]), ValueError, "weights must not all be zero"),
        (lambda: entries.probabilities(np.array([2.0, -1])), ValueError, r".* negative, got -1.0: pass softmax.*"),
        (lambda: entries.probabilities(np.array([0.2, 0.2])), ValueError, "rows of probs .* sum to one, got 0.4:.*"),
    ],
)
def test_what_is_wrong_is_said(call, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        call()


def test_what_is_right_passes():
    np.testing.assert_array_equal(entries.weights_of(2, None), [1, 1])
    assert entries.weights_of(2, [0, 3]).tolist() == [0, 3]
    for probs in ([[0.333, 0.333, 0.333]], [[nan, 0.5]], [[1, 0]]):
        array = np.array(probs, np.float32)
        assert entries.probabilities(array) is array
    for x in ([], [0, 255], np.array([3], np.int8)):
        np.testing.assert_array_equal(entries.integers(np.array(x, int), 0, 255, name="q"), x)
