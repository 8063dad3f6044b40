"""Right answers to smooth_labels."""

import numpy as np


def smooth_labels__eye(y, n_classes, eps):
    return (1 - eps) * np.eye(n_classes)[y] + eps / n_classes


def smooth_labels__full(y, n_classes, eps):
    targets = np.full((len(y), n_classes), eps / n_classes, dtype=float)
    targets[np.arange(len(y)), y] += 1 - eps
    return targets


def smooth_labels__compare(y, n_classes, eps):
    return np.where(y[:, None] == np.arange(n_classes), 1 - eps * (n_classes - 1) / n_classes, eps / n_classes)


def smooth_labels__loop(y, n_classes, eps):
    targets = np.zeros((len(y), n_classes))
    for i, label in enumerate(y):
        for k in range(n_classes):
            targets[i, k] = eps / n_classes + (1 - eps if k == label else 0)
    return targets
