"""Scaling the input features: fit on the training data, then apply the same numbers to any data.

Validation and test data are scaled by the statistics of the training data: fitting on all data leaks what the
network must not know, and fitting on each set anew gives the same sample different inputs.
"""

import numpy as np

from course_lib._arguments import as_float


def standardize_fit(x):
    """Mean and standard deviation of every feature of the training data (LeCun et al. 1998, section 4.3).

    Parameters
    ----------
    x : (N, D) array

    Returns
    -------
    mean : (D,) array
    std : (D,) array, with the divisor N (biased), as scikit-learn and Keras; ``torch.std`` divides by N - 1.
        Exactly 0 where the feature is constant.

    Raises
    ------
    ValueError
        When ``x`` is not two-dimensional, or holds no sample.
    """
    x = _features(x)
    mean, std = x.mean(axis=0), x.std(axis=0)
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
    """
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
        When ``x`` is not two-dimensional, or holds no sample.
    """
    x = _features(x)
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
    """
    x = as_float(x)
    return _shift_and_divide(x, low, as_float(high, x.dtype) - as_float(low, x.dtype))


def _features(x):
    x = as_float(x)
    if x.ndim != 2 or len(x) == 0:
        raise ValueError(f"x (N, D) with at least one sample expected, got the shape {x.shape}")
    return x


def _shift_and_divide(x, shift, scale):
    x = as_float(x)
    shift, scale = as_float(shift, x.dtype), as_float(scale, x.dtype)
    if x.ndim != 2 or shift.shape != x.shape[1:] or scale.shape != x.shape[1:]:
        raise ValueError(f"x (N, D) and fitted (D,) arrays expected, got {x.shape}, {shift.shape}, {scale.shape}")
    return (x - shift) / np.where(scale == 0, x.dtype.type(1), scale)
