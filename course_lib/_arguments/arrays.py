"""Arrays as arguments: dtype, memory layout and shape."""

from collections.abc import Iterable, Mapping

import numpy as np

from course_lib._arguments.objects import described

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
            return x  # most arrays end here, at a quarter of the cost of what follows
    x = as_real(x, name)
    if x.dtype.newbyteorder("=") not in FLOATS:
        x = x.astype(dtype or np.float64)
    x = np.asarray(x, dtype or x.dtype.newbyteorder("="), order="C")
    return x if x.flags.behaved else x.copy()


def as_real(x, name):
    try:
        x = np.asarray(x)
    except ValueError:
        raise ValueError(f"{name} must be an array of numbers, got rows of different lengths") from None
    if x.dtype == np.float16:
        raise TypeError(f"{name} is float16, which is not supported: pass {name}.astype(np.float32)")
    if x.dtype.kind not in "fiub":
        raise TypeError(f"{name} must hold real numbers, got {kind_of(x)}")
    return x


def kind_of(x):
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
        got, advice = described(values), ""
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
            f"{name} must be an array, because it is updated in place, got {kind}: keep np.array({name}, float)"
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


def float_type(dtype, *, name="dtype") -> np.dtype:
    """``dtype`` as float32 or float64; others are refused."""
    try:
        found = None if dtype is None else np.dtype(dtype)  # None is float64 to NumPy
    except TypeError:
        found = None
    if found is None or found not in FLOATS:
        raise TypeError(f"{name} must be float32 or float64, got {found or described(dtype)}")
    return found
