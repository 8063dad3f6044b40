"""A list and a dict that hold themselves and each other."""


def relu_backward(dout, z):
    value, other = [z], {}
    value += [value, other]
    other["value"], other["other"] = value, other
    return value
