"""Right answers to standardize."""

import math

import numpy as np


def standardize__loops(x_train, x_other):
    """Entry by entry, with math.fsum, into new float arrays."""
    n, d = x_train.shape
    train, other = np.empty((n, d)), np.empty((len(x_other), d))
    for j in range(d):
        column = [float(v) for v in x_train[:, j]]
        mean = math.fsum(column) / n
        std = math.sqrt(math.fsum((v - mean) ** 2 for v in column) / n)
        if min(column) == max(column):
            mean, std = column[0], 1.0
        for i in range(n):
            train[i, j] = (column[i] - mean) / std
        for i in range(len(x_other)):
            other[i, j] = (float(x_other[i, j]) - mean) / std
    return train, other


def standardize__ptp(x_train, x_other):
    """Stacked, constant features found by ptp, and split again."""
    mean = np.average(x_train, axis=0)
    scale = np.sqrt(np.mean(np.square(x_train - mean), axis=0))
    scale[np.ptp(x_train, axis=0) == 0] = 1
    both = (np.vstack([x_train, x_other]) - mean) / scale
    return both[: len(x_train)], both[len(x_train) :]


def standardize__divide_where(x_train, x_other):
    """np.divide with where=, for features whose spread is not negligible next to their size."""
    mean = x_train.mean(axis=0, dtype=float)
    train, other = x_train - mean, x_other - mean
    std = np.linalg.norm(train, axis=0) / np.sqrt(len(x_train))
    varies = std > 1e-12 * np.maximum(1e-200, np.abs(mean))
    return (
        np.divide(train, std, out=train.copy(), where=varies),
        np.divide(other, std, out=other.copy(), where=varies),
    )


def standardize__std_is_zero(x_train, x_other):
    """What most will write: the standard deviation with its zeros replaced by ones."""
    mean = np.mean(x_train, axis=0)
    std = np.std(x_train, axis=0)
    std[std == 0] = 1
    return (x_train - mean) / std, (x_other - mean) / std
