"""What the public functions demand of their arguments, each with one sentence that says what is wrong and what to type.

Kernels trust their callers and check no bounds, so every array and number goes through here before it reaches one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf
from operator import index

import numpy as np

FLOATS = FLOAT32, FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)


def as_float(x, dtype=None, *, name="array") -> np.ndarray:
    """``x`` as a C-contiguous, writable float array: float32 stays float32; integers and booleans become float64.

    Kernels see one memory layout and two dtypes, because each new signature costs a compilation. An array that is
    read-only or not aligned would be a signature of its own, and is copied.

    Parameters
    ----------
    x : array, or what NumPy makes one of
    dtype : float32 or float64, to convert to; None keeps the float type of ``x``

    Raises
    ------
    TypeError
        When ``x`` does not hold real numbers, or holds float16, whose three digits no loop here is written for.
    ValueError
        When ``x`` is a list of rows of different lengths.
    """
    if type(x) is np.ndarray and x.flags.carray:
        found = x.dtype
        if (found is FLOAT64 or found is FLOAT32) and (dtype is found or dtype is None or dtype == found):
            return x  # as most arrays do: this costs a quarter of the way below
    x = _as_real(x, name)
    if x.dtype.newbyteorder("=") not in FLOATS:
        x = x.astype(dtype or np.float64)
    x = np.asarray(x, dtype or x.dtype.newbyteorder("="), order="C")
    return x if x.flags.behaved else x.copy()


def _as_real(x, name):
    try:
        x = np.asarray(x)
    except ValueError:
        raise ValueError(f"{name} must be an array of numbers, got rows of different lengths") from None
    if x.dtype == np.float16:
        raise TypeError(f"{name} is float16, which is not supported: pass {name}.astype(np.float32)")
    if x.dtype.kind not in "fiub":
        raise TypeError(f"{name} must hold real numbers, got {_kind_of(x)}")
    return x


def _kind_of(x):
    if x.dtype != object:
        return str(x.dtype)
    kinds = {type(value).__name__ for value in x.flat}
    return f"objects ({', '.join(sorted(kinds))})"


def matrix(x, dtype=None, *, width=None, name="x") -> np.ndarray:
    """``as_float(x)``, refused unless it is (N, D) with N >= 1, and D = ``width`` where that is given."""
    x = array_of(x, ("N", "D"), dtype, name=name)
    if width is not None and x.shape[1] != width:
        raise ValueError(f"{name} must have the shape (N, {width}), got {x.shape}")
    return x


def images(x, dtype=None, *, name="x") -> np.ndarray:
    """``as_float(x)``, refused unless it is (N, C, H, W) with N >= 1."""
    return array_of(x, ("N", "C", "H", "W"), dtype, name=name)


def array_of(x, axes, dtype=None, *, name="x") -> np.ndarray:
    """``as_float(x)`` with one axis for each name in ``axes``, "..." for any number of them, and none of them empty."""
    x = as_float(x, dtype, name=name)
    least = len(axes) - ("..." in axes)
    if x.ndim < least or (x.ndim > least and least == len(axes)):
        advice = f": one sample is {name}[None]" if axes[0] == "N" and x.ndim == least - 1 else ""
        shape = f"({', '.join(axes)}{',' if len(axes) == 1 else ''})"
        raise ValueError(f"{name} must have the shape {shape}, got {x.shape}{advice}")
    return not_empty(x, name=name)


def not_empty(x, *, name="x"):
    """``x``, refused when it has no entries: there is no mean of nothing."""
    if x.size == 0:
        raise ValueError(f"{name} must have at least one entry along every axis, got the shape {x.shape}")
    return x


def same_shape(x, shape, dtype=None, *, name="dout") -> np.ndarray:
    """``as_float(x)``, refused unless it has the shape ``shape``: NumPy would broadcast many others."""
    x = as_float(x, dtype, name=name)
    if x.shape != tuple(shape):
        raise ValueError(f"{name} must have the shape {tuple(shape)}, got {x.shape}")
    return x


def arrays(values, dtype=None, *, name) -> list[np.ndarray]:
    """Each of the list ``values`` by ``as_float``. One array is refused: its rows, or numbers, would be the arrays."""
    if isinstance(values, np.ndarray | Mapping) or not isinstance(values, Iterable):
        got, advice = _described(values), ""
        if isinstance(values, np.ndarray):
            got, advice = f"one array of shape {values.shape}", f": pass [{name}]"
        elif isinstance(values, Mapping):
            got, advice = "a dict", f": pass list({name}.values())"
        raise TypeError(f"{name} must be a list of arrays, got {got}{advice}")
    return [as_float(value, dtype, name=f"an array of {name}") for value in values]


def same_shapes(values, others, dtype=None, *, name) -> list[np.ndarray]:
    """``arrays(values)``, refused unless they have the shapes of the list of arrays ``others``, one by one."""
    values, shapes = arrays(values, dtype, name=name), [other.shape for other in others]
    if [value.shape for value in values] != shapes:
        raise ValueError(f"{name} must have the shapes {shapes}, got {[value.shape for value in values]}")
    return values


def in_place(x, *, name):
    """``x``, refused unless it is a contiguous vector (P,) of float32 or float64 that can be written into."""
    if not isinstance(x, np.ndarray):
        kind = type(x).__name__
        raise TypeError(
            f"{name} must be an array, for it is updated in place, got {kind}: keep np.array({name}, float)"
        )
    if x.dtype not in FLOATS:
        raise TypeError(f"{name} must be float32 or float64, got {x.dtype}: update a copy, {name}.astype(float)")
    if not x.flags.carray:
        wrong = "not contiguous" if x.flags.writeable else "read-only"
        raise ValueError(f"{name} is {wrong}: update a copy, {name}.copy()")
    if x.ndim != 1:
        raise ValueError(f"{name} must be a vector (P,), got {x.shape}: pass {name}.reshape(-1), a view of it")
    return x


def finite(x, *, name="x"):
    """The array ``x``, refused when it holds NaN or infinity."""
    if not np.isfinite(x).all():
        raise ValueError(f"{name} must be finite, got {x[~np.isfinite(x)].flat[0]}")
    return x


def labels(y, n_classes, shape=None, *, ignore=None, name="labels") -> np.ndarray:
    """``y`` as a contiguous int64 array: whole numbers in [0, n_classes), or ``ignore``, of the shape ``shape``.

    Floats are refused, even whole ones: a cut-off 1.9 would become the class 1.
    """
    given = integers(y, name=name)
    if shape is not None and given.shape != tuple(shape):
        advice = ": one-hot rows? pass labels.argmax(axis=-1)" if given.shape == (*shape, n_classes) else ""
        raise ValueError(f"{name} must have the shape {tuple(shape)}, got {given.shape}{advice}")
    y = np.asarray(given, np.int64, order="C")
    counted = y if ignore is None else y[y != ignore]
    # without their signs, negative numbers are the largest: one pass finds them too
    if counted.size and np.maximum.reduce(counted.view(np.uint64), axis=None) >= n_classes:
        wrong = counted.min() if given.dtype.kind == "i" and counted.min() < 0 else given.max()
        raise ValueError(f"{name} must lie in [0, {n_classes}), got {wrong}")
    return y if y.flags.behaved else y.copy()


def integers(x, low=None, high=None, *, name) -> np.ndarray:
    """``x`` as an array of whatever integers it holds, all in [low, high]; booleans count as such."""
    x = np.asarray(x)
    if x.dtype.kind not in "iub":
        advice = f": pass {name}.astype(int)" if x.dtype.kind == "f" and np.array_equal(x, np.trunc(x)) else ""
        raise TypeError(f"{name} must be integers, got {_kind_of(x)}{advice}")
    if x.size and (low is not None or high is not None):
        integer(x.min(), low, high, name=name)
        integer(x.max(), low, high, name=name)
    return x


def booleans(x, shape, *, name) -> np.ndarray:
    """``x`` as an array of bool of the shape ``shape``. Integers are refused: they may be places."""
    x = np.asarray(x)
    if x.dtype != bool:
        raise TypeError(f"{name} must be booleans, got {_kind_of(x)}: type {name}.astype(bool) if 1 means True")
    if x.shape != tuple(shape):
        raise ValueError(f"{name} must have the shape {tuple(shape)}, got {x.shape}")
    return x


def whole(x, *, name) -> np.ndarray:
    """``x`` as an int64 array. Floats that are whole are taken: such are the integers that pass through a network."""
    x = _as_real(x, name)
    with np.errstate(invalid="ignore"):  # NaN and infinity become some integer, which is not equal to them
        numbers = x.astype(np.int64)
    if not np.array_equal(numbers, x):
        raise ValueError(f"{name} must be whole numbers, got {x[numbers != x].flat[0]}")
    return numbers


def with_keys(params, keys, *, name="params"):
    """The dict ``params``, refused when it lacks one of ``keys``."""
    if not isinstance(params, Mapping):
        raise TypeError(f"{name} must be a dict with the keys {', '.join(keys)}, got {_described(params)}")
    if missing := [key for key in keys if key not in params]:
        raise ValueError(f"{name} lacks {', '.join(map(repr, missing))}: its keys are {', '.join(keys)}")
    return params


def indices(x, n, *, name) -> np.ndarray:
    """``x`` as an int64 array of places in [0, n). A mask is refused: it would be the places 1 and 0."""
    x = np.asarray(x)
    if x.dtype == bool:
        raise TypeError(f"{name} must be integers, got a boolean mask: pass np.flatnonzero({name})")
    # an empty list becomes an array of floats
    return labels(x if x.size else x.astype(np.int64), n, name=name)


def rows(x, n, *, name) -> np.ndarray:
    """``x`` as an array of any kind, refused unless it has n rows."""
    x = np.asarray(x)
    if x.ndim == 0 or len(x) != n:
        raise ValueError(f"{name} must have one row for each of the {n} samples, got the shape {x.shape}")
    return x


def samples(x, *, name="x") -> np.ndarray:
    """``x`` as an array (N, ...) of any kind, refused unless there is a sample."""
    x = np.asarray(x)
    if x.ndim == 0 or len(x) == 0:
        raise ValueError(f"{name} must have at least one sample along its first axis, got the shape {x.shape}")
    return x


def weights_of(n, weights, *, name="weights") -> np.ndarray:
    """``weights`` as a float64 array (n,): finite, none negative, not all zero. None stands for equal ones."""
    if weights is None:
        return np.ones(n)
    weights = NOT_NEGATIVE.every(same_shape(weights, (n,), np.float64, name=name), name=name)
    if not weights.any():
        raise ValueError(f"{name} must not all be zero")
    return weights


def probabilities(probs, *, name="probs"):
    """The float array ``probs``, refused unless its rows, along the last axis, are distributions. NaN passes.

    A thousandth is left for rounding, float32's or that of a printed table: logits and counts are further off.
    """
    sums = probs.sum(axis=-1, dtype=np.float64)
    if (wrong := probs < -1e-3).any():
        raise ValueError(f"{name} must not be negative, got {probs[wrong][0]}: pass softmax({name}) for logits")
    if (wrong := np.abs(sums - 1) > 1e-3).any():
        raise ValueError(f"rows of {name} must sum to one, got {sums[wrong][0]:.6g}: pass softmax({name}) for logits")
    return probs


def n_samples(n, *, name="n", instead="len(y)") -> int:
    """``n`` as an int, at least 1; the samples themselves are refused."""
    if np.ndim(n):
        raise TypeError(f"{name} must be the number of samples, got an array {np.shape(n)}: type {instead}")
    return integer(n, 1, name=name)


def integer(value, low=None, high=None, *, name) -> int:
    """``value`` as an int in [low, high]; 2.0 is refused, because so is range(2.0)."""
    try:
        number = index(value)
    except TypeError:
        advice = f": type {int(value)}" if isinstance(value, float) and value.is_integer() else ""
        raise TypeError(f"{name} must be an integer, got {_described(value)}{advice}") from None
    if (low is not None and number < low) or (high is not None and number > high):
        limits = f"at least {low}" if high is None else f"at most {high}" if low is None else f"in [{low}, {high}]"
        raise ValueError(f"{name} must be {limits}, got {number}")
    return number


def number(value, *, name) -> float:
    """``value`` as a float; NaN and infinity are taken, text is not."""
    try:
        if not isinstance(value, str):
            return float(value)
    except (TypeError, ValueError):
        pass
    raise TypeError(f"{name} must be a number, got {_described(value)}")


def shape_of(value, *, name) -> tuple[int, ...]:
    """``value`` as a tuple of sizes, each at least 1; one integer stands for one axis."""
    sizes = value if isinstance(value, tuple | list) else (value,)
    return tuple(integer(size, 1, name=name) for size in sizes)


@dataclass(frozen=True)
class Interval:
    """Where a number may lie; calling it with a number gives the number as a float, or says where it should lie."""

    low: float
    high: float
    open_low: bool = False
    open_high: bool = False

    def __call__(self, value, *, name) -> float:
        x = value if type(value) is float else number(value, name=name)
        if not self._holds(x):
            raise ValueError(f"{name} must {self}, got {value}")
        return x

    def every(self, x, *, name):
        """The array ``x``, refused unless each of its entries lies in the interval."""
        inside = self._holds(x)
        if not inside.all():
            raise ValueError(f"{name} must {self}, got {x[~inside].flat[0]}")
        return x

    def _holds(self, x):
        # NaN compares as False, and so lies nowhere
        above = x > self.low if self.open_low else x >= self.low
        below = x < self.high if self.open_high else x <= self.high
        return above & below

    def __str__(self):
        if self == FINITE:
            return "be finite"
        if self.high == inf:
            above = "positive" if self.low == 0 else f"above {self.low:g}"
            limit = above if self.open_low else f"at least {self.low:g}"
            return f"be {limit}" + (" and finite" if self.open_high else "")
        left, right = "(" if self.open_low else "[", ")" if self.open_high else "]"
        return f"lie in {left}{self.low:g}, {self.high:g}{right}"


FINITE = Interval(-inf, inf, open_low=True, open_high=True)
POSITIVE = Interval(0, inf, open_low=True, open_high=True)
NOT_NEGATIVE = Interval(0, inf, open_high=True)
UNIT = Interval(0, 1)
BELOW_ONE = Interval(0, 1, open_high=True)
INSIDE_UNIT = Interval(0, 1, open_low=True, open_high=True)


def choice(value, choices: Iterable, *, name):
    """``value``, refused unless it is one of ``choices``."""
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}, got {value!r}")
    return value


def function(value, *, name, form):
    """``value``, refused unless it can be called as ``form`` says. A class waits for its parameters first."""
    if isinstance(value, type) or not callable(value):
        advice = f": type {value.__name__}(...)" if isinstance(value, type) else ""
        raise TypeError(f"{name} must be a function {form}, got {_described(value)}{advice}")
    return value


def with_methods(value, *methods, name):
    """``value``, refused unless it is an object with ``methods``. A class is none yet."""
    if isinstance(value, type) or not all(callable(getattr(value, method, None)) for method in methods):
        advice = f": type {value.__name__}(...)" if isinstance(value, type) else ""
        raise TypeError(f"{name} must be an object with {', '.join(methods)}, got {_described(value)}{advice}")
    return value


def instance(value, kind, *, name):
    """``value``, refused unless it is an object of the class ``kind``."""
    if not isinstance(value, kind):
        article = "an" if kind.__name__[0] in "AEIOU" else "a"
        advice = f": type {value.__name__}(...)" if isinstance(value, type) and issubclass(value, kind) else ""
        raise TypeError(f"{name} must be {article} {kind.__name__}, got {_described(value)}{advice}")
    return value


def cache_of(cache, forward, size):
    """``cache``, refused unless it has ``size`` entries, as that which the function named ``forward`` gives."""
    if not isinstance(cache, tuple | list) or len(cache) != size:
        found = f"{len(cache)} entries" if isinstance(cache, tuple | list) else f"the type {type(cache).__name__}"
        raise TypeError(f"cache must be the tuple of {size} that {forward} gave beside its output, got {found}")
    return cache


def float_type(dtype, *, name="dtype") -> np.dtype:
    """``dtype`` as float32 or float64; others are refused."""
    try:
        found = None if dtype is None else np.dtype(dtype)  # None is float64 to NumPy
    except TypeError:
        found = None
    if found is None or found not in FLOATS:
        raise TypeError(f"{name} must be float32 or float64, got {found or _described(dtype)}")
    return found


def generator(rng, *, name="rng") -> np.random.Generator:
    """``rng``, refused unless it is a generator: a number would be a seed, and each call would draw the same."""
    if not isinstance(rng, np.random.Generator):
        advice = f"type {name}=np.random.default_rng({rng if isinstance(rng, int) else ''})"
        raise TypeError(f"{name} must be a numpy.random.Generator, got {_described(rng)}: {advice}")
    return rng


def _described(value):
    if isinstance(value, type):
        return f"the class {value.__name__}"
    text = " ".join(repr(value).split())  # an array's rows are lines
    return f"{text if len(text) <= 60 else text[:57] + '...'} ({type(value).__name__})"
