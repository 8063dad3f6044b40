"""Compare what a function should have done with what it did, and say the first property that fails."""

import reprlib
from dataclasses import dataclass

import numpy as np

from autograder.box.attempt import text_of
from autograder.box.wire import Unsupported
from autograder.call import Outcome
from autograder.kinds import kind_instead_of_numbers, kind_of

RESULT = "the result"  # what a sentence calls the whole of it
MANY = 8  # values, each of which is compared with each
# thousands of arrays in a list take minutes to write out, of which a message shows the first words
ABRIDGED = reprlib.Repr()
ABRIDGED.maxlist = ABRIDGED.maxtuple = ABRIDGED.maxdict = ABRIDGED.maxset = 20
ABRIDGED.maxstring = ABRIDGED.maxlong = ABRIDGED.maxother = 100


@dataclass(frozen=True)
class Difference:
    """The first property that fails (type, shape, dtype, finite, mutated, sign, scale, ...), in plain words."""

    property: str
    sentence: str


@dataclass(frozen=True)
class Tolerance:
    """``integers`` says whether floats may come as integers."""

    rtol: float
    atol: float
    integers: bool = False


def compare(expected: Outcome, got: Outcome, tolerance: Tolerance, returns: tuple[str, ...] = ()) -> Difference | None:
    """Compare a returned value with the reference's; None when they agree.

    ``returns`` are the names of the values, where several are returned.
    """
    difference = _compare_values(expected.value, got.value, tolerance, RESULT, returns)
    return difference and _misplaced(expected.value, got.value, tolerance, returns, difference)


def mutates(expected: Outcome, got: Outcome) -> Difference | None:
    """Whether a call has changed arguments that the reference leaves alone."""
    names = ", ".join(name.rstrip("=") for name in got.mutated if name not in expected.mutated)
    return Difference("mutated", f"the values are right, but the input {names} was changed in place") if names else None


def shares(expected: Outcome, got: Outcome) -> Difference | None:
    """Whether what a call returns shares memory with an argument, where the reference's value does not."""
    names = ", ".join(name.rstrip("=") for name in got.shared if name not in expected.shared)
    text = f"the values are right, but the result shares memory with {names}: whoever changes one, changes the other"
    return Difference("shared", text) if names else None


def same_outcome(one: Outcome, other: Outcome, tolerance: Tolerance) -> bool:
    """Whether two calls did the same: the fingerprint by which a misconception is recognised."""
    if (one.status, one.error, _told(one.message)) != (other.status, other.error, _told(other.message)):
        return False
    if set(one.mutated) != set(other.mutated):
        return False
    return one.status != "returned" or agrees(one.value, other.value, tolerance)


def _told(message: str) -> str:
    """A message as it is compared: that two shapes do not fit, whichever of them NumPy names first."""
    return " ".join(sorted(message.split())) if "broadcast together" in message else message


def agrees(expected, got, tolerance: Tolerance) -> bool:
    """Whether two values are the same up to the tolerance."""
    if type(expected) is type(got) is np.ndarray:
        if expected.shape != got.shape:
            return False
        if expected.dtype == got.dtype:  # for the others the rules of dtypes decide
            return bool(close(expected, got, tolerance).all())
    if isinstance(expected, list | tuple) and isinstance(got, list | tuple):
        return len(expected) == len(got) and all(agrees(e, g, tolerance) for e, g in zip(expected, got, strict=True))
    if isinstance(expected, dict) and isinstance(got, dict):
        return expected.keys() == got.keys() and all(agrees(expected[key], got[key], tolerance) for key in expected)
    return _compare_values(expected, got, tolerance, "") is None


def _compare_values(expected, got, tolerance: Tolerance, what: str, names=()) -> Difference | None:
    if isinstance(expected, list | tuple):
        return _compare_sequences(expected, got, tolerance, what, names)
    if isinstance(expected, dict):
        return _compare_dicts(expected, got, tolerance, what)
    if isinstance(expected, str | bool | None) and not (
        isinstance(expected, bool) and isinstance(got, np.generic | np.ndarray)
    ):
        if type(got) is type(expected) and got == expected:
            return None
        shown = kind_of(got, what != RESULT) if got is None or isinstance(got, Unsupported) else _short(got)
        return Difference("values", f"{what} should be {expected!r}, got {shown}")
    return _compare_arrays(expected, got, tolerance, what)


def _compare_sequences(expected, got, tolerance, what, names) -> Difference | None:
    wanted = f"{len(expected)} values ({', '.join(names)})" if names else f"{len(expected)} values"
    if not isinstance(got, list | tuple):
        return Difference("type", f"{what} should be {wanted}, got {kind_of(got, what != RESULT)}")
    if len(got) != len(expected):
        return Difference("shape", f"{what} should be {wanted}, got {len(got)}")
    for i, (e, g) in enumerate(zip(expected, got, strict=True)):
        part = f"`{names[i]}`" if names else f"value {i + 1} of {len(expected)}"
        difference = _compare_values(e, g, tolerance, part if what == RESULT else _inside(what, i))
        if difference:
            return difference
    return None


def _inside(what: str, key) -> str:
    """The name of what stands inside another, such as `clipped[1]` for `clipped`."""
    return f"{what[:-1]}[{key!r}]`" if what.endswith("`") else f"{what}[{key!r}]"


def _misplaced(expected, got, tolerance, names, difference: Difference) -> Difference:
    """The difference, with a word about order when results stand in each other's places."""
    several = isinstance(expected, list | tuple) and isinstance(got, list | tuple)
    if not several or not len(got) == len(expected) <= MANY:
        return difference
    agrees = np.array([[_compare_values(e, g, tolerance, "") is None for e in expected] for g in got])
    if (agrees.sum(axis=0) == 1).all() and (agrees.sum(axis=1) == 1).all():
        order = f": return {', '.join(names)}" if names else ""
        return Difference("order", f"the values are right, but in another order{order}")
    first = int(np.argmin(agrees.diagonal()))
    if names and agrees[first].any() and isinstance(got[first], np.ndarray) and got[first].any():
        instead = names[int(agrees[first].argmax())]
        return Difference(difference.property, f"{difference.sentence} (it is what `{instead}` should be)")
    return difference


def _compare_dicts(expected, got, tolerance, what) -> Difference | None:
    if not isinstance(got, dict):
        return Difference("type", f"{what} should be a dict, got {kind_of(got, what != RESULT)}")
    if got.keys() != expected.keys():
        return Difference(
            "type", f"{what} should have the keys {sorted(expected)}, got {_short(sorted(map(str, got)))}"
        )
    for key in expected:
        difference = _compare_values(expected[key], got[key], tolerance, _inside(what, key))
        if difference:
            return difference
    return None


@np.errstate(all="ignore")  # a warning printed by the check itself would cost marks in stock nbgrader
def _compare_arrays(expected, got, tolerance, what) -> Difference | None:
    if not isinstance(got, np.ndarray | np.generic | int | float) or (
        isinstance(got, np.ndarray) and type(got) is not np.ndarray
    ):
        kind = kind_instead_of_numbers(got, np.shape(expected), what != RESULT)
        return Difference("type", f"{what} should be {kind_of(expected)}, got {kind}")
    is_scalar = np.ndim(expected) == 0
    expected, got = np.asarray(expected), np.asarray(got)
    if got.dtype.kind not in "biuf":
        return Difference("type", f"{what} should hold numbers, got dtype {got.dtype}")
    if got.shape != expected.shape:
        wanted = "a single number" if is_scalar else f"of shape {expected.shape}"
        return Difference("shape", f"{what} should be {wanted}, got shape {got.shape}")
    may_differ = is_scalar or (tolerance.integers and got.dtype.kind in "iub")
    if expected.dtype.kind == "f" and not may_differ and got.dtype != expected.dtype:
        return Difference("dtype", f"{what} should have dtype {expected.dtype}, got {got.dtype}")

    agree = close(expected, got, tolerance)
    if agree.all():
        return None
    first = tuple(int(i) for i in np.argwhere(~agree)[0])
    at = f" at {list(first)}" if first else ""
    count = f"{int(agree.sum())} of {agree.size} entries agree; first difference" if first else "it differs"
    wanted, found = _told_apart(expected[first], got[first])
    sentence = f"{what}: {count}{at}: expected {wanted}, got {found}"
    name, relation = _relation(expected, got, tolerance)
    return Difference(name, f"{sentence}{relation}")


def close(expected: np.ndarray, got: np.ndarray, tolerance: Tolerance) -> np.ndarray:
    """Entrywise agreement; the absolute part grows with the largest entry, below which float64 sums are noise."""
    magnitude = np.abs(expected)
    largest = magnitude.max(initial=0.0)
    all_finite = largest < np.inf  # nor nan
    if not all_finite:
        largest = magnitude.max(initial=0.0, where=np.isfinite(expected))
    noise = tolerance.atol + 1e-3 * tolerance.rtol * largest
    with np.errstate(all="ignore"):
        near = np.abs(np.subtract(got, expected, dtype=float)) <= noise + tolerance.rtol * magnitude
    if all_finite and np.isfinite(got).all():
        return near
    return np.isclose(got, expected, rtol=tolerance.rtol, atol=noise, equal_nan=True)


def _relation(expected, got, tolerance) -> tuple[str, str]:
    """A property that explains all entries at once, when there is one."""

    def agrees(candidate):
        return candidate.shape == expected.shape and close(expected, candidate, tolerance).all()

    if not np.isfinite(got[np.isfinite(expected)]).all():
        return "finite", " (not finite)"
    if agrees(-got.astype(float)):
        return "sign", " (every entry has the wrong sign)"
    nonzero = np.abs(expected) > tolerance.atol
    if expected.size > 1 and nonzero.any() and np.all(got[nonzero] != 0):
        ratios = got[nonzero] / expected[nonzero]
        if np.isfinite(ratios).all() and agrees(got / ratios[0]):
            return "scale", f" (every entry is {ratios[0]:.4g} times what it should be)"
    if expected.ndim == 2 and agrees(got.T):
        return "transpose", " (it is transposed)"
    if any(agrees(np.flip(got, axis)) for axis in range(expected.ndim)):
        return "axis", " (an axis is reversed)"
    return "values", ""


def _told_apart(*numbers) -> list[str]:
    """The numbers with four digits, or with as many as it takes to see that they differ."""
    for digits in (4, 8, 17):
        shown = [f"{x:.{digits}g}" if x.dtype.kind in "iuf" else str(x) for x in numbers]
        if len(set(shown)) == len(shown):
            break
    return shown


def _short(value) -> str:
    text = text_of(value, ABRIDGED.repr)
    return text if len(text) <= 60 else text[:57] + "..."
