"""A deep network without activation functions is one matrix."""

from dataclasses import dataclass

import numpy as np

from course_lib.data.datasets import xor
from course_lib.initialization import he_normal
from course_lib.layers.network import mlp
from course_lib.training.loop import evaluate
from course_lib.units.shared.arms import train
from course_lib.units.shared.small_nets import affine_layers


@dataclass(frozen=True)
class Collapse:
    """A deep network without activation, trained on the four clouds of XOR.

    ``difference`` is the largest difference between its outputs and those of the single affine map
    into which its matrices multiply; the accuracies are those on the training points, ``single_accuracy`` that of one
    affine layer.
    """

    difference: float
    linear_accuracy: float
    relu_accuracy: float
    single_accuracy: float


def collapse(seed, *, depth=5, width=16, rate=0.01, epochs=60, n_samples=400, noise=0.1) -> Collapse:
    """Train with the identity and with ReLU as activation, and multiply the linear network's matrices."""
    accuracy, networks = {}, {}
    for name, activation, layers in (("deep", "identity", depth), ("relu", "relu", depth), ("single", "identity", 0)):
        rng = np.random.default_rng(seed)
        x, y = xor(n_samples, rng=rng, noise=noise)
        network = mlp([2, *[width] * layers, 2], activation=activation, initializer=he_normal, rng=rng)
        train(network, x, y, lr=rate, epochs=epochs, rng=rng)
        accuracy[name], networks[name] = evaluate(network, x, y)[1], network

    w, b = np.eye(2), np.zeros(2)
    for layer in affine_layers(networks["deep"]):
        w, b = w @ layer.params["w"], b @ layer.params["w"] + layer.params["b"]
    difference = float(np.abs(networks["deep"].forward(x) - (x @ w + b)).max())
    return Collapse(difference, accuracy["deep"], accuracy["relu"], accuracy["single"])
