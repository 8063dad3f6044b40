"""A list nested 100,000 deep."""


def relu_backward(dout, z):
    value = []
    for _ in range(100_000):
        value = [value]
    return value
