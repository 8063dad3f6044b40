"""A recurrent network that reads digits row by row, with batch norm, layer norm, and none."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from course_lib.units.normalization.experiments.scaled_inputs import inputs
from course_lib.units.normalization.experiments.tuned_networks import networks_of, softmax_loss
from course_lib.units.shared.arms import TUNING_SEEDS

RATES = (0.1, 0.3, 1.0, 3.0)
EPS = 1e-5
N_SAMPLES, BATCH_SIZE = 320, 32
SIDE = 8


@dataclass(frozen=True)
class Reader:
    """h = tanh(norm(x_t wx + h wh)) over the rows of a digit, and an affine layer behind the last one.

    ``norm``: None, "layer", "batch" with one pair of running statistics for all rows, or "batch by row" with one for
    each. The gain of the norm starts at ``gamma``.
    """

    norm: str | None
    width: int = 24
    gamma: float = 1.0
    data: str = "digits"


class Readers:
    """A stack of K readers of the same kind, one for each seed and rate: arrays (K, N, ...)."""

    def __init__(self, reader: Reader, seeds, rates):
        self.reader = reader
        rngs = [np.random.default_rng(seed).spawn(2) for seed in seeds]
        self.which = np.repeat(np.arange(len(rngs)), len(rates))
        self.orders = [order for _, order in rngs]
        pairs = [inputs(reader.data, "raw", N_SAMPLES, rng=rng) for rng, _ in rngs]
        self.x = _rows(np.stack([x for x, _ in pairs]))[self.which]
        self.y = np.stack([y for _, y in pairs])[self.which]
        self.rates = np.tile(np.asarray(rates, np.float32), len(rngs))[:, None, None]
        width = reader.width
        shapes = {"wx": (SIDE, width), "wh": (width, width), "v": (width, 10)}
        self.params = {
            key: np.stack([rng.standard_normal(shape) / shape[0] ** 0.5 for rng, _ in rngs]).astype(np.float32)[
                self.which
            ]
            for key, shape in shapes.items()
        }
        count = len(self.which)
        self.params |= {"b": np.zeros((count, 1, width), np.float32), "c": np.zeros((count, 1, 10), np.float32)}
        self.params["gamma"] = np.full((count, 1, width), np.float32(reader.gamma))
        self.mean, self.var = (np.full((count, SIDE, width), v, np.float32) for v in (0, 1))

    def train(self, n_steps):
        done = 0
        with np.errstate(all="ignore"):  # divergence is an outcome
            while done < n_steps:
                orders = np.stack([rng.permutation(N_SAMPLES) for rng in self.orders])[self.which]
                for start in range(0, min(N_SAMPLES, BATCH_SIZE * (n_steps - done)), BATCH_SIZE):
                    batch = orders[:, start : start + BATCH_SIZE]
                    self._step(*(np.take_along_axis(v, _beside(batch, v.ndim), axis=1) for v in (self.x, self.y)))
                    done += 1

    def _step(self, x, y):
        p = self.params
        logits, caches = self.read(x, training=True)
        _, d = softmax_loss(logits, y)
        grads = {key: np.zeros_like(value) for key, value in p.items()}
        grads["v"], grads["c"] = _t(caches[-1][1]) @ d, d.sum(axis=1, keepdims=True)
        dh = d @ _t(p["v"])
        for t in range(x.shape[2] - 1, -1, -1):
            h_in, h, cache = caches[t]
            da = dh * (1 - h * h)
            if cache:
                xhat, inv_std, axis = cache
                grads["gamma"] += (da * xhat).sum(axis=1, keepdims=True)
                grads["b"] += da.sum(axis=1, keepdims=True)
                da = da * p["gamma"]
                mean, slant = da.mean(axis=axis, keepdims=True), (da * xhat).mean(axis=axis, keepdims=True)
                da = inv_std * (da - mean - xhat * slant)
            else:
                grads["b"] += da.sum(axis=1, keepdims=True)
            grads["wx"] += _t(x[:, :, t]) @ da
            grads["wh"] += _t(h_in) @ da
            dh = da @ _t(p["wh"])
        for key, grad in grads.items():
            p[key] -= self.rates * grad

    def read(self, x, *, training):
        """Logits for x (K, N, T, 8), and what the way back needs."""
        p, norm = self.params, self.reader.norm
        h, caches = np.zeros((len(x), x.shape[1], self.reader.width), np.float32), []
        for t in range(x.shape[2]):
            h_in, cache = h, None
            a = x[:, :, t] @ p["wx"] + h @ p["wh"]
            if norm:
                axis = 2 if norm == "layer" else 1
                mean, var = self._statistics(a, axis, t, training)
                inv_std = 1 / np.sqrt(var + np.float32(EPS))
                xhat = (a - mean) * inv_std
                a, cache = p["gamma"] * xhat, (xhat, inv_std, axis)
            h = np.tanh(a + p["b"])
            caches.append((h_in, h, cache))
        return h @ p["v"] + p["c"], caches

    def _statistics(self, a, axis, t, training):
        rows = slice(t, t + 1) if self.reader.norm == "batch by row" else slice(0, 1)
        if axis == 1 and not training:
            return self.mean[:, rows], self.var[:, rows]
        mean = a.mean(axis=axis, keepdims=True)
        var = np.square(a - mean).mean(axis=axis, keepdims=True)
        if axis == 1:
            for running, new in ((self.mean, mean), (self.var, var)):
                running[:, rows] = np.float32(0.9) * running[:, rows] + np.float32(0.1) * new
        return mean, var

    def accuracies(self, x, y, *, training=False):
        with np.errstate(all="ignore"):
            logits, _ = self.read(x[self.which], training=training)
        right = (logits.argmax(axis=2) == y[self.which]) & np.isfinite(logits).all(axis=2)
        return right.mean(axis=1)


def _rows(x):
    return x.reshape(*x.shape[:2], SIDE, SIDE).astype(np.float32)


def _t(x):
    return x.swapaxes(1, 2)


def _beside(batch, ndim):
    return batch.reshape(*batch.shape, *[1] * (ndim - 2))


def _unseen(reader, seeds):
    pairs = [
        inputs(reader.data, "raw", N_SAMPLES, rng=np.random.default_rng(seed).spawn(2)[0], new=True) for seed in seeds
    ]
    return _rows(np.stack([x[:400] for x, _ in pairs])), np.stack([y[:400] for _, y in pairs])


@dataclass(frozen=True)
class RecurrentNorms:
    """Mean accuracy on digits that were not trained on, in evaluation mode, by norm.

    ``shared_training`` is batch norm with one pair of running statistics in training mode, on batches of 400.
    ``layer_alone`` and ``batch_alone`` are the largest changes of a digit's logits when it is read alone instead of
    with 63 others, in training mode, as a share of the logits' spread.
    """

    without: float
    shared: float
    by_row: float
    layer: float
    shared_training: float
    layer_alone: float
    batch_alone: float
    without_rate: float
    shared_rate: float
    by_row_rate: float
    layer_rate: float

    @property
    def lost(self) -> float:
        return self.shared_training - self.shared

    @property
    def by_row_gain(self) -> float:
        return self.by_row - self.shared

    @property
    def by_row_over_none(self) -> float:
        return self.by_row - self.without

    @property
    def layer_gain(self) -> float:
        return self.layer - self.without


def recurrent_norms(seed, *, width=24, gamma=1.0, n_steps=70, data="printed digits", n_networks=6) -> RecurrentNorms:
    """Trained for ``n_steps`` steps, each norm at its best rate."""
    readers = [Reader(norm, width, gamma, data) for norm in (None, "batch", "batch by row", "layer")]
    seeds = networks_of(seed, n_networks)
    new, rates, stacks = _unseen(readers[0], seeds), [_best_rate(reader, n_steps) for reader in readers], []
    for reader, rate in zip(readers, rates, strict=True):
        stacks.append(Readers(reader, seeds, (rate,)))
        stacks[-1].train(n_steps)
    found = [float(stack.accuracies(*new).mean()) for stack in stacks]
    in_training = float(stacks[1].accuracies(*new, training=True).mean())
    return RecurrentNorms(*found, in_training, _alone(stacks[3]), _alone(stacks[1]), *rates)


def _alone(stack) -> float:
    together, _ = stack.read(stack.x[:, :64], training=True)
    alone, _ = stack.read(stack.x[:, :1], training=True)
    return float(np.abs(together[:, :1] - alone).max() / together.std())


@cache
def _best_rate(reader, n_steps) -> float:
    stack = Readers(reader, TUNING_SEEDS, RATES)
    stack.train(n_steps)
    found = stack.accuracies(*_unseen(reader, TUNING_SEEDS)).reshape(-1, len(RATES))
    return RATES[int(np.argmax(np.median(found, axis=0)))]
