"""The values of the grader's own functions, at arguments that a box has chosen."""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator

import numpy as np

from autograder.grading.isolation.memory import room_for

TEXT_LIMIT = 2000
MEMORY_BYTES = 512 << 20  # a right answer's own calls need a tenth of it


class _Late(BaseException):
    """Raised inside the function; not an Exception, so that nothing there takes it for one of its own."""


def evaluate(callables: dict[int, Callable], question: dict, seconds: float) -> dict:
    """The answer to a question of the box's: what a function returns, or what it raises.

    A function that needs more memory than ``MEMORY_BYTES`` raises MemoryError, one that takes longer than ``seconds``
    TimeoutError; in a thread other than the main one, it is waited for.
    """
    number, arguments = question.get("number"), question.get("arguments")
    if type(number) is not int or type(arguments) is not list:
        return {"error": "TypeError", "message": "this is no call of a function"}
    if number not in callables:
        return {"error": "KeyError", "message": "this call was handed no such function"}
    try:
        with np.errstate(all="ignore"), room_for(MEMORY_BYTES), _within(seconds):
            value = callables[number](*arguments)
        # what is handed back must be the very array that came in, as it is in a notebook
        same = [index for index, argument in enumerate(arguments) if value is argument]
        return {"argument": same[0]} if same else {"value": value}
    except _Late:
        return {"error": "TimeoutError", "message": f"the function took longer than {seconds:.3g} s"}
    except Exception as error:
        return {"error": type(error).__name__, "message": str(error)[:TEXT_LIMIT]}


@contextlib.contextmanager
def _within(seconds: float) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def expire(*_):
        raise _Late

    previous = signal.signal(signal.SIGALRM, expire)
    try:
        signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001))
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
