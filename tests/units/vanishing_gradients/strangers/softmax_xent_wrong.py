"""Wrong answers to softmax_xent."""

import numpy as np


def _right_softmax_xent(logits, y):
    n = len(y)
    s = logits - logits.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    d = np.exp(logp)
    d[np.arange(n), y] -= 1
    return -logp[np.arange(n), y].mean(), d / n


def softmax_xent__grad_not_divided(logits, y):
    """The gradient is not divided by the number of samples although the loss is a mean."""
    z = logits - np.max(logits, axis=1, keepdims=True)
    logsum = np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    logp = z - logsum
    loss = -np.mean(logp[np.arange(len(y)), y])
    dlogits = np.exp(logp)
    dlogits[np.arange(len(y)), y] -= 1
    return loss, dlogits


def softmax_xent__loss_summed(logits, y):
    """The loss is the sum over the samples instead of the mean, while the gradient is that of the mean."""
    loss, dlogits = _right_softmax_xent(logits, y)
    z = logits - np.max(logits, axis=1, keepdims=True)
    loss = 0.0
    for i in range(len(y)):
        loss += np.log(np.exp(z[i]).sum()) - z[i, y[i]]
    return loss, dlogits


def softmax_xent__no_shift(logits, y):
    """Nothing is subtracted from the logits, so that the exponential overflows for large ones."""
    e = np.exp(logits)
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(len(y)), y]).mean()
    p[np.arange(len(y)), y] -= 1
    return loss, p / len(y)


def softmax_xent__global_max(logits, y):
    """The largest logit of the whole batch is subtracted instead of each row's own, so rows far below it underflow."""
    s = logits - np.max(logits)
    e = np.exp(s)
    tot = e.sum(1, keepdims=True)
    logp = s - np.log(tot)
    onehot = np.zeros(logits.shape)
    onehot[range(len(y)), y] = 1
    return -(logp * onehot).sum() / len(y), (e / tot - onehot) / len(y)


def softmax_xent__over_samples(logits, y):
    """The softmax runs over the samples (axis 0) instead of over the classes."""
    s = logits - logits.max(axis=0)
    logp = s - np.log(np.exp(s).sum(axis=0))
    n = len(y)
    d = np.exp(logp)
    d[np.arange(n), y] -= 1
    return -logp[np.arange(n), y].mean(), d / n


def softmax_xent__log_of_p_plus_eps(logits, y):
    """The logarithm is taken of p + 1e-12 after the division, which caps the loss of a very wrong answer near 27.6."""
    n = logits.shape[0]
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.sum(np.log(p[np.arange(n), y] + 1e-12)) / n
    grad = p.copy()
    grad[np.arange(n), y] -= 1
    grad /= n
    return loss, grad


def softmax_xent__divided_by_size(logits, y):
    """The gradient is divided by the number of all entries, samples times classes, instead of the number of samples."""
    loss, d = _right_softmax_xent(logits, y)
    return loss, d * len(y) / logits.size


def softmax_xent__sign(logits, y):
    """The gradient has the wrong sign, what should have been said minus what was said."""
    m = logits.max(axis=1)[:, None]
    lse = m + np.log(np.exp(logits - m).sum(axis=1))[:, None]
    p = np.exp(logits - lse)
    t = np.eye(logits.shape[1])[y]
    loss = -np.mean(np.sum(t * (logits - lse), axis=1))
    return loss, (t - p) / len(t)


def softmax_xent__changes_logits(logits, y):
    """The row maximum is subtracted in place, which changes the caller's logits."""
    logits -= logits.max(axis=1, keepdims=True)
    return _right_softmax_xent(logits, y)


def softmax_xent__indexes_columns(logits, y):
    """One is subtracted with p[:, y], from the whole columns of all labels that occur, instead of once per row."""
    n = len(y)
    s = logits - logits.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    loss = -logp[np.arange(n), y].mean()
    p = np.exp(logp)
    p[:, y] -= 1
    return loss, p / n


def softmax_xent__mean_over_all_classes(logits, y):
    """The loss is averaged over all entries of the one-hot product, so it is too small by the number of classes."""
    loss, d = _right_softmax_xent(logits, y)
    s = logits - logits.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    target = np.zeros_like(logp)
    target[np.arange(len(y)), y] = 1.0
    return -np.mean(target * logp), d


def softmax_xent__log_base_two(logits, y):
    """The loss is measured in bits, with the logarithm to base two."""
    loss, d = _right_softmax_xent(logits, y)
    return loss / np.log(2), d


def softmax_xent__loss_after_subtracting(logits, y):
    """One is subtracted in the array of log-probabilities before the loss is read from it, so the loss is one too big."""
    n = len(y)
    s = logits - logits.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    p = np.exp(logp)
    logp[np.arange(n), y] -= 1
    p[np.arange(n), y] -= 1
    loss = -logp[np.arange(n), y].mean()
    return loss, p / n


def softmax_xent__without_target(logits, y):
    """The gradient is the probabilities divided by N; the one at the true class is never subtracted."""
    n = len(y)
    m = np.amax(logits, axis=1, keepdims=True)
    e = np.exp(logits - m)
    tot = np.sum(e, axis=1, keepdims=True)
    loss = np.mean(np.log(tot[:, 0]) + m[:, 0] - logits[np.arange(n), y])
    return loss, e / tot / n


def softmax_xent__onehot_too_narrow(logits, y):
    """The one-hot table is built from the largest label that occurs, so it is too narrow when the last class is absent."""
    loss, _ = _right_softmax_xent(logits, y)
    onehot = np.eye(np.max(y) + 1)[y]
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return loss, (p - onehot) / len(y)


def softmax_xent__shift_by_abs_max(logits, y):
    """Each row is shifted by its largest absolute value, so a row of very negative logits underflows to log 0."""
    n = len(y)
    s = logits - np.abs(logits).max(axis=1, keepdims=True)
    e = np.exp(s)
    tot = e.sum(axis=1, keepdims=True)
    logp = s - np.log(tot)
    g = e / tot
    g[np.arange(n), y] -= 1
    return -logp[np.arange(n), y].mean(), g / n


def softmax_xent__shift_by_mean(logits, y):
    """Each row is shifted by its mean, not its maximum, so a row with a wide range still overflows."""
    n = len(y)
    s = logits - logits.mean(axis=1, keepdims=True)
    e = np.exp(s)
    logp = s - np.log(e.sum(axis=1, keepdims=True))
    g = np.exp(logp)
    g[np.arange(n), y] -= 1
    return -logp[np.arange(n), y].mean(), g / n


def softmax_xent__binary_cross_entropy(logits, y):
    """The loss also adds -log(1 - p) of all the wrong classes, as for independent yes-or-no questions."""
    n, C = logits.shape
    loss, d = _right_softmax_xent(logits, y)
    s = logits - logits.max(axis=1, keepdims=True)
    p = np.exp(s) / np.exp(s).sum(axis=1, keepdims=True)
    for i in range(n):
        for k in range(C):
            if k != y[i]:
                loss = loss - np.log(max(1 - p[i, k], 1e-15)) / n
    return loss, d


def softmax_xent__prediction_for_label(logits, y):
    """The most probable class is used instead of the true label y."""
    return _right_softmax_xent(logits, np.argmax(logits, axis=1))


def softmax_xent__shift_per_class(logits, y):
    """The maximum of each column is subtracted, a different constant for each class, which changes the probabilities."""
    return _right_softmax_xent(logits - logits.max(axis=0), y)


def softmax_xent__log_of_mean(logits, y):
    """The loss is the logarithm of the mean probability instead of the mean of the logarithms."""
    _, d = _right_softmax_xent(logits, y)
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e[np.arange(len(y)), y] / e.sum(axis=1)
    return -np.log(p.mean()), d


def softmax_xent__true_class_only(logits, y):
    """The gradient is filled in at the true class only and left zero at the other classes."""
    loss, d = _right_softmax_xent(logits, y)
    out = np.zeros_like(d)
    rows = np.arange(len(y))
    out[rows, y] = d[rows, y]
    return loss, out


def softmax_xent__divides_by_max(logits, y):
    """The logits are divided by their row maximum instead of reduced by it, which changes the probabilities."""
    return _right_softmax_xent(logits / (np.abs(logits).max(axis=1, keepdims=True) + 1e-300), y)


def softmax_xent__logits_limited(logits, y):
    """The logits are limited to [-50, 50] against overflow, so larger differences are lost."""
    return _right_softmax_xent(np.clip(logits, -50, 50), y)


def softmax_xent__classes_for_samples(logits, y):
    """The gradient is divided by the number of classes instead of the number of samples (rows and columns mixed up)."""
    loss, d = _right_softmax_xent(logits, y)
    return loss, d * len(y) / logits.shape[1]
