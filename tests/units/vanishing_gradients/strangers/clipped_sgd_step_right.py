"""Right answers to clipped_sgd_step."""

import functools
import math

import numpy as np


def _flat(arrays):
    return np.concatenate([np.ravel(g) for g in arrays])


def clip_by_global_norm__usual(grads, c):
    norm = float(np.sqrt(sum(np.sum(g**2) for g in grads)))
    scale = c / norm if norm > c else 1.0
    return [g * scale for g in grads], norm


def clip_by_global_norm__fsum(grads, c):
    norm = math.sqrt(math.fsum(t * t for g in grads for t in g.flat))
    if norm <= c:
        return [g.copy() for g in grads], norm
    return [c * (g / norm) for g in grads], norm


def clip_by_global_norm__hypot(grads, c):
    norm = functools.reduce(math.hypot, (float(np.linalg.norm(g)) for g in grads), 0.0)
    return [g / max(1.0, norm / c) for g in grads], norm


def clipped_sgd_step__usual(params, grads, lr, c):
    clipped, _ = clip_by_global_norm__usual(grads, c)
    return [p - lr * g for p, g in zip(params, clipped)]


def clipped_sgd_step__lr_in_factor(params, grads, lr, c):
    norm = np.linalg.norm(_flat(grads))
    step = lr * (1.0 if norm <= c else c / norm)
    return [params[i] - step * grads[i] for i in range(len(params))]


def clipped_sgd_step__copies(params, grads, lr, c):
    new = [p.copy() for p in params]
    for p, g in zip(new, clip_by_global_norm__hypot(grads, c)[0]):
        np.subtract(p, lr * g, out=p)
    return new


def clipped_sgd_step__step_bounded(params, grads, lr, c):
    steps, _ = clip_by_global_norm__fsum([lr * g for g in grads], abs(lr) * c)
    return list(map(np.subtract, params, steps))
