"""Compile every kernel once, so that no first call in a notebook waits for the compiler."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from course_lib.workloads import (
    activations,
    attention,
    augmentation,
    compression,
    convolution,
    decision_stump,
    experiments,
    fused,
    losses,
    moving_average,
    optimizers,
    pooling,
    recurrent,
)

DTYPES = (np.float32, np.float64)
TOPICS = (
    activations,
    losses,
    optimizers,
    fused,
    augmentation,
    convolution,
    pooling,
    recurrent,
    attention,
    moving_average,
    decision_stump,
    compression,
    experiments,
)


@dataclass(frozen=True)
class Warmed:
    """A workload that has run, and how long it took: compiling when cold, reading the cache when warm."""

    label: str
    seconds: float


def workloads() -> list[tuple[str, Callable[[], object]]]:
    """Small runs, each with its label, that together call every kernel with every dtype in use."""
    return [
        (f"{label}, {np.dtype(dtype).name}", run)
        for topic in TOPICS
        for dtype in DTYPES
        for label, run in topic.workloads(dtype).items()
    ]


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
