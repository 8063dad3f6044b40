"""The judge of inverted dropout, forward: what is wrong with the out and mask that came back."""

import numpy as np

from autograder.compare import Difference
from autograder.exercises.regularization._random_masks import all_near, chance, counts_by_chance, number_or_array

N_CALLS = 10  # whose counts show whether the number of dropped entries varies


def judge(inputs, value) -> Difference | None:
    x, p = np.asarray(inputs["x"], dtype=float), inputs["p_drop"]
    if not isinstance(value, tuple | list) or len(value) != 2:
        return Difference("type", "the result should be two arrays, out and mask")
    out, mask = value
    problem = number_or_array(out, x.shape, "out") or number_or_array(mask, x.shape, "mask")
    if problem:
        return problem
    out, mask = np.array(out, dtype=float), np.array(mask, dtype=float)
    if not inputs["training"]:
        return _evaluation(x, p, out, mask)
    return _factors(x, p, out, mask) or (chance(mask == 0, p, x) if x.ndim == 2 else None)


def _evaluation(x, p, out, mask) -> Difference | None:
    if not all_near(out, x):
        scales = {"by 1 - p_drop": 1 - p, "by 1 / (1 - p_drop)": 1 / (1 - p), "by p_drop": p, "to zero": 0.0}
        known = next((what for what, scale in scales.items() if all_near(out, scale * x)), "")
        known = known or ("some are dropped" if (out == 0).any() else "otherwise")
        text = f"scaled {known}" if known in scales else "changed"
        return Difference(f"evaluation: {known}", f"not in training, out should be x, and is {text}")
    if not all_near(mask, 1.0):
        known = "zero" if not mask.any() else "other"
        return Difference(f"mask in evaluation: {known}", "not in training, mask should be 1 everywhere")
    return None


def _factors(x, p, out, mask) -> Difference | None:
    """Whether out is x * mask, and mask has the right factor where it is not 0."""
    factor = 1 / (1 - p)
    kept = mask != 0
    if p and not all_near(out[out != 0], factor * x[out != 0]):
        known = _factor_of(x, p, out)
        return Difference(f"out: {known}", f"kept entries should be {factor:.4g} times those of x, and are {known}")
    if ((out != 0) != kept).any():
        reverse = ((out == 0) == kept).all()
        known = "the reverse" if reverse else "all" if kept.all() else "none" if not kept.any() else "another"
        return Difference(f"mask: {known}", "mask is 0 elsewhere than out: out should be x * mask")
    if not all_near(out, x * mask):
        known = "ones" if all_near(mask[kept], 1.0) else "out" if all_near(mask, out) else "other"
        return Difference(f"mask without its factor: {known}", "out should be x * mask, and mask has another factor")
    return None


def _factor_of(x, p, out) -> str:
    kept = out != 0
    ratios = out[kept] / x[kept]
    known = {
        "not scaled": 1.0,
        "divided by p_drop": 1 / p,
        "multiplied by 1 - p_drop": 1 - p,
        "multiplied by p_drop": p,
        "divided twice by 1 - p_drop": (1 - p) ** -2,
        "divided by the root of 1 - p_drop": (1 - p) ** -0.5,
        "multiplied by 1 + p_drop": 1 + p,
        "scaled to the count of the kept": x.size / max(kept.sum(), 1),
        "scaled to the sum": x.sum() / (x[kept].sum() or 1.0),
    }
    if p != 0.5:
        known["scaled by p_drop / (1 - p_drop)"] = p / (1 - p)
    return next((name for name, factor in known.items() if all_near(ratios, factor)), "something else")


def judge_together(values) -> Difference | None:
    """Whether the number of dropped entries varies from call to call."""
    if len(values) < N_CALLS:
        return None
    masks = [np.asarray(mask, dtype=float) for _, mask in values]
    p = 1 - 1 / max(mask.max() for mask in masks)
    return counts_by_chance([int(np.sum(mask == 0)) for mask in masks], masks[0].size, p)
