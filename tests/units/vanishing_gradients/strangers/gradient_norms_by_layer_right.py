"""Right answers to gradient_norms_by_layer."""

import math

import numpy as np


def gradient_norms_by_layer__sums(backprop, batches):
    total, n = None, 0
    for x, y in batches:
        _, grads = backprop(x, y)
        n += len(x)
        weighted = [len(x) * g for g in grads]
        total = weighted if total is None else [t + g for t, g in zip(total, weighted)]
    return np.array([np.linalg.norm(t / n) for t in total])


def gradient_norms_by_layer__weights_first(backprop, batches):
    n_all = sum(x.shape[0] for x, _ in batches)
    acc = None
    for x, y in batches:
        v = [np.ravel(g) * (x.shape[0] / n_all) for g in backprop(x, y)[1]]
        if acc is None:
            acc = [u.copy() for u in v]
        else:
            for u, w in zip(acc, v):
                u += w
    return np.sqrt(np.array([u @ u for u in acc]))


def gradient_norms_by_layer__average(backprop, batches):
    sizes = [len(y) for _, y in batches]
    per_batch = [[np.array(g, copy=True) for g in backprop(x, y)[1]] for x, y in batches]
    means = [np.average(np.stack(layer), axis=0, weights=sizes) for layer in zip(*per_batch)]
    return np.fromiter((math.sqrt(np.sum(m * m)) for m in means), dtype=float)


def gradient_norms_by_layer__running_mean(backprop, batches):
    mean, seen = [], 0
    for x, y in batches:
        grads = backprop(x, y)[1]
        seen += len(x)
        if not mean:
            mean = [np.zeros(g.shape) for g in grads]
        mean = [m + (g - m) * len(x) / seen for m, g in zip(mean, grads)]
    return np.array(list(map(np.linalg.norm, mean)))
