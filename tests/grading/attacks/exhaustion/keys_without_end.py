"""A dict of keys that are megabytes long, to be quoted in the message about wrong keys."""


def relu_backward(dout, z):
    return {"k" * 100_000 + str(number): 0.0 for number in range(15)}
