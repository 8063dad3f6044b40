"""Right answers to sigmoid_backward."""

import numpy as np


def sigmoid_backward__usual(dout, a):
    return dout * a * (1 - a)


def sigmoid_backward__expanded(dout, a):
    ones = np.ones(np.shape(a))
    return np.multiply(np.multiply(ones - a, a), dout)


def sigmoid_backward__copy_in_place(dout, a):
    dz = dout.copy()
    dz *= a
    dz *= 1.0 - a
    return dz


def sigmoid_backward__entry_by_entry(dout, a):
    dz = np.zeros(a.shape)
    for i in np.ndindex(*a.shape):
        dz[i] = dout[i] * a[i] * (1 - a[i])
    return dz


def sigmoid_backward__einsum(dout, a):
    return np.einsum("...,...,...->...", dout, a, 1 - a)
