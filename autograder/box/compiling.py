"""What Numba does while a student's code runs: compiling takes seconds, which are not the function's own.

Numba is not imported for this. What is here does nothing until the student's code has imported it.
"""

import sys
import threading
from collections.abc import Callable


class Watch:
    """Tells when the thread that made it begins to compile, and when it has ended.

    Parameters
    ----------
    tell : called with True at the beginning, and with False at the end.
    """

    def __init__(self, tell: Callable[[bool], object]):
        self.tell = tell
        self.thread = threading.get_ident()
        self.depth = 0  # compiling a function compiles those that it calls
        self.attached = False

    def attach(self):
        """Begin to watch, if Numba has been imported; once is enough, and more do no harm."""
        event = sys.modules.get("numba.core.event")
        if self.attached or not hasattr(event, "register"):
            return
        self.attached = True
        watch = self

        class Listener(event.Listener):
            def on_start(self, _):
                watch.step(1)

            def on_end(self, _):
                watch.step(-1)

        event.register("numba:compiler_lock", Listener())

    def step(self, by: int):
        """One level deeper into compiling, or out of it."""
        if threading.get_ident() == self.thread:
            self.depth += by
            if self.depth == max(by, 0):  # 1 on the way in, 0 on the way out
                self.tell(by > 0)


def keep_nothing():
    """Let ``cache=True`` do nothing: a box has no place that outlives it, and Numba would refuse to go on."""
    caching = sys.modules.get("numba.core.caching")
    if hasattr(caching, "NullCache"):
        caching.Cache.__new__ = lambda *_, **__: caching.NullCache()
