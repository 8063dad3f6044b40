"""Wrong answers to standardize."""

import numpy as np


def _safe(std):
    return np.where(std < 1e-12, 1.0, std)


def standardize__other_by_itself(x_train, x_other):
    """The other data are scaled by their own mean and standard deviation instead of those of the training data."""
    train = (x_train - x_train.mean(axis=0)) / _safe(x_train.std(axis=0))
    other = (x_other - x_other.mean(axis=0)) / _safe(x_other.std(axis=0))
    return train, other


def standardize__pooled(x_train, x_other):
    """Mean and standard deviation are taken over training and other data together."""
    both = np.concatenate([x_train, x_other])
    mean, std = both.mean(axis=0), _safe(both.std(axis=0))
    return (x_train - mean) / std, (x_other - mean) / std


def standardize__n_minus_1(x_train, x_other):
    """The standard deviation is the unbiased one, with the divisor N - 1."""
    mean, std = x_train.mean(axis=0), _safe(x_train.std(axis=0, ddof=1))
    return (x_train - mean) / std, (x_other - mean) / std


def standardize__one_number(x_train, x_other):
    """One mean and one standard deviation for the whole array, not one for each feature."""
    mean, std = x_train.mean(), _safe(x_train.std())
    return (x_train - mean) / std, (x_other - mean) / std


def standardize__eps(x_train, x_other):
    """A small number is added to the standard deviation, so that other data of a constant feature are divided by it and become huge."""
    mean, std = x_train.mean(axis=0), x_train.std(axis=0)
    return (x_train - mean) / (std + 1e-8), (x_other - mean) / (std + 1e-8)


def standardize__nan_to_zero(x_train, x_other):
    """A feature that is constant in the training data becomes 0 in the other data too, where it should only be shifted."""
    mean, std = x_train.mean(axis=0), x_train.std(axis=0)
    with np.errstate(all="ignore"):
        train, other = (x_train - mean) / std, (x_other - mean) / std
    train[:, std < 1e-12] = 0
    other[:, std < 1e-12] = 0
    return train, other


def standardize__in_place(x_train, x_other):
    """The arrays of the caller are overwritten by -= and /=."""
    mean, std = x_train.mean(axis=0), _safe(x_train.std(axis=0))
    if x_train.dtype.kind != "f":
        x_train = x_train.astype(float)
    if x_other.dtype.kind != "f":
        x_other = x_other.astype(float)
    x_train -= mean
    x_train /= std
    x_other -= mean
    x_other /= std
    return x_train, x_other


def standardize__truncated(x_train, x_other):
    """The results are written to arrays made by zeros_like, which cut them off to whole numbers when the data are integers."""
    train, other = np.zeros_like(x_train), np.zeros_like(x_other)
    for j in range(x_train.shape[1]):
        mean, std = x_train[:, j].mean(), _safe(x_train[:, j].std())
        train[:, j] = (x_train[:, j] - mean) / std
        other[:, j] = (x_other[:, j] - mean) / std
    return train, other


def standardize__after_the_fact(x_train, x_other):
    """The statistics for the other data are taken from the training data when these are standardised already, so nothing happens to the other data."""
    x_train = (x_train - x_train.mean(axis=0)) / _safe(x_train.std(axis=0))
    other = (x_other - x_train.mean(axis=0)) / _safe(x_train.std(axis=0))
    return x_train, other


def standardize__eps3(x_train, x_other):
    """A thousandth is added to the standard deviation."""
    mu, sd = (x_train.mean(0), x_train.std(0) + 0.001)
    return ((x_train - mu) / sd, (x_other - mu) / sd)


def standardize__ddof_no_guard(x_train, x_other):
    """The standard deviation divides by N - 1, and a constant feature is divided by 0."""
    mu, sd = (x_train.mean(0), x_train.std(0, ddof=1))
    return ((x_train - mu) / sd, (x_other - mu) / sd)


def standardize__rms(x_train, x_other):
    """It divides by the root mean square of the uncentred features."""
    mu = x_train.mean(0)
    rms = np.sqrt((x_train.astype(float) ** 2).mean(0))
    rms = np.where(x_train.std(0) == 0, 1, rms)
    return (x_train - mu) / rms, (x_other - mu) / rms
