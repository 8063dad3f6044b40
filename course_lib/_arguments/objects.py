"""Objects as arguments: functions, generators, dicts, and one of a few words."""

from collections.abc import Iterable, Mapping

import numpy as np


def with_keys(params, keys, *, name="params"):
    """The dict ``params``, refused when it lacks one of ``keys``."""
    if not isinstance(params, Mapping):
        raise TypeError(f"{name} must be a dict with the keys {', '.join(keys)}, got {described(params)}")
    if missing := [key for key in keys if key not in params]:
        raise ValueError(f"{name} lacks {', '.join(map(repr, missing))}: its keys are {', '.join(keys)}")
    return params


def choice(value, choices: Iterable, *, name):
    """``value``, refused unless it is one of ``choices``."""
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}, got {value!r}")
    return value


def function(value, *, name, form):
    """``value``, refused unless it can be called as ``form`` says. A class must first be given its parameters."""
    if isinstance(value, type) or not callable(value):
        advice = f": type {value.__name__}(...)" if isinstance(value, type) else ""
        raise TypeError(f"{name} must be a function {form}, got {described(value)}{advice}")
    return value


def with_methods(value, *methods, name):
    """``value``, refused unless it is an object with ``methods``. A class is not yet one."""
    if isinstance(value, type) or not all(callable(getattr(value, method, None)) for method in methods):
        advice = f": type {value.__name__}(...)" if isinstance(value, type) else ""
        raise TypeError(f"{name} must be an object with {', '.join(methods)}, got {described(value)}{advice}")
    return value


def instance(value, kind, *, name):
    """``value``, refused unless it is an object of the class ``kind``."""
    if not isinstance(value, kind):
        article = "an" if kind.__name__[0] in "AEIOU" else "a"
        advice = f": type {value.__name__}(...)" if isinstance(value, type) and issubclass(value, kind) else ""
        raise TypeError(f"{name} must be {article} {kind.__name__}, got {described(value)}{advice}")
    return value


def cache_of(cache, forward, size):
    """``cache``, refused unless it has ``size`` entries, as the function named ``forward`` returns it."""
    if not isinstance(cache, tuple | list) or len(cache) != size:
        found = f"{len(cache)} entries" if isinstance(cache, tuple | list) else f"the type {type(cache).__name__}"
        raise TypeError(f"cache must be the tuple of {size} that {forward} returned with its output, got {found}")
    return cache


def generator(rng, *, name="rng") -> np.random.Generator:
    """``rng``, refused unless it is a generator: a number would be a seed, and each call would draw the same."""
    if not isinstance(rng, np.random.Generator):
        advice = f"type {name}=np.random.default_rng({rng if isinstance(rng, int) else ''})"
        raise TypeError(f"{name} must be a numpy.random.Generator, got {described(rng)}: {advice}")
    return rng


def described(value):
    if isinstance(value, type):
        return f"the class {value.__name__}"
    text = " ".join(repr(value).split())  # an array's rows are lines
    return f"{text if len(text) <= 60 else text[:57] + '...'} ({type(value).__name__})"
