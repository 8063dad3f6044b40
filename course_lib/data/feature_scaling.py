"""Scaling the input features: fit on the training data, then apply the same numbers to any data.

Validation and test data are scaled by the statistics of the training data: fitting on all data leaks what the
network must not know, and fitting on each set separately gives the same sample different inputs.
"""

import numpy as np

from course_lib._arguments.arrays import matrix, same_shape
from course_lib.kernels.sums import sum_over


def standardize_fit(x):
    """Mean and standard deviation of every feature of the training data (LeCun, Bottou, Orr and Müller 1998, 4.3).

    Parameters
    ----------
    x : (N, D) array

    Returns
    -------
    mean : (D,) array
    std : (D,) array, with the divisor N (biased), as scikit-learn and Keras; ``torch.std`` divides by N - 1.
        Exactly 0 where the feature is constant, NaN where it holds NaN or infinity.

    Raises
    ------
    ValueError
        When ``x`` is not two-dimensional, or empty.
    """
    x = matrix(x)
    mean = sum_over(x) / len(x)
    std = np.sqrt(sum_over(np.square(x - mean)) / len(x))
    # The rounded mean of equal numbers may differ from them: their standard deviation would be 1e-17 instead of 0.
    constant = x.min(axis=0) == x.max(axis=0)
    return np.where(constant, x[0], mean), np.where(constant, x.dtype.type(0), std)


def standardize_apply(x, mean, std):
    """(x - mean) / std, feature by feature; a feature that was constant (std = 0) is only shifted.

    Parameters
    ----------
    x : (N, D) array
    mean, std : (D,) arrays from ``standardize_fit``

    Returns
    -------
    out : (N, D) array, a new one

    Raises
    ------
    ValueError
        When ``x`` is not two-dimensional or empty, there is not one number for each feature, or a ``std`` is negative.
    """
    x = matrix(x)
    mean, std = (same_shape(v, x.shape[1:], x.dtype, name=k) for k, v in (("mean", mean), ("std", std)))
    if (std < 0).any():
        raise ValueError(f"std must not be negative, got {std.min()}: is it the mean?")
    return _shift_and_divide(x, mean, std)


def min_max_fit(x):
    """Smallest and largest value of every feature of the training data.

    Parameters
    ----------
    x : (N, D) array

    Returns
    -------
    low, high : (D,) arrays

    Raises
    ------
    ValueError
        When ``x`` is not two-dimensional, or empty.
    """
    x = matrix(x)
    return x.min(axis=0), x.max(axis=0)


def min_max_apply(x, low, high):
    """(x - low) / (high - low), feature by feature: the training data fill [0, 1].

    Other data may lie outside: nothing is clipped (scikit-learn's default too). A feature that was constant is
    only shifted.

    Parameters
    ----------
    x : (N, D) array
    low, high : (D,) arrays from ``min_max_fit``

    Returns
    -------
    out : (N, D) array, a new one

    Raises
    ------
    ValueError
        When ``x`` is not two-dimensional or empty, there is not one number for each feature, or a ``high`` lies below
        its ``low``.
    """
    x = matrix(x)
    low, high = (same_shape(v, x.shape[1:], x.dtype, name=k) for k, v in (("low", low), ("high", high)))
    if (high < low).any():
        raise ValueError("low and high must be in this order: high is below low")
    return _shift_and_divide(x, low, high - low)


def _shift_and_divide(x, shift, scale):
    return (x - shift) / np.where(scale == 0, x.dtype.type(1), scale)
