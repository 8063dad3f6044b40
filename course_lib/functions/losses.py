"""Losses: a number for how wrong the network is, and its gradient with respect to the network's output.

All losses are means, as PyTorch's and Keras's are by default: over the labels (``softmax_xent``) or over all entries
(``binary_xent``, ``mse``). The gradients are divided by the same number. Infinite logits are limits: a class with the
logit -inf is ruled out, and costs infinitely much where it is the label. NaN stays NaN.
"""

import numpy as np

from course_lib._arguments.arrays import array_of, as_float, not_empty, same_shape
from course_lib._arguments.entries import labels
from course_lib._arguments.numbers import integer
from course_lib.kernels.decorators import exact_kernel, kernel
from course_lib.kernels.elementary import exp, log1p


def softmax(logits):
    """Rows of ``logits`` as probabilities that sum to one: exp(z_c) / sum_k exp(z_k).

    Parameters
    ----------
    logits : (N, C) or (..., C) array; -inf is a class that is ruled out. A row of nothing else is NaN, as in PyTorch

    Returns
    -------
    probs : array of the same shape

    Raises
    ------
    ValueError
        When there are no logits.
    """
    logits = array_of(logits, ("...", "C"), name="logits")
    probs = np.empty_like(logits)
    n_classes = logits.shape[-1]
    _softmax(logits.reshape(-1, n_classes), probs.reshape(-1, n_classes))
    return probs


def softmax_backward(dout, probs):
    """Backward pass of ``probs = softmax(logits)``: probs * (dout - sum_k dout_k probs_k), row by row.

    Parameters
    ----------
    dout, probs : (N, C) or (..., C) arrays of the same shape

    Returns
    -------
    dlogits : array of the same shape; its rows sum to zero, for a shift of a row changes nothing

    Raises
    ------
    ValueError
        When the shapes differ.
    """
    probs = array_of(probs, ("...", "C"), name="probs")
    dout = same_shape(dout, probs.shape, probs.dtype)
    return probs * (dout - (dout * probs).sum(axis=-1, keepdims=True))


def log_softmax(logits):
    """Logarithm of ``softmax(logits)``, also where the probability itself would underflow to zero.

    Parameters
    ----------
    logits : (N, C) or (..., C) array, as for ``softmax``

    Returns
    -------
    log_probs : array of the same shape, at most 0; -inf for a class that is ruled out

    Raises
    ------
    ValueError
        When there are no logits.
    """
    logits = array_of(logits, ("...", "C"), name="logits")
    shifted = np.empty_like(logits)
    n_classes = logits.shape[-1]
    _subtract_largest(logits.reshape(-1, n_classes), shifted.reshape(-1, n_classes))
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def softmax_xent(logits, y, *, ignore=None):
    """Softmax followed by cross-entropy, averaged over the labels: one for a sample, or one for each of its steps.

    Sequences of different lengths are padded to one, and the labels of the padding are set to ``ignore``:
    ``fit(..., loss=functools.partial(softmax_xent, ignore=-1))`` then trains on the others alone, and each of them
    counts as much, whether its sequence is long or short. That is PyTorch's ``cross_entropy(..., ignore_index=-1)``,
    which ignores -100 where nothing else is said, and wants the classes along the second axis, (N, C, T). In Keras
    ``SparseCategoricalCrossentropy`` takes ``ignore_class=-1``, and a model's mask does the same; a ``sample_weight``
    of 0 still counts in the number that the sum is divided by.

    Parameters
    ----------
    logits : (N, C) array, or (N, T, C) for sequences, or with more axes before the classes
    y : (N,) or (N, T) array of integer labels in [0, C), the shape of ``logits`` without its last axis
    ignore : int below 0, the label of what does not count, or None

    Returns
    -------
    loss : float, in nats per label
    dlogits : array, the shape of ``logits``, the gradient of ``loss``: (softmax(logits) - one_hot(y)) / n for the n
        labels that count, and 0 for the others

    Raises
    ------
    TypeError
        When the labels are not integers.
    ValueError
        When a label lies outside [0, C), there is not one label per row, or none that counts.
    """
    logits = array_of(logits, ("N", "...", "C"), name="logits")
    n_classes = logits.shape[-1]
    if ignore is not None:
        return _counted_xent(logits, y, integer(ignore, None, -1, name="ignore"))
    y = labels(y, n_classes, logits.shape[:-1])
    dlogits = np.empty_like(logits)
    loss = _softmax_xent(logits.reshape(-1, n_classes), y.ravel(), dlogits.reshape(-1, n_classes))
    return float(loss), dlogits


def _counted_xent(logits, y, ignore):
    y = labels(y, logits.shape[-1], logits.shape[:-1], ignore=ignore)
    counted = y != ignore
    if not counted.any():
        raise ValueError(f"labels must count somewhere, got nothing but the ignored {ignore}")
    dlogits = np.zeros_like(logits)
    loss, dlogits[counted] = softmax_xent(logits[counted], y[counted])
    return loss, dlogits


def binary_xent(logits, y):
    """Sigmoid followed by the cross-entropy of two classes, averaged over all entries.

    -y log(s) - (1 - y) log(1 - s) with s = sigmoid(logits), computed from the logits: log(0) cannot occur. PyTorch's
    ``BCEWithLogitsLoss`` and Keras's ``BinaryCrossentropy(from_logits=True)`` give the same, but NaN for an infinite
    logit that is right, which costs 0 here; Keras's default, from_logits=False, takes s.

    Parameters
    ----------
    logits : array of any shape
    y : array of the same shape, the labels 0 and 1 or the probability of 1

    Returns
    -------
    loss : float, in nats per entry
    dlogits : array of the same shape, the gradient of ``loss``: (sigmoid(logits) - y) / size

    Raises
    ------
    ValueError
        When a label lies outside [0, 1], the shapes differ, or there are no entries.
    """
    logits, y = _pair(logits, y, "logits", "labels")
    for label in (y.min(), y.max()):
        if not 0 <= label <= 1:
            raise ValueError(f"labels must lie in [0, 1], got {label}")
    dlogits = np.empty_like(logits)
    return float(_binary_xent(logits.ravel(), y.ravel(), dlogits.ravel())), dlogits


def mse(pred, y):
    """Mean squared error, averaged over all entries: no factor 1/2, as in PyTorch and Keras.

    Parameters
    ----------
    pred, y : arrays of the same shape; (N,) and (N, 1) are not, and would broadcast to (N, N)

    Returns
    -------
    loss : float
    dpred : array of the same shape, the gradient of ``loss``: 2 (pred - y) / size

    Raises
    ------
    ValueError
        When the shapes differ, or there are no entries.
    """
    pred, y = _pair(pred, y, "pred", "y")
    dpred = np.empty_like(pred)
    return float(_mse(pred.ravel(), y.ravel(), dpred.ravel())), dpred


def weighted(weight, loss):
    """weight * loss, but 0 for an infinite loss without weight, where 0 * inf would be NaN."""
    return 0.0 if weight == 0 and loss == np.inf else weight * loss


def _pair(pred, y, pred_name, y_name):
    pred = not_empty(as_float(pred, name=pred_name), name=pred_name)
    return pred, same_shape(y, pred.shape, pred.dtype, name=y_name)


@kernel
def _softmax(logits, probs):
    _subtract_largest(logits, probs)
    _exp_in_place(probs)
    for n in range(len(probs)):
        row = probs[n]
        row *= row.dtype.type(1) / row.sum()


@kernel
def _softmax_xent(logits, labels, dlogits):
    n_samples, n_classes = logits.shape
    scale = logits.dtype.type(1) / logits.dtype.type(n_samples)
    loss = np.float64(0)
    _subtract_largest(logits, dlogits)
    for n in range(n_samples):
        loss -= dlogits[n, labels[n]]
    _exp_in_place(dlogits)
    for n in range(n_samples):
        d = dlogits[n]
        total = logits.dtype.type(0)
        for c in range(n_classes):
            total += d[c]
        # log of the sum, not of the probability: a probability may underflow to zero
        loss += np.log(total)
        for c in range(n_classes):
            d[c] *= scale / total
        d[labels[n]] -= scale
    return loss / n_samples


@kernel
def _subtract_largest(logits, out):
    """Rows minus their largest entry: the shift cancels in the softmax, and keeps exp from overflowing."""
    n_samples, n_classes = logits.shape
    q = n_classes // 4
    for n in range(n_samples):
        row, shifted = logits[n], out[n]
        # the maxima of the row's quarters: a single running maximum would wait for itself at every entry
        first, second, third, fourth = row[:q], row[q : 2 * q], row[2 * q : 3 * q], row[3 * q : 4 * q]
        m1 = m2 = m3 = m4 = row[0]
        for c in range(q):
            m1, m2, m3, m4 = max(m1, first[c]), max(m2, second[c]), max(m3, third[c]), max(m4, fourth[c])
        for c in range(4 * q, n_classes):
            m1 = max(m1, row[c])
        largest = max(max(m1, m2), max(m3, m4))
        for c in range(n_classes):
            shifted[c] = row[c] - largest


@kernel
def _exp_in_place(rows):
    """One loop over all entries: a loop over the ten classes of a row would be too short for SIMD."""
    flat = rows.ravel()
    for i in range(flat.size):
        flat[i] = exp(flat[i])


@exact_kernel
def _logistic_cost(z, y, e):
    # log(1 + exp(z)) - z y. What lies on the wrong side costs |z|, without a cancellation of z and z y; and nothing at
    # all does so where the label is sure, even if z is infinite.
    wrong = type(z)(1) - y if z >= 0 else y
    return (abs(z) * wrong if wrong > 0 else wrong) + log1p(e)


@kernel
def _binary_xent(logits, y, dlogits):
    T = logits.dtype.type
    one, scale = T(1), T(1) / T(logits.size)
    loss = np.float64(0)
    for i in range(logits.size):
        z = logits[i]
        e = exp(-abs(z))
        loss += _logistic_cost(z, y[i], e)
        dlogits[i] = ((one if z >= 0 else e) / (one + e) - y[i]) * scale
    return loss / logits.size


@kernel
def _mse(pred, y, dpred):
    scale = pred.dtype.type(2.0 / pred.size)
    loss = np.float64(0)
    for i in range(pred.size):
        error = pred[i] - y[i]
        loss += error * error
        dpred[i] = error * scale
    return loss / pred.size
