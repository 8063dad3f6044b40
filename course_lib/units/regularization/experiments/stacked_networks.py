"""Small networks with many kinds of regularisation, trained many at a time: a stack of seeds and methods.

Each call of NumPy serves a whole stack, arrays (K, N, D) of K networks, in float32. What is random has generators of
its own for each seed, so that networks which differ in their method alone see the same samples in the same order.
"""

from copy import copy
from dataclasses import dataclass, fields
from itertools import pairwise

import numpy as np

from course_lib.data.datasets import digits, glyphs
from course_lib.units.regularization.experiments.networks import Networks

N_CLASSES = 10
RHO, EPS = np.float32(0.9), np.float32(1e-8)  # of RMSProp
SPLITS = {"digits": digits, "printed digits": glyphs}


@dataclass(frozen=True)
class Net:
    """A network of ``depth`` hidden ReLU layers, and its training samples, a share ``wrong`` of them with wrong labels.

    Pixels are centred by the mean of the training samples and divided by one standard deviation for all of them.
    """

    depth: int = 1
    width: int = 64
    n_samples: int = 200
    wrong: float = 0.2
    data: str = "digits"
    batch_size: int = 50


@dataclass(frozen=True)
class Method:
    """How a network is trained: gradient descent at ``rate``, and the strength of each kind of regularisation.

    Attributes
    ----------
    l2 : factor of the weights in their gradient, for weight matrices only
    l1 : factor of the sum of absolute weights; a proximal step, which makes zeros
    l1_subgradient : the same penalty, by its sub-gradient
    drop, drop_first, drop_input : the probability of dropping a unit of the last hidden layer, of the hidden layers
        before it, and a pixel; inverted dropout
    hold : 0 when each sample and step has masks of its own, 1 for one mask for a batch, 2 for one for an epoch
    smooth : eps of label smoothing
    max_norm : largest norm of the weights into a hidden unit; 0 for none
    adversarial : by how much each pixel is moved along the sign of its gradient, pixels lying in [0, 1]
    signs : the same, with random signs
    decay : decoupled weight decay: the rate times this share of the weights is taken away in each step
    unscaled : 1 for dropout that does not divide by 1 - p
    adaptive : 1 for RMSProp's step, else that of gradient descent; one kind in a stack
    """

    rate: float
    l2: float = 0.0
    l1: float = 0.0
    l1_subgradient: float = 0.0
    drop: float = 0.0
    drop_first: float = 0.0
    drop_input: float = 0.0
    hold: int = 0
    smooth: float = 0.0
    max_norm: float = 0.0
    adversarial: float = 0.0
    signs: float = 0.0
    decay: float = 0.0
    adaptive: int = 0
    unscaled: int = 0


@dataclass(frozen=True)
class Samples:
    """Training samples, their labels as given and as they are, and samples that are not trained on."""

    x: np.ndarray
    y: np.ndarray
    y_right: np.ndarray
    x_new: np.ndarray
    y_new: np.ndarray
    shift: np.ndarray
    scale: np.float32


def samples(net: Net, seed) -> Samples:
    """The samples of one seed: (N, 64) float32 and labels (N,); 500 new ones."""
    rng = np.random.default_rng(seed).spawn(4)[0]
    split = SPLITS[net.data]()
    order = rng.permutation(len(split.x_train))
    chosen, new = order[: net.n_samples], order[-500:] if net.n_samples + 500 <= len(order) else order[net.n_samples :]
    x, y = split.x_train[chosen], split.y_train[chosen]
    shift, scale = x.mean(axis=0), np.float32((x - x.mean(axis=0)).std())
    given = y.copy()
    wrong = rng.permutation(net.n_samples)[: round(net.wrong * net.n_samples)]
    given[wrong] = (given[wrong] + rng.integers(1, N_CLASSES, len(wrong))) % N_CLASSES
    x, x_new = (((pixels - shift) / scale).astype(np.float32) for pixels in (x, split.x_train[new]))
    return Samples(x, given, y, x_new, split.y_train[new], shift, scale)


class Stack(Networks):
    """Networks, one for each seed and method, in that order."""

    def __init__(self, net: Net, seeds, methods):
        self.net, self.seeds, self.methods = net, tuple(seeds), tuple(methods)
        self.of_seed = [samples(net, seed) for seed in self.seeds]
        n_seeds, n_methods = len(self.seeds), len(self.methods)
        self.which = np.repeat(np.arange(n_seeds), n_methods)
        for field in fields(Method):
            values = np.tile(np.array([getattr(m, field.name) for m in self.methods], np.float32), n_seeds)
            setattr(self, field.name, values[:, None, None])
        self.used = {field.name for field in fields(Method) if getattr(self, field.name).any()}
        self.x = np.stack([s.x for s in self.of_seed])
        self.targets = np.eye(N_CLASSES, dtype=np.float32)[np.stack([s.y for s in self.of_seed])][self.which]
        self.targets = (1 - self.smooth) * self.targets + self.smooth / N_CLASSES
        rngs = [np.random.default_rng(seed).spawn(4)[1:] for seed in self.seeds]
        weights = [self._start(of[0]) for of in rngs]
        self.order_rngs, self.mask_rngs = [of[1] for of in rngs], [of[2] for of in rngs]
        w = [np.stack(layer)[self.which] for layer in zip(*weights, strict=True)]
        super().__init__(w, [np.zeros((len(self.which), 1, each.shape[2]), np.float32) for each in w])
        self.held, self.squares = None, {}

    def _start(self, rng):
        sizes = [self.x.shape[2], *[self.net.width] * self.net.depth, N_CLASSES]
        pairs = list(pairwise(sizes))
        scales = [np.sqrt(2 / a) for a, _ in pairs[:-1]] + [np.sqrt(1 / pairs[-1][0])]
        return [(s * rng.standard_normal(p)).astype(np.float32) for s, p in zip(scales, pairs, strict=True)]

    def train(self, n_epochs, watch=None, augment=None, watch_step=None):
        """Train; ``watch(self)`` is called after each epoch, ``watch_step(self)`` after each step; ``augment(i,
        samples, rng)`` gives the pixels of the i-th seed."""
        for _ in range(n_epochs):
            orders = np.stack([rng.permutation(self.net.n_samples) for rng in self.order_rngs])
            pixels = self.x
            if augment is not None:
                of_seeds = enumerate(zip(self.of_seed, self.mask_rngs, strict=True))
                pixels = np.stack([augment(i, s, rng) for i, (s, rng) in of_seeds])
            self.held = None
            for start in range(0, self.net.n_samples, self.net.batch_size):
                self._step(pixels, orders[:, start : start + self.net.batch_size])
                if watch_step is not None:
                    watch_step(self)
            if watch is not None:
                watch(self)
        return self

    def _step(self, pixels, chosen):
        x = pixels[np.arange(len(chosen))[:, None], chosen]
        masks = self.masks(len(chosen[0]))
        x = x[self.which]
        targets = self.targets[np.arange(len(self.which))[:, None], chosen[self.which]]
        if "adversarial" in self.used:
            x = self.moved(x, self.adversarial * np.sign(self.input_gradient(x, targets)))
        if "signs" in self.used:
            drawn = np.stack([rng.random(x.shape[1:], dtype=np.float32) for rng in self.mask_rngs])[self.which]
            x = self.moved(x, self.signs * np.where(drawn < 0.5, np.float32(-1), np.float32(1)))
        self.descend(x, targets, masks)

    def moved(self, x, by):
        """Samples (K, N, 64) whose pixels are moved, in units of their range [0, 1], in which they stay."""
        scale = np.stack([s.scale for s in self.of_seed])[self.which][:, None, None]
        low = np.stack([-s.shift / s.scale for s in self.of_seed]).astype(np.float32)[self.which][:, None]
        return np.clip(x + by / scale, low, low + 1 / scale)

    def rolled(self):
        """The same networks, each in the place of the one before it."""
        other = copy(self)
        other.w, other.b = ([np.roll(each, -1, axis=0) for each in of] for of in (self.w, self.b))
        return other

    def masks(self, n):
        """For the pixels and each hidden layer a mask (K, n, D), or None."""
        if not self.used & {"drop", "drop_first", "drop_input"}:
            return None
        rates = [self.drop_input, *[self.drop_first] * (self.net.depth - 1), self.drop]
        widths = [self.x.shape[2], *[self.net.width] * self.net.depth]
        if self.held is not None:
            held = self.held
        drawn = []
        for i, (rate, width) in enumerate(zip(rates, widths, strict=True)):
            if not rate.any():
                drawn.append(None)
                continue
            u = np.stack([rng.random((n, width), dtype=np.float32) for rng in self.mask_rngs])[self.which]
            if "hold" in self.used:
                u = np.where(self.hold >= 1, u[:, :1], u)
                if self.held is not None:
                    u = np.where(self.hold == 2, held[i], u)
            drawn.append(u)
        if self.held is None and "hold" in self.used:
            self.held = [None if u is None else u[:, :1] for u in drawn]
        return [
            None if u is None else (u >= rate) / np.where(self.unscaled > 0, 1, 1 - rate)
            for u, rate in zip(drawn, rates, strict=True)
        ]

    def descend(self, x, targets, masks):
        for i, (dw, db) in enumerate(zip(*self.gradients(x, targets, masks), strict=True)):
            self._update(i, dw, db)

    def _update(self, i, dw, db):
        w = self.w[i]
        if "l2" in self.used:
            dw += self.l2 * w
        if "l1_subgradient" in self.used:
            dw += self.l1_subgradient * np.sign(w)
        if "decay" in self.used:
            w *= 1 - self.rate * self.decay
        for param, grad, key in ((w, dw, ("w", i)), (self.b[i], db, ("b", i))):
            grad = self._scaled(key, grad)
            flat = grad.reshape(len(grad), -1)  # rows that are long cost less than many short ones
            flat *= self.rate[:, 0]
            param -= grad
        if "l1" in self.used:
            # the soft threshold: what is smaller becomes zero
            limit = self.rate * self.l1
            w -= np.clip(w, -limit, limit)
        if "max_norm" in self.used and i < len(self.w) - 1:
            norms = np.sqrt(np.einsum("kdm,kdm->km", w, w))[:, None]
            limit = np.where(self.max_norm > 0, self.max_norm, np.inf)
            w *= np.minimum(1, limit / np.maximum(norms, 1e-12))

    def _scaled(self, key, grad):
        if "adaptive" not in self.used:
            return grad
        squares = self.squares.setdefault(key, np.zeros_like(grad))
        squares *= RHO
        squares += (1 - RHO) * grad * grad
        grad /= np.sqrt(squares) + EPS
        return grad

    def new(self):
        """Samples (K, N, 64) that were not trained on, and their labels (K, N)."""
        return (np.stack([getattr(s, name) for s in self.of_seed])[self.which] for name in ("x_new", "y_new"))

    def error(self, x, y) -> np.ndarray:
        """The share of samples that is classified wrongly, (S, M)."""
        return (self.forward(x).argmax(axis=2) != y).mean(axis=1).reshape(len(self.seeds), -1)

    def test_error(self) -> np.ndarray:
        return self.error(*self.new())

    def train_error(self) -> np.ndarray:
        """The share of training samples that is not given the label that they came with, (S, M)."""
        return self.error(self.x[self.which], np.stack([s.y for s in self.of_seed])[self.which])
