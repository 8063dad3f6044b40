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


class Desk:
    """Answers a box's questions while it works on one call.

    A function that needs more memory than ``MEMORY_BYTES`` raises MemoryError, one that takes longer than it may
    TimeoutError; in a thread other than the main one, it is waited for.
    """

    def __init__(self, callables: dict[int, Callable]):
        self.callables = callables
        self._is_timed = False
        self._is_running = False

    @contextlib.contextmanager
    def open(self) -> Iterator[None]:
        """Within the block questions can be answered."""
        if not self.callables:
            yield
            return
        self._is_timed = threading.current_thread() is threading.main_thread()
        previous = signal.signal(signal.SIGALRM, self._expire) if self._is_timed else None
        try:
            with room_for(MEMORY_BYTES):
                yield
        finally:
            if self._is_timed:
                signal.signal(signal.SIGALRM, previous)

    def evaluate(self, question: dict, seconds: float) -> dict:
        """The answer to a question of the box's: what a function returns, or what it raises."""
        number, arguments = question.get("number"), question.get("arguments")
        if type(number) is not int or type(arguments) is not list:
            return {"error": "TypeError", "message": "this is no call of a function"}
        if number not in self.callables:
            return {"error": "KeyError", "message": "this call was handed no such function"}
        try:
            value = self._value(self.callables[number], arguments, seconds)
            # what is handed back must be the very array that came in, as it is in a notebook
            same = [index for index, argument in enumerate(arguments) if value is argument]
            return {"argument": same[0]} if same else {"value": value}
        except _Late:
            return {"error": "TimeoutError", "message": f"the function took longer than {seconds:.3g} s"}
        except Exception as error:
            return {"error": type(error).__name__, "message": str(error)[:TEXT_LIMIT]}

    def _value(self, function: Callable, arguments: list, seconds: float):
        if self._is_timed:
            signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001))
        try:
            self._is_running = True
            with np.errstate(all="ignore"):
                return function(*arguments)
        finally:
            self._is_running = False
            if self._is_timed:
                signal.setitimer(signal.ITIMER_REAL, 0)

    def _expire(self, *_):
        if self._is_running:
            raise _Late
