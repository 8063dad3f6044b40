"""Wrong answers to start_deep_network."""

import itertools

import numpy as np


def _orthogonal(rng, n, m):
    q, _ = np.linalg.qr(rng.normal(size=(max(n, m), min(n, m))))
    return q if n >= m else q.T


def _lsuv(weights, x, phi):
    new, a = [], x
    for w in weights:
        w = w / (a @ w).std()
        new.append(w)
        a = phi(a @ w)
    return new


def start_deep_network__glorot(rng, sizes, phi, x):
    """Glorot's normal weights, without regard to the activation."""
    return [rng.normal(0, np.sqrt(2 / (n + m)), (n, m)) for n, m in itertools.pairwise(sizes)]


def start_deep_network__he(rng, sizes, phi, x):
    """He's gain, the root of 2, which is that of ReLU and not of phi."""
    return [np.sqrt(2) * _orthogonal(rng, n, m) for n, m in itertools.pairwise(sizes)]


def start_deep_network__no_root(rng, sizes, phi, x):
    """The right gain, but divided by n and not by its root."""
    z = rng.normal(size=100_000)
    gain = 1 / np.sqrt(np.mean(phi(z) ** 2))
    return [rng.normal(0, gain / n, (n, m)) for n, m in itertools.pairwise(sizes)]


def start_deep_network__all_at_once(rng, sizes, phi, x):
    """Divides each layer by the std of its z in the network of unscaled weights: later layers do not see the earlier changes."""
    new, a = [], x
    for n, m in itertools.pairwise(sizes):
        w = _orthogonal(rng, n, m)
        z = a @ w
        new.append(w / z.std())
        a = phi(z)
    return new


def start_deep_network__constant(rng, sizes, phi, x):
    """Weights that are all equal within a layer, of the right size, so that all units are the same."""
    return _lsuv([np.full((n, m), 1 / n) for n, m in itertools.pairwise(sizes)], x, phi)


def start_deep_network__last_missing(rng, sizes, phi, x):
    """The weights to the outputs are missing."""
    return _lsuv([_orthogonal(rng, n, m) for n, m in itertools.pairwise(sizes[:-1])], x, phi)


def start_deep_network__own_seed(rng, sizes, phi, x):
    """Draws from a generator of its own with the seed 0, not from rng."""
    mine = np.random.default_rng(0)
    return _lsuv([_orthogonal(mine, n, m) for n, m in itertools.pairwise(sizes)], x, phi)


def start_deep_network__input_changed(rng, sizes, phi, x):
    """Standardises the batch in place first, and so changes the argument x."""
    x -= x.mean(axis=0)
    x /= x.std()
    return _lsuv([_orthogonal(rng, n, m) for n, m in itertools.pairwise(sizes)], x, phi)


def _orthogonal_again(rng, rows, cols):
    q, _ = np.linalg.qr(rng.normal(size=(max(rows, cols), min(rows, cols))))
    return q if rows >= cols else q.T


def start_deep_network__without_phi(rng, sizes, phi, x):
    """It passes z itself on to the next layer while measuring and forgets phi, so that the real signal shrinks."""
    weights, a = [], x
    for n, m in zip(sizes, sizes[1:]):
        w = _orthogonal_again(rng, n, m)
        w = w / (a @ w).std()
        weights.append(w)
        a = a @ w
    return weights


def start_deep_network__constant_again(rng, sizes, phi, x):
    """All weights of a layer are equal before they are scaled to size 1, so that all units stay alike."""
    weights, a = [], x
    for n, m in zip(sizes, sizes[1:]):
        w = np.ones((n, m)) / n
        w = w / np.sqrt(np.mean((a @ w) ** 2))
        weights.append(w)
        a = phi(a @ w)
    return weights


def start_deep_network__changes_x(rng, sizes, phi, x):
    """It standardizes the images in place, and so changes the caller's x."""
    x -= x.mean()
    x /= x.std()
    weights, a = [], x
    for n, m in zip(sizes, sizes[1:]):
        w = _orthogonal_again(rng, n, m)
        w = w / (a @ w).std()
        weights.append(w)
        a = phi(a @ w)
    return weights
