"""Small runs that compile the kernel of ``course_lib.selection.decision_stump``."""

from collections.abc import Callable
from functools import partial

import numpy as np

from course_lib.selection.decision_stump import fit_stump


def workloads(dtype) -> dict[str, Callable[[], object]]:
    """Label and run, for arrays of ``dtype``."""
    return {"decision stump": partial(fit_stump, np.array([[0], [1]], dtype), np.array([0, 1]), n_classes=2)}
