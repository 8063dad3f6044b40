"""Right answers to is_dropout."""

import numpy as np


def _drops(layer, p, x, calls, seed, checks):
    """Masks of many calls with one generator, or None if a single call is wrong."""
    rng = np.random.default_rng(seed)
    found = np.empty((calls, *x.shape), bool)
    for k in range(calls):
        out, mask = layer(x, p, True, rng)
        if "mask" not in checks:
            mask = out / x
        elif not np.allclose(out, x * mask):
            return None
        if "factor" in checks and not np.all((mask == 0) | np.isclose(mask, 1 / (1 - p))):
            return None
        found[k] = mask == 0
    return found


def _spread_ok(d, axis, p):
    """Whether counts along axis vary as those of independent entries."""
    k = np.prod([d.shape[a] for a in np.atleast_1d(axis)])
    z = (d.sum(axis=axis) - k * p) / np.sqrt(k * p * (1 - p))
    error = np.sqrt((2 + 1 / (k * p * (1 - p))) / z.size)
    return abs(np.mean(z**2) - 1) < 6.5 * error


def _judge(
    layer,
    rates=(0.1, 0.3, 0.8),
    checks=("mask", "factor", "eval", "rate", "rows", "columns", "calls", "entries", "size", "seed"),
    calls=150,
    sigmas=5.5,
    constant=False,
):
    x = np.random.default_rng(7).normal(size=(40, 50)) + 0.0
    x[np.abs(x) < 1e-6] = 0.5
    if constant:
        x = np.ones_like(x)
    for number, p in enumerate(rates):
        d = _drops(layer, p, x, calls, number, checks)
        if d is None:
            return False
        if "rate" in checks and abs(d.mean() - p) > sigmas * np.sqrt(p * (1 - p) / d.size):
            return False
        for name, axis in (("rows", 2), ("columns", 1), ("calls", (1, 2)), ("entries", 0)):
            if name in checks and not _spread_ok(d, axis, p):
                return False
        if "calls" in checks or "entries" in checks:
            both = np.mean(d[1:] & d[:-1])
            if abs(both - p * p) > 6.5 * 2 * np.sqrt(p * p * (1 - p * p) / d[1:].size):
                return False
        if "size" in checks:
            for key in (np.abs(x), x):
                for part in np.array_split(np.argsort(key, axis=None), 8):
                    share = d.reshape(calls, -1)[:, part]
                    if abs(share.mean() - p) > sigmas * np.sqrt(p * (1 - p) / share.size):
                        return False
        if "seed" in checks:
            a, b = (layer(x, p, True, np.random.default_rng(5))[1] for _ in range(2))
            if not np.array_equal(a, b):
                return False
        if "eval" in checks:
            for seed in range(3):
                out, mask = layer(x, p, False, np.random.default_rng(seed))
                if not (np.array_equal(out, x) and np.all(mask == 1)):
                    return False
    return True


_ALL = ("mask", "factor", "eval", "rate", "rows", "columns", "calls", "entries", "size", "seed")


def _without(*names):
    return tuple(c for c in _ALL if c not in names)


def is_dropout__spread(layer):
    return bool(_judge(layer))


def is_dropout__more_rates(layer):
    return bool(_judge(layer, rates=(0.2, 0.45, 0.7), calls=200))


def is_dropout__pairs(layer):
    """Shares of pairs that are dropped together, p squared, along every direction."""
    x = np.random.default_rng(3).uniform(0.01, 10, (60, 60)) * np.random.default_rng(4).choice([-1, 1], (60, 60))
    n = 120
    for p in (0.25, 0.75):
        rng = np.random.default_rng(11)
        calls = [layer(x, p, True, rng) for _ in range(n)]
        outs, masks = np.array([c[0] for c in calls]), np.array([c[1] for c in calls])
        if not np.allclose(outs, x * masks) or not np.allclose(masks[masks != 0], 1 / (1 - p)):
            return False
        d = (masks == 0).astype(float)
        if abs(d.mean() - p) > 5.5 * (p * (1 - p) / d.size) ** 0.5:
            return False
        c = (d - p) / (p * (1 - p)) ** 0.5
        order = np.argsort(np.abs(x).ravel())
        half = c.reshape(n, -1)[:, order].reshape(n, 6, -1).mean(axis=(0, 2)) * (c.size / 6) ** 0.5
        if np.abs(half).max() > 5.5:
            return False
        for axes in (0, 1, 2, (1, 2)):
            size = np.prod([c.shape[a] for a in np.atleast_1d(axes)])
            pairs = (c.sum(axis=axes) ** 2 - (c**2).sum(axis=axes)).ravel()  # 2 x the sum over all pairs, mean 0
            if abs(pairs.mean()) > 6.5 * (2 * size * (size - 1) / len(pairs)) ** 0.5:
                return False
        out, mask = layer(x, p, False, rng)
        if not (np.array_equal(out, x) and np.array_equal(mask, np.ones_like(x))):
            return False
        if not np.array_equal(
            layer(x, p, True, np.random.default_rng(0))[1], layer(x, p, True, np.random.default_rng(0))[1]
        ):
            return False
    return True
