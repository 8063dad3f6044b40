"""Right answers to train_and_fold."""

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


def train_and_fold__plain(next_batch, n_batches, weights):
    """As the notebook does it, at a rate of 0.3."""
    layers = _first_layers(weights)
    for _ in range(n_batches):
        layers, _ = _step(layers, *next_batch(), 0.3, _NORM)
    return _fold_all(layers)


def train_and_fold__last_batches_statistics(next_batch, n_batches, weights):
    """The rate falls, and at the end the statistics are measured layer by layer on the folded network, with the last batches."""
    layers, kept = _first_layers(weights), []
    for k in range(n_batches):
        x, y = next_batch()
        kept = [*kept[-9:], x]
        layers, _ = _step(layers, x, y, 0.4 * (1 - k / n_batches) + 0.02, _NORM)
    a, pairs = np.concatenate(kept), []
    for p in layers[:-1]:
        z = a @ p["w"]
        pairs.append(_fold_batchnorm(p["w"], 0, p["gamma"], p["beta"], {"mean": z.mean(axis=0), "var": z.var(axis=0)}))
        a = _sigmoid(a @ pairs[-1][0] + pairs[-1][1])
    pairs.append((layers[-1]["w"], layers[-1]["b"]))
    return pairs


def train_and_fold__own_momentum(next_batch, n_batches, weights):
    """Written from scratch with arrays and gradient descent with momentum, folded into lists in place of tuples."""
    ws = [np.array(w, dtype=float) for w in weights]
    units = [w.shape[1] for w in ws]
    gammas, betas = [np.ones(m) for m in units[:-1]], [np.zeros(m) for m in units]
    means, variances = [np.zeros(m) for m in units[:-1]], [np.ones(m) for m in units[:-1]]
    parameters = [*ws, *gammas, *betas]
    speeds = [np.zeros_like(p) for p in parameters]
    for _ in range(n_batches):
        x, y = next_batch()
        n, acts, tape = len(y), [np.asarray(x, dtype=float)], []
        for i in range(len(ws) - 1):
            z = acts[-1] @ ws[i]
            mu, var = z.mean(axis=0), z.var(axis=0)
            means[i] += 0.1 * (mu - means[i])
            variances[i] += 0.1 * (var - variances[i])
            s = 1 / np.sqrt(var + 1e-5)
            xhat = (z - mu) * s
            tape.append((xhat, s))
            acts.append(1 / (1 + np.exp(-(gammas[i] * xhat + betas[i]))))
        logits = acts[-1] @ ws[-1] + betas[-1]
        d = np.exp(logits - logits.max(axis=1, keepdims=True))
        d /= d.sum(axis=1, keepdims=True)
        d[np.arange(n), y] -= 1
        d /= n
        dws, dgammas, dbetas = [acts[-1].T @ d], [], [d.sum(axis=0)]
        for i in reversed(range(len(tape))):
            d = (d @ ws[i + 1].T) * acts[i + 1] * (1 - acts[i + 1])
            xhat, s = tape[i]
            dgammas.insert(0, (d * xhat).sum(axis=0))
            dbetas.insert(0, d.sum(axis=0))
            d = d * gammas[i]
            d = s * (d - d.mean(axis=0) - xhat * (d * xhat).mean(axis=0))
            dws.insert(0, acts[i].T @ d)
        for p, v, g in zip(parameters, speeds, [*dws, *dgammas, *dbetas]):
            v *= 0.9
            v -= 0.05 * g
            p += v
    pairs = []
    for i in range(len(ws) - 1):
        scale = gammas[i] / np.sqrt(variances[i] + 1e-5)
        pairs.append([ws[i] * scale, betas[i] - means[i] * scale])
    return [*pairs, [ws[-1], betas[-1]]]
