"""Wrong answers to gelu."""

import math

import numpy as np


def _erf(z):
    return np.vectorize(math.erf, otypes=[float])(z)


def gelu__tanh_approximation(z):
    """The approximation with tanh that many libraries use."""
    return 0.5 * z * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)))


def gelu__root_of_two_forgotten(z):
    """z goes into erf without being divided by the square root of 2."""
    return z * 0.5 * (1 + _erf(z))


def gelu__sigmoid_approximation(z):
    """The approximation z * sigmoid(1.702 z)."""
    return z / (1 + np.exp(-1.702 * z))


def gelu__density(z):
    """The gate is the density of the normal distribution instead of its distribution function."""
    return z * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)


def gelu__integer_result(z):
    """The result is written into an array of the integer type of z and so cut to whole numbers."""
    out = np.zeros_like(z)
    for i in np.ndindex(z.shape):
        out[i] = z[i] * 0.5 * (1 + math.erf(z[i] / math.sqrt(2)))
    return out


def gelu__erf_of_an_array(z):
    """math.erf is called with the whole array."""
    return z * 0.5 * (1 + math.erf(z / math.sqrt(2)))


def gelu__gate_alone(z):
    """The probability is returned, and not multiplied by z."""
    return 0.5 * (1 + _erf(z / np.sqrt(2)))


def gelu__half_forgotten(z):
    """1 + erf is not halved."""
    return z * (1 + _erf(z / np.sqrt(2)))


def gelu__swish(z):
    """The gate is the sigmoid, which makes it swish."""
    return z / (1 + np.exp(-z))


def gelu__flattened(z):
    """The loop runs over the flattened array, and the shape is not restored."""
    return np.array([t * 0.5 * (1 + math.erf(t / math.sqrt(2))) for t in z.flatten()])


def gelu__changes_z(z):
    """z is multiplied in place, in the caller's array."""
    z *= 0.5 * (1 + _erf(z / np.sqrt(2)))
    return z


def gelu__two_axes_only(z):
    """The two nested loops need an array of exactly two axes."""
    out = np.zeros(z.shape)
    for i in range(z.shape[0]):
        for j in range(z.shape[1]):
            out[i, j] = z[i, j] * 0.5 * (1 + math.erf(z[i, j] / math.sqrt(2)))
    return out


def gelu__divides_after_erf(z):
    """erf(z) is divided by the square root of 2, instead of z."""
    return z * 0.5 * (1 + _erf(z) / np.sqrt(2))


def gelu__other_side(z):
    """The gate is the probability of being above z."""
    return z * 0.5 * (1 - _erf(z / np.sqrt(2)))
