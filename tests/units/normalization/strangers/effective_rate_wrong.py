"""Wrong answers to effective_rate."""

import numpy as np


def effective_rate__norm_not_squared(lr, w):
    """The rate is divided by the norm of a unit's weights, and not by its square."""
    return lr / np.linalg.norm(w, axis=0)


def effective_rate__rows(lr, w):
    """The norm is taken of each row, that is, over the units, and not of each column."""
    return lr / np.sum(w**2, axis=1)


def effective_rate__whole_matrix(lr, w):
    """All units get the norm of the whole matrix."""
    return np.full(w.shape[1], lr / np.linalg.norm(w) ** 2)


def effective_rate__mean_square(lr, w):
    """The mean of the squares is taken in place of their sum."""
    return lr / np.mean(w**2, axis=0)


def effective_rate__sum_then_square(lr, w):
    """The weights are added first and squared afterwards, so that signs cancel."""
    return lr / np.sum(w, axis=0) ** 2


def effective_rate__l1(lr, w):
    """The norm is the sum of absolute values, and not the root of the sum of squares."""
    return lr / np.linalg.norm(w, ord=1, axis=0) ** 2


def effective_rate__kept_axis(lr, w):
    """The result has the shape (1, M), because keepdims was left on."""
    return lr / np.sum(w**2, axis=0, keepdims=True)


def effective_rate__squared_in_place(lr, w):
    """The weights themselves are squared, so the caller's array is changed."""
    w *= w
    return lr / w.sum(axis=0)


def effective_rate__variance(lr, w):
    """The mean of a unit's weights is subtracted before squaring: N times the variance, and not the squared norm."""
    return lr / np.sum((w - w.mean(axis=0)) ** 2, axis=0)


def effective_rate__two_rows(lr, w):
    """It is written for weights of two rows, as in the example, and ignores all others."""
    return lr / (w[0] ** 2 + w[1] ** 2)
