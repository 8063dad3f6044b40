"""Right answers to fgsm."""

import numpy as np


def fgsm__clip(x, dx, eps, low=0.0, high=1.0):
    return np.clip(x + eps * np.sign(dx), low, high)


def fgsm__comparisons(x, dx, eps, low=0.0, high=1.0):
    step = (dx > 0) * eps - (dx < 0) * eps
    return np.minimum(np.maximum(x + step, low), high)


def fgsm__loop(x, dx, eps, low=0.0, high=1.0):
    out = np.array(x, dtype=float)
    for i in np.ndindex(out.shape):
        if dx[i] > 0:
            out[i] += eps
        elif dx[i] < 0:
            out[i] -= eps
        out[i] = min(max(out[i], low), high)
    return out


def fgsm__indexing(x, dx, eps, low=0.0, high=1.0):
    out = np.asarray(x).astype(float)
    out[dx > 0] += eps
    out[dx < 0] -= eps
    out[out < low] = low
    out[out > high] = high
    return out
