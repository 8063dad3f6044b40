"""Integers beyond every machine's."""


def relu_backward(dout, z):
    return [[-(2**63), 2**64, 10**1000, 1 << 1_000_000]] * len(z)
