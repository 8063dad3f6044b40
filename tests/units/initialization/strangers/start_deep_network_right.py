"""Right answers to start_deep_network."""

import numpy as np


def start_deep_network__orthogonal_lsuv(rng, sizes, phi, x):
    """Orthogonal matrices, each divided by the std of its z, in one loop."""
    weights, a = [], np.array(x)
    for n, m in zip(sizes[:-1], sizes[1:]):
        q, r = np.linalg.qr(rng.normal(size=(max(n, m), min(n, m))))
        q = q * np.sign(np.diag(r))
        w = q if n >= m else q.T
        z = a @ w
        weights.append(w / z.std())
        a = phi(z / z.std())
    return weights


def start_deep_network__svd_repeated(rng, sizes, phi, x):
    """Orthogonal by SVD; the scale is measured again three times from the input."""
    weights = []
    for n, m in zip(sizes, sizes[1:]):
        u, _, vt = np.linalg.svd(rng.standard_normal((n, m)), full_matrices=False)
        weights.append(u @ vt)
    for _ in range(3):
        a = x
        for i, w in enumerate(weights):
            weights[i] = w / np.std(a @ w)
            a = phi(a @ weights[i])
    return weights


def start_deep_network__orthogonal_gain(rng, sizes, phi, x):
    """Orthogonal matrices with the gain of phi that gives z the variance 1; the batch is not looked at."""
    z = np.linspace(-8, 8, 20_001)
    p = np.exp(-(z**2) / 2)
    gain = 1 / np.sqrt((p * phi(z) ** 2).sum() / p.sum())
    weights = []
    for i in range(len(sizes) - 1):
        n, m = sizes[i], sizes[i + 1]
        q = np.linalg.qr(rng.normal(size=(max(n, m),) * 2))[0][:n, :m]
        weights.append(q * (1.0 if i == 0 else gain) * np.sqrt(max(n, m) / n))
    return weights


def start_deep_network__spread_by_hand(rng, sizes, phi, x):
    """Orthogonal matrices without regard to signs, the spread of z written out."""
    weights, a = [], x
    for n, m in zip(sizes[:-1], sizes[1:]):
        q, _ = np.linalg.qr(rng.normal(size=(max(n, m), min(n, m))))
        w = q if n >= m else q.T
        z = a @ w
        s = np.sqrt(np.mean((z - z.mean()) ** 2))
        weights.append(w / s)
        a = phi(a @ weights[-1])
    return weights


def start_deep_network__orthogonal_measured(rng, sizes, phi, x):
    """Orthogonal matrices by the singular value decomposition, each divided by the measured size of its z."""
    weights, a = [], x
    for n, m in zip(sizes[:-1], sizes[1:], strict=True):
        u, _, vt = np.linalg.svd(rng.normal(size=(n, m)), full_matrices=False)
        w = u @ vt
        z = a @ w
        w = w / np.std(z)
        weights.append(w)
        a = phi(a @ w)
    return weights


def start_deep_network__orthogonal_gain_again(rng, sizes, phi, x):
    """Orthogonal matrices times the computed gain, without a look at the images; a wide one gets the root of its ratio besides."""
    grid = np.linspace(-8, 8, 16_001)
    p = np.exp(-(grid**2) / 2)
    gain = (np.sum(p * phi(grid) ** 2) / np.sum(p)) ** -0.5
    weights = []
    for layer in range(len(sizes) - 1):
        n, m = sizes[layer], sizes[layer + 1]
        q = np.linalg.qr(rng.standard_normal((max(n, m), max(n, m))))[0][:n, :m]
        weights.append(q * max(1.0, m / n) ** 0.5 * (1.0 if layer == 0 else gain))
    return weights
