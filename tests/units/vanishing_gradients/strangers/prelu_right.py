"""Right answers to prelu."""

import numpy as np


def prelu__where(z, a):
    return np.where(z > 0, z, a * z)


def prelu__columns(z, a):
    out = z.astype(float)
    for d, slope in enumerate(a):
        col = out[:, d]
        col[col <= 0] *= slope
    return out


def prelu__parts(z, a):
    return np.maximum(z, 0) + np.einsum("nd,d->nd", np.minimum(z, 0), a)


def prelu__diag(z, a):
    return z.clip(0, None) + z.clip(None, 0) @ np.diag(a)


def prelu__repeat_slopes(z, a):
    slopes = np.tile(a, (len(z), 1))
    slopes[z > 0] = 1.0
    return slopes * z
