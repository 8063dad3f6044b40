"""Cases that nobody has to think of: the corners of what an exercise's parameters may be, drawn from its domain.

Each kind of corner is one case of several calls, so that it costs an answer which forgets it one case.
"""

import itertools
from collections.abc import Callable, Iterator

import numpy as np

from autograder.box.wire import Seed
from autograder.domain import Array, Domain, Generator, Given, Number, Record, Setting
from autograder.exercise import Call, Case, Exercise

OUTWEIGHS = 100.0  # the sum of all other entries
GENERATORS = "generators"  # the kind of case in which each call must draw from those that it gets
MOST_CORNERS = 9  # of several numbers together


def cases_of(exercise: Exercise) -> list[Case]:
    """The cases of the exercise's own, and those that its domain asks for."""
    if exercise.takes is None:
        return exercise.cases
    return [*exercise.cases, *corner_cases(exercise)]


def corner_cases(exercise: Exercise) -> list[Case]:
    """The cases that are drawn from the domain, in the order in which they are run."""
    kinds = (_integers, _shapes, _views, _magnitudes, _corners, _again, _generators, _unchanged, _new, _defaults)
    domain = Domain(exercise.takes)
    found = (kind(exercise, domain) for kind in kinds)
    return [case for case in found if case]


def _case(kind: str, sentence: str, calls: Callable[[np.random.Generator], Iterator[Call]], **more) -> Case:
    def draw(rng):
        return list(calls(rng))

    draw.__name__ = f"drawn {kind}"  # part of the seed: each kind draws numbers of its own
    return Case(sentence, draw, kind, **more)


def _has_arrays(domain: Domain) -> bool:
    return bool(domain.of(Array) or domain.of(Record))


def _integers(exercise, domain) -> Case | None:
    if not any(kind.integers for kind in domain.takes.values()):
        return None

    names = [name for name, kind in domain.takes.items() if kind.integers]

    def calls(rng):
        for name in names:
            yield Call(domain.draw(rng, Setting(integers=(name,))), f"{name} of integers")

    return _case("integers", "arrays of integers", calls)


def _shapes(exercise, domain) -> Case | None:
    if domain.has_any_shape:

        def calls(rng):
            for shape, told in (
                ((), "an array without axes"),
                ((5,), "an array of one axis"),
                ((2, 3, 4), "an array of three axes"),
                ((3, 3), "a square array"),
            ):
                # NumPy makes a number of most results without axes, into which nothing can be written
                yield Call(domain.draw(rng, Setting(shape=shape)), told, may_refuse=not shape)

        return _case("shapes", "arrays without axes, with one, with three, and square ones", calls)
    if len(domain.axes) > 1:

        def calls(rng):
            yield Call(domain.draw(rng, Setting(sizes=dict.fromkeys(domain.axes, 3))), "axes of equal length")
            yield Call(domain.draw(rng, Setting(sizes={domain.axes[0]: 1})), f"{domain.axes[0]} of 1")

        return _case("shapes", f"axes of equal length, and {domain.axes[0]} of 1", calls)
    return None


def _transposed(array):
    return np.asfortranarray(array)


def _strided(array):
    return np.repeat(array, 2, axis=-1)[..., ::2] if array.ndim else array


def _read_only(array):
    array.flags.writeable = False
    return array


def _views(exercise, domain) -> Case | None:
    if not _has_arrays(domain):
        return None

    def calls(rng):
        yield Call(domain.draw(rng, Setting(view=_transposed)), "transposed arrays")
        yield Call(domain.draw(rng, Setting(view=_strided)), "arrays that are slices of others")

    return _case("views", "transposed and sliced arrays", calls)


def _magnitudes(exercise, domain) -> Case | None:
    scaled = [(name, m) for name, kind in domain.takes.items() for m in kind.magnitudes]
    if not scaled:
        return None

    def calls(rng):
        for name, magnitude in scaled:
            yield Call(domain.draw(rng, Setting(magnitudes={name: magnitude})), f"{name} of order {magnitude:g}")

    # an answer that adds 1e-8 somewhere must show: the absolute tolerance is meant for numbers of order 1
    return _case("magnitudes", "very small entries, and large ones", calls, atol_factor=1e-3)


def _corners(exercise, domain) -> Case | None:
    numbers = {name: kind.corners for name, kind in domain.of(Number).items() if kind.corners}
    if not numbers:
        return None
    together = list(itertools.product(*numbers.values()))
    if len(together) > MOST_CORNERS:
        raise ValueError(f"{exercise.name} has {len(together)} corners of its numbers; at most {MOST_CORNERS}")

    def calls(rng):
        # the same arrays each time: what does not change with a number, does not use it
        state = rng.bit_generator.state
        for values in together:
            rng.bit_generator.state = state
            chosen = dict(zip(numbers, values, strict=True))
            told = " and ".join(f"{name} = {value:g}" for name, value in chosen.items())
            yield Call(domain.draw(rng, Setting(numbers=chosen, has_large=True)), told)
        if set(numbers) == set(domain.takes):  # else nothing is drawn, and a table of the corners answers all
            yield Call(domain.draw(rng), "a number between")

    listed = [f"{name} of {', '.join(f'{v:g}' for v in values)}" for name, values in numbers.items()]
    return _case("corners", "; ".join(listed), calls)


def _again(exercise, domain) -> Case | None:
    if exercise.judge:  # there is no one value to repeat, and its own cases are calls with other numbers
        return None

    def calls(rng):
        first, other = domain.draw(rng), domain.draw(rng)
        if domain.of(Array):  # the same but for the last entry, or the last sample, of each array
            other = {name: _with_another_end(domain.takes[name], value, other[name]) for name, value in first.items()}
        yield Call(first, "the first call")
        yield Call(other, "a second call")
        yield Call(first, "the first call, repeated")

    return _case("again", "called again, with other numbers in between", calls)


def _with_another_end(kind, value, other):
    """``value`` with another last entry, which outweighs the others where it may, or with ``other``'s last sample."""
    if isinstance(kind, Given):  # only the exercise knows what may change in it
        return value
    if isinstance(value, list):
        return [*value[:-1], _with_another_end(kind, value[-1], other[-1])]
    if not isinstance(value, np.ndarray) or not value.ndim:
        return value
    mixed = value.copy()
    if getattr(kind, "axes", ()):
        mixed[-1] = other[-1]
    elif np.isfinite(kind.high):
        mixed.flat[-1] = other.flat[-1]
    else:
        mixed.flat[-1] = -OUTWEIGHS if value.mean() > 0 else OUTWEIGHS
    return mixed


def _generators(exercise, domain) -> Case | None:
    """Where there is one right value, the comparison with it shows all of this."""
    names = list(domain.of(Generator))
    if not names or not exercise.judge:
        return None

    def calls(rng):
        first = domain.draw(rng)
        other = {name: Seed(first[name].number + 1) for name in names}
        yield Call(first, "a generator")
        yield Call(first | other, "another generator", as_first=False)
        yield Call(first, "the first generator again, as new", as_first=True)

    return _case(GENERATORS, f"numbers drawn from {' and '.join(names)}, and from nothing else", calls)


def _unchanged(exercise, domain) -> Case | None:
    if not domain.is_kept:
        return None

    def calls(rng):
        if _has_arrays(domain) and not exercise.borrows:
            yield Call(domain.draw(rng, Setting(view=_read_only)), "read-only arrays")

    return _case("unchanged", "the arguments are left unchanged", calls)


def _new(exercise, domain) -> Case | None:
    return _case("new", "the results are new arrays", lambda rng: iter(())) if exercise.new else None


def _defaults(exercise, domain) -> Case | None:
    """Comes last: after an answer without the default there is nothing more to call."""
    optional = list(exercise.defaults)
    if not optional:
        return None

    def calls(rng):
        inputs = domain.draw(rng)
        yield Call({f"{n}=" if n in optional else n: v for n, v in inputs.items()}, f"{', '.join(optional)} by name")
        left_out = {n: v for n, v in inputs.items() if n not in optional}
        yield Call(left_out, f"{', '.join(optional)} left out")

    return _case("defaults", f"{', '.join(optional)} by name, and left out", calls)
