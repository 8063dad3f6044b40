"""Right answers to train_classifier."""

import numpy as np


def training_step(params, x, y, lr):
    a = np.tanh(x @ params["w1"] + params["b1"])
    logits = a @ params["w2"] + params["b2"]
    s = logits - logits.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    d = np.exp(logp)
    d[np.arange(len(y)), y] -= 1
    d /= len(y)
    dz = d @ params["w2"].T * (1 - a**2)
    grads = {"w1": x.T @ dz, "b1": dz.sum(axis=0), "w2": a.T @ d, "b2": d.sum(axis=0)}
    return {k: params[k] - lr * grads[k] for k in params}, -logp[np.arange(len(y)), y].mean()


def train_classifier__plain(next_batch, n_batches, n_features, n_classes, seed):
    rng = np.random.default_rng(seed)
    params = {
        "w1": rng.normal(0, n_features**-0.5, (n_features, 64)),
        "b1": np.zeros(64),
        "w2": rng.normal(0, 64**-0.5, (64, n_classes)),
        "b2": np.zeros(n_classes),
    }
    for _ in range(n_batches):
        x, y = next_batch()
        params, _ = training_step(params, x, y, lr=0.3)
    return params


def train_classifier__rate_that_falls(next_batch, n_batches, n_features, n_classes, seed):
    rng = np.random.default_rng(seed)
    hidden = 50
    w1 = rng.standard_normal((n_features, hidden)) / np.sqrt(n_features)
    w2 = rng.standard_normal((hidden, n_classes)) / np.sqrt(hidden)
    params = dict(w1=w1, b1=np.zeros(hidden), w2=w2, b2=np.zeros(n_classes))
    for i in range(n_batches):
        params, _ = training_step(params, *next_batch(), lr=0.5 * (1 - i / n_batches) + 0.01)
    return params


def train_classifier__glorot_uniform(next_batch, n_batches, n_features, n_classes, seed):
    rng = np.random.default_rng(seed)

    def glorot(n, m):
        limit = np.sqrt(6 / (n + m))
        return rng.uniform(-limit, limit, (n, m))

    params = {
        "w1": glorot(n_features, 100),
        "b1": np.zeros(100),
        "w2": glorot(100, n_classes),
        "b2": np.zeros(n_classes),
    }
    step = 0
    while step < n_batches:
        x, y = next_batch()
        params, _ = training_step(params, x, y, 0.2)
        step += 1
    return params


def train_classifier__all_batches_twice(next_batch, n_batches, n_features, n_classes, seed):
    np.random.seed(seed)
    batches = [next_batch() for _ in range(n_batches)]
    params = {
        "w1": np.random.randn(n_features, 40) * n_features**-0.5,
        "b1": np.zeros(40),
        "w2": np.random.randn(40, n_classes) * 40**-0.5,
        "b2": np.zeros(n_classes),
    }
    for _ in range(2):
        for x, y in batches:
            params, _ = training_step(params, x, y, 0.2)
    return params


def train_classifier__zero_last_layer(next_batch, n_batches, n_features, n_classes, seed):
    rng = np.random.default_rng(seed)
    params = {
        "w1": rng.normal(0, n_features**-0.5, (n_features, 64)),
        "b1": np.zeros(64),
        "w2": np.zeros((64, n_classes)),
        "b2": np.zeros(n_classes),
    }
    losses = []
    for _ in range(n_batches):
        x, y = next_batch()
        params, loss = training_step(params, x, y, lr=0.4)
        losses.append(loss)
    return params
