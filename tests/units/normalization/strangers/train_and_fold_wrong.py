"""Wrong answers to train_and_fold."""

import numpy as np


def _sigmoid(z):
    return 1 / (1 + np.exp(-np.clip(z, -500, 500)))


def _sigmoid_slope(a):
    return a * (1 - a)


def _batchnorm_forward(x, gamma, beta, state, training, eps=1e-5, momentum=0.9):
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        state = {
            "mean": momentum * state["mean"] + (1 - momentum) * mean,
            "var": momentum * state["var"] + (1 - momentum) * var,
        }
    else:
        mean, var = state["mean"], state["var"]
    inv_std = 1 / np.sqrt(var + eps)
    xhat = (x - mean) * inv_std
    return gamma * xhat + beta, (xhat, gamma, inv_std), state


def _batchnorm_backward(dout, cache):
    xhat, gamma, inv_std = cache
    dgamma, dbeta = (dout * xhat).sum(axis=0), dout.sum(axis=0)
    dx = gamma * inv_std * (dout - dbeta / len(dout) - xhat * dgamma / len(dout))
    return dx, dgamma, dbeta


def _fold_batchnorm(w, b, gamma, beta, state, eps=1e-5):
    scale = gamma / np.sqrt(state["var"] + eps)
    return w * scale, (b - state["mean"]) * scale + beta


def _first_layers(weights):
    layers = []
    for w in weights:
        m = w.shape[1]
        state = {"mean": np.zeros(m), "var": np.ones(m)}
        layers.append({"w": w, "gamma": np.ones(m), "beta": np.zeros(m), "state": state})
    return [*layers[:-1], {"w": weights[-1], "b": np.zeros(weights[-1].shape[1])}]


def _run(layers, x, norm, training=False, phi=_sigmoid):
    inputs, caches, states = [x], [], []
    for layer in layers[:-1]:
        z, cache, state = norm[0](inputs[-1] @ layer["w"], layer["gamma"], layer["beta"], layer["state"], training)
        inputs.append(phi(z))
        caches.append(cache)
        states.append(state)
    return inputs, caches, states, inputs[-1] @ layers[-1]["w"] + layers[-1]["b"]


def _step(layers, x, y, lr, norm, phi=_sigmoid, slope=_sigmoid_slope, hidden_lr=None):
    inputs, caches, states, logits = _run(layers, x, norm, True, phi)
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    loss, dz = -np.mean(np.log(p[np.arange(len(y)), y])), (p - np.eye(p.shape[1])[y]) / len(y)
    new = [{"w": layers[-1]["w"] - lr * inputs[-1].T @ dz, "b": layers[-1]["b"] - lr * dz.sum(axis=0)}]
    for i in reversed(range(len(caches))):
        da = dz @ layers[i + 1]["w"].T
        dz, dgamma, dbeta = norm[1](da * slope(inputs[i + 1]), caches[i])
        new.append({
            "w": layers[i]["w"] - (hidden_lr or lr) * inputs[i].T @ dz, "gamma": layers[i]["gamma"] - lr * dgamma,
            "beta": layers[i]["beta"] - lr * dbeta, "state": states[i],
        })  # fmt: skip
    return new[::-1], loss


_NORM = (_batchnorm_forward, _batchnorm_backward)


def _fold_all(layers):
    pairs = [_fold_batchnorm(p["w"], np.zeros(p["w"].shape[1]), p["gamma"], p["beta"], p["state"]) for p in layers[:-1]]
    return [*pairs, (layers[-1]["w"], layers[-1]["b"])]


def train_and_fold__not_folded(next_batch, n_batches, weights):
    """It trains well but does not fold: the pairs are the trained w and beta, so mean, variance and gamma are missing."""
    layers = _first_layers(weights)
    for _ in range(n_batches):
        x, y = next_batch()
        layers, _ = _step(layers, x, y, 0.3, _NORM)
    return [(p["w"], p["beta"]) for p in layers[:-1]] + [(layers[-1]["w"], layers[-1]["b"])]


def train_and_fold__frozen_state(next_batch, n_batches, weights):
    """The running statistics that a step returns are thrown away, so the folded ones are still 0 and 1."""
    layers = _first_layers(weights)
    start = [p["state"] for p in layers[:-1]]
    for _ in range(n_batches):
        x, y = next_batch()
        layers, _ = _step(layers, x, y, 0.3, _NORM)
        for layer, state in zip(layers, start):
            layer["state"] = state
    return _fold_all(layers)


def train_and_fold__no_norm(next_batch, n_batches, weights):
    """It trains the plain network with biases, without any batch norm, so there is nothing to fold and it only guesses."""
    shift = (
        lambda z, gamma, beta, state, training: (z + beta, None, state),
        lambda dout, cache: (dout, 0, dout.sum(axis=0)),
    )
    layers = _first_layers(weights)
    for _ in range(n_batches):
        x, y = next_batch()
        layers, _ = _step(layers, x, y, 0.3, shift)
    return [(p["w"], p["beta"]) for p in layers[:-1]] + [(layers[-1]["w"], layers[-1]["b"])]


def train_and_fold__one_batch_again(next_batch, n_batches, weights):
    """It asks for a single batch and trains on it again and again."""
    layers = _first_layers(weights)
    x, y = next_batch()
    for _ in range(n_batches):
        layers, _ = _step(layers, x, y, 0.3, _NORM)
    return _fold_all(layers)


def train_and_fold__weights_in_place(next_batch, n_batches, weights):
    """The result is good, but the given weights are overwritten by the trained ones."""
    layers = _first_layers(weights)
    for _ in range(n_batches):
        x, y = next_batch()
        layers, _ = _step(layers, x, y, 0.3, _NORM)
        for i, layer in enumerate(layers):
            weights[i][...] = layer["w"]
            layer["w"] = weights[i]
    return _fold_all(layers)


def train_and_fold__tiny_rate(next_batch, n_batches, weights):
    """All is right but the rate of 0.001, with which it has hardly moved when the batches are used up."""
    layers = _first_layers(weights)
    for _ in range(n_batches):
        x, y = next_batch()
        layers, _ = _step(layers, x, y, 0.001, _NORM)
    return _fold_all(layers)


def train_and_fold__std_folded(next_batch, n_batches, weights):
    """It folds with the running variance in place of its root."""
    layers = _first_layers(weights)
    for _ in range(n_batches):
        x, y = next_batch()
        layers, _ = _step(layers, x, y, 0.3, _NORM)
    pairs = []
    for p in layers[:-1]:
        scale = p["gamma"] / (p["state"]["var"] + 1e-5)
        pairs.append((p["w"] * scale, p["beta"] - scale * p["state"]["mean"]))
    return [*pairs, (layers[-1]["w"], layers[-1]["b"])]
