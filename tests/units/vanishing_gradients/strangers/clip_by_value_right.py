"""Right answers to clip_by_value."""

import numpy as np


def clip_by_value__npclip(grads, c):
    return [np.clip(g, -c, c) for g in grads]


def clip_by_value__min_max(grads, c):
    return list(map(lambda g: np.maximum(np.minimum(g, c), -c), grads))


def clip_by_value__masks(grads, c):
    out = []
    for g in grads:
        n = g.copy()
        n[n > c] = c
        n[n < -c] = -c
        out.append(n)
    return out


def clip_by_value__sign(grads, c):
    return [np.sign(g) * np.minimum(np.abs(g), c) for g in grads]


def clip_by_value__where(grads, c):
    return [np.where(g > c, c, np.where(g < -c, -c, g)) for g in grads]
