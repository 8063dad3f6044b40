"""Compile every kernel once, so that no first call in a notebook waits for the compiler.

Each module of this folder has ``workloads(dtype)``, small runs that call the kernels of its topic; a unit's own kernels
have theirs in ``course_lib/units/<unit>/workloads.py``. All are found by name.
"""

import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from time import perf_counter

import numpy as np

from course_lib.units import built

DTYPES = (np.float32, np.float64)


@dataclass(frozen=True)
class Warmed:
    """A workload that has run, and how long it took: compiling when cold, reading the cache when warm."""

    label: str
    seconds: float


def workloads() -> list[tuple[str, Callable[[], object]]]:
    """Small runs, each with its label, that together call every kernel with every dtype in use."""
    return [
        (f"{label}, {np.dtype(dtype).name}", run)
        for topic in _topics()
        for dtype in DTYPES
        for label, run in topic.workloads(dtype).items()
    ]


def _topics() -> Iterator:
    for found in pkgutil.iter_modules(__path__, f"{__name__}."):
        yield import_module(found.name)
    for unit in built():
        name = f"course_lib.units.{unit}.workloads"
        if find_spec(name):
            yield import_module(name)


def compile_kernels(progress: Callable[[int, int, str], object] = lambda done, total, label: None) -> list[Warmed]:
    """Run all workloads.

    Parameters
    ----------
    progress : called as ``progress(done, total, label)`` before each workload, and once more at the end.

    Returns
    -------
    list of Warmed
        One for each workload, in seconds.
    """
    work = workloads()
    warmed = []
    for label, run in work:
        progress(len(warmed), len(work), label)
        start = perf_counter()
        run()
        warmed.append(Warmed(label, perf_counter() - start))
    progress(len(work), len(work), "done")
    return warmed
