"""An array of terabytes, by a stride of zero."""

import numpy as np


def relu_backward(dout, z):
    return np.broadcast_to(np.float64(0.0), (1 << 20, 1 << 20))
