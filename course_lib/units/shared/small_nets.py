"""Small networks on the digits, for the experiments behind the claims: build, train, count the steps."""

from itertools import pairwise

import numpy as np

from course_lib.layers.base import Layer
from course_lib.layers.dense import Activation, Affine
from course_lib.layers.network import Sequential
from course_lib.optimizers.first_order import SGD
from course_lib.training.loop import evaluate, fit

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


def train(network, x, y, *, lr, epochs, rng, max_norm=None) -> float:
    """Train by gradient descent in batches of 64; returns the final loss, infinity when it diverged."""
    losses = training_losses(network, x, y, lr=lr, epochs=epochs, rng=rng, max_norm=max_norm)
    return losses[-1] if len(losses) == epochs and np.isfinite(losses[-1]) else np.inf


def training_losses(network, x, y, *, lr, epochs, rng, max_norm=None) -> list[float]:
    """The loss over all of ``x`` after every epoch; fewer than ``epochs`` entries when training diverged."""
    with np.errstate(all="ignore"):  # divergence is an outcome here
        return fit(
            network, x, y, rng=rng, optimizer=SGD(lr), epochs=epochs, batch_size=BATCH_SIZE, max_norm=max_norm
        ).train_loss


def steps_to_loss(network, x, y, *, target, lr, rng, limit, every=5) -> int:
    """Steps of gradient descent until the loss over ``x`` is below ``target``; ``limit`` when it never is."""
    reached = limit

    def watch(run):
        nonlocal reached
        if run.epoch_ended or run.step % every:
            return
        if evaluate(run.network, x, y)[0] < target:
            reached, run.stop = run.step, True
        run.stop = run.stop or run.step >= limit

    epochs = -(-limit * BATCH_SIZE // len(x))
    with np.errstate(all="ignore"):
        fit(network, x, y, rng=rng, optimizer=SGD(lr), epochs=epochs, batch_size=BATCH_SIZE, callbacks=[watch])
    return reached


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
