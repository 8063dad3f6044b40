"""Run a student's function once in this process, and describe what happened as plain data."""

import _thread
import contextlib
import os
import signal
import sys
import sysconfig
import threading
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass

import numpy as np

from autograder.box.attempt import attempt, observed, pass_arguments
from autograder.box.sealed import SEALED
from autograder.box.wire import LITTLE, Seed, left_of, plain
from autograder.exercise import Inputs
from autograder.files import ROOT
from autograder.outside import is_loaded

SECONDS = 5.0  # that a call may take
NOT_THE_STUDENTS = (sysconfig.get_path("stdlib"), "<frozen", *(f"{ROOT / package}{os.sep}" for package in SEALED))


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
    shared: tuple[str, ...] = ()  # the arguments with which the value shares memory


class TimeLimitExceeded(BaseException):
    """Raised inside the student's function; not an Exception, so that ``except Exception`` cannot swallow it."""


@contextlib.contextmanager
def time_limit(seconds: float, of_processor: bool = False):
    """Raise TimeLimitExceeded in the main thread after ``seconds``; elsewhere there is no limit.

    ``of_processor`` counts the time that this process computes, where the system can, and not that of the clock.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
    elif hasattr(signal, "setitimer"):

        def insist(_, event, __):
            if event == "line":
                raise TimeLimitExceeded
            return insist

        timer, alarm = (signal.ITIMER_PROF, signal.SIGPROF) if of_processor else (signal.ITIMER_REAL, signal.SIGALRM)
        is_over = False

        def expire(_, frame):
            if is_over:  # the alarm came while it was being turned off
                return
            # A bare "except:" may swallow what is raised here; then insist raises again, on its next line.
            while frame and frame.f_code is not attempt.__code__ and frame.f_code.co_filename != __file__:
                frame.f_trace = insist
                frame = frame.f_back
            sys.settrace(lambda *_: None)  # tracing on, but not of the functions that are still to be called
            raise TimeLimitExceeded

        previous, tracer = signal.signal(alarm, expire), sys.gettrace()
        signal.setitimer(timer, seconds, 0.1)
        try:
            yield
        finally:
            try:
                is_over = True
            finally:  # also when the alarm has come just before
                is_over = True
                signal.setitimer(timer, 0)
                sys.settrace(tracer)
                signal.signal(alarm, previous)
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


def call(function: Callable | None, inputs: Inputs, seconds: float | None = SECONDS) -> Outcome:
    """Call ``function`` with copies of ``inputs``, by position, as a student would; for None, without a limit of time.

    Ctrl-C is the user's own and passes through; everything else becomes an Outcome.
    """
    given = copy_inputs(inputs)
    with observed() as seen:
        try:
            with contextlib.nullcontext() if seconds is None else time_limit(seconds):
                facts = attempt(function, given, plain, is_students, (KeyboardInterrupt, TimeLimitExceeded))
        except TimeLimitExceeded:
            facts = {"status": "timeout", "message": late(seconds)}
    facts["shared"] = tuple(facts.get("shared", ()))
    return Outcome(**facts, mutated=_changed(inputs, given), printed=seen.printed, warnings=tuple(seen.warnings))


def call_unwatched(function: Callable, inputs: Inputs) -> Outcome:
    """Call a function of the course's own as ``call`` does, but for what only a student's needs: what it prints is
    printed, what it raises is raised, and nobody stops it."""
    given = copy_inputs(inputs)
    value, shared = pass_arguments(function, given)
    return Outcome("returned", plain(value), mutated=_changed(inputs, given), shared=tuple(shared))


def _changed(before: Inputs, after: Inputs) -> tuple[str, ...]:
    return tuple(name for name in before if not same_data(before[name], left_of(before[name], after[name])))


def late(seconds: float) -> str:
    return f"no answer within {seconds:g} s"


def copy_inputs(inputs: Inputs) -> Inputs:
    """Copies of the data, as a function in a box gets them; functions are passed on, and an object that counts its
    calls anew."""
    return {name: _copy(value) for name, value in inputs.items()}


def _copy(value):
    if isinstance(value, Seed):
        return value.generator()
    return copy(value) if callable(value) else plain(value)


def same_data(before, after) -> bool:
    """Whether plain data is unchanged, NaN equal to NaN, types and dtypes included."""
    if callable(before):
        return True
    if type(before) is not type(after):
        return False
    if isinstance(before, np.ndarray):
        if before.dtype != after.dtype or before.shape != after.shape:
            return False
        is_same = before.nbytes <= LITTLE and before.tobytes() == after.tobytes()  # most are, and this is soon seen
        return is_same or np.array_equal(before, after, equal_nan=before.dtype.kind == "f")
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(same_data(before[k], after[k]) for k in before)
    if isinstance(before, list | tuple):
        return len(before) == len(after) and all(map(same_data, before, after))
    return before == after or before != before


def is_students(filename: str) -> bool:
    """Whether a code object's file is neither Python's, nor installed, nor the course's own, nor an exercise."""
    installed = "site-packages" in filename or "dist-packages" in filename
    return not (installed or filename.startswith(NOT_THE_STUDENTS) or is_loaded(filename))
