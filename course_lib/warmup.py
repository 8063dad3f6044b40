"""Compile every kernel once, so that no first call in a notebook waits for the compiler."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import perf_counter

import numpy as np

from course_lib.adam import Adam, AdaMax, Nadam
from course_lib.augmentation import rotate
from course_lib.network import ACTIVATIONS, mlp
from course_lib.optimizers import AdaGrad, Momentum, Nesterov, RMSProp
from course_lib.training import fit

DTYPES = (np.float32, np.float64)


@dataclass(frozen=True)
class Warmed:
    """A workload that has run, and how long it took: compiling when cold, reading the cache when warm."""

    label: str
    seconds: float


def workloads() -> list[tuple[str, Callable[[], object]]]:
    """Small runs, each with its label, that together call every kernel with every dtype in use."""
    return (
        [
            (f"{name}, {np.dtype(dtype).name}", partial(train_one_epoch, name, dtype))
            for dtype in DTYPES
            for name in ACTIVATIONS
        ]
        + [(f"rotate, {np.dtype(dtype).name}", partial(rotate_an_image, dtype)) for dtype in DTYPES]
        + [(f"optimisers, {np.dtype(dtype).name}", partial(step_optimizers, dtype)) for dtype in DTYPES]
    )


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


def train_one_epoch(activation: str, dtype: type) -> None:
    """One epoch of a tiny network: forward and backward pass of the activation, loss, and update."""
    rng = np.random.default_rng(0)
    network = mlp([2, 3, 2], activation=activation, rng=rng, dtype=dtype)
    fit(network, rng.normal(size=(4, 2)), np.array([0, 1, 0, 1]), rng=rng, epochs=1)


def rotate_an_image(dtype: type) -> None:
    """One small image, turned."""
    rotate(np.zeros((1, 1, 2, 2), dtype=dtype), [30.0])


def step_optimizers(dtype: type) -> None:
    """One step of every optimiser."""
    theta, grad = np.ones(2, dtype), np.ones(2, dtype)
    classic, ema = Momentum(0.1), Momentum(0.1, convention="ema")
    for optimizer in (classic, ema, Nesterov(0.1), AdaGrad(), RMSProp(), Adam(), AdaMax(), Nadam()):
        optimizer.step(theta, grad)
