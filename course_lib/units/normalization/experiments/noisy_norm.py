"""Noise after batch norm: what a layer gets shifts more than without batch norm (Santurkar et al. 2018, figure 2)."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from course_lib.units.normalization.experiments.normed_network import NormedNetwork, batches
from course_lib.units.shared.digits import centred_digits

ARMS = ("without", "batch norm", "noise after it")
HIDDEN, WIDTH, BATCH_SIZE, STEPS, EVERY = 3, 32, 64, 126, 7
RATES = (3.0, 3.0, 3.0)  # each the best of 0.3, 1, 3 and 10 for its arm: the lowest loss at the end, on other seeds
LARGEST_MEAN, LARGEST_FACTOR, JITTER = 1.0, 1.5, 0.5
N_PROBES = 256


@dataclass(frozen=True)
class NoisyNorm:
    """What ``noisy_norm`` measured, in the order of ``ARMS``.

    Attributes
    ----------
    steps : (points,) array, the steps after which the network was tested
    accuracy : (3, seeds, points) array, of the test digits, in evaluation mode
    losses : (3, seeds, points) array, the mean loss over the batches since the point before
    shift : (3, seeds, layers) array, how far the distribution of what a sigmoid gets moves in one step: the root mean
        square over units of the change of mean and standard deviation together, over 256 digits; the median over
        the points
    relative_shift : (3, seeds, layers) array, the same for the median unit, in units of its standard deviation
    """

    seeds: tuple[int, ...]
    steps: np.ndarray
    accuracy: np.ndarray
    losses: np.ndarray
    shift: np.ndarray
    relative_shift: np.ndarray


class Noise:
    """Noise whose distribution changes at every step, a new one for every unit: a factor, a mean, and a jitter.

    Called with an array (N, units), it returns the disturbed one, and the factors (units,).
    """

    def __init__(self, rng):
        self._rng = rng

    def __call__(self, z):
        mean = self._rng.uniform(-LARGEST_MEAN, LARGEST_MEAN, z.shape[1])
        factor = self._rng.uniform(1, LARGEST_FACTOR, z.shape[1])
        return factor * z + mean + JITTER * self._rng.standard_normal(z.shape), factor


@lru_cache(maxsize=4)
def noisy_norm(seeds=(0, 1, 2), *, rates=RATES, hidden=HIDDEN, steps=STEPS) -> NoisyNorm:
    """Train sigmoid networks without batch norm, with it, and with noise between it and the sigmoid.

    The noise multiplies what a sigmoid gets by a factor from 1 to 1.5 and adds a mean from -1 to 1, both drawn for
    every unit anew at every step, and a jitter of standard deviation 0.5 for every sample. There is none in evaluation.
    The original trains VGG networks on CIFAR-10 and shows how the distributions look; here it is three layers of 32
    sigmoid units on digits, 126 steps, and the size of the shift is measured.

    Parameters
    ----------
    seeds : tuple of int
    rates : learning rates, in the order of ``ARMS``
    hidden : layers of 32 sigmoid units
    """
    kinds = ((False, False), (True, False), (True, True))
    arms = [
        [_train(seed, normed, noisy, rate, hidden, steps) for seed in seeds]
        for (normed, noisy), rate in zip(kinds, rates, strict=True)
    ]
    parts = (np.array([[run[part] for run in arm] for arm in arms]) for part in range(4))
    return NoisyNorm(tuple(seeds), np.arange(EVERY, steps + 1, EVERY), *parts)


def _train(seed, normed, noisy, rate, hidden, steps):
    rng, noise_rng = np.random.default_rng(seed).spawn(2)
    data = centred_digits()
    disturb = Noise(noise_rng) if noisy else None
    network = NormedNetwork([64, *[WIDTH] * hidden, 10], normed=normed, rng=rng, disturb=disturb)
    order = [batch for _ in range(steps // (len(data.x_train) // BATCH_SIZE) + 1) for batch in _pass(data, rng)]
    accuracy, losses, found = [], [], []
    for step, batch in enumerate(order[:steps], 1):
        at_point = step % EVERY == 0
        before = _distribution(network, data) if at_point else None
        losses.append(network.step(data.x_train[batch], data.y_train[batch], rate))
        if at_point:
            accuracy.append(network.accuracy(data.x_test, data.y_test))
            found.append(_shift(before, _distribution(network, data)))
    shift, relative = np.median(found, axis=0)
    return np.array(accuracy), np.reshape(losses, (-1, EVERY)).mean(axis=1), shift, relative


def _pass(data, rng):
    return batches(len(data.x_train), BATCH_SIZE, rng)


def _distribution(network, data):
    """Mean and standard deviation (units,) of what each hidden layer's sigmoids get, as in training, for 256 digits."""
    kept = [dict(layer) for layer in network.layers]
    network.forward(data.x_train[:N_PROBES], training=True)
    network.layers = kept  # the running statistics as they were
    return [(z.mean(axis=0), z.std(axis=0)) for z in network.inputs]


def _shift(before, after):
    """Over units, the root mean square of the way, and the median of the way in standard deviations: (2, layers)."""
    ways = [
        (np.hypot(mean - old_mean, std - old_std), std)
        for (old_mean, old_std), (mean, std) in zip(before, after, strict=True)
    ]
    return [np.sqrt(np.mean(way**2)) for way, _ in ways], [np.median(way / std) for way, std in ways]
