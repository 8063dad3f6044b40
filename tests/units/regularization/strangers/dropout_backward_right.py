"""Right answers to dropout_backward."""

import numpy as np


def dropout_backward__product(dout, mask):
    return dout * mask


def dropout_backward__where(dout, mask):
    return np.where(mask == 0, 0.0, np.asarray(dout, float) * mask)


def dropout_backward__loop(dout, mask):
    dx = np.zeros(np.shape(mask))
    for i in np.ndindex(dx.shape):
        dx[i] = float(dout[i]) * float(mask[i])
    return dx


def dropout_backward__einsum(dout, mask):
    return np.einsum("...,...->...", np.asarray(dout, dtype=float), np.asarray(mask, dtype=float))
