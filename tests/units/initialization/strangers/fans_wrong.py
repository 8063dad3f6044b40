"""Wrong answers to fans."""

import math

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


def fans__dense_outputs_first(shape):
    """It takes dense weights for (outputs, inputs), so that their fans are swapped."""
    if len(shape) == 2:
        return shape[1], shape[0]
    c_out, c_in, k1, k2 = shape
    return c_in * k1 * k2, c_out * k1 * k2


def fans__fan_out_without_kernel(shape):
    """It multiplies fan_in by the kernel's size, but not fan_out."""
    if len(shape) == 2:
        return shape[0], shape[1]
    c_out, c_in, k1, k2 = shape
    return c_in * k1 * k2, c_out


def fans__channels_last_again(shape):
    """It reads a convolution's shape as (K1, K2, C_in, C_out), as other libraries have it."""
    if len(shape) == 2:
        return shape[0], shape[1]
    k1, k2, c_in, c_out = shape
    return k1 * k2 * c_in, k1 * k2 * c_out


def fans__square_kernel_again(shape):
    """It squares K1 and never looks at K2, as if every kernel were square."""
    if len(shape) == 2:
        return shape[0], shape[1]
    c_out, c_in, k = shape[:3]
    return c_in * k**2, c_out * k**2


def fans__one_rule(shape):
    """It uses the dense order for convolutions too, inputs first, so that their fans are swapped."""
    kernel = 1
    for k in shape[2:]:
        kernel *= k
    return shape[0] * kernel, shape[1] * kernel


def fans__one_output_per_kernel(shape):
    """Counts the pairs of channels as fan_out."""
    if len(shape) == 2:
        return shape
    return (shape[1] * shape[2] * shape[3], shape[0] * shape[1])


def fans__input_channels_in_both(shape):
    """Counts all weights as the fan_out."""
    if len(shape) == 2:
        return shape
    return (shape[1] * shape[2] * shape[3], shape[0] * shape[1] * shape[2] * shape[3])


def fans__everything(shape):
    """Both fans are the number of all weights."""
    return math.prod(shape), math.prod(shape)
