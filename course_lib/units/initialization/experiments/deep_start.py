"""Forty layers, a plain loop of gradient steps, and an activation that nobody has a rule for: do the weights start it?

The task is to tell four digits apart, turned by a random rotation in all 64 dimensions and with their labels exchanged.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from course_lib.units.shared.digits import centred_digits

DEPTH, WIDTH, N_CLASSES = 40, 32, 4
N_STEPS, BATCH_SIZE, RATE = 150, 32, 0.0125


@dataclass(frozen=True)
class Staircase:
    """phi(z) = rise * z + step * sin(z): a line with rounded steps."""

    rise: float
    step: float

    def __call__(self, z):
        return self.rise * z + self.step * np.sin(z)

    def slope(self, z):
        return self.rise + self.step * np.cos(z)


@dataclass(frozen=True)
class Bent:
    """phi(z) = right * z where z is positive, and left * z elsewhere."""

    right: float
    left: float

    def __call__(self, z):
        return self.slope(z) * z

    def slope(self, z):
        return np.where(np.greater(z, 0), self.right, self.left)


@dataclass(frozen=True)
class Task:
    """Images (N, 64), of mean square 1, and their labels (N,), for training and new ones."""

    x: np.ndarray
    y: np.ndarray
    x_new: np.ndarray
    y_new: np.ndarray


@lru_cache(maxsize=8)
def rotated_digits(seed, n_classes=N_CLASSES) -> Task:
    """The digits of ``n_classes`` classes, chosen, rotated and labelled at random; three quarters are for training."""
    rng = np.random.default_rng([seed, 23])
    data = centred_digits()
    x, y = np.concatenate([data.x_train, data.x_test]), np.concatenate([data.y_train, data.y_test])
    labels = rng.permutation(10)
    order = rng.permutation(np.flatnonzero(labels[y] < n_classes))
    rotation = np.linalg.qr(rng.normal(size=(64, 64)))[0]
    x, y = x[order] @ rotation, labels[y[order]]
    n_train = 3 * len(x) // 4
    return Task(x[:n_train], y[:n_train], x[n_train:], y[n_train:])


def sizes_of(depth=DEPTH, n_classes=N_CLASSES) -> list[int]:
    """The sizes of the inputs, of the hidden layers and of the outputs: one more than there are layers."""
    return [64, *[WIDTH] * (depth - 1), n_classes]


def hidden_layers(weights, phi, x) -> list[np.ndarray]:
    """The outputs of the hidden layers."""
    outputs = []
    for w in weights[:-1]:
        x = phi(x @ w)
        outputs.append(x)
    return outputs


def accuracy_after_training(weights, phi, task) -> float:
    """The share of new images that are labelled right after ``N_STEPS`` plain gradient steps from these weights.

    Parameters
    ----------
    weights : list of arrays (fan_in, fan_out), which are not changed; there are no biases
    phi : activation of the hidden layers, with its derivative ``slope``
    task : Task
    """
    weights = [np.array(w, dtype=np.float32) for w in weights]  # in which sines take a fifth of the time
    x, x_new = task.x.astype(np.float32), task.x_new.astype(np.float32)
    with np.errstate(all="ignore"):  # weights that explode are part of the experiment
        for step in range(N_STEPS):
            chosen = (np.arange(BATCH_SIZE) + step * BATCH_SIZE) % len(x)
            _step(weights, phi, x[chosen], task.y[chosen])
        logits = hidden_layers(weights, phi, x_new)[-1] @ weights[-1]
    return float(np.mean(logits.argmax(axis=1) == task.y_new)) if np.isfinite(logits).all() else 0.0


def _step(weights, phi, x, y):
    """One step of plain gradient descent, in place, with the softmax cross-entropy."""
    activations, slopes = [x], []
    for w in weights[:-1]:
        z = activations[-1] @ w
        activations.append(phi(z))
        slopes.append(phi.slope(z))
    logits = activations[-1] @ weights[-1]
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    d = p / p.sum(axis=1, keepdims=True)
    d[np.arange(len(y)), y] -= 1
    d /= len(y)
    for layer in reversed(range(len(weights))):
        grad = activations[layer].T @ d
        if layer:
            d = d @ weights[layer].T * slopes[layer - 1]
        weights[layer] -= RATE * grad
