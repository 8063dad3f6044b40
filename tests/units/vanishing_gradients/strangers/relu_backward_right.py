"""Right answers to relu_backward."""

import numpy as np


def relu_backward__mask(dout, z):
    return dout * (z > 0)


def relu_backward__where(dout, z):
    return np.where(z > 0, dout, 0.0)


def relu_backward__copy(dout, z):
    dz = np.array(dout, dtype=float)
    dz[z <= 0] = 0
    return dz


def relu_backward__heaviside(dout, z):
    return dout * np.heaviside(z, 0)


def relu_backward__sign_of_relu(dout, z):
    return dout * np.sign(np.maximum(z, 0))


def relu_backward__loop(dout, z):
    dz = np.zeros(dout.shape)
    for i in np.ndindex(dout.shape):
        if z[i] > 0:
            dz[i] = dout[i]
    return dz
