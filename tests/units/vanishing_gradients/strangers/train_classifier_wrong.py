"""Wrong answers to train_classifier."""

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


def _h_start(n_features, n_classes, seed, hidden=32):
    rng = np.random.default_rng(seed)
    return {
        "w1": rng.normal(0, n_features**-0.5, (n_features, hidden)),
        "b1": np.zeros(hidden),
        "w2": rng.normal(0, hidden**-0.5, (hidden, n_classes)),
        "b2": np.zeros(n_classes),
    }


def train_classifier__zeros(next_batch, n_batches, n_features, n_classes, seed):
    """All weights start at zero, so no gradient ever reaches the first layer, nor the second layer's weights."""
    params = {
        "w1": np.zeros((n_features, 32)),
        "b1": np.zeros(32),
        "w2": np.zeros((32, n_classes)),
        "b2": np.zeros(n_classes),
    }
    for _ in range(n_batches):
        x, y = next_batch()
        params, _ = training_step(params, x, y, lr=0.3)
    return params


def train_classifier__all_alike(next_batch, n_batches, n_features, n_classes, seed):
    """All weights start at the same number, so all hidden units stay copies of each other."""
    params = {
        "w1": np.full((n_features, 32), 0.1),
        "b1": np.zeros(32),
        "w2": np.full((32, n_classes), 0.1),
        "b2": np.zeros(n_classes),
    }
    for _ in range(n_batches):
        x, y = next_batch()
        params, _ = training_step(params, x, y, lr=0.3)
    return params


def train_classifier__rate_too_small(next_batch, n_batches, n_features, n_classes, seed):
    """The learning rate of 0.0001 is far too small for so few batches."""
    params = _h_start(n_features, n_classes, seed)
    for _ in range(n_batches):
        x, y = next_batch()
        params, _ = training_step(params, x, y, lr=1e-4)
    return params


def train_classifier__rate_too_large(next_batch, n_batches, n_features, n_classes, seed):
    """The learning rate of 100 throws the weights about."""
    params = _h_start(n_features, n_classes, seed)
    for _ in range(n_batches):
        x, y = next_batch()
        params, _ = training_step(params, x, y, lr=100.0)
    return params


def train_classifier__one_batch_only(next_batch, n_batches, n_features, n_classes, seed):
    """next_batch is called once, before the loop, so that all steps see the same batch."""
    params = _h_start(n_features, n_classes, seed)
    x, y = next_batch()
    for _ in range(n_batches):
        params, _ = training_step(params, x, y, lr=0.3)
    return params


def train_classifier__asks_for_too_many(next_batch, n_batches, n_features, n_classes, seed):
    """Ten epochs of n_batches batches are asked for, but there are only n_batches."""
    params = _h_start(n_features, n_classes, seed)
    for _ in range(10):
        for _ in range(n_batches):
            x, y = next_batch()
            params, _ = training_step(params, x, y, lr=0.3)
    return params


def train_classifier__step_thrown_away(next_batch, n_batches, n_features, n_classes, seed):
    """The new parameters are not kept, so that the network stays as it started."""
    params = _h_start(n_features, n_classes, seed)
    for _ in range(n_batches):
        x, y = next_batch()
        new_params, loss = training_step(params, x, y, lr=0.3)
    return params


def train_classifier__with_the_loss(next_batch, n_batches, n_features, n_classes, seed):
    """The pair of the parameters and the loss is returned instead of the parameters."""
    params = _h_start(n_features, n_classes, seed)
    for _ in range(n_batches):
        x, y = next_batch()
        params, loss = training_step(params, x, y, lr=0.3)
    return params, loss


def train_classifier__two_hidden_units(next_batch, n_batches, n_features, n_classes, seed):
    """Two hidden units are too few to tell ten classes apart."""
    params = _h_start(n_features, n_classes, seed, hidden=2)
    for _ in range(n_batches):
        x, y = next_batch()
        params, _ = training_step(params, x, y, lr=0.3)
    return params


def train_classifier__weights_of_ten(next_batch, n_batches, n_features, n_classes, seed):
    """The weights start a hundred times too large, so that the units are saturated and hardly learn."""
    params = {k: 100 * v for k, v in _h_start(n_features, n_classes, seed).items()}
    for _ in range(n_batches):
        x, y = next_batch()
        params, _ = training_step(params, x, y, lr=0.1)
    return params


def train_classifier__uphill(next_batch, n_batches, n_features, n_classes, seed):
    """The learning rate has the wrong sign, so that every step goes uphill."""
    params = _h_start(n_features, n_classes, seed)
    for _ in range(n_batches):
        x, y = next_batch()
        params, _ = training_step(params, x, y, lr=-0.1)
    return params
