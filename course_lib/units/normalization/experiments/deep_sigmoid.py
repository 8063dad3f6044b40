"""Twenty sigmoid layers that do not learn, and the same with batch norm."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from course_lib.functions.losses import softmax_xent
from course_lib.units.normalization.experiments.normed_network import LIBRARY, NormedNetwork, batches
from course_lib.units.shared.digits import centred_digits

DEPTH, WIDTH, EPOCHS, BATCH_SIZE, RATE = 20, 32, 6, 64, 0.1
N_FIRST = 256  # digits with which gradients are measured before the first step


@dataclass(frozen=True)
class DeepRun:
    """One training run.

    Attributes
    ----------
    losses : (epochs,) array, the mean loss over the batches of each pass, in nats; infinity once it is not finite
    accuracy : float, of the test digits, in evaluation mode
    first_gradients : (depth + 1,) array, before the first step, the norm of the gradient with respect to the weights of
        every layer, from the input on
    network : NormedNetwork, trained
    """

    losses: np.ndarray
    accuracy: float
    first_gradients: np.ndarray
    network: NormedNetwork


@dataclass(frozen=True)
class OneLine:
    """What ``one_line`` measured; the first row of each array is without, the second with batch norm.

    Attributes
    ----------
    losses : (2, seeds, epochs) array
    accuracy : (2, seeds) array
    first_gradients : (2, seeds, depth + 1) array, as in ``DeepRun``
    """

    depth: int
    seeds: tuple[int, ...]
    losses: np.ndarray
    accuracy: np.ndarray
    first_gradients: np.ndarray


def one_line(
    norm=LIBRARY, seeds=(0, 1, 2, 3, 4), *, rates=(RATE, RATE), depth=DEPTH, width=WIDTH, epochs=EPOCHS
) -> OneLine:
    """Train deep sigmoid networks on the digits, without and with batch norm between affine layer and sigmoid.

    Parameters
    ----------
    norm : pair of functions (batchnorm_forward, batchnorm_backward), the library's or a learner's
    seeds : of the weights and of the order of the digits
    rates : pair of learning rates, without and with batch norm
    depth, width : hidden layers, and units in each
    epochs : passes over the 1347 training digits in batches of 64
    """
    seeds = tuple(seeds)
    arms = [
        [train_deep(seed, each, rate=rate, depth=depth, width=width, epochs=epochs) for seed in seeds]
        for each, rate in zip((None, norm), rates, strict=True)
    ]
    losses, accuracy, first = (
        np.array([[getattr(run, name) for run in arm] for arm in arms])
        for name in ("losses", "accuracy", "first_gradients")
    )
    return OneLine(depth, seeds, losses, accuracy, first)


def train_deep(
    seed, norm=None, *, rate=RATE, depth=DEPTH, width=WIDTH, epochs=EPOCHS, batch_size=BATCH_SIZE
) -> DeepRun:
    """Train one deep sigmoid network on the digits; see ``one_line``. Without ``norm``, there are biases instead.

    Runs with the library's functions are kept, so do not change what comes back.
    """
    run = _kept if norm is None or norm is LIBRARY else _train
    return run(seed, norm, rate, depth, width, epochs, batch_size)


def _train(seed, norm, rate, depth, width, epochs, batch_size):
    rng, data = np.random.default_rng(seed), centred_digits()
    network = NormedNetwork([64, *[width] * depth, 10], norm, rng=rng)
    first = _gradient_norms(network, data)
    losses = np.full(epochs, np.inf)
    with np.errstate(all="ignore"):  # a rate may be too high
        for epoch in range(epochs):
            order = batches(len(data.x_train), batch_size, rng)
            losses[epoch] = np.mean([network.step(data.x_train[b], data.y_train[b], rate) for b in order])
            if not np.isfinite(losses[epoch]):
                losses[epoch:] = np.inf
                break
        accuracy = network.accuracy(data.x_test, data.y_test)
    return DeepRun(losses, accuracy, first, network)


_kept = lru_cache(maxsize=32)(_train)


def _gradient_norms(network, data):
    """Of the weights' gradients, with the statistics of these digits; the running ones stay as they are."""
    states = [dict(layer) for layer in network.layers]
    _, dout = softmax_xent(network.forward(data.x_train[:N_FIRST], training=True), data.y_train[:N_FIRST])
    network.backward(dout)
    network.layers = states
    return np.array([np.linalg.norm(grad["w"]) for grad in network.grads])
