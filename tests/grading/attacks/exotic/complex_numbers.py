"""The right numbers, with an imaginary part of NaN."""

import numpy as np


def relu_backward(dout, z):
    return np.where(z > 0, dout, 0.0) + 1j * np.nan
