"""Batches of 2 to 256: what the statistics of a batch are worth, in training and in evaluation."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from course_lib.units.normalization.experiments.normed_network import batches
from course_lib.units.normalization.experiments.stacked_networks import StackedNetworks
from course_lib.units.shared.digits import centred_digits
from course_lib.units.shared.probabilities import softmax

SIZES = (2, 4, 8, 16, 32, 64, 128, 256)
RATES = (0.01, 0.1, 0.1, 0.3, 0.3, 1.0, 3.0, 3.0)
MOMENTA = (0.0, 0.5, 0.9, 0.99)
SEEDS, PASSES, WIDTH = (0, 1, 2), 3, 32
N_COMPANIES, N_IMAGES = 50, 50
FEWEST_BATCHES, N_MEANS = 20, 100


@dataclass(frozen=True)
class BatchGap:
    """What ``batch_gap`` measured on test digits; the columns of arrays are in the order of ``SIZES``.

    Attributes
    ----------
    training, training_accuracy : (seeds, sizes) arrays, the loss in nats and the accuracy by the statistics of each
        batch of that size
    evaluation, evaluation_accuracy : (seeds, sizes) arrays, the same by the running statistics of the chosen momentum
    error : (seeds, sizes) array, of a batch's mean in the first layer: its standard deviation over batches of training
        digits, in units of that over the digits; root mean square of the units
    in_company : (seeds, 50) array, the probability that the networks of the chosen size give to the right class of the
        chosen image, in 50 batches of that size, by their statistics
    alone : (seeds,) array, the same by the running statistics
    """

    size: int
    momentum: float
    image: int
    training: np.ndarray
    training_accuracy: np.ndarray
    error: np.ndarray
    evaluation: np.ndarray
    evaluation_accuracy: np.ndarray
    in_company: np.ndarray
    alone: np.ndarray

    @property
    def column(self) -> int:
        return SIZES.index(self.size)


def batch_gap(size=4, momentum=0.9, image=0) -> BatchGap:
    """Train three networks with batches of each size, and test them in both modes.

    Each has two hidden layers of 32 ReLU units with batch norm, and sees the training digits three times. The rate of
    each size is the best of 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3 and 10 on other seeds, or within 0.02 nats of it.

    Parameters
    ----------
    size : int, one of ``SIZES``
    momentum : float, one of ``MOMENTA``: the weight of the old value in the running statistics
    image : int from 0 to 49, the test digit whose probabilities are shown

    Raises
    ------
    ValueError
        When a parameter is none of these.
    """
    for name, value, options in (("size", size, SIZES), ("momentum", momentum, MOMENTA)):
        if value not in options:
            raise ValueError(f"{name} must be one of {', '.join(map(str, options))}, got {value!r}")
    if not 0 <= image < N_IMAGES:
        raise ValueError(f"image must lie in [0, {N_IMAGES - 1}], got {image!r}")
    which = MOMENTA.index(momentum)
    in_training = [_measured(each) for each in SIZES]
    evaluated = [_evaluated(each, which) for each in SIZES]
    columns = (np.stack(part, axis=1) for runs in (in_training, evaluated) for part in zip(*runs, strict=True))
    return BatchGap(size, momentum, image, *columns, *_answers(size, which, image))


def trained(size, rate, seeds=SEEDS, passes=PASSES) -> StackedNetworks:
    """A network for each seed, trained with batches of this size at this rate."""
    data, rngs = centred_digits(), [np.random.default_rng(seed) for seed in seeds]
    networks = StackedNetworks([64, WIDTH, WIDTH, 10], MOMENTA, rngs)
    with np.errstate(all="ignore"):  # a rate may be too high
        for _ in range(passes):
            for chosen in np.stack([batches(len(data.x_train), size, rng) for rng in rngs], axis=1):
                networks.step(data.x_train[chosen], data.y_train[chosen], rate)
    return networks


@lru_cache(maxsize=len(SIZES))
def _networks(size):
    return trained(size, RATES[SIZES.index(size)])


@lru_cache(maxsize=len(SIZES))
def _measured(size):
    """Loss and accuracy by the statistics of test batches of this size, and the error of a batch's mean: (seeds,)."""
    networks, data, rng = _networks(size), centred_digits(), np.random.default_rng(size)
    order = batches(len(data.x_test), size, rng)
    while len(order) < FEWEST_BATCHES:
        order = np.concatenate([order, batches(len(data.x_test), size, rng)])
    logits = np.stack([networks.forward(data.x_test[None, chosen]) for chosen in order], axis=1)
    z = data.x_train @ networks.hidden[0]["w"]
    means = z[:, rng.integers(len(data.x_train), size=(N_MEANS, size))].mean(axis=2)
    error = means.std(axis=1) / z.std(axis=1)
    return *_scores(logits, data.y_test[order]), np.sqrt((error**2).mean(axis=-1))


@lru_cache(maxsize=len(SIZES) * len(MOMENTA))
def _evaluated(size, which):
    data = centred_digits()
    return _scores(_networks(size).evaluate(data.x_test, which), data.y_test)


def _scores(logits, labels):
    """Mean loss and accuracy (seeds,) for logits (seeds, ..., classes)."""
    labels = np.broadcast_to(labels, logits.shape[:-1])
    right = np.take_along_axis(softmax(logits), labels[..., None], axis=-1)[..., 0]
    axes = tuple(range(1, right.ndim))
    return -np.log(np.maximum(right, 1e-300)).mean(axis=axes), (logits.argmax(axis=-1) == labels).mean(axis=axes)


def _answers(size, which, image):
    """The probability of the image's class: in company (seeds, 50), and alone (seeds,)."""
    networks, data = _networks(size), centred_digits()
    rng, label, others = np.random.default_rng(image), data.y_test[image], np.delete(np.arange(len(data.x_test)), image)
    companies = [[image, *rng.permutation(others)[: size - 1]] for _ in range(N_COMPANIES)]
    in_company = [softmax(networks.forward(data.x_test[None, batch])[:, 0])[:, label] for batch in companies]
    alone = softmax(networks.evaluate(data.x_test[image : image + 1], which)[:, 0])[:, label]
    return np.stack(in_company, axis=1), alone
