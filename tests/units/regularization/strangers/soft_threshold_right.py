"""Right answers to soft_threshold."""

import numpy as np


def soft_threshold__formula(w, t):
    return np.sign(w) * np.maximum(np.abs(w) - t, 0)


def soft_threshold__where(w, t):
    return np.where(w > t, w - t, np.where(w < -t, w + t, 0.0))


def soft_threshold__minus_clip(w, t):
    return w - np.clip(np.asarray(w, dtype=float), -t, t)


def soft_threshold__loop(w, t):
    w = np.asarray(w)
    out = np.zeros(w.shape)
    for i in np.ndindex(w.shape):
        if w[i] > t:
            out[i] = w[i] - t
        elif w[i] < -t:
            out[i] = w[i] + t
    return out


def soft_threshold__two_parts(w, t):
    return np.maximum(w - t, 0.0) + np.minimum(w + t, 0.0)
