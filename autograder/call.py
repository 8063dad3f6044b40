"""Run a student's function once, and describe what happened as plain data."""

import _thread
import contextlib
import copy
import inspect
import io
import signal
import threading
import traceback
import types
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from autograder.exercise import Inputs

SEALED = ("course_lib", "autograder")
PRINTED_LIMIT = 2000


@dataclass(frozen=True)
class Outcome:
    """What one call did.

    ``status`` is one of returned, raised, timeout, not_implemented, signature, reference_used, missing, crashed.
    """

    status: str
    value: object = None
    error: str = ""
    message: str = ""
    where: str = ""
    mutated: tuple[str, ...] = ()
    printed: str = ""
    warnings: tuple[str, ...] = ()


class TimeLimitExceeded(BaseException):
    """Raised inside the student's function; not an Exception, so that ``except Exception`` cannot swallow it."""


@contextlib.contextmanager
def time_limit(seconds: float):
    """Raise TimeLimitExceeded in the main thread after ``seconds``; elsewhere there is no limit."""
    if threading.current_thread() is not threading.main_thread():
        yield
    elif hasattr(signal, "setitimer"):

        def expire(*_):
            raise TimeLimitExceeded

        previous = signal.signal(signal.SIGALRM, expire)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, previous)
    else:
        expired = threading.Event()
        timer = threading.Timer(seconds, lambda: (expired.set(), _thread.interrupt_main()))
        timer.start()
        try:
            yield
        except KeyboardInterrupt:
            if expired.is_set():
                raise TimeLimitExceeded from None
            raise
        finally:
            timer.cancel()


def call(function: Callable, inputs: Inputs, seconds: float = 5.0) -> Outcome:
    """Call ``function`` with copies of ``inputs``, by position, as a student would.

    Ctrl-C is the user's own and passes through; everything else becomes an Outcome.
    """
    if not callable(function):
        return Outcome("missing", message=f"expected a function, got {type(function).__name__}")
    problem = signature_problem(function, inputs)
    if problem:
        return Outcome("signature", message=problem)

    given = copy_inputs(inputs)
    out = io.StringIO()
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(out),
        warnings.catch_warnings(record=True) as caught,
    ):
        warnings.simplefilter("always")
        try:
            with time_limit(seconds):
                facts = {"status": "returned", "value": function(*given.values())}
        except KeyboardInterrupt:
            raise
        except TimeLimitExceeded:
            facts = {"status": "timeout", "message": f"no answer within {seconds:g} s"}
        except BaseException as error:
            facts = describe_error(error)
    return Outcome(
        **facts,
        mutated=tuple(name for name in inputs if not same_data(inputs[name], given[name])),
        printed=out.getvalue()[:PRINTED_LIMIT],
        warnings=tuple(dict.fromkeys(str(w.message) for w in caught)),
    )


def copy_inputs(inputs: Inputs) -> Inputs:
    """A deep copy of the data; callables are passed on as they are."""
    return {name: value if callable(value) else copy.deepcopy(value) for name, value in inputs.items()}


def same_data(before, after) -> bool:
    """Whether plain data is unchanged, NaN equal to NaN, types and dtypes included."""
    if callable(before):
        return True
    if type(before) is not type(after):
        return False
    if isinstance(before, np.ndarray):
        return before.dtype == after.dtype and np.array_equal(before, after, equal_nan=before.dtype.kind == "f")
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(same_data(before[k], after[k]) for k in before)
    if isinstance(before, list | tuple):
        return len(before) == len(after) and all(map(same_data, before, after))
    return before == after or before != before


def describe_error(error: BaseException) -> dict:
    """Outcome fields for an exception, with the innermost line of the student's own code."""
    if isinstance(error, NotImplementedError):
        return {"status": "not_implemented"}
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if f.filename != __file__ and "site-packages" not in f.filename]
    where = f"line {own[-1].lineno}: {own[-1].line}" if own else ""
    return {"status": "raised", "error": type(error).__name__, "message": str(error), "where": where}


def signature_problem(function: Callable, inputs: Inputs) -> str:
    """Why the inputs cannot be passed by position, or an empty string."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return ""
    try:
        signature.bind(*inputs.values())
    except TypeError:
        return f"expected to be called with ({', '.join(inputs)}), but it is defined as {signature}"
    return ""


def reference_used_by(function: Callable) -> str:
    """Name the first object of the reference library that the function (or a helper of its own) refers to."""
    waiting, seen = [function], set()
    while waiting:
        candidate = waiting.pop()
        candidate = getattr(candidate, "py_func", candidate)
        if not isinstance(candidate, types.FunctionType) or candidate in seen:
            continue
        seen.add(candidate)
        for name in _names_in(candidate.__code__):
            if name.partition(".")[0] in SEALED:
                return name
            value = candidate.__globals__.get(name)
            home = value.__name__ if isinstance(value, types.ModuleType) else getattr(value, "__module__", None)
            if str(home).partition(".")[0] in SEALED:
                return name
            waiting.append(value)
        waiting.extend(cell.cell_contents for cell in candidate.__closure__ or () if _is_filled(cell))
    return ""


def _names_in(code: types.CodeType):
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _names_in(constant)


def _is_filled(cell) -> bool:
    try:
        _ = cell.cell_contents
    except ValueError:
        return False
    return True
