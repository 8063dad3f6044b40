"""Wrong answers to prelu."""

import numpy as np


def prelu__slope_per_sample(z, a):
    """The slopes are laid along the samples (a[:, None]) instead of along the features."""
    return np.where(z > 0, z, a[:, None] * z)


def prelu__maximum(z, a):
    """max(a z, z) is used, which is wrong for slopes above 1."""
    return np.maximum(a * z, z)


def prelu__mean_slope(z, a):
    """All features share one slope, the mean of a."""
    return np.where(z > 0, z, np.mean(a) * z)


def prelu__first_slope(z, a):
    """The first slope is used for all features."""
    return np.where(z > 0, z, a[0] * z)


def prelu__matrix_product(z, a):
    """The slopes are applied by a matrix product, which sums over the features."""
    return np.maximum(z, 0) + (np.minimum(z, 0) @ a)[:, None]


def prelu__changes_z(z, a):
    """The negative entries are scaled in the caller's array, column by column."""
    if not np.issubdtype(z.dtype, np.floating):
        z = z.astype(float)
    for d in range(z.shape[1]):
        z[z[:, d] <= 0, d] *= a[d]
    return z


def prelu__integer_result(z, a):
    """The result array takes over the integer type of z, so the leak is cut to whole numbers."""
    out = np.empty_like(z)
    N, D = z.shape
    for n in range(N):
        for d in range(D):
            out[n, d] = z[n, d] if z[n, d] > 0 else a[d] * z[n, d]
    return out


def prelu__branches_swapped(z, a):
    """The slope is applied where z is positive."""
    return np.where(z > 0, a * z, z)


def prelu__masked_shape(z, a):
    """The masked negative entries, a flat vector, are multiplied by a, whose length does not fit."""
    out = z.astype(float)
    neg = z <= 0
    out[neg] = a * z[neg]
    return out


def prelu__slopes_run_on(z, a):
    """The slopes are dealt out one after the other to the negative entries only, so they land on the wrong features."""
    out = z.astype(float)
    neg = z <= 0
    out[neg] *= np.resize(a, neg.sum())
    return out


def prelu__row_for_column(z, a):
    """The loop over the slopes picks rows of z, z[d], where it should pick columns."""
    out = z.astype(float)
    for d in range(len(a)):
        row = out[d]
        row[row <= 0] *= a[d]
    return out


def prelu__abs_slope(z, a):
    """Negative slopes are made positive."""
    return np.where(z > 0, z, np.abs(a) * z)


def prelu__leak_turned_up(z, a):
    """The leak is a |z|, so its sign is wrong."""
    return np.maximum(z, 0) - a * np.minimum(z, 0)


def prelu__if_on_array(z, a):
    """An if compares the whole array of slopes with 1, which is ambiguous for more than one feature."""
    if a <= 1:
        return np.maximum(z, a * z)
    return np.minimum(z, a * z)


def prelu__column_decides(z, a):
    """Each feature is treated as a whole: it is scaled only when none of its entries is positive."""
    off = ~(z > 0).any(axis=0)
    return z * np.where(off, a, 1.0)


def prelu__minimum_of_product(z, a):
    """max(z, 0) + min(a z, 0) is used, which drops the negative part for negative slopes."""
    return np.maximum(z, 0) + np.minimum(a * z, 0)


def prelu__first_feature_skipped(z, a):
    """The loop over the features starts at 1, so feature 0 keeps its negative entries unscaled."""
    out = np.array(z, dtype=float)
    for d in range(1, z.shape[1]):
        out[:, d] = np.where(z[:, d] > 0, z[:, d], a[d] * z[:, d])
    return out


def prelu__slopes_reversed(z, a):
    """The slopes are applied in reverse order of the features."""
    return np.stack([np.where(col > 0, col, s * col) for col, s in zip(z.T, a[::-1])], axis=1)


def prelu__axis_by_length(z, a):
    """The axis for the slopes is guessed from the lengths, so with as many samples as features they go along the samples."""
    if z.shape[0] == len(a):
        return np.where(z > 0, z, a[:, None] * z)
    return np.where(z > 0, z, a * z)


def prelu__slopes_squashed(z, a):
    """The slopes are limited to [0, 1]."""
    return np.where(z > 0, z, np.clip(a, 0, 1) * z)


def prelu__slope_times_sign(z, a):
    """The derivative is returned: 1 for positive z, else a."""
    return np.where(z > 0, 1.0, np.broadcast_to(a, z.shape))


def prelu__sorted_slopes(z, a):
    """a is sorted in place before use, which mixes up the features and changes the caller's array."""
    a.sort()
    return np.where(z > 0, z, a * z)
