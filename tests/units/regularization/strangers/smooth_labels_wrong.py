"""Wrong answers to smooth_labels."""

import numpy as np


def smooth_labels__others_only(y, n_classes, eps):
    """Shares eps among the other classes only: 1 - eps on the label, eps / (K - 1) elsewhere."""
    t = np.full((len(y), n_classes), eps / (n_classes - 1))
    t[np.arange(len(y)), y] = 1 - eps
    return t


def smooth_labels__label_left_out(y, n_classes, eps):
    """eps / K on the others and 1 - eps on the label, without the label's share."""
    t = np.full((len(y), n_classes), eps / n_classes)
    t[np.arange(len(y)), y] = 1 - eps
    return t


def smooth_labels__one_plus(y, n_classes, eps):
    """Adds eps / K on top of the full one, so that rows do not sum to 1."""
    return np.eye(n_classes)[y] + eps / n_classes


def smooth_labels__int_targets(y, n_classes, eps):
    """The targets have the dtype of y, so that they are truncated."""
    t = np.zeros((len(y), n_classes), dtype=y.dtype)
    t[:] = 0
    t[np.arange(len(y)), y] = 1
    t[...] = (1 - eps) * t + eps / n_classes
    return t


def smooth_labels__counts_classes(y, n_classes, eps):
    """Counts the classes that occur in y instead of using n_classes."""
    k = y.max() + 1
    return (1 - eps) * np.eye(k)[y] + eps / k


def smooth_labels__swapped(y, n_classes, eps):
    """Takes eps for what stays on the label."""
    return eps * np.eye(n_classes)[y] + (1 - eps) / n_classes


def smooth_labels__all_eps(y, n_classes, eps):
    """Adds the whole eps to every class instead of a share."""
    return (1 - eps) * np.eye(n_classes)[y] + eps


def smooth_labels__transposed(y, n_classes, eps):
    """Classes along the rows: the shape is (n_classes, N)."""
    return (1 - eps) * (np.arange(n_classes)[:, None] == y) + eps / n_classes


def smooth_labels__from_one(y, n_classes, eps):
    """Counts the labels from 1."""
    return (1 - eps) * np.eye(n_classes)[y - 1] + eps / n_classes
