"""What the entries of an array must be: labels, integers, booleans, weights, probabilities."""

import numpy as np

from course_lib._arguments.arrays import as_real, kind_of, same_shape
from course_lib._arguments.numbers import NOT_NEGATIVE, integer


def labels(y, n_classes, shape=None, *, ignore=None, name="labels") -> np.ndarray:
    """``y`` as a contiguous int64 array: whole numbers in [0, n_classes), or ``ignore``, of the shape ``shape``.

    Floats are refused, even whole ones: 1.9, cut off, would become the class 1.
    """
    given = integers(y, name=name)
    if shape is not None and given.shape != tuple(shape):
        advice = ": one-hot rows? pass labels.argmax(axis=-1)" if given.shape == (*shape, n_classes) else ""
        raise ValueError(f"{name} must have the shape {tuple(shape)}, got {given.shape}{advice}")
    y = np.asarray(given, np.int64, order="C")
    counted = y if ignore is None else y[y != ignore]
    # without their signs, negative numbers are the largest: one pass finds them too
    if counted.size and np.maximum.reduce(counted.view(np.uint64), axis=None) >= n_classes:
        wrong = counted.min() if given.dtype.kind == "i" and counted.min() < 0 else given.max()
        raise ValueError(f"{name} must lie in [0, {n_classes}), got {wrong}")
    return y if y.flags.behaved else y.copy()


def integers(x, low=None, high=None, *, name) -> np.ndarray:
    """``x`` as an array of whatever integers it holds, all in [low, high]; booleans count as such."""
    x = np.asarray(x)
    if x.dtype.kind not in "iub":
        advice = f": pass {name}.astype(int)" if x.dtype.kind == "f" and np.array_equal(x, np.trunc(x)) else ""
        raise TypeError(f"{name} must be integers, got {kind_of(x)}{advice}")
    if x.size and (low is not None or high is not None):
        integer(x.min(), low, high, name=name)
        integer(x.max(), low, high, name=name)
    return x


def booleans(x, shape, *, name) -> np.ndarray:
    """``x`` as an array of bool of the shape ``shape``. Integers are refused: they may be indices."""
    x = np.asarray(x)
    if x.dtype != bool:
        raise TypeError(f"{name} must be booleans, got {kind_of(x)}: type {name}.astype(bool) if 1 means True")
    if x.shape != tuple(shape):
        raise ValueError(f"{name} must have the shape {tuple(shape)}, got {x.shape}")
    return x


def whole(x, *, name) -> np.ndarray:
    """``x`` as an int64 array. Floats that are whole are accepted: integers that pass through a network become such
    floats."""
    x = as_real(x, name)
    # NaN and infinity become some integer, which is not equal to them
    with np.errstate(invalid="ignore"):
        numbers = x.astype(np.int64)
    if not np.array_equal(numbers, x):
        raise ValueError(f"{name} must be whole numbers, got {x[numbers != x].flat[0]}")
    return numbers


def indices(x, n, *, name) -> np.ndarray:
    """``x`` as an int64 array of indices in [0, n). A mask is refused: it would become the indices 1 and 0."""
    x = np.asarray(x)
    if x.dtype == bool:
        raise TypeError(f"{name} must be integers, got a boolean mask: pass np.flatnonzero({name})")
    # an empty list becomes an array of floats
    return labels(x if x.size else x.astype(np.int64), n, name=name)


def weights_of(n, weights, *, name="weights") -> np.ndarray:
    """``weights`` as a float64 array (n,): finite, none negative, not all zero. None stands for equal ones."""
    if weights is None:
        return np.ones(n)
    weights = NOT_NEGATIVE.every(same_shape(weights, (n,), np.float64, name=name), name=name)
    if not weights.any():
        raise ValueError(f"{name} must not all be zero")
    return weights


def probabilities(probs, *, name="probs"):
    """The float array ``probs``, refused unless its rows, along the last axis, are distributions. NaN passes.

    A thousandth is left for rounding, float32's or that of a printed table: logits and counts are further off.
    """
    sums = probs.sum(axis=-1, dtype=np.float64)
    if (wrong := probs < -1e-3).any():
        raise ValueError(f"{name} must not be negative, got {probs[wrong][0]}: pass softmax({name}) for logits")
    if (wrong := np.abs(sums - 1) > 1e-3).any():
        raise ValueError(f"rows of {name} must sum to one, got {sums[wrong][0]:.6g}: pass softmax({name}) for logits")
    return probs
