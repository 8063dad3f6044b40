"""Small runs that compile the kernels of ``course_lib.activations``."""

from collections.abc import Callable
from functools import partial

import numpy as np

from course_lib import activations


def workloads(dtype) -> dict[str, Callable[[], object]]:
    """Label and run, for arrays of ``dtype``."""
    x = np.ones(2, dtype)
    forward = ("sigmoid", "tanh", "relu", "leaky_relu", "elu", "swish")
    runs = {name: partial(getattr(activations, name), x) for name in forward}
    # relu_backward and selu run the kernels of leaky_relu and elu
    backward = ("sigmoid_backward", "tanh_backward", "leaky_relu_backward", "elu_backward", "swish_backward")
    return runs | {name: partial(getattr(activations, name), x, x) for name in backward}
