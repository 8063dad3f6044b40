"""A loop that never lets the cell end."""

while True:
    pass


def relu_backward(dout, z):
    return z
