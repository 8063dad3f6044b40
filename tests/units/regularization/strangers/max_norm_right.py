"""Right answers to max_norm."""

import numpy as np


def max_norm__where(w, c):
    n = np.linalg.norm(w, axis=0)
    return np.where(n > c, w * (c / np.where(n > c, n, 1.0)), w)


def max_norm__maximum(w, c):
    n = np.sqrt(np.sum(np.asarray(w, float) ** 2, axis=0, keepdims=True))
    return w * (c / np.maximum(n, c))


def max_norm__loop(w, c):
    limited = np.array(w, dtype=float)
    for j in range(limited.shape[1]):
        length = sum(value**2 for value in limited[:, j]) ** 0.5
        if length > c:
            limited[:, j] *= c / length
    return limited


def max_norm__long_ones(w, c):
    limited = w.astype(float)
    n = np.hypot.reduce(limited, axis=0)
    long = n > c
    limited[:, long] = c * limited[:, long] / n[long]
    return limited
