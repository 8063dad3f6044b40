"""Small runs that compile the kernels of ``course_lib.functions.losses``."""

from collections.abc import Callable
from functools import partial

import numpy as np

from course_lib.functions.losses import binary_xent, mse, softmax, softmax_xent


def workloads(dtype) -> dict[str, Callable[[], object]]:
    """Label and run, for arrays of ``dtype``."""
    logits = np.ones((2, 2), dtype)
    return {
        "softmax": partial(softmax, logits),
        "softmax_xent": partial(softmax_xent, logits, np.array([0, 1])),
        "binary_xent": partial(binary_xent, logits, logits),
        "mse": partial(mse, logits, logits),
    }
