"""Small networks for the experiments behind the claims: how they are built, and what their units do."""

from itertools import pairwise

import numpy as np

from course_lib.layers.base import Layer
from course_lib.layers.dense import Activation, Affine
from course_lib.layers.network import Sequential

BATCH_SIZE = 64


class Elementwise(Layer):
    """An activation given as two functions of z, for forms that the library does not name."""

    def __init__(self, function, derivative):
        super().__init__()
        self._function, self._derivative = function, derivative

    def forward(self, x):
        return self._remember(self._function(x), x)

    def backward(self, dout):
        dout, z = self._recall(dout)
        return dout * self._derivative(z)


def network_of(sizes, activation, *, initializer, rng) -> Sequential:
    """Affine layers of the given sizes with ``activation()``, a new layer, between them."""
    layers: list[Layer] = []
    for fan_in, fan_out in pairwise(sizes):
        layers += [Affine(fan_in, fan_out, rng=rng, initializer=initializer), activation()]
    return Sequential(*layers[:-1])


def affine_layers(network) -> list[Affine]:
    """The layers that hold a weight matrix, from input to output."""
    return [leaf for leaf in network.leaves() if "w" in leaf.params]


def slopes(network, x) -> list[np.ndarray]:
    """The derivative of every unit for every sample: one (N, units) array per hidden layer."""
    found = []
    for layer in network.layers:
        x = layer.forward(x)
        if isinstance(layer, Activation | Elementwise):
            found.append(layer.backward(np.ones_like(x)))
    return found


def dead_units(network, x, threshold=0.0) -> list[np.ndarray]:
    """Per hidden layer a boolean array (units,): the slope is at most ``threshold``, or NaN, for every sample."""
    # a network that diverged has NaN for slopes, and such a unit learns nothing more
    return [np.all(~(np.abs(slope) > threshold), axis=0) for slope in slopes(network, x)]
