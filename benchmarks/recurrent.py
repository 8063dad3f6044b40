"""Recurrent networks and the transformer block, forward and backward, against NumPy and PyTorch."""

from functools import partial

from common import threads  # noqa: F401  before NumPy and PyTorch load their thread pools

# isort: split
import numpy as np
import torch
from common.results import Row, report
from common.timing import measure

from course_lib.functions.attention import causal_mask
from course_lib.functions.gru import gru_backward, gru_forward
from course_lib.functions.lstm import lstm_backward, lstm_forward
from course_lib.functions.recurrent import rnn_backward, rnn_forward
from course_lib.functions.transformer import transformer_block_backward, transformer_block_forward

SIZES = ((32, 50, 16, 64), (32, 50, 64, 128), (8, 20, 8, 16), (1, 100, 16, 32))  # N, T, D, H
BLOCKS = ((32, 50, 64, 4), (8, 20, 16, 2), (4, 200, 64, 4))  # N, T, D, heads
CELLS = {
    "RNN": (1, 1, torch.nn.RNN, rnn_forward, rnn_backward),
    "LSTM": (4, 2, torch.nn.LSTM, lstm_forward, lstm_backward),
    "GRU": (3, 1, torch.nn.GRU, gru_forward, gru_backward),
}


def logistic(z):
    return 1 / (1 + np.exp(-z))


def numpy_rnn(dh, x, h, wx, wh, b):
    """As a student would write it: one step after the other, every product at its step."""
    states = [h]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ wx + states[-1] @ wh + b))
    carry, dwx, dwh, db, dx = 0, 0, 0, 0, np.empty_like(x)
    for t in reversed(range(x.shape[1])):
        dz = (dh[:, t] + carry) * (1 - states[t + 1] ** 2)
        dx[:, t], carry = dz @ wx.T, dz @ wh.T
        dwx, dwh, db = dwx + x[:, t].T @ dz, dwh + states[t].T @ dz, db + dz.sum(axis=0)
    return dx, dwx, dwh, db


def numpy_lstm(dh, x, h, c, wx, wh, b):
    caches = []
    for t in range(x.shape[1]):
        zi, zf, zg, zo = np.split(x[:, t] @ wx + h @ wh + b, 4, axis=1)
        i, f, g, o = logistic(zi), logistic(zf), np.tanh(zg), logistic(zo)
        c_next = f * c + i * g
        show = np.tanh(c_next)
        caches.append((h, c, i, f, g, o, show))
        h, c = o * show, c_next
    carry, dc, dwx, dwh, db, dx = 0, 0, 0, 0, 0, np.empty_like(x)
    for t in reversed(range(x.shape[1])):
        h, c, i, f, g, o, show = caches[t]
        dh_t = dh[:, t] + carry
        dc = dc + dh_t * o * (1 - show**2)
        gates = dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g**2), dh_t * show * o * (1 - o)
        dz = np.concatenate(gates, axis=1)
        dc = dc * f
        dx[:, t], carry = dz @ wx.T, dz @ wh.T
        dwx, dwh, db = dwx + x[:, t].T @ dz, dwh + h.T @ dz, db + dz.sum(axis=0)
    return dx, dwx, dwh, db


def numpy_gru(dh, x, h, wx, wh, bx, bh):
    caches = []
    for t in range(x.shape[1]):
        xr, xz, xn = np.split(x[:, t] @ wx + bx, 3, axis=1)
        hr, hz, hn = np.split(h @ wh + bh, 3, axis=1)
        r, z = logistic(xr + hr), logistic(xz + hz)
        n = np.tanh(xn + r * hn)
        caches.append((h, r, z, n, hn))
        h = z * h + (1 - z) * n
    carry, dwx, dwh, dbx, dbh, dx = 0, 0, 0, 0, 0, np.empty_like(x)
    for t in reversed(range(x.shape[1])):
        h, r, z, n, hn = caches[t]
        dh_t = dh[:, t] + carry
        dn = dh_t * (1 - z) * (1 - n**2)
        dr, dz = dn * hn * r * (1 - r), dh_t * (h - n) * z * (1 - z)
        from_x, from_h = np.concatenate([dr, dz, dn], axis=1), np.concatenate([dr, dz, dn * r], axis=1)
        dx[:, t], carry = from_x @ wx.T, dh_t * z + from_h @ wh.T
        dwx, dwh = dwx + x[:, t].T @ from_x, dwh + h.T @ from_h
        dbx, dbh = dbx + from_x.sum(axis=0), dbh + from_h.sum(axis=0)
    return dx, dwx, dwh, dbx, dbh


NAIVE = {"RNN": numpy_rnn, "LSTM": numpy_lstm, "GRU": numpy_gru}


def cell_row(name, size, rng) -> Row:
    n, t, d, hidden = size
    n_gates, n_states, cls, forward, backward = CELLS[name]
    width = n_gates * hidden
    shapes = [(n, t, d), *[(n, hidden)] * n_states, (d, width), (hidden, width), (width,)]
    shapes += [(width,)] * (name == "GRU")
    inputs = [(0.1 * rng.normal(size=s)).astype(np.float32) for s in shapes]
    dh = rng.normal(size=(n, t, hidden)).astype(np.float32)
    module = cls(d, hidden, batch_first=True)
    x, dout = torch.from_numpy(inputs[0].copy()).requires_grad_(), torch.from_numpy(dh)

    def ours():
        *_, cache = forward(*inputs)
        return backward(dh, cache)

    def theirs():
        module.zero_grad()
        x.grad = None
        module(x)[0].backward(dout)

    seconds = measure({"course_lib": ours, "numpy": partial(NAIVE[name], dh, *inputs), "torch": theirs}, seconds=0.6)
    return Row(f"{name} N={n} T={t} D={d} H={hidden}", seconds, goals={"numpy": 1.0, "torch": 1.0})


def block_parameters(d, rng):
    shapes = {f"w{m}": (d, d) for m in "qkvo"} | {"w1": (d, 4 * d), "b1": (4 * d,), "w2": (4 * d, d)}
    shapes |= {key: (d,) for key in ("bq", "bk", "bv", "bo", "b2", "gamma1", "beta1", "gamma2", "beta2")}
    return {key: (0.1 * rng.normal(size=shape)).astype(np.float32) for key, shape in shapes.items()}


def block_row(size, rng) -> Row:
    n, t, d, heads = size
    params = block_parameters(d, rng)
    x, dout = rng.normal(size=(2, n, t, d)).astype(np.float32)
    mask = causal_mask(t)
    module = torch.nn.TransformerEncoderLayer(d, heads, 4 * d, dropout=0.0, batch_first=True, norm_first=True)
    tensor, gradient, ignore = torch.from_numpy(x.copy()).requires_grad_(), torch.from_numpy(dout), torch.tensor(~mask)

    def ours():
        _, cache = transformer_block_forward(x, params, heads, mask)
        return transformer_block_backward(dout, cache)

    def theirs():
        module.zero_grad()
        tensor.grad = None
        module(tensor, src_mask=ignore).backward(gradient)

    seconds = measure({"course_lib": ours, "torch": theirs}, seconds=0.6)
    return Row(f"block N={n} T={t} D={d} heads={heads}", seconds, goals={"torch": 1.0})


def main() -> None:
    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    rows = [cell_row(name, size, rng) for name in CELLS for size in SIZES]
    rows += [block_row(size, rng) for size in BLOCKS]
    report("Sequences: forward and backward, float32", rows, "recurrent")


if __name__ == "__main__":
    main()
