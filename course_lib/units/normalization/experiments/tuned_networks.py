"""Small networks with and without norms, trained many at a time: every rate and seed of an arm is one of a stack.

A step of one such network is so short that Python spends most of it on calling NumPy. Here each call serves a whole
stack, arrays (K, N, D) of K networks: the grid of learning rates costs little more than one of them. Numbers are
float32, and a network leaves the stack once it has reached its target or diverged.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from course_lib.functions.activations import SELU_ALPHA, SELU_LAMBDA
from course_lib.units.normalization.experiments.scaled_inputs import inputs
from course_lib.units.shared.arms import TUNING_SEEDS, WINDOW
from course_lib.units.shared.probabilities import largest

EPS = 1e-5
N_GROUPS = 4
HE = {"relu": 2.0}  # the factor of 1 / fan_in in the variance of the first weights; for the others it is 1
# value from z, and derivative from the value
ACTIVATIONS: dict[str, tuple[Callable, Callable]] = {
    "relu": (lambda z: np.maximum(z, 0), lambda a: a > 0),
    "tanh": (np.tanh, lambda a: 1 - a * a),
    "sigmoid": (lambda z: 0.5 + 0.5 * np.tanh(0.5 * z), lambda a: a * (1 - a)),
    "selu": (
        lambda z: np.float32(SELU_LAMBDA) * np.where(z > 0, z, np.float32(SELU_ALPHA) * np.expm1(np.minimum(z, 0))),
        lambda a: np.where(a > 0, np.float32(SELU_LAMBDA), a + np.float32(SELU_LAMBDA * SELU_ALPHA)),
    ),
}


@dataclass(frozen=True)
class Net:
    """A network of ``depth`` hidden layers, the samples it is trained on, and the size of a batch.

    Attributes
    ----------
    activation : a name in ``ACTIVATIONS``
    norm : None, "batch", "layer", or "group", which is four groups of units
    after : whether the norm comes after the activation; else between the affine layer and the activation
    first : whether batch norm is the very first layer, too
    affine : whether gamma and beta learn; else they stay at one and zero
    gain : multiplies all initial weights, which are normal, of variance 2 / fan_in for ReLU and 1 / fan_in otherwise
    data, scaling : as in ``scaled_inputs.inputs``
    noise : (a, b): behind each norm, or where one would stand, every unit is multiplied by a random number in [1, b]
        and shifted by one in [-a, a], new ones at every step, so that its mean and spread jump
    """

    activation: str = "relu"
    norm: str | None = None
    depth: int = 6
    width: int = 32
    gain: float = 1.0
    after: bool = False
    first: bool = False
    affine: bool = True
    data: str = "digits"
    scaling: str = "centred"
    n_samples: int = 320
    batch_size: int = 64
    noise: tuple[float, float] | None = None


class Stack:
    """Networks of the same kind, one for each seed and rate, and their parameters.

    ``decays``, one for each rate, are factors of half the squared weights in the loss.

    ``layers`` holds for every layer a dict of parameters, each (K, ...): ``w`` (K, D, M), ``b`` (K, 1, M), and with a
    norm ``gamma`` and ``beta`` (K, 1, M), and ``mean`` and ``var`` of the running statistics.
    """

    def __init__(self, net: Net, seeds, rates, decays=None):
        self.net = net
        starts = [_start(net, seed) for seed in seeds]
        which = np.repeat(np.arange(len(starts)), len(rates))
        self.x, self.y = (np.stack([start[i] for start in starts])[which] for i in (0, 1))
        weights = [np.stack([start[2][i] for start in starts])[which] for i in range(net.depth + 1)]
        self.rates = np.tile(np.asarray(rates, np.float32), len(starts))[:, None, None]
        decays = np.zeros(len(rates)) if decays is None else decays
        self.decays = np.tile(np.asarray(decays, np.float32), len(starts))[:, None, None]
        self.decaying = self.decays.any()
        self.rngs = [np.random.default_rng(seed).spawn(2)[1] for seed in seeds]
        self.layers = [self._layer(w, i < net.depth) for i, w in enumerate(weights)]
        self.first = _norm_params(self.x.shape[2], len(which)) if net.first else {}
        self.which = which

    def _layer(self, w, hidden):
        params = {"w": w, "b": np.zeros((len(w), 1, w.shape[2]), np.float32)}
        return params | (_norm_params(w.shape[2], len(w)) if hidden and self.net.norm else {})

    def keep(self, chosen):
        """Go on with the chosen networks (K,) alone."""
        self.x, self.y, self.which = self.x[chosen], self.y[chosen], self.which[chosen]
        self.rates, self.decays = self.rates[chosen], self.decays[chosen]
        for params in (*self.layers, self.first):
            for key in params:
                params[key] = params[key][chosen]

    def epoch(self, batch_size):
        """The batches of one pass through the samples: arrays (K, N) of indices, the same for all rates of a seed."""
        orders = np.stack([rng.permutation(self.x.shape[1]) for rng in self.rngs])
        for start in range(0, orders.shape[1] - batch_size + 1, batch_size):
            yield orders[:, start : start + batch_size]

    def step(self, orders, momentum=0.9):
        """One step of gradient descent on a batch (S, N) of every seed; the losses (K,) before it."""
        rows = np.arange(len(self.x))[:, None]
        chosen = orders[self.which]
        x, y = self.x[rows, chosen], self.y[rows, chosen]
        logits, caches = self.forward(x, training=True, momentum=momentum)
        losses, d = softmax_loss(logits, y)
        for params, grads in self.backward(d, caches):
            for key, grad in grads.items():
                grad *= self.rates
                params[key] -= grad
        return losses

    def forward(self, x, *, training, momentum=0.9, noise=True):
        """Logits (K, N, 10) and what the backward pass needs."""
        net, caches = self.net, []
        phi, _ = ACTIVATIONS[net.activation]
        cache = None
        if net.first:
            x, cache = self._norm("batch", self.first, x, training, momentum)
        caches.append(cache)
        for params in self.layers[:-1]:
            a_in, x = x, x @ params["w"]
            x += params["b"]
            if not net.after:
                x, normed = self._through_norm(params, x, training, momentum, noise)
            x = a = phi(x)
            if net.after:
                x, normed = self._through_norm(params, x, training, momentum, noise)
            caches.append((a_in, a, normed))
        last = self.layers[-1]
        return x @ last["w"] + last["b"], [*caches, x]

    def received(self, x):
        """What each layer gets of ``x`` (K, N, D) in training mode, arrays (K, N, width), the last layer's too."""
        _, caches = self.forward(x, training=True)
        return [*(a_in for a_in, *_ in caches[1:-1]), caches[-1]]

    def backward(self, d, caches):
        """Pairs of a layer's parameters and their gradients, from the last layer to the first."""
        last = self.layers[-1]
        found = [(last, self._affine_gradients(last, caches[-1], d))]
        d = self._back(d @ last["w"].swapaxes(1, 2), caches, found)
        if self.net.first:
            found.append((self.first, self._norm_backward(d, caches[0])[1]))
        return found

    def through_hidden(self, d, caches):
        """The gradient (K, N, width) behind the first hidden layer, of ``d`` behind the last one."""
        return self._back(d, caches, [], first=1)

    def _back(self, d, caches, found, first=0):
        """Through the hidden layers from the last one to ``first``; adds the parameters' gradients to ``found``."""
        net = self.net
        _, slope = ACTIVATIONS[net.activation]
        hidden = list(zip(self.layers[:-1], caches[1:-1], strict=True))
        for params, (a_in, a, normed) in reversed(hidden[first:]):
            if net.after:
                d, grads = self._back_through_norm(d, *normed)
            d = d * slope(a)
            if not net.after:
                d, grads = self._back_through_norm(d, *normed)
            found.append((params, grads | self._affine_gradients(params, a_in, d)))
            d = d @ params["w"].swapaxes(1, 2)
        return d

    def _affine_gradients(self, params, x, d):
        w = x.swapaxes(1, 2) @ d
        if self.decaying:
            w += self.decays * params["w"]
        return {"w": w, "b": d.sum(axis=1, keepdims=True)}

    def _through_norm(self, params, x, training, momentum, noise):
        """The norm, if there is one, and the noise behind it; what the way back needs of both."""
        cache = None
        if self.net.norm:
            x, cache = self._norm(self.net.norm, params, x, training, momentum)
        x, factor = self._shake(x, noise and training)
        return x, (cache, factor)

    def _back_through_norm(self, d, cache, factor):
        d = d if factor is None else d * factor
        return self._norm_backward(d, cache) if self.net.norm else (d, {})

    def _norm(self, kind, params, z, training, momentum):
        shape = z.shape
        axis = {"batch": 1, "layer": 2, "group": 3}[kind]
        if kind == "group":
            z = z.reshape(*shape[:2], N_GROUPS, -1)
        if kind == "batch" and not training:
            inv_std = 1 / np.sqrt(params["var"] + np.float32(EPS))
            xhat = (z - params["mean"]) * inv_std
        else:
            mean = z.mean(axis=axis, keepdims=True)
            xhat = z - mean
            var = np.square(xhat).mean(axis=axis, keepdims=True)
            inv_std = 1 / np.sqrt(var + np.float32(EPS))
            xhat *= inv_std
            if kind == "batch":
                for key, new in (("mean", mean), ("var", var)):
                    params[key] = np.float32(momentum) * params[key] + np.float32(1 - momentum) * new
        return params["gamma"] * xhat.reshape(shape) + params["beta"], (xhat, params["gamma"], inv_std, axis)

    def _norm_backward(self, d, cache):
        xhat, gamma, inv_std, axis = cache
        shape = d.shape
        grads = {"gamma": (d * xhat.reshape(shape)).sum(axis=1, keepdims=True), "beta": d.sum(axis=1, keepdims=True)}
        d = (d * gamma).reshape(xhat.shape)
        mean, slant = d.mean(axis=axis, keepdims=True), (d * xhat).mean(axis=axis, keepdims=True)
        return (inv_std * (d - mean - xhat * slant)).reshape(shape), grads if self.net.affine else {}

    def _shake(self, x, on):
        if self.net.noise is None or not on:
            return x, None
        shift, stretch = self.net.noise
        shape = (len(self.rngs), 1, x.shape[2])
        drawn = np.stack([rng.uniform(size=(2, *shape[1:])) for rng in self.rngs])[self.which].astype(np.float32)
        factor = 1 + np.float32(stretch - 1) * drawn[:, 0]
        return factor * x + np.float32(shift) * (2 * drawn[:, 1] - 1), factor


def _start(net: Net, seed):
    rng = np.random.default_rng(seed).spawn(2)[0]
    x, y = inputs(net.data, net.scaling, net.n_samples, rng=rng)
    sizes = [x.shape[1], *[net.width] * net.depth, 10]
    weights = []
    for i in range(len(sizes) - 1):
        variance = (HE.get(net.activation, 1.0) if i < net.depth else 1.0) / sizes[i]
        weights.append((net.gain * variance**0.5 * rng.standard_normal(sizes[i : i + 2])).astype(np.float32))
    return x.astype(np.float32), y, weights


def _norm_params(width, count):
    ones, zeros = np.ones((count, 1, width), np.float32), np.zeros((count, 1, width), np.float32)
    return {"gamma": ones, "beta": zeros, "mean": zeros.copy(), "var": ones.copy()}


def softmax_loss(logits, y):
    """The losses (K,), the mean over a batch, and their gradient (K, N, 10)."""
    logits = logits - largest(logits)
    d = np.exp(logits)
    total = d.sum(axis=2, keepdims=True)
    right = (*np.ogrid[: y.shape[0], : y.shape[1]], y)
    losses = np.log(total[..., 0]) - logits[right]
    d /= total
    d[right] -= 1
    return losses.mean(axis=1), d / np.float32(y.shape[1])


def steps_of(net: Net, seeds, rates, *, limit, target=0.5, race=False) -> np.ndarray:
    """Steps until the mean loss of the last five batches is below ``target``: (seeds, rates), ``limit`` if it never is.

    A network that diverges counts as one that never gets there. A ``race`` ends when most seeds have got there at
    some rate: the medians of the other rates are larger then, and it gives them as ``limit``.
    """
    stack = Stack(net, seeds, rates)
    found = np.full(len(stack.x), float(limit))
    running, places, done = [], np.arange(len(found)), 0
    with np.errstate(all="ignore"):
        while True:
            for orders in stack.epoch(net.batch_size):
                losses = stack.step(orders)
                done += 1
                running = [*running, losses][-WINDOW:]
                reached = np.mean(running, axis=0) < target if len(running) == WINDOW else np.zeros(len(places), bool)
                found[places[reached]] = min(done, limit)
                going = ~reached & np.isfinite(losses)
                if not going.all():
                    stack.keep(going)
                    places, running = places[going], [each[going] for each in running]
                won = race and (np.sum(found.reshape(len(seeds), -1) < limit, axis=0) > len(seeds) // 2).any()
                if won or done >= limit or not len(places):
                    return found.reshape(len(seeds), len(rates))


@cache
def best_of(net: Net, rates: tuple[float, ...], limit) -> float:
    """The rate with the smallest median of ``steps_of`` over ``TUNING_SEEDS``; of equal ones that in the middle."""
    medians = np.median(steps_of(net, TUNING_SEEDS, rates, limit=limit, race=True), axis=0)
    best = np.flatnonzero(medians == medians.min())
    return rates[best[len(best) // 2]]


def mean_steps(net: Net, seed, rates, limit, n_networks) -> tuple[float, float]:
    """Steps to a loss of 0.5 at the net's best rate, the mean over some networks, and that rate."""
    rate = best_of(net, rates, limit)
    return float(steps_of(net, networks_of(seed, n_networks), (rate,), limit=limit).mean()), rate


def networks_of(seed, n_networks) -> range:
    """The seeds of the networks behind one seed of a claim."""
    return range(n_networks * seed, n_networks * (seed + 1))
