"""The house jit decorator, and the array coercion at the library's edge."""

import numpy as np
from numba import njit

# cache: a notebook must not wait for the compiler twice.
# nogil: a widget trains in a thread while the page stays alive.
# error_model="numpy": division by zero gives inf, and a loop with a division keeps its SIMD form.
# fastmath without "nnan" and "ninf": sums may be reordered, but NaN and infinity keep their meaning;
# fastmath=True would let the compiler fold isnan(x) to False.
kernel = njit(
    cache=True,
    nogil=True,
    error_model="numpy",
    fastmath={"reassoc", "contract", "arcp", "nsz", "afn"},
)


def as_float(x, dtype=None) -> np.ndarray:
    """``x`` as a C-contiguous float array; float32 stays float32, other types become float64.

    Kernels see one memory layout and two dtypes, because each new signature costs a compilation.
    """
    x = np.asarray(x)
    if dtype is None:
        dtype = x.dtype if x.dtype in (np.float32, np.float64) else np.float64
    return np.asarray(x, dtype=dtype, order="C")
