"""The right numbers in a record array."""

import numpy as np


def relu_backward(dout, z):
    return np.where(z > 0, dout, 0.0).astype([("x", float)])
