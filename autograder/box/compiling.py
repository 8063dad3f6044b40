"""What Numba does while a student's code runs: compiling takes seconds, which are not the function's own.

Numba is not imported for this. What is here does nothing until the student's code has imported it.
"""

import importlib.abc
import importlib.util
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


def share_no_lock():
    """Let ``parallel=True`` work: Numba would make a lock to share with processes, which no box can."""
    if "numba" in sys.modules:
        import multiprocessing

        multiprocessing.set_start_method("spawn", force=True)


class AfterImport(importlib.abc.MetaPathFinder):
    """Calls ``step`` as soon as a package has been imported, wherever that is done: a module that was handed in beside
    the notebook may import it and use it before the next statement of a cell is run."""

    def __init__(self, package: str, step: Callable[[], object]):
        self.package, self.step = package, step

    def find_spec(self, fullname, path=None, target=None):
        if fullname != self.package:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is not None and spec.loader is not None:
            run, step = spec.loader.exec_module, self.step

            def exec_module(module):
                run(module)
                step()

            spec.loader.exec_module = exec_module
        return spec
