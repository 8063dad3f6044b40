"""The right numbers in a np.matrix."""

import numpy as np


def relu_backward(dout, z):
    return np.asmatrix(np.where(z > 0, dout, 0.0))
