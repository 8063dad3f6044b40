"""Wrong answers to is_glorot_normal."""

import numpy as np


def _flat(initializer, seed, n, m):
    return initializer(np.random.default_rng(seed), n, m)


def _kurtosis(w):
    v = (w - w.mean()) / w.std()
    return np.mean(v**4)


def _corr(w):
    c = np.corrcoef(w)
    return np.abs(c - np.eye(len(c))).max()


def _full(initializer, seed, n, m, room=5):
    """All tests at one shape, as a list: std, mean, distribution, independence."""
    w = _flat(initializer, seed, n, m)
    k, s = w.size, np.sqrt(2 / (n + m))
    return [
        abs(w.std() / s - 1) < room / np.sqrt(2 * k),
        abs(w.mean()) < room * s / np.sqrt(k),
        abs(_kurtosis(w) - 3) < room * np.sqrt(24 / k),
        _corr(w) < 0.5 and _corr(w.T) < 0.5,
    ]


def is_glorot_normal__square_shape(initializer, seed):
    """Looks at a square matrix only, where all fans are the same."""
    return bool(all(_full(initializer, seed, 200, 200)))


def is_glorot_normal__no_distribution(initializer, seed):
    """Does not look at the distribution: uniform numbers of the right variance pass."""
    a, b, _, d = _full(initializer, seed, 100, 300)
    return bool(a and b and d)


def is_glorot_normal__too_strict(initializer, seed):
    """Leaves room for one standard error only, so that right functions often fail."""
    return bool(all(_full(initializer, seed, 100, 300, room=1)))


def is_glorot_normal__no_independence(initializer, seed):
    """Does not see that a row is repeated: all numbers are looked at as one heap with wide room."""
    w = _flat(initializer, seed, 200, 600)
    s = np.sqrt(2 / 800)
    return bool(abs(w.std() / s - 1) < 0.15 and abs(w.mean()) < 0.15 * s and abs(_kurtosis(w) - 3) < 0.7)


def is_glorot_normal__no_sign(initializer, seed):
    """Looks at the root mean square and the even moments only: absolute values of the right numbers pass."""
    w = _flat(initializer, seed, 100, 300)
    s, k = np.sqrt(2 / 400), w.size
    spread = np.sqrt(np.mean(w**2))
    return bool(abs(spread / s - 1) < 5 / np.sqrt(2 * k) and abs(np.mean(w**4) / s**4 - 3) < 5 * np.sqrt(96 / k)
                and _full(initializer, seed, 100, 300)[3])  # fmt: skip


def is_glorot_normal__variance_for_std(initializer, seed):
    """Compares the standard deviation with 2 / (n + m), which is the variance."""
    w = _flat(initializer, seed, 100, 300)
    _, b, c, d = _full(initializer, seed, 100, 300)
    return bool(abs(w.std() / (2 / 400) - 1) < 0.05 and b and c and d)


def is_glorot_normal__too_few_numbers(initializer, seed):
    """Draws only 8 by 24 numbers and leaves room for a half, so that nearly everything passes."""
    w = _flat(initializer, seed, 8, 24)
    s = np.sqrt(2 / 32)
    return bool(abs(w.std() / s - 1) < 0.5 and abs(w.mean()) < 0.5 * s)


def is_glorot_normal__compares_numbers(initializer, seed):
    """Compares the numbers one by one with those of rng.normal from the same seed: right functions that draw otherwise fail."""
    expected = np.random.default_rng(seed).normal(0, np.sqrt(2 / 400), (100, 300))
    w = _flat(initializer, seed, 100, 300)
    return bool(w.shape == expected.shape and np.allclose(w, expected))
