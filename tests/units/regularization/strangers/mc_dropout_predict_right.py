"""Right answers to mc_dropout_predict."""

import numpy as np


def _softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def mc_dropout_predict__loop(x, params, p_drop, n_passes, rng):
    h = np.maximum(x @ params["w1"] + params["b1"], 0)
    total = 0.0
    for _ in range(n_passes):
        mask = (rng.random(h.shape) >= p_drop) / (1 - p_drop)
        total = total + _softmax((h * mask) @ params["w2"] + params["b2"])
    mean = total / n_passes
    return mean, -np.sum(mean * np.log(np.where(mean > 0, mean, 1)), axis=1)


def mc_dropout_predict__three_axes(x, params, p_drop, n_passes, rng):
    h = np.maximum(x @ params["w1"] + params["b1"], 0)
    mask = rng.binomial(1, 1 - p_drop, (n_passes, *h.shape)) / (1 - p_drop)
    mean = _softmax((h * mask) @ params["w2"] + params["b2"]).mean(axis=0)
    parts = np.zeros_like(mean)
    np.log(mean, out=parts, where=mean > 0)
    return mean, -np.einsum("nk,nk->n", mean, parts)


def mc_dropout_predict__before_relu(x, params, p_drop, n_passes, rng):
    z = x @ params["w1"] + params["b1"]
    passes = []
    for _ in range(n_passes):
        logits = (
            np.maximum(z * (rng.uniform(size=z.shape) < 1 - p_drop), 0) @ params["w2"] / (1 - p_drop) + params["b2"]
        )
        logp = logits - logits.max(axis=1, keepdims=True)
        passes.append(np.exp(logp - np.log(np.exp(logp).sum(axis=1, keepdims=True))))
    mean = np.mean(passes, axis=0)
    return mean, np.sum([np.where(q > 0, -q * np.log(np.maximum(q, 1e-323)), 0.0) for q in mean.T], axis=0)


def mc_dropout_predict__sample_by_sample(x, params, p_drop, n_passes, rng):
    means, entropies = [], []
    for row in x:
        h = np.maximum(row @ params["w1"] + params["b1"], 0)
        keep = rng.random((n_passes, len(h))) >= p_drop
        mean = _softmax((keep * h / (1 - p_drop)) @ params["w2"] + params["b2"]).mean(axis=0)
        means.append(mean)
        entropies.append(-sum(q * np.log(q) for q in mean if q > 0))
    return np.array(means), np.array(entropies) + 0.0
