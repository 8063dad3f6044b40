"""Right answers to leaky_relu."""

import numpy as np


def leaky_relu__where(z, alpha=0.01):
    return np.where(z > 0, z, alpha * z)


def leaky_relu__two_parts(z, alpha=0.01):
    return np.maximum(z, 0) + alpha * np.minimum(z, 0)


def leaky_relu__abs(z, alpha=0.01):
    return 0.5 * (z + np.abs(z)) + 0.5 * alpha * (z - np.abs(z))


def leaky_relu__mask_on_copy(z, alpha=0.01):
    out = np.array(z, dtype=float)
    out[z <= 0] *= alpha
    return out


def leaky_relu__min_or_max(z, alpha=0.01):
    pick = np.maximum if alpha <= 1 else np.minimum
    return pick(z, alpha * z)


def leaky_relu__vectorize(z, alpha=0.01):
    return np.vectorize(lambda t: t if t > 0 else alpha * t, otypes=[float])(z)
