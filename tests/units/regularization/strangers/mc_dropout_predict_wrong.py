"""Wrong answers to mc_dropout_predict."""

import numpy as np


def _softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def _entropy(p):
    return -np.sum(p * np.log(np.where(p > 0, p, 1)), axis=1)


def _hidden(x, params):
    return np.maximum(x @ params["w1"] + params["b1"], 0)


def _out(a, params):
    return a @ params["w2"] + params["b2"]


def _mask(shape, p, rng):
    return (rng.random(shape) >= p) / (1 - p)


def mc_dropout_predict__mean_logits(x, params, p_drop, n_passes, rng):
    """Averages the logits and takes the softmax of the mean."""
    h = _hidden(x, params)
    mean = _softmax(np.mean([_out(h * _mask(h.shape, p_drop, rng), params) for _ in range(n_passes)], axis=0))
    return mean, _entropy(mean)


def mc_dropout_predict__mean_entropy(x, params, p_drop, n_passes, rng):
    """Returns the mean of the entropies instead of the entropy of the mean."""
    h = _hidden(x, params)
    p = [_softmax(_out(h * _mask(h.shape, p_drop, rng), params)) for _ in range(n_passes)]
    return np.mean(p, axis=0), np.mean([_entropy(q) for q in p], axis=0)


def mc_dropout_predict__one_mask_per_pass(x, params, p_drop, n_passes, rng):
    """One mask of the hidden units in each pass, shared by all samples."""
    h = _hidden(x, params)
    p = [_softmax(_out(h * _mask(h.shape[1], p_drop, rng), params)) for _ in range(n_passes)]
    mean = np.mean(p, axis=0)
    return mean, _entropy(mean)


def mc_dropout_predict__one_mask_for_all(x, params, p_drop, n_passes, rng):
    """Draws the mask once, before the loop over the passes."""
    h = _hidden(x, params)
    mask = _mask(h.shape, p_drop, rng)
    mean = np.mean([_softmax(_out(h * mask, params)) for _ in range(n_passes)], axis=0)
    return mean, _entropy(mean)


def mc_dropout_predict__overflow(x, params, p_drop, n_passes, rng):
    """Softmax without subtracting the maximum."""
    h, total = _hidden(x, params), 0
    for _ in range(n_passes):
        e = np.exp(_out(h * _mask(h.shape, p_drop, rng), params))
        total = total + e / e.sum(axis=1, keepdims=True)
    mean = total / n_passes
    return mean, _entropy(mean)


def mc_dropout_predict__log_zero(x, params, p_drop, n_passes, rng):
    """Takes 0 times the logarithm of 0, which is nan."""
    h = _hidden(x, params)
    mean = np.mean([_softmax(_out(h * _mask(h.shape, p_drop, rng), params)) for _ in range(n_passes)], axis=0)
    return mean, -np.sum(mean * np.log(mean), axis=1)


def mc_dropout_predict__bits(x, params, p_drop, n_passes, rng):
    """The entropy is in bits."""
    h = _hidden(x, params)
    mean = np.mean([_softmax(_out(h * _mask(h.shape, p_drop, rng), params)) for _ in range(n_passes)], axis=0)
    return mean, _entropy(mean) / np.log(2)


def mc_dropout_predict__drops_inputs(x, params, p_drop, n_passes, rng):
    """Dropout on the input, not on the hidden layer."""
    mean = np.mean(
        [_softmax(_out(_hidden(x * _mask(x.shape, p_drop, rng), params), params)) for _ in range(n_passes)], axis=0
    )
    return mean, _entropy(mean)


def mc_dropout_predict__no_factor(x, params, p_drop, n_passes, rng):
    """Forgets to divide by 1 - p_drop."""
    h = _hidden(x, params)
    mean = np.mean([_softmax(_out(h * (rng.random(h.shape) >= p_drop), params)) for _ in range(n_passes)], axis=0)
    return mean, _entropy(mean)


def mc_dropout_predict__no_relu(x, params, p_drop, n_passes, rng):
    """Forgets the ReLU."""
    h = x @ params["w1"] + params["b1"]
    mean = np.mean([_softmax(_out(h * _mask(h.shape, p_drop, rng), params)) for _ in range(n_passes)], axis=0)
    return mean, _entropy(mean)
