"""Wrong answers to is_dropout."""

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


def is_dropout__half_only(layer):
    """Tries p_drop = 0.5 only, where keeping and dropping are the same."""
    return bool(_judge(layer, rates=(0.5,)))


def is_dropout__no_evaluation(layer):
    """Never looks at evaluation."""
    return bool(_judge(layer, checks=_without("eval")))


def is_dropout__ones(layer):
    """Uses an x of ones, by which nobody sees that small entries go first."""
    return bool(_judge(layer, constant=True))


def is_dropout__same_numbers(layer):
    """Compares with its own draws from the same seed, which a right layer need not share."""
    x = np.random.default_rng(0).normal(size=(40, 50))
    for p in (0.2, 0.7):
        out, mask = layer(x, p, True, np.random.default_rng(1))
        mine = (np.random.default_rng(1).random(x.shape) >= p) / (1 - p)
        if not (np.allclose(mask, mine) and np.allclose(out, x * mine)):
            return False
        out, mask = layer(x, p, False, np.random.default_rng(1))
        if not (np.array_equal(out, x) and np.all(mask == 1)):
            return False
    return True


def is_dropout__one_sigma(layer):
    """Allows one standard deviation only, so that right layers are rejected now and then."""
    return bool(_judge(layer, rates=(0.1, 0.2, 0.3, 0.7, 0.8), sigmas=1.0))


def is_dropout__rate_only(layer):
    """Looks at rate, factor, mask and evaluation, and at no dependence at all."""
    return bool(_judge(layer, checks=("mask", "factor", "eval", "rate", "size", "seed")))


def is_dropout__ignores_mask(layer):
    """Looks at out only and never at the mask that is returned."""
    x = np.random.default_rng(7).normal(size=(40, 50))

    def only_out(x, p, training, rng):
        out, _ = layer(x, p, training, rng)
        return out, out / x if training else np.ones_like(x)

    return bool(_judge(only_out))


def is_dropout__means(layer):
    """Only asks whether the mean output is x and evaluation leaves x alone."""
    rng, x = np.random.default_rng(0), np.random.default_rng(1).normal(size=(20, 50))
    for p in (0.2, 0.6):
        mean = np.mean([layer(x, p, True, rng)[0] for _ in range(400)], axis=0)
        if np.any(np.abs(mean - x) > 6 * np.abs(x) * np.sqrt(p / (1 - p) / 400) + 1e-9):
            return False
        if not np.array_equal(layer(x, p, False, rng)[0], x):
            return False
    return True


def is_dropout__fresh_generator(layer):
    """Makes the generator anew with the same seed for every call, so that right layers seem to drop the same entries."""
    return bool(_judge(lambda x, p, training, rng: layer(x, p, training, np.random.default_rng(3))))


def is_dropout__one_call(layer):
    """Looks at a single large call, so that it cannot see the same mask in every call."""
    x = np.random.default_rng(2).normal(size=(300, 300))
    for p in (0.15, 0.7):
        out, mask = layer(x, p, True, np.random.default_rng(4))
        d = (mask == 0)[None]
        if not (np.allclose(out, x * mask) and np.all(d[0] | np.isclose(mask, 1 / (1 - p)))):
            return False
        if abs(d.mean() - p) > 5 * np.sqrt(p * (1 - p) / d.size) or not (_spread_ok(d, 2, p) and _spread_ok(d, 1, p)):
            return False
        out, mask = layer(x, p, False, np.random.default_rng(4))
        if not (np.array_equal(out, x) and np.all(mask == 1)):
            return False
    return True


def is_dropout__rows_not_columns(layer):
    """Tests rows for dependence and forgets columns, calls and single entries."""
    return bool(_judge(layer, checks=_without("columns", "calls", "entries")))


def is_dropout__exact_share(layer):
    """Asks for exactly the share p_drop of zeros."""
    _, mask = layer(np.ones((50, 100)), 0.2, True, np.random.default_rng(0))
    return bool(abs((mask == 0).mean() - 0.2) < 1e-6)
