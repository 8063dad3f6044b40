"""One small image, turned, to compile the kernel of ``course_lib.data.augmentation``."""

from collections.abc import Callable
from functools import partial

import numpy as np

from course_lib.data.augmentation import rotate


def workloads(dtype) -> dict[str, Callable[[], object]]:
    """Label and run, for arrays of ``dtype``."""
    return {"rotate": partial(rotate, np.zeros((1, 1, 2, 2), dtype), [30.0])}
