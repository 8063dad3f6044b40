"""A deep network without activation functions is one matrix."""

from dataclasses import dataclass

import numpy as np

from course_lib.data.datasets import xor
from course_lib.initialization import he_normal
from course_lib.layers.network import mlp
from course_lib.training.loop import evaluate
from course_lib.units.shared.small_nets import affine_layers, train


@dataclass(frozen=True)
class Collapse:
    """A network of 5 hidden layers without activation, trained on the four clouds of XOR.

    ``difference`` is the largest difference between its outputs and those of the single affine map
    into which its matrices multiply; the accuracies are those on the training points.
    """

    difference: float
    linear_accuracy: float
    relu_accuracy: float


def collapse(seed) -> Collapse:
    """Train with the identity and with ReLU as activation, and multiply the linear network's matrices."""
    accuracy, networks = {}, {}
    for activation in ("identity", "relu"):
        rng = np.random.default_rng(seed)
        x, y = xor(400, rng=rng)
        network = mlp([2, *[16] * 5, 2], activation=activation, initializer=he_normal, rng=rng)
        train(network, x, y, lr=0.03, epochs=20, rng=rng)
        accuracy[activation], networks[activation] = evaluate(network, x, y)[1], network

    w, b = np.eye(2), np.zeros(2)
    for layer in affine_layers(networks["identity"]):
        w, b = w @ layer.params["w"], b @ layer.params["w"] + layer.params["b"]
    difference = float(np.abs(networks["identity"].forward(x) - (x @ w + b)).max())
    return Collapse(difference, accuracy["identity"], accuracy["relu"])
