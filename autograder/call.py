"""Run a student's function once, and describe what happened as plain data."""

import _thread
import contextlib
import copy
import inspect
import io
import os
import signal
import sys
import sysconfig
import threading
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from autograder.exercise import Inputs
from autograder.files import ROOT

TEXT_LIMIT = 2000
OWN_PACKAGES = (f"{ROOT / 'autograder'}{os.sep}", f"{ROOT / 'course_lib'}{os.sep}")
NOT_THE_STUDENTS = (sysconfig.get_path("stdlib"), "<frozen", *OWN_PACKAGES)


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


class Printed(io.StringIO):
    """Keeps the first characters of what is printed: a loop that prints for seconds must not fill the memory."""

    def write(self, text: str) -> int:
        super().write(text[: max(0, TEXT_LIMIT - self.tell())])
        return len(text)


class TimeLimitExceeded(BaseException):
    """Raised inside the student's function; not an Exception, so that ``except Exception`` cannot swallow it."""


@contextlib.contextmanager
def time_limit(seconds: float):
    """Raise TimeLimitExceeded in the main thread after ``seconds``; elsewhere there is no limit."""
    if threading.current_thread() is not threading.main_thread():
        yield
    elif hasattr(signal, "setitimer"):

        def insist(_, event, __):
            if event == "line":
                raise TimeLimitExceeded
            return insist

        def expire(_, frame):
            # A bare "except:" may swallow what is raised here; then insist raises again, on its next line.
            while frame and frame.f_code.co_filename != __file__:
                frame.f_trace = insist
                frame = frame.f_back
            sys.settrace(lambda *_: None)  # tracing on, but not of the functions that are still to be called
            raise TimeLimitExceeded

        previous, tracer = signal.signal(signal.SIGALRM, expire), sys.gettrace()
        signal.setitimer(signal.ITIMER_REAL, seconds, 0.1)
        try:
            yield
        finally:
            sys.settrace(tracer)
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, previous)
    else:
        expired = threading.Event()
        timer = threading.Timer(seconds, lambda: (expired.set(), _thread.interrupt_main()))
        # a process that was started in the background ignores the interrupt, and would never end
        previous = signal.signal(signal.SIGINT, signal.default_int_handler)
        timer.start()
        try:
            yield
        except KeyboardInterrupt:
            if expired.is_set():
                raise TimeLimitExceeded from None
            raise
        finally:
            timer.cancel()
            signal.signal(signal.SIGINT, previous)


def call(function: Callable, inputs: Inputs, seconds: float = 5.0) -> Outcome:
    """Call ``function`` with copies of ``inputs``, by position, as a student would.

    Ctrl-C is the user's own and passes through; everything else becomes an Outcome.
    """
    if not callable(function):
        expected = f"expected a function, got {type(function).__name__}"
        return Outcome("missing", message="nothing in the notebook defines it" if function is None else expected)
    problem = signature_problem(function, inputs)
    if problem:
        return Outcome("signature", message=problem)

    given = copy_inputs(inputs)
    out = Printed()
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(out),
        warnings.catch_warnings(record=True) as caught,
        np.errstate(all="warn", under="ignore"),  # NumPy's own settings, whatever np.seterr the notebook has called
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
        printed=text_of(out.getvalue()),
        warnings=tuple(dict.fromkeys(text_of(w.message) for w in caught)),
    )


def text_of(value, render: Callable = str) -> str:
    """``str(value)`` or ``repr(value)`` of an object of the student's: cut, encodable, and never an exception."""
    try:
        text = render(value)
    except Exception as error:
        text = f"(no text: {type(error).__name__})"
    return text[:TEXT_LIMIT].encode("utf-8", "backslashreplace").decode()


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
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if is_students(frame.filename)]
    where = f"line {own[-1].lineno}: {own[-1].line}" if own else ""
    return {"status": "raised", "error": type(error).__name__, "message": text_of(error), "where": where}


def is_students(filename: str) -> bool:
    """Whether a code object's file is neither Python's, nor installed, nor the course's own."""
    installed = "site-packages" in filename or "dist-packages" in filename
    return not installed and not filename.startswith(NOT_THE_STUDENTS)


def signature_problem(function: Callable, inputs: Inputs) -> str:
    """Why the inputs cannot be passed by position (too many, too few, in another order), or an empty string."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return ""
    names = list(signature.parameters)
    misfits = names != list(inputs) and sorted(names) == sorted(inputs)
    try:
        signature.bind(*inputs.values())
    except TypeError:
        misfits = True
    return f"expected to be called with ({', '.join(inputs)}), but it is defined as {signature}" if misfits else ""
