"""What functions of the library should give, written from their docstrings in plain NumPy."""

from collections.abc import Callable
from itertools import product
from typing import NamedTuple

import numpy as np


class Case(NamedTuple):
    name: str
    call: Callable  # of the arrays, giving an array, a number, or a tuple of them
    arrays: Callable  # of the sizes n and d, giving the arrays
    oracle: Callable  # of the same arrays in float64


def z(*shape, start=0):
    """Quarters between -3 and 3, both signs and zero among them; from another ``start`` other ones."""
    return np.resize(np.roll([1.25, -2.0, 3.0, 0.0, 2.5, -1.75, -3.0, 0.75, -0.5], -start), shape)


def shares(*shape):
    """Rows that sum to one, also when they are rounded to whole numbers."""
    rows = np.zeros(shape)
    rows[..., 0] = 1.0
    return rows


def classes(n, d):
    return np.arange(n) % d


def stable_softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def logistic(x):
    return 1 / (1 + np.exp(-x))


def xent(logits, targets):
    p = stable_softmax(logits)
    return -(targets * np.log(p)).sum() / len(p), (p - targets) / len(p)


def one_hot(y, n_classes):
    return np.eye(n_classes)[y.astype(int)]


def normalized(x, axes, eps=1e-5):
    return (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + eps)


def per_channel(v, x):
    return v.reshape(1, -1, *[1] * (x.ndim - 2))


def windows(x, kernel):
    """Every window at stride 1, (N, C, OH, OW, K, K)."""
    return np.lib.stride_tricks.sliding_window_view(x, (kernel, kernel), axis=(2, 3))


def padded(x, width=1):
    return np.pad(x, ((0, 0), (0, 0), (width, width), (width, width)))


def conv_gradients(dout, x, w, b):
    xp = padded(x)
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    kernel = w.shape[2]
    for n, m, i, j in product(*map(range, dout.shape)):
        dxp[n, :, i : i + kernel, j : j + kernel] += dout[n, m, i, j] * w[m]
        dw[m] += dout[n, m, i, j] * xp[n, :, i : i + kernel, j : j + kernel]
    return dxp[:, :, 1:-1, 1:-1], dw, dout.sum((0, 2, 3))


def max_pool_gradient(dout, x):
    dx = np.zeros_like(x)
    for n, c, i, j in product(*map(range, dout.shape)):
        row, column = divmod(np.argmax(x[n, c, i : i + 2, j : j + 2]), 2)
        dx[n, c, i + row, j + column] += dout[n, c, i, j]
    return dx


def rnn_oracle(x, h, wx, wh, b):
    out = []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ wx + h @ wh + b)
        out.append(h)
    return np.stack(out, 1)


def lstm_oracle(x, h, c, wx, wh, b):
    out = []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ wx + h @ wh + b, 4, axis=1)
        c = logistic(f) * c + logistic(i) * np.tanh(g)
        h = logistic(o) * np.tanh(c)
        out.append(h)
    return np.stack(out, 1)


def gru_oracle(x, h, wx, wh, bx, bh):
    out = []
    for t in range(x.shape[1]):
        xr, xz, xn = np.split(x[:, t] @ wx + bx, 3, axis=1)
        hr, hz, hn = np.split(h @ wh + bh, 3, axis=1)
        stays = logistic(xz + hz)
        h = stays * h + (1 - stays) * np.tanh(xn + logistic(xr + hr) * hn)
        out.append(h)
    return np.stack(out, 1)


def averages(xs, beta):
    m, out = 0.0, []
    for t, x in enumerate(xs, 1):
        m = beta * m + (1 - beta) * x
        out.append(m / (1 - beta**t))
    return np.array(out)


def rotated(images, turns):
    return np.array([np.rot90(image, int(k), (1, 2)) for image, k in zip(images, turns, strict=True)])
