"""Right answers to swish_backward."""

import math

import numpy as np
import scipy.special


def sigmoid__where_exp_abs(z):
    e = np.exp(-np.abs(z))
    return np.where(np.asarray(z) >= 0, 1, e) / (1 + e)


def sigmoid__masks(z):
    z = np.asarray(z, dtype=float)
    a = np.empty(z.shape)
    pos = z >= 0
    a[pos] = 1 / (1 + np.exp(-z[pos]))
    e = np.exp(z[~pos])
    a[~pos] = e / (1 + e)
    return a


def sigmoid__logaddexp(z):
    return np.exp(-np.logaddexp(0.0, -1.0 * np.asarray(z)))


def sigmoid_backward__usual(dout, a):
    return dout * a * (1 - a)


def swish_backward__product_rule(dout, z, beta=1.0):
    s = sigmoid__where_exp_abs(beta * z)
    return dout * (s + beta * z * s * (1 - s))


def swish_backward__from_output(dout, z, beta=1.0):
    s = scipy.special.expit(beta * np.asarray(z, dtype=float))
    t = scipy.special.expit(-beta * np.asarray(z, dtype=float))
    return dout * s * (1 + beta * z * t)


def swish_backward__two_gradients(dout, z, beta=1.0):
    s = sigmoid__logaddexp(beta * z)
    dgate = dout * z
    return dout * s + sigmoid_backward__usual(dgate, s) * beta


def swish_backward__shortcut(dout, z, beta=1.0):
    s = sigmoid__masks(beta * z)
    f = beta * z * s
    return dout * (f + s * (1 - f))


def swish_backward__loop(dout, z, beta=1.0):
    dz = np.zeros(np.shape(z))
    for i in np.ndindex(np.shape(z)):
        u = beta * z[i]
        e = math.exp(-abs(u))
        s = 1 / (1 + e) if u >= 0 else e / (1 + e)
        dz[i] = dout[i] * (s + u * e / (1 + e) ** 2)
    return dz
