"""Wrong answers to mixup."""

import numpy as np


def mixup__two_permutations(x, y, lam, rng):
    """Draws another permutation for the labels."""
    p, q = rng.permutation(len(x)), rng.permutation(len(x))
    return lam * x + (1 - lam) * x[p], lam * y + (1 - lam) * y[q]


def mixup__lam_swapped(x, y, lam, rng):
    """Gives lam to the partner."""
    p = rng.permutation(len(x))
    return (1 - lam) * x + lam * x[p], (1 - lam) * y + lam * y[p]


def mixup__labels_kept(x, y, lam, rng):
    """Leaves the labels unmixed."""
    p = rng.permutation(len(x))
    return lam * x + (1 - lam) * x[p], y * 1.0


def mixup__any_partner(x, y, lam, rng):
    """Draws the partners with replacement, so that they are no permutation."""
    p = rng.integers(0, len(x), len(x))
    return lam * x + (1 - lam) * x[p], lam * y + (1 - lam) * y[p]


def mixup__reversed(x, y, lam, rng):
    """Takes the reversed batch instead of a random permutation."""
    return lam * x + (1 - lam) * x[::-1], lam * y + (1 - lam) * y[::-1]


def mixup__neighbours(x, y, lam, rng):
    """Rolls the batch by a random number: only few permutations, and not all as likely."""
    k = int(rng.integers(0, len(x)))
    return lam * x + (1 - lam) * np.roll(x, k, axis=0), lam * y + (1 - lam) * np.roll(y, k, axis=0)


def mixup__updates(x, y, lam, rng):
    """Mixes one by one in one array, so that partners may be mixed already."""
    p, a, b = rng.permutation(len(x)), x.astype(float), y.astype(float)
    for i in range(len(x)):
        a[i] = lam * a[i] + (1 - lam) * a[p[i]]
        b[i] = lam * b[i] + (1 - lam) * b[p[i]]
    return a, b


def mixup__draws_lam(x, y, lam, rng):
    """Draws the share from a beta distribution, as in the paper, instead of using lam."""
    lam = rng.beta(max(lam, 1e-3), max(lam, 1e-3))
    p = rng.permutation(len(x))
    return lam * x + (1 - lam) * x[p], lam * y + (1 - lam) * y[p]


def mixup__shuffles_x(x, y, lam, rng):
    """Shuffles the arguments in place to get partners."""
    a, b, p = x.copy(), y.copy(), rng.permutation(len(x))
    x[...], y[...] = a[p], b[p]
    return lam * a + (1 - lam) * x, lam * b + (1 - lam) * y


def mixup__columns(x, y, lam, rng):
    """Permutes the columns of x, not its samples."""
    p = rng.permutation(len(x))
    return lam * x + (1 - lam) * x[:, rng.permutation(x.shape[1])], lam * y + (1 - lam) * y[p]


def mixup__int_out(x, y, lam, rng):
    """Results have the dtypes of the arguments, so that integers are truncated."""
    p, a, b = rng.permutation(len(x)), np.empty_like(x), np.empty_like(y)
    a[...], b[...] = lam * x + (1 - lam) * x[p], lam * y + (1 - lam) * y[p]
    return a, b


def mixup__no_share(x, y, lam, rng):
    """The partner is multiplied by lam as well."""
    p = rng.permutation(len(x))
    return (lam * x + lam * x[p], lam * y + lam * y[p])
