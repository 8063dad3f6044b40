"""A wrong array that a thread overwrites from then on with arrays from earlier calls."""

import threading

import numpy as np

_seen = []


def relu_backward(dout, z):
    value = np.full(dout.shape, 7.0)
    _seen.append(dout.copy())

    def fill():
        for _ in range(10_000):
            for old in _seen[:-1]:
                if old.shape == value.shape:
                    value[...] = old

    threading.Thread(target=fill, daemon=True).start()
    return value
