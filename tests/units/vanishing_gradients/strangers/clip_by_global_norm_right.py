"""Right answers to clip_by_global_norm."""

import functools
import math

import numpy as np


def _flat(arrays):
    return np.concatenate([np.ravel(g) for g in arrays])


def clip_by_global_norm__usual(grads, c):
    norm = float(np.sqrt(sum(np.sum(g**2) for g in grads)))
    scale = c / norm if norm > c else 1.0
    return [g * scale for g in grads], norm


def clip_by_global_norm__long_vector(grads, c):
    v = _flat(grads)
    norm = float(np.linalg.norm(v))
    if norm > c:
        v = v * (c / norm)
    ends = np.cumsum([g.size for g in grads])
    return [part.reshape(g.shape).copy() for part, g in zip(np.split(v, ends[:-1]), grads)], norm


def clip_by_global_norm__fsum(grads, c):
    norm = math.sqrt(math.fsum(t * t for g in grads for t in g.flat))
    if norm <= c:
        return [g.copy() for g in grads], norm
    return [c * (g / norm) for g in grads], norm


def clip_by_global_norm__hypot(grads, c):
    norm = functools.reduce(math.hypot, (float(np.linalg.norm(g)) for g in grads), 0.0)
    return [g / max(1.0, norm / c) for g in grads], norm


def clip_by_global_norm__copies_in_place(grads, c):
    out = [np.array(g) for g in grads]
    norm = float(np.sqrt(np.sum([np.vdot(g, g) for g in out])))
    if norm > 0:
        for g in out:
            g *= min(1.0, c / norm)
    return out, norm
