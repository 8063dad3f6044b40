"""Random masks, judged by their statistics: which entries are dropped is never compared one by one."""

from math import erf

import numpy as np

from autograder.compare import Difference
from autograder.kinds import kind_instead_of_numbers

SIGMAS = 4.5  # a right answer misses one such bound in 150 000 times
FEWEST = 1000  # entries, of which a share says something
RTOL = 1e-6  # of factors and pixels, which may be computed in float32


def number_or_array(value, shape: tuple[int, ...], name: str) -> Difference | None:
    """Whether a value is an array of real numbers of that shape, or for () also a number."""
    numbers = type(value) is np.ndarray or (not shape and isinstance(value, bool | int | float | np.generic))
    if not numbers or np.asarray(value).dtype.kind not in "biuf":
        return Difference(
            f"type of {name}", f"{name} should be an array of numbers, got {kind_instead_of_numbers(value, shape)}"
        )
    if np.shape(value) != shape:
        return Difference(f"shape of {name}", f"{name} should be of shape {shape}, got {np.shape(value)}")
    if not np.isfinite(value).all():
        return Difference(f"finite: {name}", f"not all entries of {name} are finite")
    return None


def near(got, expected) -> np.ndarray:
    """Which numbers agree up to rounding, relatively."""
    return np.abs(np.asarray(got, dtype=float) - expected) <= RTOL * np.abs(expected)


def all_near(got, expected) -> bool:
    """Whether all of them do."""
    return bool(np.all(near(got, expected)))


def chance(dropped: np.ndarray, p: float, x: np.ndarray) -> Difference | None:
    """What is wrong with the places that are dropped: how they depend on each other and on x, and their share.

    ``dropped`` and ``x`` are of one shape (N, D). Of fewer than ``FEWEST`` entries nothing can be said.
    """
    if dropped.size < FEWEST:
        return None
    return _patterns(dropped) or _share(dropped, p) or _of_x(dropped, x) or _dependence(dropped, p)


def _patterns(dropped) -> Difference | None:
    if dropped.min() == dropped.max():
        what = "all entries are" if dropped.all() else "no entry is"
        return Difference("all" if dropped.all() else "none", f"{what} dropped")
    if (dropped == dropped[:1]).all():
        return Difference("one mask for all rows", "the same entries are dropped in every row")
    if (dropped == dropped[:, :1]).all():
        return Difference("whole rows", "whole rows are dropped or kept, and no single entries")
    return None


def _share(dropped, p) -> Difference | None:
    found = dropped.mean()
    if abs(found - p) * np.sqrt(dropped.size) <= SIGMAS * np.sqrt(p * (1 - p)):
        return None
    normal = (1 + erf(p / 2**0.5)) / 2
    other = (1 - erf((1 - p) / 2**0.5)) / 2
    known = {"p": p, "kept": 1 - p, "half": 0.5, "normal": normal, "normal, of the rest": other, "squared": p * p}
    known |= {"on both sides": (1 - erf(p / 2**0.5)), "twice": 1 - (1 - p) ** 2, "minus one to one": (1 + p) / 2}
    nearest = min(known, key=lambda name: abs(known[name] - found))
    return Difference(
        f"share: {nearest}", f"a share of {p:.3g} of the entries should be dropped, and {found:.3g} of them are"
    )


def _of_x(dropped, x) -> Difference | None:
    """Whether x is other where it is dropped."""
    for what, values in (("size", np.abs(x)), ("sign", x)):
        values = values - values.mean()
        dependence = np.mean(values * (dropped - dropped.mean())) * np.sqrt(dropped.size)
        if abs(dependence) > SIGMAS * values.std() * dropped.std():
            small = "small" if dependence < 0 else "large"
            text = {"size": f"entries {small} in size", "sign": f"{small} entries"}[what]
            return Difference(f"depends on x: {what}", f"{text} are dropped more often: it depends on x")
    return None


def _dependence(dropped, p) -> Difference | None:
    """Whether neighbours go together, or rows or columns have more alike counts than chance gives them."""
    z = (dropped - p) / np.sqrt(p * (1 - p))
    half = len(z) // 2
    shifted = {"rows": (z[1:], z[:-1]), "columns": (z[:, 1:], z[:, :-1]), "halves": (z[:half], z[-half:])}
    for what, (one, other) in shifted.items():
        if abs(np.sum(one * other)) > SIGMAS * np.sqrt(one.size):
            return Difference(f"neighbours: {what}", f"entries of different {what} are not dropped independently")
    for what, axis in (("rows", 1), ("columns", 0)):
        sums = z.sum(axis=axis) / np.sqrt(z.shape[axis])
        if not by_chance(sums):
            return Difference(
                f"counts of {what}", f"the numbers of dropped entries in the {what} do not vary as by chance"
            )
    return None


def by_chance(z: np.ndarray) -> bool:
    """Whether the sum of squares of standard normal numbers lies within its bounds (Wilson and Hilferty 1931)."""
    spread = 2 / (9 * z.size)
    return abs(np.cbrt(np.mean(np.square(z))) - (1 - spread)) <= SIGMAS * np.sqrt(spread)


def counts_by_chance(counts, n: int, p: float) -> Difference | None:
    """Whether the numbers of dropped entries, of n each, vary from call to call as they should."""
    z = (np.asarray(counts) - n * p) / np.sqrt(n * p * (1 - p))
    if by_chance(z):
        return None
    less = np.mean(z**2) < 1
    text = f"{len(counts)} calls drop {min(counts)} to {max(counts)} of {n} entries each"
    return Difference(
        f"counts: {'alike' if less else 'apart'}", f"{text}, which is {'too much' if less else 'not'} alike"
    )
