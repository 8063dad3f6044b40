"""Relations between what came out and what should have: a sign, a factor, a term, an axis, and the like."""

import itertools
from collections.abc import Callable, Iterator
from itertools import islice

import numpy as np

from autograder.causes.evidence import Cause, Evidence, Result, explains
from autograder.domain import Domain, Record

Leaf = np.ndarray


def relations(evidence: Evidence) -> Iterator[Cause]:
    """For each wrong result, the plainest relation in which it stands to the right one, if all of them have one."""
    found = relations_by_result(evidence)
    if len(found) == len(evidence.wrong):
        yield from found.values()


def relations_by_result(evidence: Evidence) -> dict[str, Cause]:
    """The plainest relation of each wrong result that has any, by its name."""
    found = {}
    for name in evidence.wrong:
        for cause in islice(related(evidence, evidence.results[name]), 1):
            found[name] = Cause(cause.name, f"{name[0].upper() + name[1:]} {cause.sentence}")
    return found


def related(evidence: Evidence, calls: list[Result]) -> Iterator[Cause]:
    """The relations that hold in all of these calls; the sentences go on after the result's name."""
    yield from plainly_related(evidence, calls)
    for name, sentence, predict in _with_arguments(evidence):
        if explains(calls, predict):
            yield Cause(name, sentence)


def plainly_related(evidence: Evidence, calls: list[Result]) -> Iterator[Cause]:
    """Those of the relations that have nothing to do with the arguments' values."""
    for name, sentence, predict in [*_of_the_value(), *_of_its_size(evidence, calls)]:
        if explains(calls, predict):
            yield Cause(name, sentence)


def each(change: Callable[[Leaf], object]) -> Callable[[Result], tuple]:
    """Predict by changing each array of the right result."""
    return lambda result: tuple(change(np.asarray(leaf)) for leaf in result.expected)


def _axis(reduce, axis):
    return each(lambda e: reduce(e, axis=axis))


def _of_the_value() -> Iterator[tuple[str, str, Callable]]:
    """Changes of the right value alone."""
    yield "wrong_sign", "has the wrong sign everywhere.", each(lambda e: -e)
    yield "transposed", "is transposed.", each(lambda e: e.T)
    yield "squared", "is the square of what it should be: is a root missing?", each(lambda e: e**2)
    yield "root", "is the square root of what it should be.", each(np.sqrt)
    yield "absolute", "has lost its sign: absolute values are returned.", each(np.abs)
    yield "zeros", "is zero everywhere.", each(np.zeros_like)
    yield "ones", "is 1 everywhere.", each(np.ones_like)
    yield "reciprocal", "is 1 over what it should be.", each(lambda e: 1 / e)
    yield "reversed", "is in reverse order along its first axis.", each(lambda e: e[::-1])
    yield "logarithm", "is the logarithm of what it should be.", each(np.log)
    yield "exponential", "is the exponential of what it should be.", each(np.exp)
    yield "logarithm", "is the logarithm to base 10 of what it should be.", each(np.log10)
    yield "logarithm", "is the logarithm to base 2 of what it should be.", each(np.log2)
    yield "normalized", "is divided by its largest entry.", each(lambda e: e / np.max(e))
    yield "normalized", "is divided by its last entry.", each(lambda e: e / np.ravel(e)[-1])
    yield "normalized", "is divided by its first entry.", each(lambda e: e / np.ravel(e)[0])
    yield "normalized", "is divided by its sum.", each(lambda e: e / np.sum(e))
    yield "normalized", "is divided by its norm.", each(lambda e: e / np.linalg.norm(e))
    yield "cumulative", "is added up along the way: a cumulative sum.", each(np.cumsum)
    yield "cumulative", "is added up along the way, by squares.", each(lambda e: np.sqrt(np.cumsum(e**2)))
    yield "floored", "is rounded down to a whole number: is // written for /?", each(np.floor)
    yield "arccos", "is the angle, the arccos of what it should be.", each(np.arccos)
    yield "cos", "is the cosine of what it should be.", each(np.cos)
    yield "minus_one", "is 1 minus what it should be.", each(lambda e: 1 - e)
    for digits in range(8):
        told = f"is rounded to {digits} digits after the point. Return it as computed."
        yield "rounded", told, each(lambda e, digits=digits: np.round(e, digits))
    yield "truncated", "has its fractions cut off, as in an array of integers.", each(np.trunc)
    yield "summed", "is a single number, the sum of what should be an array.", each(np.sum)
    yield "averaged", "is a single number, the mean of what should be an array.", each(np.mean)
    yield "summed", "has its own sum in every entry.", each(lambda e: _everywhere(e, np.sum))
    yield "averaged", "has its own mean in every entry.", each(lambda e: _everywhere(e, np.mean))
    for axis in (0, 1, -1):
        yield "summed", f"is summed over axis {axis}, and should not be.", _axis(np.sum, axis)
        yield "averaged", f"is averaged over axis {axis}, and should not be.", _axis(np.mean, axis)
        yield "kept_axis", f"keeps an axis of length 1 that should be gone (axis {axis}).", _expanded(axis)
    yield "flattened", "is flattened to one axis.", each(np.ravel)
    yield "one_of_all", "holds the first entry alone.", lambda r: r.expected[:1] if len(r.expected) > 1 else None
    yield "last_of_all", "holds the last entry alone.", lambda r: r.expected[-1:] if len(r.expected) > 1 else None


def _everywhere(e, reduce):
    return np.full(e.shape, reduce(e))


def _expanded(axis):
    return each(lambda e: np.expand_dims(e, axis))


def _of_its_size(evidence: Evidence, calls: list[Result]) -> Iterator[tuple[str, str, Callable]]:
    """Constant factors, and factors that are a number of samples, of entries or of arrays."""
    factor = _constant_factor(calls)
    if factor is not None:
        yield (
            "factor",
            f"is {factor:.4g} times what it should be everywhere: check the factors.",
            _times(lambda r: factor),
        )
    power = _constant_power(calls)
    if power is not None:
        told = f"is what it should be to the power {power:.4g}: is something wrong that is raised to a power?"
        yield "power", told, each(lambda e: np.abs(e) ** power)
    shift = _constant_shift(calls)
    if shift is not None:
        word = "too large" if shift > 0 else "too small"
        yield "offset", f"is {word} by {abs(shift):.4g} everywhere.", each(lambda e: e + shift)
    sizes = list(_sizes(evidence, calls))
    for (one, size), (other, size_of_other) in itertools.permutations(sizes, 2):
        told = f"is divided by {one} where {other} is due."
        yield "another_size", told, _times(lambda r, s=size, o=size_of_other: o(r) / s(r))
    for name, size in sizes:
        yield (
            "divided_by_size",
            f"is divided by {name} once too often: a mean where a sum is due?",
            _times(lambda r, size=size: 1 / size(r)),
        )
        yield (
            "not_divided_by_size",
            f"is {name} times too large: a sum where a mean is due, or a division is missing.",
            _times(size),
        )
        yield (
            "divided_by_root",
            f"is divided by the square root of {name}.",
            _times(lambda r, size=size: size(r) ** -0.5),
        )
        yield "times_root", f"is multiplied by the square root of {name}.", _times(lambda r, size=size: size(r) ** 0.5)
    for axis in (0, 1, -1):
        yield "not_summed", f"lacks a sum over axis {axis}.", _undone(np.sum, axis)
        yield "not_averaged", f"lacks a mean over axis {axis}.", _undone(np.mean, axis)
    yield "not_summed", "is an array whose sum is due.", _undone(np.sum, None)
    yield "not_averaged", "is an array whose mean is due.", _undone(np.mean, None)


def _undone(reduce, axis):
    """What came out, if the reduction of it is what is due."""

    def predict(result):
        for e, g in zip(result.expected, result.got, strict=True):
            if np.ndim(g) <= np.ndim(e) or not np.allclose(reduce(np.asarray(g, float), axis=axis), e, 1e-6, 1e-12):
                return None
        return result.got

    return predict


def _times(factor: Callable[[Result], float]) -> Callable[[Result], tuple]:
    return lambda result: tuple(np.asarray(leaf) * factor(result) for leaf in result.expected)


def _pairs(calls: list[Result]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    for result in calls:
        for e, g in zip(result.expected, result.got, strict=False):
            if isinstance(g, np.ndarray | float | int | np.generic) and np.shape(e) == np.shape(g) and np.size(e):
                e, g = np.ravel(e), np.ravel(g)
                if e.dtype.kind in "iuf" and g.dtype.kind in "iuf" and np.isfinite(e).all() and np.isfinite(g).all():
                    yield e.astype(float), g.astype(float)


def _constant_factor(calls) -> float | None:
    ratios = [g[np.abs(e).argmax()] / e[np.abs(e).argmax()] for e, g in _pairs(calls) if np.abs(e).max() > 0]
    return float(np.median(ratios)) if ratios else None


def _constant_power(calls) -> float | None:
    pairs = [(e.flat[0], g.flat[0]) for e, g in _pairs(calls) if e.flat[0] > 0 and g.flat[0] > 0 and e.flat[0] != 1]
    power = float(np.median([np.log(g) / np.log(e) for e, g in pairs])) if pairs else 1.0
    return None if abs(power - 1) < 0.01 else power


def _constant_shift(calls) -> float | None:
    shifts = [g[0] - e[0] for e, g in _pairs(calls)]
    return float(np.median(shifts)) if shifts else None


def _sizes(evidence: Evidence, calls: list[Result]) -> Iterator[tuple[str, Callable[[Result], int]]]:
    """Numbers by which one might divide: the lengths of named axes, or of the first array and its first axis."""
    exercise = evidence.probes.exercise
    domain = Domain(exercise.takes) if exercise.takes else None
    for axis in domain.axes if domain else ():
        for name, kind in domain.takes.items():
            if axis in kind.axes and not isinstance(kind, Record):
                place = kind.axes.index(axis)
                yield axis, lambda r, n=name, p=place: np.shape(r.inputs[n])[p]
                break
    if domain is None or domain.has_any_shape:
        yield "the number of entries", lambda r: _first_array(r).size
        yield "the length of the first axis", lambda r: len(_first_array(r))
    for name in evidence.probes.exercise.parameters:
        if isinstance(calls[0].inputs[name], list):
            yield f"the number of arrays in `{name}`", lambda r, n=name: len(r.inputs[n])


def _first_array(result: Result) -> np.ndarray:
    for value in result.inputs.values():
        if isinstance(value, np.ndarray):
            return value
        if isinstance(value, list) and value and isinstance(value[0], np.ndarray):
            return np.concatenate([np.ravel(v) for v in value])
    raise KeyError("no array")


def _with_arguments(evidence: Evidence) -> Iterator[tuple[str, str, Callable]]:
    """A factor or a term that is one of the arguments, and what is an argument itself."""
    for name in evidence.probes.exercise.parameters:
        yield "returns_argument", f"is `{name}` itself, unchanged.", lambda r, n=name: _parts(r, n)
        for word, quantity in (
            (f"`{name}`", lambda a: a),
            (f"`{name}` squared", lambda a: a**2),
            (f"1 - `{name}`", lambda a: 1 - a),
            (f"1 + `{name}`", lambda a: 1 + a),
        ):
            yield "factor_too_much", f"has a factor {word} too much.", _combined(name, quantity, np.multiply)
            yield "factor_missing", f"lacks a factor {word}.", _combined(name, quantity, np.divide)
            yield "term_too_much", f"has a term {word} too much.", _combined(name, quantity, np.add)
            yield "term_missing", f"lacks a term {word}.", _combined(name, quantity, np.subtract)
        told = f"is the change alone: what should be added to `{name}`, or subtracted from it, stands for the sum."
        yield "change_alone", told, _combined(name, lambda a: a, lambda e, a: a - e)
        told = "has a quotient where a product is due, or the other way round."
        yield "divided", told, _combined(name, lambda a: a, lambda e, a: a**2 / e)
    for name, calls in evidence.results.items():
        by_index = {result.index: result for result in calls}
        yield "other_result", f"is what {name} should be.", lambda r, b=by_index: b[r.index].expected


def _parts(result: Result, name: str) -> list:
    value = result.inputs[name]
    if isinstance(value, dict):
        return [value[key] for key in sorted(value)]
    return list(value) if isinstance(value, list | tuple) else [value]


def _combined(name, quantity, combine):
    def predict(result):
        parts = _parts(result, name)
        if len(parts) != len(result.expected):
            parts = parts * len(result.expected) if len(parts) == 1 else None
        if parts is None or any(callable(part) for part in parts):
            return None
        predicted = [combine(e, quantity(np.asarray(p))) for e, p in zip(result.expected, parts, strict=True)]
        # 0 / 0 may be anything
        predicted = [
            np.where(np.isnan(p), g, p) if np.shape(p) == np.shape(g) else p
            for p, g in zip(predicted, result.got, strict=True)
        ]
        return [p if np.shape(p) == np.shape(e) else None for p, e in zip(predicted, result.expected, strict=True)]

    return predict
