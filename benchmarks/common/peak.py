"""How fast this machine multiplies matrices: the bound of every dense layer and convolution."""

from functools import cache

import numpy as np
from numba import njit

from common.timing import measure


@njit(nogil=True)
def _product(a, b, out):
    np.dot(a, b, out)


@cache
def sgemm_peak() -> float:
    """Operations per second of the best of some large float32 matrix products; the library's kernels call the same."""
    best = 0.0
    for n in (512, 1024, 1536):
        a, b, out = (np.ones((n, n), np.float32) for _ in range(3))
        seconds = measure({"product": lambda a=a, b=b, out=out: _product(a, b, out)}, seconds=0.4)["product"]
        best = max(best, 2 * n**3 / seconds)
    return best
