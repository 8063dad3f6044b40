"""Right answers to clipping_cosine."""

import math

import numpy as np


def _flat(arrays):
    return np.concatenate([np.ravel(g) for g in arrays])


def clip_by_value__min_max(grads, c):
    return list(map(lambda g: np.maximum(np.minimum(g, c), -c), grads))


def clip_by_value__sign(grads, c):
    return [np.sign(g) * np.minimum(np.abs(g), c) for g in grads]


def clipping_cosine__long_vectors(grads, c):
    u = _flat(grads)
    v = np.clip(u, -c, c)
    return float(u @ v / (np.linalg.norm(u) * np.linalg.norm(v)))


def clipping_cosine__sums(grads, c):
    uv = uu = vv = 0.0
    for g in grads:
        for t in g.flat:
            s = max(-c, min(c, t))
            uv, uu, vv = uv + t * s, uu + t * t, vv + s * s
    return float(uv / math.sqrt(uu) / math.sqrt(vv))


def clipping_cosine__unit_vectors(grads, c):
    u, v = _flat(grads), _flat(clip_by_value__min_max(grads, c))
    return float(np.dot(u / np.sqrt(np.dot(u, u)), v / np.sqrt(np.dot(v, v))))


def clipping_cosine__vdot_prod(grads, c):
    clipped = clip_by_value__sign(grads, c)
    num = sum(np.vdot(g, h) for g, h in zip(grads, clipped))
    den = math.prod(math.sqrt(sum(np.vdot(g, g) for g in lst)) for lst in (grads, clipped))
    return float(num / den)
