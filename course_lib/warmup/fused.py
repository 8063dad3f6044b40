"""One epoch of a tiny network, to compile the kernels of ``course_lib.training.fused``."""

from collections.abc import Callable
from functools import partial

import numpy as np

from course_lib.layers.network import mlp
from course_lib.optimizers.first_order import SGD
from course_lib.training.fused import mlp_fit


def workloads(dtype) -> dict[str, Callable[[], object]]:
    """Label and run, for networks of ``dtype``."""
    return {"mlp_fit": partial(train_one_epoch, dtype, np.eye(2, dtype=dtype), np.array([0, 1]))}


def train_one_epoch(dtype, x, y) -> None:
    """All activations, losses and optimisers are branches of the same kernel."""
    rng = np.random.default_rng(0)
    network = mlp([2, 3, 2], activation="relu", rng=rng, dtype=dtype)
    mlp_fit(network, x, y, rng=rng, optimizer=SGD(0.1), epochs=1)
