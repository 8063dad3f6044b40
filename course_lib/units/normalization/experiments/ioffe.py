"""What one unit gets in the course of training, without and with batch norm (Ioffe and Szegedy 2015, figure 1)."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from course_lib.units.normalization.experiments.normed_network import NormedNetwork, batches
from course_lib.units.shared.digits import centred_digits

HIDDEN, WIDTH, BATCH_SIZE, STEPS, EVERY = 3, 50, 60, 252, 9
# of 0.3, 1, 2, 3, 5 and 10, that with the highest mean accuracy over the run on other seeds; with batch norm 0.3 to 3
# come out alike
RATES = (2.0, 1.0)
PERCENTILES = (15, 50, 85)


@dataclass(frozen=True)
class Ioffe:
    """What ``ioffe`` measured; the first row of each array is without, the second with batch norm.

    Attributes
    ----------
    steps : (points,) array, the steps after which the network was tested
    accuracy : (2, seeds, points) array, of the test digits, in evaluation mode
    percentiles : (2, seeds, points, 3) array, the percentiles 15, 50 and 85, over the test digits, of what the sigmoid
        of the first unit in the last hidden layer gets
    """

    seeds: tuple[int, ...]
    steps: np.ndarray
    accuracy: np.ndarray
    percentiles: np.ndarray


@lru_cache(maxsize=4)
def ioffe(seeds=(0, 1, 2), *, rates=RATES, hidden=HIDDEN, width=WIDTH, steps=STEPS) -> Ioffe:
    """Train networks of three sigmoid layers on digits, in batches of 60, without and with batch norm.

    The original has 100 units in a layer, MNIST's images of 28 x 28 pixels, and 50 000 steps; here it is 50 units,
    images of 8 x 8, and 252 steps. Each network has its own best rate.
    """
    arms = [
        [_train(seed, normed, rate, hidden, width, steps) for seed in seeds]
        for normed, rate in zip((False, True), rates, strict=True)
    ]
    accuracy, percentiles = (np.array([[run[part] for run in arm] for arm in arms]) for part in range(2))
    return Ioffe(tuple(seeds), np.arange(EVERY, steps + 1, EVERY), accuracy, percentiles)


def _train(seed, normed, rate, hidden, width, steps):
    rng, data = np.random.default_rng(seed), centred_digits()
    network = NormedNetwork([64, *[width] * hidden, 10], normed=normed, rng=rng)
    passes = steps // (len(data.x_train) // BATCH_SIZE) + 1
    order = [batch for _ in range(passes) for batch in batches(len(data.x_train), BATCH_SIZE, rng)]
    accuracy, percentiles = [], []
    for step, batch in enumerate(order[:steps], 1):
        network.step(data.x_train[batch], data.y_train[batch], rate)
        if step % EVERY == 0:
            accuracy.append(network.accuracy(data.x_test, data.y_test))
            percentiles.append(np.percentile(network.inputs[-1][:, 0], PERCENTILES))
    return accuracy, percentiles
