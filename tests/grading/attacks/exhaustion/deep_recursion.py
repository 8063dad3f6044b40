"""Recursion without a limit, down to the end of the stack."""

import sys

sys.setrecursionlimit(1 << 30)


def relu_backward(dout, z):
    return relu_backward(dout, z)
