"""Random weights, judged by their statistics: the numbers are never compared one by one, for any seed may be right.

A layer's weights are the last two axes of an array; layers may stand one behind the other in an axis before these.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from autograder.compare import Difference
from autograder.exercise import Inputs
from autograder.kinds import kind_instead_of_numbers
from course_lib.initialization import CUT, TRUNCATED_STD

SIGMAS = 4.5  # a right answer misses one such bound in 150 000 times
RARE = 12.0  # exp(-RARE) is as rare
FEW_DIGITS = 2e-4  # of the reach of numbers that fill it: 1.732 for the root of 3
OWN_SPREAD = 0.03  # of the reach of others: 0.88 for 0.8796, and those that are divided by their own standard deviation
MOST_ALIKE = 0.01  # of the weights: in float32, a few are alike by chance
FEWEST_ROWS = 30  # whose products tell rows at right angles from any others


@dataclass(frozen=True)
class Distribution:
    """What tells one from another once the standard deviation is 1: fourth moment, and how far the numbers reach."""

    name: str
    kurtosis: float
    reach: float = np.inf
    fills: bool = False  # whether of many numbers some come close to the end


NORMAL = Distribution("normal", 3.0)
UNIFORM = Distribution("uniform", 1.8, 3**0.5, fills=True)
# with the density d of the standard normal at its cut c, the fourth moment before scaling is 3 s^2 - (1 - s^2) c^2
TRUNCATED = Distribution(
    "truncated",
    (3 * TRUNCATED_STD**2 - (1 - TRUNCATED_STD**2) * CUT**2) / TRUNCATED_STD**4,
    CUT / TRUNCATED_STD,
)
DISTRIBUTIONS = {known.name: known for known in (NORMAL, UNIFORM, TRUNCATED)}

Scale = Callable[..., float]  # of the inputs by name, all but rng
# the standard deviations of common mistakes: as far from the right one, and in themselves
FACTORS = {
    "third of the variance": 3**-0.5,
    "three times the variance": 3**0.5,
    "half as wide": 0.5,
    "twice as wide": 2.0,
    "third as wide": 1 / 3,
}
# which of the two distributions the number comes from tells which mistake it was
OF_BOTH = ("third of the variance", "three times the variance")
FIXED = {"one": 1.0, "from -1 to 1": 3**-0.5, "a hundredth": 0.01}


def judge_of(std: Scale, wrong: Mapping[str, Scale], distribution: str = "") -> Callable[[Inputs, object], object]:
    """The judge of a function that returns an array (fan_in, fan_out).

    Parameters
    ----------
    std : what the standard deviation should be.
    wrong : what it may be instead, by the name of what leads to it; the first that fits is told.
    distribution : one of ``DISTRIBUTIONS``; by default it is the input of this name.
    """

    def judge(inputs: Inputs, value) -> Difference | None:
        given = {name: number for name, number in inputs.items() if name != "rng"}
        problem = _form(value, (inputs["fan_in"], inputs["fan_out"]))
        if problem:
            return problem
        w = np.array(value, dtype=np.float64)
        right = std(**given)
        scales = {name: scale(**given) for name, scale in wrong.items()}
        scales |= {name: factor * right for name, factor in FACTORS.items()} | FIXED
        wanted = DISTRIBUTIONS[distribution or given["distribution"]]
        return statistics(w, right, scales, _heap) or _distribution(w, right, scales, wanted)

    return judge


def _form(value, shape) -> Difference | None:
    if type(value) is not np.ndarray or value.dtype.kind != "f":
        kind = "number" if isinstance(value, float | np.floating) else "type"
        return Difference(kind, f"the result should be an array of floats, got {_told(value, shape)}")
    if value.shape != shape:
        turned = value.shape == shape[::-1]
        return Difference(
            "transposed" if turned else "shape", f"the result should be of shape {shape}, got {value.shape}"
        )
    return None


def _told(value, shape) -> str:
    if type(value) is np.ndarray:
        return f"dtype {value.dtype}"
    return kind_instead_of_numbers(value, shape)


def statistics(w: np.ndarray, std: float, wrong_scales: Mapping[str, float], also=lambda w: None) -> Difference | None:
    """The first statistic that lies further than ``SIGMAS`` from what it should be: independence, mean, scale.

    All are compared with their spread for normal numbers; that of uniform ones is smaller. ``also`` is asked between.
    """
    if not np.isfinite(w).all():
        return Difference("finite", "not all weights are finite")
    if w.size > 1 and w.min() == w.max():
        return Difference("constant" if w.any() else "zero", f"all weights are {w.flat[0]:.4g}")
    return (
        _dependence(w) or also(w) or _mean(w, {"as it should be": std, **wrong_scales}) or _scale(w, std, wrong_scales)
    )


def _dependence(w) -> Difference | None:
    """Whether neighbours along any axis, or entries across the diagonal, go together."""
    size = np.mean(w**2) or 1.0
    turned = np.swapaxes(w, -1, -2)
    one, other = (w, turned) if w.shape[-2] <= w.shape[-1] else (turned, w)
    if one.shape[-2] >= FEWEST_ROWS:
        products = np.triu(one @ other, 1)  # of two rows of a layer: their length times size**2 in the mean square
        if np.sum(products**2) < 0.5 * np.count_nonzero(products) * one.shape[-1] * size**2:
            return Difference(
                "orthogonal", "the rows of a layer stand at right angles: the weights depend on each other"
            )
    pairs = {"rows": (w[..., 1:, :], w[..., :-1, :]), "columns": (w[..., 1:], w[..., :-1])}
    if w.ndim > 2:
        pairs["layers"] = (w[1:], w[:-1])
    if w.shape[-1] == w.shape[-2]:
        row, column = np.triu_indices(w.shape[-1], 1)
        pairs["diagonal"] = (w[..., row, column], w[..., column, row])
    found = {}
    for what, (one, other) in pairs.items():
        count = max(one.size, 1)
        correlation = abs(np.sum(one * other)) / (count * size)
        if correlation > SIGMAS / np.sqrt(count) + w.mean() ** 2 / size:  # the mean has a statistic of its own
            found[what] = correlation
    if not found:
        return None
    # rows that are alike make other neighbours seem alike, though less so
    what = max(found, key=found.get)
    where = "the two sides of the diagonal" if what == "diagonal" else f"neighbouring {what}"
    return Difference(what, f"the weights of {where} are not independent of each other")


def _heap(w) -> Difference | None:
    """Whether many weights are one number, which never happens to those drawn from an interval."""
    size = np.abs(w)
    for name, number in (("zeros" if w.min() < 0 else "zeros, none negative", 0.0), ("clipped", size.max())):
        count = np.count_nonzero(size == number)
        if count > 1 + w.size * MOST_ALIKE:
            return Difference(name, f"{count} of {w.size} weights are {number:.4g} in size, and no two should be alike")
    return None


def _mean(w, scales) -> Difference | None:
    found = np.sqrt(np.mean(w**2))
    if abs(w.mean()) * np.sqrt(w.size) <= SIGMAS * found:
        return None
    text = f"the mean of the weights should be 0, and is {w.mean():.3g}"
    if w.min() < 0:
        return Difference(f"mean: {_name_of(found, scales, _margin(w))}", text)
    known = f"positive: {_likely(w).name}, {_name_of(found, scales, _margin(w))}"
    return Difference(known, f"{text}; none is negative")


def _likely(w) -> Distribution:
    """The distribution whose fourth moment is nearest, where the mean is known to be 0, or all signs were lost."""
    kurtosis = np.mean(w**4) / np.mean(w**2) ** 2
    return min(DISTRIBUTIONS.values(), key=lambda known: abs(known.kurtosis - kurtosis))


def _margin(w) -> float:
    """Of the standard deviation, relative to itself."""
    return SIGMAS / np.sqrt(2 * w.size)


def _name_of(found, scales, margin) -> str:
    return next((name for name, scale in scales.items() if abs(found / scale - 1) < margin), "unknown")


def _scale(w, std, wrong_scales) -> Difference | None:
    found = np.sqrt(np.mean(w**2))
    if abs(found / std - 1) <= _margin(w):
        return None
    known = _name_of(found, wrong_scales, _margin(w))
    if known in OF_BOTH:
        known += f", {_likely(w).name}"
    text = f"the standard deviation should be {std:.4g}, and is {found:.4g}, {found / std:.3g} times as much"
    return Difference(f"scale: {known}", text)


def _distribution(w, std, wrong_scales, wanted: Distribution) -> Difference | None:
    """Whether numbers of the right standard deviation are spread as they should be."""
    squares = w**2
    kurtosis = np.mean(squares**2) / np.mean(squares) ** 2
    margin = SIGMAS * np.sqrt(24 / w.size) / NORMAL.kurtosis
    fits = [known.name for known in DISTRIBUTIONS.values() if abs(np.log(kurtosis / known.kurtosis)) < margin]
    largest = np.abs(w).max()
    if wanted.name not in fits:
        # what has the fourth moment of another and reaches further is neither
        fits = [name for name in fits if largest <= DISTRIBUTIONS[name].reach * std * (1 + OWN_SPREAD)]
        text = f"the kurtosis should be {wanted.kurtosis:.3g}, and is {kurtosis:.3g}"
        return Difference(f"spread: {fits[0] if fits else 'unknown'}", f"the numbers are not {wanted.name}: {text}")
    limit, found = wanted.reach * std, largest
    nearest = limit * (1 - RARE / w.size - FEW_DIGITS) if wanted.fills else 0.0
    if nearest <= found <= limit * (1 + (FEW_DIGITS if wanted.fills else OWN_SPREAD)):
        return None
    scales = {name: wanted.reach * scale for name, scale in wrong_scales.items()}
    known = _name_of(found, scales, RARE / w.size) if wanted.fills else "unknown"
    text = f"the weights should end at {limit:.4g}, and the largest is {found:.4g}"
    return Difference("reach" if known == "unknown" else f"scale: {known}", text)
