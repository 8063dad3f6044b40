"""Right answers to fans."""

import math

import numpy as np


def fans__unpacking(shape):
    """Unpacks the shape and multiplies."""
    if len(shape) == 2:
        d, m = shape
        return d, m
    c_out, c_in, k1, k2 = shape
    return c_in * k1 * k2, c_out * k1 * k2


def fans__loop(shape):
    """Swaps the outputs back, then multiplies by all that is left in a loop."""
    pair = list(shape[:2]) if len(shape) == 2 else [shape[1], shape[0]]
    for k in shape[2:]:
        pair = [p * k for p in pair]
    return tuple(pair)


def fans__number_of_weights(shape):
    """All weights divided by the units of the other side."""
    total = math.prod(shape)
    outputs = shape[0] if len(shape) == 4 else shape[1]
    inputs = shape[1] if len(shape) == 4 else shape[0]
    return total // outputs, total // inputs


def fans__numpy_integers(shape):
    """NumPy integers, from the shape of an empty array."""
    s = np.array(shape)
    if s.size == 2:
        return s[0], s[1]
    return np.prod(s[1:]), np.prod(s) // s[1]


def fans__divisions(shape):
    """All weights, divided by the number of outputs or inputs; the two numbers are floats."""
    total = float(np.prod(shape))
    if len(shape) == 4:
        return total / shape[0], total / shape[1]
    return total / shape[1], total / shape[0]


def fans__loop_again(shape):
    """It swaps the first two numbers of a convolution, then multiplies both in a loop; the result is a list."""
    numbers = list(shape)
    pair = numbers[:2] if len(numbers) == 2 else [numbers[1], numbers[0]]
    for k in numbers[2:]:
        pair = [p * k for p in pair]
    return pair
