"""Where an answer to an elementwise exercise is wrong, such as on one side of 0, and what is wrong there."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from autograder.causes.evidence import FINGERPRINT, Cause, Evidence, Result
from autograder.causes.relations import related
from autograder.compare import close

MOSTLY = 0.5  # of the entries on a side must be wrong, for it to be named,
LEAST = 0.2  # and so much with the calls that are right everywhere
FEWEST = 3  # wrong entries, below which no threshold is concluded
SIDES = {
    "0": lambda a: a == 0,
    "positive": lambda a: a > 0,
    "negative": lambda a: a < 0,
    "0 or more": lambda a: a >= 0,
    "0 or less": lambda a: a <= 0,
}


def regions(evidence: Evidence) -> Iterator[Cause]:
    """For each wrong result the side, or the threshold, of an argument where it is wrong, and how."""
    for name in evidence.wrong:
        for argument in sorted(evidence.probes.exercise.parameters, key="dout".__eq__):
            calls = [call for call in map(lambda r: _flat(r, argument), evidence.results[name]) if call is not None]
            if len(calls) < len(evidence.results[name]):
                continue
            wrong = [call for call in calls if not _right(call).all()]
            cause = _of_a_side(evidence, name, argument, calls) or _beyond_a_threshold(name, argument, wrong)
            if cause:
                yield cause
                break


def _flat(result: Result, argument: str) -> Result | None:
    """The call with its arrays as vectors; None unless the result and the argument have the same shape."""
    given = result.inputs[argument]
    if not isinstance(given, np.ndarray) or len(result.got) != 1 or len(result.expected) != 1:
        return None
    if not isinstance(result.got[0], np.ndarray | np.generic | float | int):
        return None
    e, g = np.asarray(result.expected[0]), np.asarray(result.got[0])
    if not e.shape == g.shape == given.shape or g.dtype.kind not in "iuf":
        return None
    arrays = {n: v for n, v in result.inputs.items() if isinstance(v, np.ndarray) and v.shape == e.shape}
    inputs = result.inputs | {n: np.ravel(v).astype(float) for n, v in arrays.items()}
    return replace(result, inputs=inputs, expected=(np.ravel(e).astype(float),), got=(np.ravel(g).astype(float),))


def _right(call: Result) -> np.ndarray:
    return close(call.expected[0], call.got[0], FINGERPRINT)


def _part(call: Result, inside: np.ndarray) -> Result:
    """The entries of a call that lie inside."""
    arrays = {n: v for n, v in call.inputs.items() if isinstance(v, np.ndarray) and v.shape == inside.shape}
    inputs = call.inputs | {n: v[inside] for n, v in arrays.items()}
    return replace(call, inputs=inputs, expected=(call.expected[0][inside],), got=(call.got[0][inside],))


def _of_a_side(evidence: Evidence, name: str, argument: str, calls: Sequence[Result]) -> Cause | None:
    for told, is_inside in SIDES.items():
        parted = [(call, is_inside(call.inputs[argument])) for call in calls]
        wrong = [(call, inside) for call, inside in parted if not _right(call).all()]
        if not all(_right(call)[~inside].all() for call, inside in wrong):
            continue
        outside = np.concatenate([call.expected[0][~inside] for call, inside in wrong])
        is_rare = _share_wrong(wrong) < MOSTLY or _share_wrong(parted) < LEAST
        if is_rare or not (outside != 0).any():
            continue
        there = [_part(call, inside) for call, inside in wrong]
        how = next(related(evidence, there), None)
        about = f"Where `{argument}` is {told}, and only there, {name}"
        if how:
            return Cause(f"region_{how.name}", f"{about} {how.sentence}")
        got = np.concatenate([part.got[0] for part in there])
        return Cause("region", f"{about} is {_value(got)}wrong.")
    return None


def _share_wrong(parted: Sequence[tuple[Result, np.ndarray]]) -> float:
    """The share of the entries inside that are wrong."""
    return float(np.concatenate([~_right(call)[inside] for call, inside in parted]).mean())


def _value(got: np.ndarray) -> str:
    return f"{got[0]:.4g} everywhere, which is " if got.size and (got == got[0]).all() else ""


def _beyond_a_threshold(name: str, argument: str, calls: Sequence[Result]) -> Cause | None:
    """Large, small or close to 0: a threshold that parts the wrong entries from the right ones."""
    if not calls:
        return None
    value = np.concatenate([call.inputs[argument] for call in calls])
    got = np.concatenate([call.got[0] for call in calls])
    wrong = ~np.concatenate([_right(call) for call in calls])
    constant = got[wrong][0] if (got[wrong] == got[wrong][0]).all() else np.nan
    right = ~wrong & (got != constant) & (got != 0)  # what is cut off, or 0, may happen to be right
    if argument == "dout" or wrong.sum() < FEWEST or right.sum() < FEWEST:
        return None
    is_so = (
        f"it is {constant:.4g} there. Is something cut off?" if constant == constant else "is something cut off there?"
    )
    for told, size in (("large, either way", np.abs(value)), ("large", value), ("large and negative", -value)):
        if size[wrong].min() > max(0.0, size[right].max()):
            at = f"from somewhere between {size[right].max():.4g} and {size[wrong].min():.4g} on"
            return Cause("threshold", f"It is wrong just where `{argument}` is {told} ({at}): {is_so}")
    if np.abs(value[wrong]).max() < np.abs(value[right]).min():
        at = f"up to somewhere between {np.abs(value[wrong]).max():.4g} and {np.abs(value[right]).min():.4g}"
        return Cause("threshold", f"It is wrong just where `{argument}` is close to 0 ({at}).")
    return None
