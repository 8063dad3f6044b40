"""Compile every kernel once, so that no first call in a notebook waits for the compiler.

Each module of this folder has ``workloads(dtype)``, small runs that call the kernels of its topic; a unit's own kernels
have theirs in ``course_lib/units/<unit>/workloads.py``. All are found by name.
"""

import pkgutil
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from multiprocessing import get_context
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


def _silent(done: int, total: int, label: str) -> None:
    """Report nothing."""


def compile_kernels(progress: Callable[[int, int, str], object] = _silent, processes: int = 1) -> list[Warmed]:
    """Run all workloads.

    Parameters
    ----------
    progress : called as ``progress(done, total, label)`` before each workload, with several processes after each topic,
        and once more at the end.
    processes : how many topics are compiled at a time. Afterwards all workloads run in this process as well: it reads
        what the others have compiled, and compiles what got lost where two of them wrote to the cache at once.

    Returns
    -------
    list of Warmed
        One for each workload, in seconds of this process.
    """
    work = workloads()
    if processes > 1:
        _compile_side_by_side(progress, processes, len(work))
        progress = _silent
    warmed = []
    for label, run in work:
        progress(len(warmed), len(work), label)
        start = perf_counter()
        run()
        warmed.append(Warmed(label, perf_counter() - start))
    progress(len(work), len(work), "done")
    return warmed


def _compile_side_by_side(progress, processes, total):
    done = 0
    # new processes: a forked one would inherit the locks of this one's threads
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        running = [pool.submit(_run_topic, topic.__name__) for topic in _topics()]
        for finished in as_completed(running):
            topic, count = finished.result()
            done += count
            progress(done, total, topic)


def _run_topic(module_name) -> tuple[str, int]:
    """Run the workloads of one topic; its name, and how many there were."""
    topic = import_module(module_name)
    runs = [run for dtype in DTYPES for run in topic.workloads(dtype).values()]
    for run in runs:
        run()
    return module_name.rpartition(".")[2], len(runs)
