"""Output without end."""


def relu_backward(dout, z):
    while True:
        print("flood " * 100_000)
