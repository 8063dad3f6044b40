"""Containers nested as deep as may cross, and a little deeper, with arrays, dicts and themselves at the bottom."""

import numpy as np

calls = []


def relu_backward(dout, z):
    calls.append(1)
    value = np.where(z > 0, dout, 0.0)
    for depth in range(30 + len(calls)):
        value = ([value], (value,), {"": value})[depth % 3]
    return value
