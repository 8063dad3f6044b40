"""What experiments read from logits. NumPy's exp serves them, as it did when their outcomes were measured."""

import numpy as np


def softmax(logits) -> np.ndarray:
    """Probabilities along the last axis of an array of any shape, in its dtype."""
    p = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True)


def entropy(p) -> np.ndarray:
    """-Σ p log p along the last axis, in nats; a class of probability 0 adds nothing."""
    return -np.sum(p * np.log(np.maximum(p, 1e-30)), axis=-1)
