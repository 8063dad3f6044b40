"""Losses: a number for how wrong the network is, and its gradient with respect to the network's output."""

import numpy as np

from course_lib._numba import as_float, kernel


def softmax(logits):
    """Rows of ``logits`` (N, C) as probabilities (N, C) that sum to one."""
    logits = as_float(logits)
    # the shift cancels in the ratio, and keeps exp from overflowing
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def softmax_xent(logits, y):
    """Softmax followed by cross-entropy, averaged over the samples.

    Parameters
    ----------
    logits : (N, C) array
    y : (N,) array of integer labels in [0, C)

    Returns
    -------
    loss : float, in nats per sample
    dlogits : (N, C) array, the gradient of ``loss``: (softmax(logits) - one_hot(y)) / N

    Raises
    ------
    ValueError
        When a label lies outside [0, C), or there is not one label per row.
    """
    logits = as_float(logits)
    labels = np.asarray(y, dtype=np.int64)
    if logits.ndim != 2 or labels.shape != logits.shape[:1]:
        raise ValueError(f"logits (N, C) and labels (N,) expected, got {logits.shape} and {labels.shape}")
    for label in (labels.min(), labels.max()):
        if not 0 <= label < logits.shape[1]:
            raise ValueError(f"labels must lie in [0, {logits.shape[1]}), got {label}")
    dlogits = np.empty_like(logits)
    return float(_softmax_xent(logits, labels, dlogits)), dlogits


@kernel
def _softmax_xent(logits, labels, dlogits):
    n_samples, n_classes = logits.shape
    scale = logits.dtype.type(1) / logits.dtype.type(n_samples)
    loss = 0.0
    for n in range(n_samples):
        row, d = logits[n], dlogits[n]
        largest = row.max()
        total = logits.dtype.type(0)
        for c in range(n_classes):
            d[c] = np.exp(row[c] - largest)
            total += d[c]
        # log of the sum, not of the probability: a probability may underflow to zero
        loss += np.log(total) - (row[labels[n]] - largest)
        for c in range(n_classes):
            d[c] *= scale / total
        d[labels[n]] -= scale
    return loss / n_samples
