"""A power whose digits fill the memory, in C code that hears no signal."""


def relu_backward(dout, z):
    return 9**9**9**9
