"""exp and its relatives as short polynomials, which the compiler turns into SIMD code inside a kernel's loop.

The mathematics library works on one number per call; these work on 4 to 16 at once. Every function takes one float32
or float64 and returns the same type. NaN stays NaN. Errors are in ulp, the distance to the next float, at most:

========  =====  ================================================
function  error  domain
========  =====  ================================================
exp       1.1    all numbers whose result is a normal number
expm1     1.2    x <= 0
logistic  2.4    all numbers whose result is a normal number
tanh      2.7    all
log1p     2.1    0 <= x <= 1
========  =====  ================================================

They are ``exact_kernel``s: x - n ln 2 and (x + shift) - shift must be computed as written.

References
----------
Cody and Waite 1980, Software Manual for the Elementary Functions, chapter 6; Muller 2016, Elementary Functions.
"""

from math import factorial

import numpy as np

from course_lib.kernels.decorators import exact_kernel

LOG2_E = 1.4426950408889634
# 1/k! from the highest k down to 2. With abs(r) <= ln(2) / 2 the first term left out, r**k / k!, is below a tenth
# of the rounding error: 5e-9 at k = 8 (float32 rounds at 6e-8), 4e-18 at k = 14 (float64 at 1e-16).
EXP_SERIES_32 = tuple(1 / factorial(k) for k in range(7, 1, -1))
EXP_SERIES_64 = tuple(1 / factorial(k) for k in range(13, 1, -1))
# 1/k of the series of artanh(s) / s in s**2, from the highest odd k down to 3. With s <= 1/3 the first term left out,
# s**(k - 1) / k, is 1e-8 at k = 15 and 2e-17 at k = 33.
ARTANH_SERIES_32 = tuple(1 / k for k in range(13, 1, -2))
ARTANH_SERIES_64 = tuple(1 / k for k in range(31, 1, -2))


@exact_kernel
def exp(x):
    """e**x = 2**n e**r. Infinite above 88.7 (float32) or 709.8 (float64), gradually to 0 below -87.3 or -708.4."""
    n, r = _reduce(_clip(x))
    e_r = type(x)(1) + _expm1_series(r)
    # 2**n in two factors: 2**128 and 2**-140 are not normal numbers, but their products with e**r may be
    if x > 0:
        return e_r * _power_of_two(n, -64) * type(x)(2.0**64)
    return e_r * _power_of_two(n, 64) * type(x)(2.0**-64)


@exact_kernel
def expm1(x):
    """e**x - 1 for x <= 0, without the cancellation near 0: 2**n (e**r - 1) + (2**n - 1)."""
    # below -40 it is -1 in both types
    n, r = _reduce(max(x, type(x)(-40)))
    scale = _power_of_two(n, 0)
    return scale * _expm1_series(r) + (scale - type(x)(1))


@exact_kernel
def logistic(x):
    """1 / (1 + e**-x), as e**x / (1 + e**x) for negative x: no overflow, and the relative error stays small."""
    one = type(x)(1)
    e = exp(-abs(x))
    return (one if x >= 0 else e) / (one + e)


@exact_kernel
def tanh(x):
    """Hyperbolic tangent, -m / (m + 2) with m = expm1(-2 abs(x)): accurate near 0, exactly 1 for large x."""
    two = type(x)(2)
    m = expm1(-two * min(abs(x), type(x)(20)))
    t = -m / (m + two)
    return t if x >= 0 else -t


@exact_kernel
def log1p(x):
    """log(1 + x) for 0 <= x <= 1: 2 artanh(s) with s = x / (2 + x), at most 1/3."""
    s = x / (type(x)(2) + x)
    return type(x)(2) * (s + s * (s * s) * _artanh_series(s * s))


@exact_kernel
def _clip(x):
    # beyond these, e**x rounds to 0 or is infinite
    if isinstance(x, np.float32):
        return min(max(x, np.float32(-104)), np.float32(89))
    return min(max(x, -746.0), 710.0)


@exact_kernel
def _reduce(x):
    """n and r with x = n ln(2) + r, n whole, abs(r) <= ln(2) / 2."""
    n = _nearest_integer(x * type(x)(LOG2_E))
    # ln(2) in two parts: the first has so few digits that n times it is exact, and so is the difference
    if isinstance(x, np.float32):
        return n, (x - n * np.float32(0.693359375)) - n * np.float32(-2.12194440e-4)
    return n, (x - n * 6.93147180369123816490e-01) - n * 1.90821492927058770002e-10


@exact_kernel
def _nearest_integer(x):
    # floats of this size have no digits after the point: the sum is rounded to a whole number
    if isinstance(x, np.float32):
        return (x + np.float32(1.5 * 2**23)) - np.float32(1.5 * 2**23)
    return (x + 1.5 * 2**52) - 1.5 * 2**52


@exact_kernel
def _power_of_two(n, offset):
    """2**(n + offset) for whole numbers: in the sum, n + offset + bias stands in the last bits, and moves up to those
    of the exponent."""
    if isinstance(n, np.float32):
        return np.int32(np.float32(n + np.float32(1.5 * 2**23 + 127 + offset)).view(np.int32) << 23).view(np.float32)
    return np.int64(np.float64(n + (1.5 * 2**52 + 1023 + offset)).view(np.int64) << 52).view(np.float64)


@exact_kernel
def _expm1_series(r):
    if isinstance(r, np.float32):
        return r + r * r * _polynomial(r, EXP_SERIES_32)
    return r + r * r * _polynomial(r, EXP_SERIES_64)


@exact_kernel
def _artanh_series(s2):
    if isinstance(s2, np.float32):
        return _polynomial(s2, ARTANH_SERIES_32)
    return _polynomial(s2, ARTANH_SERIES_64)


@exact_kernel
def _polynomial(x, coefficients):
    """Horner's rule, highest power first."""
    value = type(x)(coefficients[0])
    for c in coefficients[1:]:
        value = value * x + type(x)(c)
    return value
