"""Glorot and Bengio (2010), figures 6 and 7, at small scale: activations and gradients as histograms by layer."""

from dataclasses import dataclass

import numpy as np

from course_lib.functions.losses import softmax_xent
from course_lib.initialization import glorot_uniform
from course_lib.layers.dense import Activation
from course_lib.layers.network import mlp
from course_lib.units.shared.digits import sample_digits

HIDDEN, WIDTH, N_SAMPLES = 5, 200, 300
BINS = 41
ACTIVATION_EDGE = 1.0  # of the histograms of activations: from -1 to 1
GRADIENT_EDGE = 3.0  # of those of gradients, in units of the largest layer's root mean square


def standard_uniform(rng, fan_in, fan_out):
    """Uniform on [-1, 1] / sqrt(fan_in): variance 1 / (3 fan_in) (Glorot and Bengio 2010, eq. 1)."""
    limit = 1 / np.sqrt(fan_in)
    return rng.uniform(-limit, limit, (fan_in, fan_out))


ARMS = {"standard": standard_uniform, "normalised": glorot_uniform}


@dataclass(frozen=True)
class LayerHistograms:
    """What ``glorot_histograms`` measured, in the order of ``ARMS``.

    Attributes
    ----------
    seeds : tuple of int
    activations : (2, seeds, layers, bins) array, densities of tanh(z) in equal bins from -1 to 1
    gradients : (2, seeds, layers, bins) array, densities of the loss's gradient with respect to z, in equal bins from
        -3 to 3, where 1 is the root mean square of the layer whose gradient is largest; what lies beyond counts as 3
    activation_std, gradient_std : (2, seeds, layers) arrays, root mean squares before any scaling
    """

    seeds: tuple[int, ...]
    activations: np.ndarray
    gradients: np.ndarray
    activation_std: np.ndarray
    gradient_std: np.ndarray


def glorot_histograms(seeds=(0, 1, 2, 3, 4)) -> LayerHistograms:
    """Five hidden tanh layers before training, with the standard and with the normalised initialisation.

    The original has 1000 units in a layer and images of shapes (Shapeset-3 x 2); here it is 200 units and 300 digits.
    """
    seeds = tuple(seeds)
    rows = [[_one_network(initializer, seed) for seed in seeds] for initializer in ARMS.values()]
    return LayerHistograms(seeds, *(np.array([[run[part] for run in arm] for arm in rows]) for part in range(4)))


def _one_network(initializer, seed):
    digits_rng, weights_rng = np.random.default_rng(seed).spawn(2)
    x, y = sample_digits(N_SAMPLES, rng=digits_rng)
    network = mlp([x.shape[1], *[WIDTH] * HIDDEN, 10], activation="tanh", initializer=initializer, rng=weights_rng)
    outputs = []
    for layer in network.layers:
        x = layer.forward(x)
        if isinstance(layer, Activation):
            outputs.append(x)
    _, d = softmax_xent(x, y)
    gradients = []
    for layer in reversed(network.layers):
        d = layer.backward(d)
        if isinstance(layer, Activation):
            gradients.append(d)
    outputs, gradients = np.array(outputs), np.array(gradients[::-1])
    spread = _root_mean_square(gradients)
    scaled = np.clip(gradients / spread.max(), -GRADIENT_EDGE, GRADIENT_EDGE)
    return (
        _densities(outputs, ACTIVATION_EDGE),
        _densities(scaled, GRADIENT_EDGE),
        _root_mean_square(outputs),
        spread,
    )


def _densities(layers, edge):
    return np.array([np.histogram(values, BINS, (-edge, edge), density=True)[0] for values in layers])


def _root_mean_square(layers):
    return np.sqrt((layers**2).mean(axis=(1, 2)))
