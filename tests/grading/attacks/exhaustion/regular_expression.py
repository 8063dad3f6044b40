"""A regular expression that takes longer than the universe, in C code that holds the interpreter's lock."""

import re


def relu_backward(dout, z):
    return re.match(r"(a+)+$", "a" * 100 + "b")
