"""Small runs that compile the kernels of ``course_lib.functions.activations``."""

from collections.abc import Callable
from functools import partial

import numpy as np

from course_lib.functions import activations


def workloads(dtype) -> dict[str, Callable[[], object]]:
    """Label and run, for arrays of ``dtype``."""
    x = np.ones(2, dtype)
    forward = ("sigmoid", "tanh", "relu", "leaky_relu", "elu", "swish", "gelu")
    runs = {name: partial(getattr(activations, name), x) for name in forward}
    # selu runs the kernels of elu
    return runs | {f"{name}_backward": partial(getattr(activations, f"{name}_backward"), x, x) for name in forward}
