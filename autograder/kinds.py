"""What kind of value an answer is, in words that say what to do when numbers are due."""

import numpy as np

from autograder.box.wire import Unsupported

A_FUNCTION = "a function: call it, with round brackets behind its name, and return its value"
LAZY = "values that are still to be computed: make a list of them, as in list(...)"
COROUTINE = "a coroutine: the function is defined with async def; remove async"
STRANGE = {
    "generator": "a generator: it uses yield, or round brackets around a for; return the values themselves",
    "coroutine": COROUTINE,
    "async_generator": COROUTINE,
    "function": A_FUNCTION,
    "method": A_FUNCTION,
    "builtin_function_or_method": A_FUNCTION,
    "functools.partial": A_FUNCTION,
    "numpy.ufunc": A_FUNCTION,
    "numba.core.registry.CPUDispatcher": A_FUNCTION,
    "type": "a class: return a value, and not the class itself",
    "map": LAZY,
    "filter": LAZY,
    "zip": LAZY,
    "enumerate": LAZY,
    "reversed": LAZY,
    "range": "a range: make a list or an array of it",
    "set": "a set, which has no order: return a list or an array",
    "ellipsis": "`...`: the placeholder is still there; return your own value instead",
    "NotImplementedType": "NotImplemented: return your own value instead",
}
NOTHING = "None (is a return missing?)"
WRAP = "wrap it in np.array"
COMMA = "is there a comma behind the value?"
ADVICE = (NOTHING, WRAP, COMMA, *dict.fromkeys(STRANGE.values()))  # our own words alone, whatever the answer was


def kind_of(value, is_part: bool = False) -> str:
    """A few words for a value; ``is_part`` when it is one of several that were returned together."""
    if isinstance(value, np.ndarray) and type(value) is np.ndarray:
        return f"an array of shape {value.shape}"
    if isinstance(value, bool | int | float | np.generic):
        return "a number"
    if value is None:
        return "None" if is_part else NOTHING
    if isinstance(value, list | tuple):
        return f"a {type(value).__name__} of {len(value)}"
    said = value.kind[:120] if isinstance(value, Unsupported) else f"a value of type {type(value).__name__}"
    return STRANGE.get(said.removeprefix("a value of type "), said)


def kind_instead_of_numbers(value, shape: tuple[int, ...], is_part: bool = False) -> str:
    """The kind of a value that stands where an array of ``shape``, or for () a single number, is due."""
    said = kind_of(value, is_part)
    if type(value) is tuple and len(value) == 1 and _shape(value[0]) == shape:
        return f"{said}: {COMMA}"
    return f"{said}: {WRAP}" if isinstance(value, list | tuple) and shape and _shape(value) == shape else said


def _shape(value) -> tuple[int, ...] | None:
    """The shape of the array of numbers that can be made of a value, if it can."""
    try:
        return np.asarray(value, dtype=float).shape
    except Exception:
        return None
