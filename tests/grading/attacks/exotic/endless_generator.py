"""A generator without end."""

import itertools


def relu_backward(dout, z):
    return (dout for _ in itertools.count())
