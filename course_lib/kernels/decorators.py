"""The house jit decorators."""

from numba import njit
from numba.core import config

from course_lib.kernels.cache import LOCATORS

# Without "nnan" and "ninf": NaN and infinity keep their meaning. fastmath=True would let the compiler fold isnan(x) to
# False. "reassoc" lets it reorder sums, and so use SIMD for them.
EXACT = {"contract", "arcp", "nsz", "afn"}
FAST = EXACT | {"reassoc"}


def kernel(function):
    """Compile a loop over arrays, at its first call."""
    return _compiled(function, FAST)


def exact_kernel(function):
    """Compile arithmetic that uses round-off on purpose, as in (x + shift) - shift, which "reassoc" may turn into x.

    It keeps its order when the compiler inlines it into a ``kernel``.
    """
    return _compiled(function, EXACT)


def _compiled(function, fastmath):
    # cache: a notebook must not wait for the compiler twice.
    # nogil: a widget trains in a thread while the page stays alive.
    # error_model="numpy": division by zero gives inf, and a loop with a division keeps its SIMD form.
    options = {"nogil": True, "error_model": "numpy", "fastmath": fastmath}
    before, config.CACHE_LOCATOR_CLASSES = config.CACHE_LOCATOR_CLASSES, LOCATORS
    try:
        return njit(cache=True, **options)(function)
    except RuntimeError:  # no folder for the cache can be written: every process compiles for itself
        return njit(**options)(function)
    finally:
        config.CACHE_LOCATOR_CLASSES = before
