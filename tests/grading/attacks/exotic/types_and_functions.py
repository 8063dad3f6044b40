"""Classes, functions, modules, frames and exceptions."""

import sys


def relu_backward(dout, z):
    return [int, relu_backward, sys, sys._getframe(), ValueError("x"), NotImplemented, lambda: 0]
