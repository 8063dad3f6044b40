"""A digit after a step along the sign of its gradient, and after a random step (Goodfellow et al. 2015)."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from course_lib.data.datasets import digits
from course_lib.functions.regularization import fgsm
from course_lib.units.regularization.experiments.networks import Networks, train_together
from course_lib.units.shared.probabilities import softmax

TRAININGS = ("plain", "adversarial")
SIZES = np.round(np.arange(0, 0.31, 0.02), 2)  # of a step, in units of a pixel from 0 to 1
SEEDS, WIDTH, IMAGES, BATCH_SIZE, EPOCHS, RATE = (0, 1, 2), 64, 600, 50, 30, 0.05
TRAINED_WITH = 0.1  # the size of the steps in adversarial training
N_SHOWN = 50
CLASSES = np.eye(10, dtype=np.float32)


@dataclass(frozen=True)
class Adversarial:
    """What ``adversarial_digits`` measured.

    Attributes
    ----------
    digit, sign, moved, noisy : (8, 8) arrays: a test digit, from 0 to 1; the sign of the loss's gradient in the first
        network; the digit after a step of size eps along the sign; and after one along random signs
    probabilities : (3, 10) array, what the first network gives to digit, moved and noisy
    error : (2, seeds, sizes) array, the share of 450 test digits that get the wrong class after a step along the sign
        of the gradient and along random signs, for each of ``SIZES``
    """

    training: str
    eps: float
    image: int
    label: int
    digit: np.ndarray
    sign: np.ndarray
    moved: np.ndarray
    noisy: np.ndarray
    probabilities: np.ndarray
    error: np.ndarray

    @property
    def column(self) -> int:
        """The column of the size that is nearest to the chosen one."""
        return int(np.abs(SIZES - self.eps).argmin())


def adversarial_digits(training="plain", eps=0.1, image=8) -> Adversarial:
    """Change a test digit by eps in every pixel, along the sign of its gradient and along random signs.

    Three networks with 64 ReLU units see 600 digits for 30 epochs. "adversarial" adds to every batch its images after a
    step of size 0.1 along the sign of their gradients, in the network of that moment.

    Parameters
    ----------
    training : str, one of ``TRAININGS``
    eps : float from 0 to 0.3, the size of the step; pixels stay between 0 and 1
    image : int from 0 to 49, the test digit that is shown

    Raises
    ------
    ValueError
        When a parameter is none of these.
    """
    if training not in TRAININGS:
        raise ValueError(f"training must be one of {', '.join(TRAININGS)}, got {training!r}")
    if not 0 <= eps <= SIZES[-1]:
        raise ValueError(f"eps must lie in [0, {SIZES[-1]:g}], got {eps!r}")
    if not 0 <= image < N_SHOWN:
        raise ValueError(f"image must lie in [0, {N_SHOWN - 1}], got {image!r}")
    _, test, labels, noise = _data()
    networks, gradient = _trained(training), _gradients(training)
    at = slice(image, image + 1)
    three = np.concatenate([test[at], fgsm(test[at], gradient[0, at], eps), fgsm(test[at], noise[0, at], eps)])
    seen = softmax(networks.forward(three[None].astype(np.float32))[0])
    pictures = (part.reshape(8, 8) for part in (three[0], np.sign(gradient[0, image]), *three[1:]))
    return Adversarial(training, eps, image, int(labels[image]), *pictures, seen, _errors(training))


@cache
def _data():
    """Training digits and labels of each seed, test digits from 0 to 1, labels, random signs."""
    data = digits()
    chosen = [np.random.default_rng(seed).choice(len(data.x_train), IMAGES, replace=False) for seed in SEEDS]
    x, y = (np.stack([part[each] for each in chosen]) for part in (data.x_train, data.y_train))
    noise = np.random.default_rng(len(SEEDS)).choice((-1.0, 1.0), (len(SEEDS), *data.x_test.shape))
    return (x.astype(np.float32), y), data.x_test, data.y_test, noise


@cache
def _trained(training) -> Networks:
    (x, y), *_ = _data()
    networks = Networks.of_sizes([64, WIDTH, 10], [np.random.default_rng([seed, 1]) for seed in SEEDS])

    def with_moved(images, labels):
        moved = fgsm(images, networks.input_gradient(images, CLASSES[labels]), TRAINED_WITH)
        return np.concatenate([images, moved], axis=1), np.concatenate([labels, labels], axis=1)

    change, order = with_moved if training == "adversarial" else None, np.random.default_rng(0)
    return train_together(networks, x, y, epochs=EPOCHS, batch_size=BATCH_SIZE, rate=RATE, order=order, change=change)


@cache
def _gradients(training):
    """The gradients (seeds, 450, 64) of the test digits."""
    _, test, labels, _ = _data()
    return _trained(training).input_gradient(test[None].astype(np.float32), CLASSES[labels]).astype(float)


@cache
def _errors(training):
    _, test, labels, noise = _data()
    networks, found = _trained(training), []
    for direction in (_gradients(training), noise):
        moved = (fgsm(np.broadcast_to(test, direction.shape), direction, eps) for eps in SIZES)
        answers = (networks.forward(each.astype(np.float32)).argmax(axis=-1) for each in moved)
        found.append(np.stack([np.mean(each != labels, axis=1) for each in answers], axis=1))
    return np.stack(found)
