"""Data to train on: real digits that come with the course, and toy sets in two dimensions."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

DATA = Path(__file__).resolve().parent.parent / "data"
DIGITS_SHA256 = "a8406d4f74735c57bfa0e184a7f29dd86fdecb6d9ab2e34feb2ca5d4f0d00359"


@dataclass(frozen=True)
class Split:
    """Inputs (N, D) and integer labels (N,), for training and for testing."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


def digits() -> Split:
    """8x8 images of handwritten digits as rows of 64 numbers in [0, 1]; 1347 to train on, 450 to test on.

    Raises
    ------
    FileNotFoundError, ValueError
        When the bundled file is missing or damaged; the message says how to restore it.
    """
    path = DATA / "digits.npz"
    if not path.exists():
        raise FileNotFoundError(f"data/{path.name} is missing: restore it with `git checkout data/{path.name}`")
    if hashlib.sha256(path.read_bytes()).hexdigest() != DIGITS_SHA256:
        raise ValueError(f"data/{path.name} is damaged: restore it with `git checkout data/{path.name}`")
    with np.load(path) as file:
        x_train, x_test = (file[key].reshape(-1, 64) / 16.0 for key in ("x_train", "x_test"))
        return Split(x_train, file["y_train"].astype(np.int64), x_test, file["y_test"].astype(np.int64))


def moons(n, *, rng, noise=0.1):
    """Two interleaved half circles: points (n, 2) and labels (n,)."""
    labels = np.arange(n) % 2
    angle = rng.uniform(0, np.pi, n)
    x = np.where(labels == 0, np.cos(angle), 1 - np.cos(angle))
    y = np.where(labels == 0, np.sin(angle), 0.5 - np.sin(angle))
    points = np.column_stack([x - 0.5, y - 0.25])
    return points + rng.normal(0, noise, points.shape), labels


def circles(n, *, rng, noise=0.1):
    """A circle within a circle: points (n, 2) and labels (n,)."""
    labels = np.arange(n) % 2
    angle, radius = rng.uniform(0, 2 * np.pi, n), np.where(labels == 0, 1.0, 0.4)
    points = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    return points + rng.normal(0, noise, points.shape), labels


def spirals(n, *, rng, noise=0.05, turns=1.0):
    """Two arms of a spiral: points (n, 2) and labels (n,). The more turns, the deeper a network it takes."""
    labels = np.arange(n) % 2
    along = np.sqrt(rng.uniform(0.02, 1, n))
    angle = 2 * np.pi * turns * along + np.pi * labels
    points = np.column_stack([along * np.cos(angle), along * np.sin(angle)]) * 1.3
    return points + rng.normal(0, noise, points.shape), labels


def xor(n, *, rng, noise=0.1):
    """Four clouds, equal labels at opposite corners: points (n, 2) and labels (n,). No straight line parts them."""
    corners = np.array([[-1, -1], [1, 1], [-1, 1], [1, -1]])
    which = np.arange(n) % 4
    return 0.8 * corners[which] + rng.normal(0, 2 * noise, (n, 2)), which // 2


def blobs(n, *, rng, noise=0.3):
    """Two round clouds that a straight line parts: points (n, 2) and labels (n,)."""
    labels = np.arange(n) % 2
    centres = np.array([[-0.8, -0.4], [0.8, 0.4]])
    return centres[labels] + rng.normal(0, noise, (n, 2)), labels


TOY_SETS = {"moons": moons, "circles": circles, "spirals": spirals, "xor": xor, "blobs": blobs}
