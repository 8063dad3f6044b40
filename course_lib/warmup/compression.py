"""Small runs that compile the kernels of ``quantization`` and ``int8_inference``."""

from collections.abc import Callable
from functools import partial

import numpy as np

from course_lib.compression.int8_inference import quantize_mlp
from course_lib.layers.network import mlp


def workloads(dtype) -> dict[str, Callable[[], object]]:
    """Label and run, for arrays of ``dtype``."""
    return {"int8 network": partial(run_in_int8, dtype, np.eye(2, dtype=dtype))}


def run_in_int8(dtype, x) -> None:
    """Quantise a tiny network: weights to int8, inputs to uint8; and run it."""
    network = mlp([2, 3, 2], activation="relu", rng=np.random.default_rng(0), dtype=dtype)
    quantize_mlp(network, x)(x)
