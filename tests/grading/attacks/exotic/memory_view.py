"""Buffers of every kind."""


def relu_backward(dout, z):
    return [memoryview(dout), bytearray(8), bytes(8), {1, 2}, frozenset(), range(10**18), slice(None), Ellipsis]
