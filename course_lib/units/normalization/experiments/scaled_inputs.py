"""The digits as inputs, scaled in one of several ways."""

import numpy as np

from course_lib.data.datasets import digits, glyphs

SPAN = 1.0  # decades in which the factors of "unequal" features lie, on both sides of one
_SPLITS = {"digits": digits, "printed digits": glyphs}


def inputs(data, scaling, n, *, rng, new=False):
    """``n`` training samples in random order, scaled by their own statistics, and their labels: (n, 64) and (n,).

    Parameters
    ----------
    data : "digits" or "printed digits", pixels in [0, 1]
    scaling : "raw"; "centred", each pixel by its mean and all by one standard deviation; "standardized" or "min-max",
        each pixel by itself; "min-max centred", shifted to the mean 0 after that; "unequal", each pixel times a
        factor between 1/10 and 10, the same for all samples; "unequal, standardized", these after standardisation,
        and so on
    new : the samples of the training set that are not among the ``n`` instead, scaled by the statistics of the ``n``
    """
    split = _SPLITS[data]()
    x, order = split.x_train, rng.permutation(len(split.x_train))
    kind, _, cure = scaling.partition(", ")
    if kind == "unequal":
        x = x * 10 ** rng.uniform(-SPAN, SPAN, x.shape[1])
        kind = cure or "raw"
    shift, scale = _statistics(kind, x[order[:n]])
    chosen = order[n:] if new else order[:n]
    return (x[chosen] - shift) / np.where(scale == 0, 1, scale), split.y_train[chosen]


def _statistics(kind, x):
    """What is subtracted from the features, and what they are divided by then."""
    centred = x - x.mean(axis=0)
    return {
        "raw": (0.0, 1.0),
        "centred": (x.mean(axis=0), centred.std()),
        "standardized": (x.mean(axis=0), x.std(axis=0)),
        "min-max": (x.min(axis=0), np.ptp(x, axis=0)),
        "min-max centred": (x.mean(axis=0), np.ptp(x, axis=0)),
    }[kind]
