"""The reference with another argument, or another function in its place: what an answer may have computed instead.

Results that are right need no explanation; those that are wrong are explained together.
"""

import itertools
from collections.abc import Callable, Iterator

import numpy as np

from autograder.catalogue import catalogue
from autograder.causes.evidence import Cause, Evidence, explains
from autograder.domain import Array, Arrays, Labels, Number, Pack, Record

# each once: where several fit, the number makes no difference
SMALL = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-10, 1e-12)
CONSTANTS = (0.0, 1.0, -1.0, 2.0, 0.5, 0.3, 0.25, 0.2, 0.1, *SMALL)

CHANGES = {
    "enters with the wrong sign": lambda a: -a,
    "enters by its absolute value": np.abs,
    "enters squared": lambda a: a**2,
    "enters by its square root": np.sqrt,
    "enters as 1 over itself": lambda a: 1 / a,
    "enters twice too large": lambda a: 2 * a,
    "enters halved": lambda a: a / 2,
    "enters increased by 1": lambda a: a + 1,
    "enters decreased by 1": lambda a: a - 1,
    "enters by its sign alone": lambda a: np.sign(a) if np.min(a) < 0 < np.max(a) else np.full(np.shape(a), np.nan),
    "has its negative entries replaced by 0 first": lambda a: np.maximum(a, 0),
    "has its positive entries replaced by 0 first": lambda a: np.minimum(a, 0),
    "is cut to the range from -1 to 1 first": lambda a: np.clip(a, -1, 1),
    "is cut to the range from 0 to 1 first": lambda a: np.clip(a, 0, 1),
    "is rounded to integers first": np.round,
    "has its fractions cut off first": np.trunc,
    "is not used: the result is what it would be for zeros": np.zeros_like,
    "is not used: the result is what it would be for ones": np.ones_like,
}
OF_ARRAYS = {
    "is transposed first": lambda a: np.transpose(a),
    "is taken in reverse order": lambda a: a[::-1],
    "has its mean subtracted first": lambda a: a - np.mean(a),
    "has its largest entry subtracted first": lambda a: a - np.max(a),
    "is divided by its norm first": lambda a: a / np.linalg.norm(a),
}


SAMPLES = {
    "only the last {} counts: is something overwritten in a loop that should be added to?": lambda a: a[-1:],
    "only the first {} counts: does a loop return too early?": lambda a: a[:1],
    "the first {} is left out.": lambda a: a[1:],
    "the last {} is left out.": lambda a: a[:-1],
}


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


KNOWN = {
    "z itself": lambda z: z,
    "ReLU": lambda z: np.maximum(z, 0),
    "the step function": lambda z: (z > 0) * 1.0,
    "the sign": np.sign,
    "the absolute value": np.abs,
    "the square": np.square,
    "the exponential": np.exp,
    "exp minus 1": np.expm1,
    "the sigmoid": _sigmoid,
    "the derivative of the sigmoid": lambda z: _sigmoid(z) * (1 - _sigmoid(z)),
    "tanh": np.tanh,
    "the derivative of tanh": lambda z: 1 - np.tanh(z) ** 2,
    "softplus": lambda z: np.logaddexp(0, z),
    "the logarithm of the sigmoid": lambda z: -np.logaddexp(0, -z),
    "softsign": lambda z: z / (1 + np.abs(z)),
    "SiLU": lambda z: z * _sigmoid(z),
    "z times tanh(z)": lambda z: z * np.tanh(z),
    "the hard sigmoid": lambda z: np.clip(z / 6 + 0.5, 0, 1),
    "hard swish": lambda z: z * np.clip(z / 6 + 0.5, 0, 1),
    "ReLU6": lambda z: np.clip(z, 0, 6),
    "hard tanh": lambda z: np.clip(z, -1, 1),
    "GELU": lambda z: 0.5 * z * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3))),
    "mish": lambda z: z * np.tanh(np.logaddexp(0, z)),
    "softmax": lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum(),
    "the sine": np.sin,
    "tanh of half": lambda z: np.tanh(z / 2),
    "the sigmoid of twice": lambda z: _sigmoid(2 * z),
    "a constant, 1/2,": lambda z: np.full(np.shape(z), 0.5),
}


def substitutes(evidence: Evidence) -> Iterator[Cause]:
    """Other arguments for which the reference gives what came out, and other functions that do."""
    probes = evidence.probes
    reference, takes = probes.exercise.reference, probes.exercise.takes
    if takes is None:
        return
    for name, sentence, change in _changed_arguments(takes):
        if _explained(evidence, lambda inputs, c=change: reference(*c(inputs).values())):
            yield Cause(name, evidence.about(sentence))
    for name, kind in takes.items():
        if isinstance(kind, Number):
            yield from _built_in(evidence, name)
    for sentence, function in _other_functions(evidence):
        if _explained(evidence, function):
            yield Cause("another_function", sentence)


def _built_in(evidence: Evidence, name: str) -> Iterator[Cause]:
    """A constant in the place of a number, or several that all do: then what the number is makes no difference."""
    reference = evidence.probes.exercise.reference
    values = [v for v in CONSTANTS if _explained(evidence, lambda g, v=v: reference(*(g | {name: v}).values()))]
    if len(values) == 1:
        yield Cause("argument_not_used", evidence.about(f"`{name}` is never used: {values[0]:g} is built in."))
    elif values:
        yield Cause("argument_not_used", evidence.about(f"`{name}` has no influence, and should have."))


def _explained(evidence: Evidence, function: Callable) -> bool:
    """Whether ``function(inputs)`` gives what came out wherever something is wrong; not, when time is up."""
    if evidence.is_out_of_time:
        return False
    values = {}

    def predict(result, name):
        if result.index not in values:
            values[result.index] = function(result.inputs)
        return evidence.part(name, values[result.index])

    return all(explains(evidence.results[name], lambda r, n=name: predict(r, n)) for name in evidence.wrong)


def _changed_arguments(takes: dict) -> Iterator[tuple[str, str, Callable]]:
    for name, kind in takes.items():
        if isinstance(kind, Number):
            for value in (1.0, 0.01, 1e-5, 1e-8):
                sentence = f"where `{name}` is 0, {value:g} stands in its place."
                yield "zero_taken_for_missing", sentence, lambda given, n=name, v=value: given | {n: given[n] or v}
        if isinstance(kind, Array | Number | Record):
            for told, change in (CHANGES if isinstance(kind, Number) else CHANGES | OF_ARRAYS).items():
                yield "argument_changed", f"`{name}` {told}.", _changed(name, change)
        if isinstance(kind, Array):
            for limit in (3, 5, 6, 10, 15, 20, 30, 50, 88, 100, 500):
                told = f"`{name}` is cut to the range from -{limit} to {limit} first."
                yield "argument_cut", told, _changed(name, lambda a, c=limit: np.clip(a, -c, c))
        if isinstance(kind, Labels):
            scores = next((n for n, k in takes.items() if k.axes[:2] == (kind.axis, kind.classes)), None)
            if scores:
                told = f"the likeliest class stands where the label in `{name}` is due."
                yield "argument_changed", told, lambda g, n=name, s=scores: g | {n: np.argmax(g[s], axis=1)}
        if isinstance(kind, Record):
            yield from _changed_parts(name, kind)
    lists = any(isinstance(kind, Arrays) for kind in takes.values())
    named = any(kind.axes for kind in takes.values())
    for told, part in SAMPLES.items():
        told = told.format("array" if lists else "sample" if named else "entry")
        yield "not_all_samples", told, lambda given, p=part: _of_samples(takes, given, p)
    for one, other in itertools.combinations(takes, 2):
        sentence = f"`{one}` and `{other}` stand in each other's place."
        yield "arguments_swapped", sentence, lambda g, a=one, b=other: g | {a: g[b], b: g[a]}
        for first, second in ((one, other), (other, one)):
            sentence = f"`{second}` stands where `{first}` should, too."
            yield "argument_twice", sentence, lambda g, a=first, b=second: g | {a: g[b]}


def _of_samples(takes: dict, given: dict, part: Callable) -> dict:
    """The arguments with some of the samples, which lie along the first axis of the first array with named axes."""
    first = next((kind.axes[0] for kind in takes.values() if kind.axes and not isinstance(kind, Record)), None)
    if first is None and not any(isinstance(kind, Arrays) for kind in takes.values()):
        return {
            n: np.ravel(v)[part(np.arange(np.size(v)))] if isinstance(v, np.ndarray) else v for n, v in given.items()
        }

    def chosen(kind, value):
        if isinstance(kind, Pack):
            return tuple(chosen(k, v) for k, v in zip(kind.parts.values(), value, strict=True))
        if isinstance(kind, Record):
            return {key: chosen(kind.parts[key], v) for key, v in value.items()}
        return part(value) if isinstance(kind, Arrays) or (first and kind.axes[:1] == (first,)) else value

    return {name: chosen(takes[name], value) for name, value in given.items()}


def _changed(name: str, change: Callable) -> Callable:
    def changed(given):
        value = given[name]
        if isinstance(value, dict):
            new = {key: change(part) for key, part in value.items()}
        elif isinstance(value, list | tuple):
            new = type(value)(change(part) for part in value)
        else:
            new = change(value)
        return given | {name: new}

    return changed


def _changed_parts(name: str, kind: Record) -> Iterator[tuple[str, str, Callable]]:
    """The same for each array of a dict or a tuple."""

    def with_part(given, key, new):
        parts = given[name]
        if isinstance(parts, dict):
            return given | {name: parts | {key: new(parts[key])}}
        place = list(kind.parts).index(key)
        return given | {name: tuple(new(p) if i == place else p for i, p in enumerate(parts))}

    for key in kind.parts:
        for told, change in (CHANGES | OF_ARRAYS).items():
            yield "argument_changed", f"`{key}` {told}.", lambda g, k=key, c=change: with_part(g, k, c)
    if isinstance(kind, Pack):
        for one, other in itertools.combinations(range(len(kind.parts)), 2):
            first, second = list(kind.parts)[one], list(kind.parts)[other]

            def swapped(given, a=one, b=other):
                parts = list(given[name])
                parts[a], parts[b] = parts[b], parts[a]
                return given | {name: tuple(parts)}

            yield "arguments_swapped", f"`{first}` and `{second}` stand in each other's place.", swapped


def _other_functions(evidence: Evidence) -> Iterator[tuple[str, Callable]]:
    """Sibling exercises with the same arguments, and functions that everybody knows, with and without a ``dout``."""
    exercise = evidence.probes.exercise
    takes = exercise.takes
    for sibling in catalogue(exercise.unit):
        missing = set(sibling.takes or {"?"}) - set(takes)
        if sibling.name != exercise.name and not missing - {"dout"}:
            if not missing:
                yield f"This is what {sibling.name} computes.", _of_sibling(sibling)
                for factor in (2, 4, 0.5, 0.25, -1):
                    told = f"This is {factor:g} times what {sibling.name} computes."
                    yield told, lambda g, s=sibling, f=factor: f * _of_sibling(s)(g)
                yield f"This is dout times {sibling.name}: its derivative is due.", _times_dout(_of_sibling(sibling))
            else:
                first = next(iter(takes))
                yield (
                    f"This is the derivative, as {sibling.name} has it; the function itself is due.",
                    (lambda g, s=sibling, f=first: _of_sibling(s)(g | {"dout": np.ones(np.shape(g[f]))})),
                )
    arrays = [name for name, kind in takes.items() if isinstance(kind, Array) and not kind.axes]
    for name in arrays:
        for told, function in KNOWN.items():
            told = told.replace("z", f"`{name}`") if told == "z itself" else f"{told} of `{name}`"
            yield f"This is {told}.", lambda g, n=name, f=function: f(np.asarray(g[n], float))
            if "dout" in takes and name != "dout":
                yield (
                    f"This is dout times {told}.",
                    lambda g, n=name, f=function: g["dout"] * f(np.asarray(g[n], float)),
                )
    if "dout" in takes:
        yield (
            "dout is not used: this is the derivative alone. The chain rule multiplies it by dout.",
            (lambda g: exercise.reference(*(g | {"dout": np.ones(np.shape(g["dout"]))}).values())),
        )


def _of_sibling(sibling) -> Callable:
    return lambda given: sibling.reference(*[given[name] for name in sibling.parameters if name in given])


def _times_dout(function) -> Callable:
    return lambda given: given["dout"] * function(given)
