"""Wrong answers to fans."""

import numpy as np


def fans__channels_only(shape):
    """Forgets the kernel: fans of a convolution are its channels."""
    return (shape[0], shape[1]) if len(shape) == 2 else (shape[1], shape[0])


def fans__swapped(shape):
    """A convolution's fans are swapped: the outputs come first in the shape."""
    size = int(np.prod(shape[2:]))
    return shape[0] * size, shape[1] * size


def fans__dense_swapped(shape):
    """Applies the convention of convolutions, outputs first, to dense layers too."""
    size = int(np.prod(shape[2:]))
    return shape[1] * size, shape[0] * size


def fans__kernel_only_in(shape):
    """Multiplies only fan_in by the kernel's size, not fan_out."""
    if len(shape) == 2:
        return shape[0], shape[1]
    return shape[1] * shape[2] * shape[3], shape[0]


def fans__square_kernel(shape):
    """Takes the kernel for square: the first side is squared."""
    if len(shape) == 2:
        return shape[0], shape[1]
    return shape[1] * shape[2] ** 2, shape[0] * shape[2] ** 2


def fans__kernel_side(shape):
    """Adds the kernel's sides where they should be multiplied."""
    if len(shape) == 2:
        return shape[0], shape[1]
    k = shape[2] + shape[3]
    return shape[1] * k, shape[0] * k


def fans__floats(shape):
    """Returns floats where integers are asked for."""
    if len(shape) == 2:
        return float(shape[0]), float(shape[1])
    k = float(shape[2] * shape[3])
    return shape[1] * k, shape[0] * k


def fans__channels_last(shape):
    """Reads the shape as (K1, K2, C_in, C_out), as Keras stores it."""
    if len(shape) == 2:
        return shape[0], shape[1]
    k = shape[0] * shape[1]
    return shape[2] * k, shape[3] * k
