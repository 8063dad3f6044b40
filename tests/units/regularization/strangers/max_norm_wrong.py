"""Wrong answers to max_norm."""

import numpy as np


def max_norm__rows(w, c):
    """Limits rows instead of columns."""
    n = np.linalg.norm(w, axis=1, keepdims=True)
    return np.where(n > c, w * c / np.where(n > 0, n, 1), w)


def max_norm__whole(w, c):
    """Limits the norm of the whole matrix."""
    n = np.linalg.norm(w)
    return w * (c / n) if n > c else w * 1.0


def max_norm__all_to_c(w, c):
    """Brings every column to the length c, the short ones too."""
    n = np.linalg.norm(w, axis=0)
    return w * c / np.where(n > 0, n, 1)


def max_norm__squared(w, c):
    """Forgets the root of the sum of squares."""
    n = np.sum(w**2, axis=0)
    return np.where(n > c, w * c / np.where(n > 0, n, 1), w)


def max_norm__clips(w, c):
    """Clips the single entries."""
    return np.clip(w, -c, c)


def max_norm__zero_nan(w, c):
    """Divides a column of zeros by its length, which gives nan."""
    n = np.linalg.norm(w, axis=0)
    return w / n * np.minimum(n, c)


def max_norm__int_copy(w, c):
    """Writes into a copy of the dtype of w, so that integers are truncated."""
    out, n = w.copy(), np.linalg.norm(w, axis=0)
    long = n > c
    out[:, long] = w[:, long] * c / n[long]
    return out


def max_norm__unit_length(w, c):
    """Shortens what is too long to the length 1, not c."""
    n = np.linalg.norm(w, axis=0)
    return np.where(n > c, w / np.where(n > 0, n, 1), w)


def max_norm__in_place(w, c):
    """Shortens the columns in w itself."""
    n = np.linalg.norm(w, axis=0)
    for j in np.flatnonzero(n > c):
        w[:, j] = w[:, j] * c / n[j]
    return w


def max_norm__l1(w, c):
    """Takes the sum of the absolute values as the length."""
    n = np.abs(w).sum(axis=0)
    return np.where(n > c, w * c / np.where(n > 0, n, 1), w)
