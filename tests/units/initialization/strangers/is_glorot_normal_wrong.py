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


def _copies(w):
    return any((np.abs(np.corrcoef(v)) - np.eye(len(v)) > 0.95).any() for v in (w, w.T))


def _fits(w, n, m, room=5.0, tails=(-1, 1)):
    """Whether mean, standard deviation and fourth moment are within room standard errors."""
    z, k = w / np.sqrt(2 / (n + m)), w.size
    fourth = np.mean((z - z.mean()) ** 4) / z.var() ** 2 - 3
    low, high = tails
    return bool(
        abs(z.mean()) < room / np.sqrt(k)
        and abs(z.std() - 1) < room / np.sqrt(2 * k)
        and low * room * np.sqrt(24 / k) < fourth < high * room * np.sqrt(24 / k)
    )


def is_glorot_normal__square_only(initializer, seed):
    """It tries square shapes only, where fan_in, fan_out and their mean are the same and a turned shape does not show."""
    rng = np.random.default_rng(seed)
    for n in (80, 200):
        a, b = initializer(rng, n, n), initializer(rng, n, n)
        if a.shape != (n, n) or np.allclose(a, b) or _copies(a):
            return False
        if not _fits(a, n, n):
            return False
    return True


def is_glorot_normal__too_tight(initializer, seed):
    """It leaves one standard error of room only, and so often refuses right functions."""
    rng = np.random.default_rng(seed)
    for n, m in ((60, 240), (200, 100)):
        a, b = initializer(rng, n, m), initializer(rng, n, m)
        if a.shape != (n, m) or np.allclose(a, b) or _copies(a):
            return False
        if not _fits(a, n, m, room=1.0):
            return False
    return True


def is_glorot_normal__reseeds(initializer, seed):
    """It makes a new generator from the same seed for the second call, so that a right function repeats itself and is refused."""
    for n, m in ((60, 240), (200, 100)):
        a = initializer(np.random.default_rng(seed), n, m)
        b = initializer(np.random.default_rng(seed), n, m)
        if a.shape != (n, m) or np.allclose(a, b) or _copies(a):
            return False
        if not _fits(a, n, m):
            return False
    return True


def is_glorot_normal__no_copies(initializer, seed):
    """It never compares rows or columns with each other, and so accepts copies."""
    rng = np.random.default_rng(seed)
    for n, m in ((60, 240), (200, 100)):
        a, b = initializer(rng, n, m), initializer(rng, n, m)
        if a.shape != (n, m) or np.allclose(a, b):
            return False
        if not _fits(a, n, m, room=8.0):
            return False
    return True


def is_glorot_normal__one_sided(initializer, seed):
    """It looks for too few large numbers, as uniform ones have, but not for too many."""
    rng = np.random.default_rng(seed)
    for n, m in ((60, 240), (200, 100)):
        a, b = initializer(rng, n, m), initializer(rng, n, m)
        if a.shape != (n, m) or np.allclose(a, b) or _copies(a):
            return False
        if not _fits(a, n, m, tails=(-1, np.inf)):
            return False
    return True
