"""The same multi-layer perceptron and the same epoch of training, in NumPy, PyTorch, JAX and scikit-learn."""

import warnings
from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

torch.set_num_threads(1)
BETA1, BETA2, EPS = 0.9, 0.999, 1e-8


class NumPyMLP:
    """As a student would vectorise it: one line for each formula, new arrays at every step."""

    def __init__(self, network, activation, loss, adam, lr):
        self.w = [leaf.params["w"].copy() for leaf in network.leaves() if leaf.params]
        self.b = [leaf.params["b"].copy() for leaf in network.leaves() if leaf.params]
        self.m = [np.zeros_like(p) for p in (*self.w, *self.b)]
        self.v = [np.zeros_like(p) for p in (*self.w, *self.b)]
        self.activation, self.loss, self.adam, self.lr, self.t = activation, loss, adam, lr, 0

    def epoch(self, x, y, batch_size, rng):
        order = rng.permutation(len(x))
        for start in range(0, len(x), batch_size):
            batch = order[start : start + batch_size]
            self.step(x[batch], y[batch])

    def step(self, x, y):
        outs = [x]
        for w, b in zip(self.w[:-1], self.b[:-1], strict=True):
            z = outs[-1] @ w + b
            outs.append(np.tanh(z) if self.activation == "tanh" else np.maximum(z, 0))
        d = self._gradient_of_loss(outs[-1] @ self.w[-1] + self.b[-1], y)
        dw, db = [None] * len(self.w), [None] * len(self.w)
        for i in range(len(self.w) - 1, -1, -1):
            dw[i], db[i] = outs[i].T @ d, d.sum(axis=0)
            if i:
                slope = 1 - outs[i] ** 2 if self.activation == "tanh" else outs[i] > 0
                d = (d @ self.w[i].T) * slope
        self._update((*self.w, *self.b), (*dw, *db))

    def _gradient_of_loss(self, out, y):
        if self.loss == "binary_xent":
            return (1 / (1 + np.exp(-out)) - y) / np.float32(len(out))
        e = np.exp(out - out.max(axis=1, keepdims=True))
        d = e / e.sum(axis=1, keepdims=True)
        d[np.arange(len(out)), y] -= 1
        return d / np.float32(len(out))

    def _update(self, params, grads):
        self.t += 1
        for i, (p, g) in enumerate(zip(params, grads, strict=True)):
            if self.adam:
                self.m[i] = BETA1 * self.m[i] + (1 - BETA1) * g
                self.v[i] = BETA2 * self.v[i] + (1 - BETA2) * g**2
                m_hat, v_hat = self.m[i] / (1 - BETA1**self.t), self.v[i] / (1 - BETA2**self.t)
                p -= self.lr * m_hat / (np.sqrt(v_hat) + EPS)
            else:
                p -= self.lr * g


class TorchMLP:
    """Eager PyTorch, on tensors that lie in memory already."""

    def __init__(self, sizes, activation, loss, adam, lr):
        layers = []
        for fan_in, fan_out in pairwise(sizes):
            layers += [torch.nn.Linear(fan_in, fan_out), torch.nn.Tanh() if activation == "tanh" else torch.nn.ReLU()]
        self.network = torch.nn.Sequential(*layers[:-1])
        kind = torch.optim.Adam if adam else torch.optim.SGD
        self.optimizer = kind(self.network.parameters(), lr=lr)
        self.loss = torch.nn.BCEWithLogitsLoss() if loss == "binary_xent" else torch.nn.CrossEntropyLoss()

    def epoch(self, x, y, batch_size):
        order = torch.randperm(len(x))
        for start in range(0, len(x), batch_size):
            batch = order[start : start + batch_size]
            self.optimizer.zero_grad()
            self.loss(self.network(x[batch]), y[batch]).backward()
            self.optimizer.step()


def jax_epoch(sizes, activation, loss, adam, lr, n_samples, batch_size):
    """A compiled function (state, x, y, order) -> state that scans over the batches of an epoch, and a first state."""
    rng = np.random.default_rng(0)
    params = [
        (jnp.asarray(rng.normal(0, fan_in**-0.5, (fan_in, fan_out)), jnp.float32), jnp.zeros(fan_out, jnp.float32))
        for fan_in, fan_out in pairwise(sizes)
    ]
    apply = jnp.tanh if activation == "tanh" else jax.nn.relu

    def cost(params, x, y):
        for w, b in params[:-1]:
            x = apply(x @ w + b)
        out = x @ params[-1][0] + params[-1][1]
        if loss == "binary_xent":
            return jnp.mean(jnp.maximum(out, 0) - out * y + jnp.log1p(jnp.exp(-jnp.abs(out))))
        return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(out), y[:, None], axis=1))

    def step(state, batch, x, y):
        params, m, v, t = state
        grads = jax.grad(cost)(params, x[batch], y[batch])
        t = t + 1
        if adam:
            m = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, m, grads)
            v = jax.tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, v, grads)
            c1, c2 = 1 / (1 - BETA1**t), 1 / (1 - BETA2**t)
            params = jax.tree.map(lambda p, m, v: p - lr * c1 * m / (jnp.sqrt(c2 * v) + EPS), params, m, v)
        else:
            params = jax.tree.map(lambda p, g: p - lr * g, params, grads)
        return (params, m, v, t), None

    n_batches = n_samples // batch_size

    @jax.jit
    def epoch(state, x, y, order):
        batches = order[: n_batches * batch_size].reshape(n_batches, batch_size)
        return jax.lax.scan(lambda state, batch: step(state, batch, x, y), state, batches)[0]

    zeros = jax.tree.map(jnp.zeros_like, params)
    return epoch, (params, zeros, zeros, jnp.float32(0))


def sklearn_epoch(hidden, x, y, batch_size, lr):
    """A call that trains scikit-learn's MLPClassifier for one more epoch."""
    model = MLPClassifier(hidden, batch_size=batch_size, learning_rate_init=lr, max_iter=1, warm_start=True)
    warnings.simplefilter("ignore", ConvergenceWarning)
    model.partial_fit(x, y, classes=np.unique(y))
    return lambda: model.partial_fit(x, y)
