"""A million different warnings."""

import warnings


def relu_backward(dout, z):
    for number in range(1_000_000):
        warnings.warn(f"{number}" * 1000, stacklevel=1)
    return z
