"""Right answers to is_glorot_normal."""

from statistics import NormalDist

import numpy as np


def _in_form(initializer, seed):
    """Of the shape that was asked for, with other numbers in the next call, and no row or column twice."""
    rng = np.random.default_rng(seed)
    a, b = initializer(rng, 20, 30), initializer(rng, 20, 30)
    several = all(len(np.unique(w, axis=axis)) == size for w, size, axis in ((a, 20, 0), (a.T, 30, 0)))
    return a.shape == (20, 30) and several and not np.array_equal(a, b)


def is_glorot_normal__moments(initializer, seed):
    """Four moments on two shapes, and correlations between rows and between columns."""
    rng = np.random.default_rng(seed)
    for n, m in [(60, 240), (240, 60)]:
        w = np.asarray(initializer(rng, n, m), dtype=float)
        if w.shape != (n, m):
            return False
        v = w / np.sqrt(2 / (n + m))
        k = v.size
        if abs(v.mean()) > 5 / np.sqrt(k) or abs(v.std() - 1) > 5 / np.sqrt(2 * k):
            return False
        if abs(np.mean(v**3)) > 5 * np.sqrt(15 / k) or abs(np.mean(v**4) - 3) > 5 * np.sqrt(96 / k):
            return False
        for u in (v, v.T):
            gram = u @ u.T / u.shape[1]
            if np.abs(gram - np.diag(np.diag(gram))).max() > 7 / np.sqrt(u.shape[1]):
                return False
    return _in_form(initializer, seed)


def is_glorot_normal__quantiles(initializer, seed):
    """The largest distance between the distribution of the numbers and the normal one, and the spread of row and column sums."""
    from statistics import NormalDist

    rng = np.random.default_rng(seed)
    right = True
    for n, m in ((150, 50), (50, 250)):
        w = initializer(rng, n, m)
        sigma = (2 / (n + m)) ** 0.5
        k = n * m
        grid = np.linspace(-2.5, 2.5, 101)
        share = np.searchsorted(np.sort(w.ravel() / sigma), grid) / k
        normal = np.array([NormalDist().cdf(g) for g in grid])
        right &= np.abs(share - normal).max() < 2.3 / np.sqrt(k)
        for axis, size in ((0, n), (1, m)):
            sums = w.sum(axis=axis) / sigma / np.sqrt(size)
            right &= abs(sums.std() - 1) < 5 / np.sqrt(2 * len(sums))
        right &= abs(w.std() / sigma - 1) < 5 / np.sqrt(2 * k)
    return bool(right and _in_form(initializer, seed))


def is_glorot_normal__shares(initializer, seed):
    """The share of numbers within one and two standard deviations; distinct numbers; two wide shapes."""
    rng = np.random.default_rng(seed)
    results = []
    for n, m in [(100, 400), (400, 100)]:
        w = np.array(initializer(rng, n, m))
        s, k = np.sqrt(2 / (n + m)), w.size
        results += [
            abs(w.std() - s) < 4.5 * s / np.sqrt(2 * k),
            abs(np.mean(w > 0) - 0.5) < 4.5 * 0.5 / np.sqrt(k),
            abs(np.mean(abs(w) < s) - 0.6827) < 4.5 * np.sqrt(0.6827 * 0.3173 / k),
            abs(np.mean(abs(w) < 2 * s) - 0.9545) < 4.5 * np.sqrt(0.9545 * 0.0455 / k),
            len(np.unique(w)) > 0.99 * k,
        ]
    return bool(all(results) and _in_form(initializer, seed))


def is_glorot_normal__one_large_draw(initializer, seed):
    """One large wide matrix, with room of fixed width; rows and columns are correlated with their neighbours."""
    w = initializer(np.random.default_rng([seed, 1]), 200, 1000)
    z = w * np.sqrt(600)
    fourth = (z**4).mean() / (z**2).mean() ** 2
    rows = np.abs((z[1:] * z[:-1]).mean(axis=1)).max()
    columns = np.abs((z[:, 1:] * z[:, :-1]).mean(axis=0)).max()
    return bool(
        abs(z.std() - 1) < 0.01
        and abs(z.mean()) < 0.012
        and abs(fourth - 3) < 0.06
        and rows < 0.25
        and columns < 0.5
        and _in_form(initializer, seed)
    )


def is_glorot_normal__many_small(initializer, seed):
    """Hundreds of small arrays, put together: shares within one and two standard deviations, mean and spread; equal rows are looked for in loops."""
    rng = np.random.default_rng(seed)
    for n, m in ((8, 24), (30, 6)):
        pool, previous = [], None
        for _ in range(250):
            w = initializer(rng, n, m)
            if np.shape(w) != (n, m):
                return False
            if previous is not None and np.array_equal(w, previous):
                return False
            previous = np.array(w)
            if len({tuple(r) for r in previous.tolist()}) < n or len({tuple(c) for c in previous.T.tolist()}) < m:
                return False
            pool.append(previous.ravel() * ((n + m) / 2) ** 0.5)
        z = np.concatenate(pool)
        k = z.size
        if abs(z.mean()) > 4.5 / k**0.5 or abs(np.sqrt(np.mean(z**2)) - 1) > 4.5 / (2 * k) ** 0.5:
            return False
        for edge in (0.5, 1.0, 1.5, 2.0, 2.5, 3.0):
            share = 2 * NormalDist().cdf(edge) - 1
            if abs(np.mean(np.abs(z) < edge) - share) > 4.5 * (share * (1 - share) / k) ** 0.5:
                return False
    return True


def is_glorot_normal__distribution(initializer, seed):
    """The largest distance between the sorted numbers' shares and the normal distribution's, besides moments and correlations, on two large shapes."""
    rng = np.random.default_rng(seed)
    for n, m in [(100, 400), (300, 150)]:
        first = np.array(initializer(rng, n, m))
        second = np.array(initializer(rng, n, m))
        other = np.array(initializer(np.random.default_rng(seed + 1), n, m))
        if first.shape != (n, m):
            return False
        if abs(np.corrcoef(first.ravel(), second.ravel())[0, 1]) > 0.1:
            return False
        if abs(np.corrcoef(first.ravel(), other.ravel())[0, 1]) > 0.1:
            return False
        for a in (first, first.T):
            c = np.corrcoef(a)
            np.fill_diagonal(c, 0)
            if np.abs(c).max() > 0.8:
                return False
        z = np.sort(first.ravel()) / (2 / (n + m)) ** 0.5
        k = z.size
        normal = NormalDist()
        exact = np.array([normal.cdf(v) for v in z])
        distance = np.abs(exact - (np.arange(k) + 0.5) / k).max()
        moments_fit = (
            abs(z.mean()) * k**0.5 < 4.5
            and abs(z.var() - 1) * (k / 2) ** 0.5 < 4.5
            and abs(np.mean(z**4) - 3) * (k / 96) ** 0.5 < 5.5
        )
        if distance > 2.5 / k**0.5 or not moments_fit:
            return False
    return True
