"""Data to train on: handwritten digits, printed characters that look like them, and toy sets in two dimensions."""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from course_lib._arguments.numbers import FINITE, NOT_NEGATIVE, integer, n_samples
from course_lib._arguments.objects import generator, instance
from course_lib.data.splits import learning_curve_subsets
from course_lib.files import DATA, bundled

SHA256 = {
    "digits.npz": "a8406d4f74735c57bfa0e184a7f29dd86fdecb6d9ab2e34feb2ca5d4f0d00359",
    "glyphs.npz": "5dbe361af1ef56b344dceaf1bcb67b6345148b70a9a24770ef10b5cd766c4326",
}


@dataclass(frozen=True)
class Split:
    """Inputs (N, D) or (N, C, H, W) and integer labels (N,), for training and for testing."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


def digits(*, images=False) -> Split:
    """8x8 images of handwritten digits, pixels in [0, 1]; 1347 to train on, 450 to test on.

    Parameters
    ----------
    images : False for rows of 64 numbers (N, 64), True for images (N, 1, 8, 8)

    Returns
    -------
    Split
        float64, and int64 labels. As with every loader here, the arrays are the caller's own.

    Raises
    ------
    FileNotFoundError, ValueError
        When the bundled file is missing or damaged; the message says how to restore it.
    """
    return _split("digits.npz", "", images)


def glyphs(*, images=False) -> Split:
    """The digits 0 to 9 as printed in 20 fonts, made like ``digits``: 1600 to train on, 400 to test on.

    No test font is in the training set, nor any of its family; parameters, result and errors are those of ``digits``.
    """
    return _split("glyphs.npz", "digits_", images)


def glyph_letters(*, images=False) -> Split:
    """The letters A to Z (labels 0 to 25) in the fonts of ``glyphs``: 4160 to train on, 1040 to test on."""
    return _split("glyphs.npz", "letters_", images)


def few_labels(data: Split, per_class, *, rng) -> Split:
    """``data`` with only ``per_class`` randomly chosen training samples of every class; the test set is whole.

    Raises
    ------
    ValueError
        When a class has fewer samples.
    """
    instance(data, Split, name="data")
    labels, counts = np.unique(data.y_train, return_counts=True)
    if not 1 <= integer(per_class, name="per_class") <= counts.min():
        raise ValueError(f"per_class must lie in [1, {counts.min()}], the size of the smallest class, got {per_class}")
    members = [generator(rng).permutation(np.flatnonzero(data.y_train == label))[:per_class] for label in labels]
    return _subset(data, rng.permutation(np.concatenate(members)))


def learning_curve_splits(data: Split, sizes, *, rng) -> list[Split]:
    """``data`` cut to nested training sets of the given sizes (``splits.learning_curve_subsets``).

    The test set is whole. Sizes must increase within [1, N]; a ValueError is raised otherwise.
    """
    instance(data, Split, name="data")
    return [_subset(data, rows) for rows in learning_curve_subsets(data.y_train, sizes, rng=rng)]


def _subset(data, rows):
    return replace(data, x_train=data.x_train[rows], y_train=data.y_train[rows])


def _split(name, prefix, images):
    pixels = _arrays(name, DATA)
    shape = (-1, 1, 8, 8) if images else (-1, 64)
    x_train, x_test = (pixels[f"{prefix}x_{part}"].reshape(shape) / 16.0 for part in ("train", "test"))
    y_train, y_test = (pixels[f"{prefix}y_{part}"].astype(np.int64) for part in ("train", "test"))
    return Split(x_train, y_train, x_test, y_test)


@cache
def _arrays(name, folder):
    """The bytes of a bundled file, read once; callers make arrays of their own from them."""
    with np.load(bundled(name, SHA256[name], folder)) as file:
        return dict(file)


def _checked(n, noise, rng):
    generator(rng)
    return n_samples(n), NOT_NEGATIVE(noise, name="noise")


def moons(n, *, rng, noise=0.1):
    """Two interleaved half circles: points (n, 2) and labels (n,).

    Parameters
    ----------
    n : int, at least 1
    rng : numpy.random.Generator
    noise : float, at least 0, the standard deviation of what is added to each coordinate

    Raises
    ------
    TypeError, ValueError
        When an argument is something else; the other toy sets raise them too.
    """
    n, noise = _checked(n, noise, rng)
    labels = np.arange(n) % 2
    angle = rng.uniform(0, np.pi, n)
    x = np.where(labels == 0, np.cos(angle), 1 - np.cos(angle))
    y = np.where(labels == 0, np.sin(angle), 0.5 - np.sin(angle))
    points = np.column_stack([x - 0.5, y - 0.25])
    return points + rng.normal(0, noise, points.shape), labels


def circles(n, *, rng, noise=0.1):
    """A circle within a circle: points (n, 2) and labels (n,)."""
    n, noise = _checked(n, noise, rng)
    labels = np.arange(n) % 2
    angle, radius = rng.uniform(0, 2 * np.pi, n), np.where(labels == 0, 1.0, 0.4)
    points = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    return points + rng.normal(0, noise, points.shape), labels


def spirals(n, *, rng, noise=0.05, turns=1.0):
    """Two arms of a spiral: points (n, 2) and labels (n,). The more turns, the deeper a network it takes."""
    n, noise = _checked(n, noise, rng)
    turns = FINITE(turns, name="turns")
    labels = np.arange(n) % 2
    along = np.sqrt(rng.uniform(0.02, 1, n))
    angle = 2 * np.pi * turns * along + np.pi * labels
    points = np.column_stack([along * np.cos(angle), along * np.sin(angle)]) * 1.3
    return points + rng.normal(0, noise, points.shape), labels


def xor(n, *, rng, noise=0.1):
    """Four clouds, equal labels at opposite corners: points (n, 2) and labels (n,). No straight line separates them."""
    n, noise = _checked(n, noise, rng)
    corners = np.array([[-1, -1], [1, 1], [-1, 1], [1, -1]])
    which = np.arange(n) % 4
    return 0.8 * corners[which] + rng.normal(0, 2 * noise, (n, 2)), which // 2


def blobs(n, *, rng, noise=0.3):
    """Two round clouds that a straight line separates: points (n, 2) and labels (n,)."""
    n, noise = _checked(n, noise, rng)
    labels = np.arange(n) % 2
    centres = np.array([[-0.8, -0.4], [0.8, 0.4]])
    return centres[labels] + rng.normal(0, noise, (n, 2)), labels


TOY_SETS = {"moons": moons, "circles": circles, "spirals": spirals, "xor": xor, "blobs": blobs}
