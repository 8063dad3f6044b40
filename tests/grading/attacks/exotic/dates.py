"""An array of times that are no times, and one of durations."""

import numpy as np


def relu_backward(dout, z):
    if z.size % 2:
        return np.full(dout.shape, "NaT", dtype="datetime64[ns]")
    return np.zeros(dout.shape, dtype="timedelta64[s]")
