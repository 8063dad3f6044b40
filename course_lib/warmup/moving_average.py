"""Small runs that compile the kernel of ``course_lib.optimizers.moving_average``."""

from collections.abc import Callable
from functools import partial

import numpy as np

from course_lib.optimizers.moving_average import ewma


def workloads(dtype) -> dict[str, Callable[[], object]]:
    """Label and run, for arrays of ``dtype``."""
    return {"moving average": partial(ewma, np.ones((3, 1), dtype), 0.9)}
