"""Test error against the number of features: it falls, rises to a peak, and falls again (Belkin et al. 2019)."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from course_lib.units.shared.digits import centred_digits

RATIOS = (0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.75, 0.85, 0.93, 1.0, 1.07, 1.18, 1.35, 1.7, 2.5, 5.0, 10.0)  # features / n
IMAGES = (50, 100, 150)
RIDGES = (0.0, 0.0001, 0.001, 0.01, 0.1, 1.0)
MOST_WRONG = 0.5
SEEDS = (0, 1, 2, 3, 4)
CHANCE = 0.9  # the error of one guess in ten


@dataclass(frozen=True)
class Capacity:
    """What ``capacity`` measured; the columns of arrays are in the order of ``RATIOS``.

    Attributes
    ----------
    widths : (17,) array, the numbers of features
    test : (seeds, 17) array, the share of 450 test digits that get the wrong digit
    training : (seeds, 17) array, the share of training images that do not get the label they were given
    norm : (seeds, 17) array, the Frobenius norm of the weights on the features
    """

    wrong: float
    images: int
    ridge: float
    seeds: tuple[int, ...]
    widths: np.ndarray
    test: np.ndarray
    training: np.ndarray
    norm: np.ndarray

    @property
    def before(self) -> float:
        """The lowest median test error with fewer features than images."""
        return float(np.median(self.test, axis=0)[: RATIOS.index(1.0)].min())

    @property
    def at(self) -> float:
        """The median test error with as many features as images."""
        return float(np.median(self.test[:, RATIOS.index(1.0)]))

    @property
    def widest(self) -> float:
        """The median test error with ten times as many features as images."""
        return float(np.median(self.test[:, -1]))


@dataclass(frozen=True)
class DoubleDescent:
    """Three ``Capacity``: right labels, some wrong labels, and these with a ridge."""

    right: Capacity
    wrong: Capacity
    ridge: Capacity


def double_descent(seeds=SEEDS, *, wrong=0.2, images=100, ridge=0.1) -> DoubleDescent:
    """Measure ``capacity`` with right labels, with a share ``wrong`` of wrong ones, and with these and a ridge.

    Belkin, Hsu, Ma and Mandal (2019, figure 2) take 10 000 images of MNIST with their own labels, and random Fourier
    features; here it is 100 images of 8 x 8 pixels, and random ReLU features.
    """
    return DoubleDescent(
        capacity(0.0, images, 0.0, seeds), capacity(wrong, images, 0.0, seeds), capacity(wrong, images, ridge, seeds)
    )


def capacity(wrong=0.2, images=100, ridge=0.0, seeds=SEEDS) -> Capacity:
    """Fit the digits by least squares on random features, with 0.05 to 10 features for each training image.

    The features are those of a hidden layer that is not trained: ReLU(x V) / √width, V with variance 1 / 64. The
    weights behind it minimise the sum of squared errors of the ten outputs plus ridge · ‖weights‖²; for ridge = 0 they
    are the smallest of those that minimise the error. A target is 0.9 for the label and -0.1 for each other digit.

    Parameters
    ----------
    wrong : float in [0, 0.5], the share of training images that get another digit's label; test labels stay right
    images : int, one of ``IMAGES``: the number of training images
    ridge : float, at least 0
    seeds : sequence of int; each draws images, wrong labels and features

    Raises
    ------
    ValueError
        When a parameter is none of these.
    """
    if not 0 <= wrong <= MOST_WRONG:
        raise ValueError(f"wrong must lie in [0, {MOST_WRONG:g}], got {wrong!r}")
    if images not in IMAGES:
        raise ValueError(f"images must be one of {', '.join(map(str, IMAGES))}, got {images!r}")
    if not ridge >= 0:
        raise ValueError(f"ridge must be at least 0, got {ridge!r}")
    runs = np.array([_errors(images, int(seed), wrong, ridge) for seed in seeds])
    test, training, norm = np.moveaxis(runs, -1, 0)
    return Capacity(wrong, images, ridge, tuple(seeds), widths(images), test, training, norm)


def widths(images) -> np.ndarray:
    """The numbers of features for this number of training images."""
    return np.round(np.array(RATIOS) * images).astype(int)


def _errors(images, seed, wrong, ridge):
    """Test error, training error and norm of the weights for every width."""
    decomposed, labels, others = _decomposed(images, seed)
    n_wrong = round(wrong * images)
    labels = np.concatenate([others[:n_wrong], labels[n_wrong:]])  # the images come in random order
    targets, answers, found = np.eye(10)[labels] - 0.1, _test_labels(), []
    for u, s, test in decomposed:
        weights = _inverse(s, ridge)[:, None] * (u.T @ targets)  # in the basis of the right singular vectors
        predicted, fitted = test @ weights, (u * s) @ weights
        errors = np.mean(predicted.argmax(axis=1) != answers), np.mean(fitted.argmax(axis=1) != labels)
        found.append((*errors, np.sqrt(np.sum(weights**2))))
    return found


def _inverse(s, ridge):
    if ridge:
        return s / (s**2 + ridge)
    # ReLUs that are 0 on all images leave singular values of rounding errors: these are no directions of the data
    present = s > 1e-10 * s[0]
    return np.where(present, 1 / np.where(present, s, 1.0), 0.0)


@cache
def _test_labels():
    """The labels of the test digits."""
    return centred_digits().y_test


@cache
def _decomposed(images, seed):
    """What no slider but that of the images changes: for every width the singular value decomposition of the training
    features, without the right singular vectors, and the test features in their basis; labels, right and wrong."""
    rng, data = np.random.default_rng(seed), centred_digits()
    chosen = rng.choice(len(data.x_train), images, replace=False)
    labels = data.y_train[chosen]
    others = (labels + rng.integers(1, 10, images)) % 10
    v = rng.normal(size=(64, widths(images)[-1])) / 8
    train, test = np.maximum(data.x_train[chosen] @ v, 0), np.maximum(data.x_test @ v, 0)
    found = []
    for width in widths(images):
        u, s, vt = np.linalg.svd(train[:, :width] / np.sqrt(width), full_matrices=False)
        found.append((u, s, test[:, :width] @ vt.T / np.sqrt(width)))
    return found, labels, others
