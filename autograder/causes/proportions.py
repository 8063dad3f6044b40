"""Results that are right but for a factor or a shift of each row or column, or for a multiple of an argument."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from autograder.causes.evidence import FINGERPRINT, Cause, Evidence, Result
from autograder.compare import close

# Along which axes a factor or a shift is one and the same, by the number of axes, and what has one of its own.
OF_AXES = {
    1: {"call": (0,)},
    2: {"call": (0, 1), "row": (1,), "column": (0,)},
    3: {"call": (0, 1, 2)},
    4: {"call": (0, 1, 2, 3), "image": (1, 2, 3), "channel": (0, 2, 3), "channel of each image": (2, 3)},
}
FEWEST = 3  # entries that must share a factor or a shift; one more for both
FEWEST_CALLS = 2


def proportions(evidence: Evidence) -> Iterator[Cause]:
    """For each wrong result, the least by which it differs from the right one throughout."""
    for name in evidence.wrong:
        pairs = _pairs(evidence.results[name])
        if len(pairs) >= FEWEST_CALLS:
            told = _of_one(evidence, name, pairs)
            if told:
                yield Cause("proportion", f"{name[0].upper() + name[1:]} {told}")


def _pairs(calls: Sequence[Result]) -> list[tuple[Result, np.ndarray, np.ndarray]]:
    """The wrong arrays of a result, as they should be and as they are; none if one has not the form of the other."""
    pairs = []
    for call in calls:
        if len(call.expected) != len(call.got):
            return []
        for one, other in zip(call.expected, call.got, strict=True):
            e, g = np.asarray(one), np.asarray(other)
            if e.shape != g.shape or e.dtype.kind not in "iuf" or g.dtype.kind not in "iuf":
                return []
            if e.size and np.isfinite(e).all() and np.isfinite(g).all() and not close(e, g, FINGERPRINT).all():
                if g.size > 1 and np.ptp(g) == 0:  # nothing is left of what should be there
                    return []
                pairs.append((call, e.astype(float), g.astype(float)))
    return pairs


def _of_one(evidence: Evidence, name: str, pairs: list) -> str | None:
    for argument in evidence.probes.exercise.parameters:
        if all(_is_multiple(g - e, call.inputs[argument]) for call, e, g in pairs):
            return (
                f"differs from what it should be by a multiple of `{argument}`: is a term with it missing, or too much?"
            )
    whole = "call" if all(len(call.expected) == 1 for call, _, _ in pairs) else "array"
    for kind in OF_AXES.get(max(e.ndim for _, e, _ in pairs), {}):
        placed = [(e, g, OF_AXES.get(e.ndim, {}).get(kind)) for _, e, g in pairs]
        what = whole if kind == "call" else kind
        for told, few, fitted in (
            (f"a factor, one for each {what}: it is multiplied or divided by something wrong.", FEWEST, _scaled),
            (f"a shift, one for each {what}: something wrong is added or subtracted.", FEWEST, _shifted),
            (f"a factor and a shift, one of each for each {what}.", FEWEST + 1, _scaled_and_shifted),
        ):
            if all(place for _, _, place in placed) and _fits(placed, few, fitted):
                return f"is right but for {told}"
    return None


def _fits(placed: list, few: int, fitted: Callable) -> bool:
    """Whether all arrays are fitted in which enough entries share a factor or a shift, and these are most."""
    shared = [(e, g, place) for e, g, place in placed if np.prod([e.shape[axis] for axis in place]) >= few]
    if len(shared) < max(FEWEST_CALLS, len(placed) / 2):
        return False
    return all(close(g, fitted(e, g, place), FINGERPRINT).all() for e, g, place in shared)


def _is_multiple(difference: np.ndarray, argument) -> bool:
    if not isinstance(argument, np.ndarray) or argument.dtype.kind not in "iuf" or argument.ndim > difference.ndim:
        return False
    try:
        term = np.broadcast_to(argument, difference.shape).astype(float)
    except ValueError:
        return False
    if difference.size < FEWEST or np.ptp(term) == 0 or not np.isfinite(term).all():
        return False
    return bool(close(difference, term * np.sum(term * difference) / np.sum(term**2), FINGERPRINT).all())


@np.errstate(all="ignore")
def _scaled(e, g, place):
    return np.nan_to_num(np.sum(g * e, axis=place, keepdims=True) / np.sum(e**2, axis=place, keepdims=True)) * e


def _shifted(e, g, place):
    return e + np.mean(g - e, axis=place, keepdims=True)


def _scaled_and_shifted(e, g, place):
    middle = np.mean(e, axis=place, keepdims=True)
    shift = np.mean(g, axis=place, keepdims=True)
    return shift + _scaled(e - middle, g - shift, place)
