"""How loops are compiled: the house decorators, elementary functions in SIMD, and the cache of what is compiled."""

from course_lib.kernels.decorators import exact_kernel, kernel

__all__ = ["exact_kernel", "kernel"]
