"""What experiments read from logits. NumPy's exp serves them, as it did when their outcomes were measured."""

from functools import reduce

import numpy as np


def softmax(logits) -> np.ndarray:
    """Probabilities along the last axis of an array of any shape, in its dtype."""
    p = np.exp(logits - largest(logits))
    p /= (p @ np.ones(p.shape[-1], p.dtype))[..., None]  # a sum takes longer, too
    return p


def largest(logits) -> np.ndarray:
    """The largest along the last axis, which is kept; over few classes NumPy's max takes longer than an exponential."""
    return reduce(np.maximum, (logits[..., i] for i in range(logits.shape[-1])))[..., None]


def entropy(p) -> np.ndarray:
    """-Σ p log p along the last axis, in nats; a class of probability 0 adds nothing."""
    return -np.sum(p * np.log(np.maximum(p, 1e-30)), axis=-1)
