"""The right array, as Python would print it."""

import numpy as np


def relu_backward(dout, z):
    return repr(np.where(z > 0, dout, 0.0))
