"""What a function uses: whether that is the reference library, which is what the student is to write."""

import contextlib
import dis
import functools
import types
from collections.abc import Callable, Iterator

from autograder.box.sealed import SEALED
from autograder.call import is_students
from autograder.outside import is_loaded


def reference_used_by(function: Callable) -> str:
    """Name the first object of the reference library that the function (or what it calls) refers to, or ""."""
    used = (name for name, found in reached_by(function) if package_of(found) in SEALED or is_loaded(_file(found)))
    return next(used, "")


def reached_by(function: Callable) -> Iterator[tuple[str, object]]:
    """The function, and names and objects that it (or what it calls) refers to.

    Follows the student's own helpers, closures, defaults, decorators, partial and jitted functions, and methods.
    """
    waiting, seen = [(_name_of(function), function)], {}
    while waiting:
        name, candidate = waiting.pop()
        if id(candidate) in seen:
            continue
        seen[id(candidate)] = candidate
        yield name, candidate
        waiting.extend(_reached_from(candidate))


def package_of(candidate) -> str:
    """The name of the package that an object is, or comes from."""
    home = candidate.__name__ if isinstance(candidate, types.ModuleType) else getattr(candidate, "__module__", None)
    return str(home).partition(".")[0]


def _file(candidate) -> str:
    """The file of a function: an exercise's may have been imported under another name."""
    return candidate.__code__.co_filename if isinstance(candidate, types.FunctionType) else ""


def _reached_from(candidate) -> Iterator[tuple[str, object]]:
    """Names and objects that calling ``candidate`` may use."""
    if isinstance(candidate, functools.partial):
        for value in (candidate.func, *candidate.args, *candidate.keywords.values()):
            yield _name_of(value), value
    own_call = getattr(candidate, "__call__", None)  # noqa: B004 - wanted is the method, not whether there is one
    decorated = (getattr(candidate, name, None) for name in ("__func__", "__wrapped__", "py_func"))
    for inner in (getattr(own_call, "__func__", None), *decorated):
        if isinstance(inner, types.FunctionType):
            yield _name_of(candidate), inner
    if isinstance(candidate, types.FunctionType) and is_students(candidate.__code__.co_filename):
        yield from _read_by(candidate.__code__, candidate.__globals__)
        for value in (*(candidate.__defaults__ or ()), *(candidate.__kwdefaults__ or {}).values()):
            yield _name_of(value), value
        for name, cell in zip(candidate.__code__.co_freevars, candidate.__closure__ or (), strict=True):
            with contextlib.suppress(ValueError):  # a cell that is still empty
                yield name, cell.cell_contents


def _name_of(value) -> str:
    return str(getattr(value, "__name__", type(value).__name__))


def _read_by(code: types.CodeType, namespace: dict) -> Iterator[tuple[str, object]]:
    """Global names in the code, with the attributes read from modules, and modules imported inside.

    ``np.tanh`` is followed as an attribute of np: it is not the notebook's own ``tanh``. A plain number of the
    library, such as ``activations.SELU_ALPHA``, may be used.
    """
    name, value = "", None
    for step in dis.get_instructions(code):
        if step.opname in ("LOAD_ATTR", "LOAD_METHOD") and isinstance(value, types.ModuleType):
            name, value = f"{name}.{step.argval}", getattr(value, step.argval, None)
            continue
        if name:
            yield name, value
        name, value = "", None
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            name, value = step.argval, namespace.get(step.argval)
        elif step.opname == "IMPORT_NAME":
            yield step.argval, types.ModuleType(step.argval)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _read_by(constant, namespace)
