"""Truth values instead of floats."""

import numpy as np


def relu_backward(dout, z):
    return np.where(z > 0, dout, 0.0).astype(bool)
