"""The right numbers in a subclass of ndarray."""

import numpy as np


class Own(np.ndarray):
    pass


def relu_backward(dout, z):
    return np.where(z > 0, dout, 0.0).view(Own)
