"""Layers of dropout, right and wrong ones, that a student's probe is to tell apart.

All return arrays of floats of the shape of x for every x with an entry and every rate above 0 and below 1.
"""

import numpy as np

from autograder.draw import seed_for


def layer_of(form, salt=0):
    """The layer as the student's function gets it; ``salt``, an integer, decides which numbers a seed leads to."""

    def layer(x, p_drop, training, rng, /):
        x = np.array(x, dtype=float)
        rng = np.random.default_rng([salt, seed_for(rng).number])
        out, mask = form(x, float(p_drop), bool(training), rng)
        return np.asarray(out, dtype=float), np.asarray(mask, dtype=float)

    layer.__qualname__ = "layer"  # as messages call it
    return layer


def _dropping(dropped):
    """Inverted dropout of the entries that ``dropped(x, p, rng)`` chooses."""

    def form(x, p, training, rng):
        mask = np.where(dropped(x, p, rng), 0.0, 1 / (1 - p)) if training else np.ones(x.shape)
        return x * mask, mask

    return form


plain = _dropping(lambda x, p, rng: rng.random(x.shape) < p)

RIGHT = {
    "it compares uniform numbers with p_drop": plain,
    "it compares them with 1 - p_drop": _dropping(lambda x, p, rng: rng.random(x.shape) >= 1 - p),
    "it draws with rng.binomial": _dropping(lambda x, p, rng: rng.binomial(1, p, x.shape) == 1),
    "it draws in float32, and from the last entry on": _dropping(
        lambda x, p, rng: rng.random(x.size, dtype=np.float32)[::-1].reshape(x.shape) < p
    ),
    "it draws column by column": _dropping(lambda x, p, rng: p > rng.random(x.shape[::-1]).T),
}


def _scaled(factor, in_mask=True):
    """A layer in which ``factor(x, kept, p)`` takes the place of 1 / (1 - p)."""

    def form(x, p, training, rng):
        if not training:
            return x, np.ones(x.shape)
        kept = rng.random(x.shape) >= p
        scaled = kept * float(factor(x, kept, p))
        return x * scaled, scaled if in_mask else kept / (1 - p)

    return form


def _to_the_sum(x, kept, p):
    total = np.sum(x * kept)
    return np.sum(x) / total if total else 1.0


def _keeping_with_p(x, p, training, rng):
    return x * (mask := (rng.random(x.shape) < p) / p if training else np.ones(x.shape)), mask


def _evaluating(change):
    """A layer that returns ``change(out, mask, x, p, rng)`` in evaluation."""

    def form(x, p, training, rng):
        return plain(x, p, True, rng) if training else change(x, p, rng)

    return form


def _with_mask(change):
    """A layer that is right but for the mask of training, ``change(mask, x, p, rng)``."""

    def form(x, p, training, rng):
        out, mask = plain(x, p, training, rng)
        return out, change(mask, x, p, rng) if training else mask

    return form


def _shared(axis):
    """Which entries are dropped, one decision along an axis."""

    def dropped(x, p, rng):
        shape = [1 if number == axis % max(x.ndim, 1) else n for number, n in enumerate(x.shape)]
        return np.broadcast_to(rng.random(shape) < p, x.shape)

    return dropped


def _in_pairs(axis):
    """Which entries are dropped, one decision for two neighbours along an axis."""

    def dropped(x, p, rng):
        u = np.atleast_1d(rng.random(x.shape))
        moved = np.moveaxis(u, axis % u.ndim, 0)
        second = moved[1::2]
        second[...] = moved[: 2 * len(second) : 2]
        return u.reshape(x.shape) < p

    return dropped


def _exactly(each_row):
    def dropped(x, p, rng):
        u = rng.random(x.shape).reshape((-1, x.shape[-1]) if each_row and x.ndim else (1, -1))
        return (u.argsort(axis=1).argsort(axis=1) < round(p * u.shape[1])).reshape(x.shape)

    return dropped


def _small_ones(x, p, rng):
    """Entries below the median in size are dropped more often, those above it less often, by the same amount."""
    size = np.abs(x)
    return rng.random(x.shape) < p + 0.5 * min(p, 1 - p) * np.sign(np.median(size) - size)


WRONG = (
    {
        "p_drop is the probability of keeping, with the factor 1 / p_drop": _keeping_with_p,
        "p_drop is the probability of keeping, with the factor 1 / (1 - p_drop)": _dropping(
            lambda x, p, rng: rng.random(x.shape) >= p
        ),
    },
    {
        "half of the entries are dropped, whatever p_drop is": _dropping(lambda x, p, rng: rng.random(x.shape) < 0.5),
        "p_drop is compared with normal numbers": _dropping(lambda x, p, rng: rng.standard_normal(x.shape) < p),
    },
    {
        "entries are dropped a tenth more often than p_drop says": _dropping(
            lambda x, p, rng: rng.random(x.shape) < p + 0.1 * min(p, 1 - p)
        ),
        "entries are dropped a tenth less often than p_drop says": _dropping(
            lambda x, p, rng: rng.random(x.shape) < p - 0.1 * min(p, 1 - p)
        ),
    },
    {
        "nothing is scaled": _scaled(lambda x, kept, p: 1.0),
        "the factor is 1 / p_drop": _scaled(lambda x, kept, p: 1 / p),
        "the factor is 1 - p_drop": _scaled(lambda x, kept, p: 1 - p),
    },
    {
        "the factor makes the sum that of x": _scaled(_to_the_sum),
        "the factor is one over the share that was kept": _scaled(lambda x, kept, p: x.size / max(kept.sum(), 1)),
    },
    {
        "out is multiplied by the factor twice": _scaled(lambda x, kept, p: (1 - p) ** -2, in_mask=False),
        "out is not scaled, and mask is": _scaled(lambda x, kept, p: 1.0, in_mask=False),
    },
    {
        "mask holds zeros and ones, and out is scaled": _with_mask(lambda mask, x, p, rng: mask != 0),
        "mask comes from another draw than out": _with_mask(lambda mask, x, p, rng: plain(x, p, True, rng)[1]),
    },
    {
        "evaluation multiplies by 1 - p_drop": _evaluating(lambda x, p, rng: (x * (1 - p), np.ones(x.shape))),
        "evaluation divides by 1 - p_drop": _evaluating(lambda x, p, rng: (x / (1 - p), np.ones(x.shape))),
        "evaluation drops entries": _evaluating(lambda x, p, rng: plain(x, p, True, rng)),
    },
    {
        "evaluation returns x, and a mask with zeros": _evaluating(lambda x, p, rng: (x, plain(x, p, True, rng)[1])),
        "evaluation returns x, and a mask of 1 - p_drop": _evaluating(lambda x, p, rng: (x, np.full(x.shape, 1 - p))),
    },
    {"all rows share one mask": _dropping(_shared(0)), "two rows at a time share a mask": _dropping(_in_pairs(0))},
    {
        "whole rows are dropped": _dropping(_shared(-1)),
        "two neighbours in a row share a draw": _dropping(_in_pairs(-1)),
    },
    {
        "every call drops the same entries": _dropping(lambda x, p, rng: np.random.default_rng(3).random(x.shape) < p),
        "the draws do not come from rng": _dropping(lambda x, p, rng: np.random.default_rng().random(x.shape) < p),
    },
    {
        "every call drops the same number of entries": _dropping(_exactly(each_row=False)),
        "every row loses the same number of entries": _dropping(_exactly(each_row=True)),
    },
    {"entries that are small in size are dropped more often": _dropping(_small_ones)},
)
