"""Wrong answers to elu."""

import math

import numpy as np


def _right_elu(z, alpha=1.0):
    return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0)))


def elu__infinity_times_zero(z, alpha=1.0):
    """The unused branch is multiplied by a mask, and infinity times zero is nan for large z."""
    return z * (z > 0) + alpha * (np.exp(z) - 1) * (z <= 0)


def elu__minus_one_forgotten(z, alpha=1.0):
    """The -1 is missing: alpha exp(z) for negative z."""
    return np.where(z > 0, z, alpha * np.exp(np.minimum(z, 0)))


def elu__alpha_ignored(z, alpha=1.0):
    """alpha is not used."""
    return np.where(z > 0, z, np.expm1(np.minimum(z, 0)))


def elu__brackets(z, alpha=1.0):
    """The brackets are missing: alpha * exp(z) - 1."""
    out = np.array(z, dtype=float)
    neg = z <= 0
    out[neg] = alpha * np.exp(out[neg]) - 1
    return out


def elu__branches_swapped(z, alpha=1.0):
    """The exponential is used for positive z and the identity for negative."""
    return np.where(z > 0, alpha * (np.exp(z) - 1), z)


def elu__maximum(z, alpha=1.0):
    """max(z, alpha (exp(z) - 1)) is used, but for positive z the exponential is often the larger one."""
    return np.maximum(z, alpha * (np.exp(z) - 1))


def elu__integer_copy(z, alpha=1.0):
    """The exponential is written into a copy of z with its integer type and so cut to whole numbers."""
    out = z.copy()
    out[z <= 0] = alpha * (np.exp(z[z <= 0]) - 1)
    return out


def elu__changes_z(z, alpha=1.0):
    """The negative entries are replaced in the caller's array."""
    if z.dtype.kind in "iu":
        z = z.astype(float)
    mask = z < 0
    z[mask] = alpha * np.expm1(z[mask])
    return z


def elu__alpha_in_exponent(z, alpha=1.0):
    """alpha multiplies z in the exponent instead of the whole bracket."""
    return np.where(z > 0, z, np.expm1(alpha * np.minimum(z, 0)))


def elu__zero_times_infinity(z, alpha=1.0):
    """min(alpha (exp(z) - 1), 0) overflows for large z, and for alpha = 0 gives nan."""
    return np.maximum(z, 0) + np.minimum(alpha * (np.exp(z) - 1), 0)


def elu__selu_scale(z, alpha=1.0):
    """The result is multiplied by the lambda of SELU."""
    return 1.0507009873554805 * _right_elu(z, alpha)


def elu__expm1_minus_one(z, alpha=1.0):
    """expm1 already subtracts 1, and 1 is subtracted once more."""
    return np.where(z > 0, z, alpha * (np.expm1(np.minimum(z, 0)) - 1))


def elu__derivative(z, alpha=1.0):
    """The derivative is returned instead of the function."""
    return np.where(z > 0, 1.0, alpha * np.exp(np.minimum(z, 0)))


def elu__decided_once(z, alpha=1.0):
    """An if on the mean of z decides for the whole array."""
    if np.mean(z) > 0:
        return np.array(z, dtype=float)
    return alpha * (np.exp(z) - 1)


def elu__exponent_clipped(z, alpha=1.0):
    """The exponent is limited to [-2, 2] against overflow, so very negative z do not reach -alpha."""
    return np.where(z > 0, z, alpha * (np.exp(np.clip(z, -2, 2)) - 1))


def elu__hard_floor(z, alpha=1.0):
    """z is cut off at -alpha instead of bending towards it."""
    return np.maximum(z, -alpha)


def elu__alpha_zero_replaced(z, alpha=1.0):
    """`if not alpha` replaces an alpha of 0 by 1."""
    if not alpha:
        alpha = 1.0
    return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0)))


def elu__sign(z, alpha=1.0):
    """The sign of the negative part is wrong: alpha (1 - exp(z))."""
    f = np.vectorize(lambda t: float(t) if t > 0 else alpha * (1 - math.exp(t)), otypes=[float])
    return f(z)


def elu__exp_of_abs(z, alpha=1.0):
    """To avoid overflow exp(|z|) is used, which grows on the negative side."""
    return np.where(z > 0, z, alpha * (np.exp(np.minimum(np.abs(z), 700)) - 1))


def elu__one_axis_loop(z, alpha=1.0):
    """The loop compares z[i] with 0 and works for one axis only."""
    out = np.zeros(z.shape)
    for i in range(len(z)):
        out[i] = z[i] if z[i] > 0 else alpha * (np.exp(z[i]) - 1)
    return out


def elu__celu(z, alpha=1.0):
    """z is divided by alpha in the exponent, which is CELU and not ELU."""
    return np.maximum(z, 0) + alpha * np.expm1(np.minimum(z, 0) / max(alpha, 1e-300))


def elu__softplus(z, alpha=1.0):
    """The logarithm of 1 + exp(z) is used for the negative side, a softplus."""
    return np.where(z > 0, z, alpha * np.log1p(np.exp(np.minimum(z, 0))))


def elu__alpha_on_both(z, alpha=1.0):
    """alpha multiplies the positive part as well."""
    return alpha * np.where(z > 0, z, np.expm1(np.minimum(z, 0)))


def elu__first_order(z, alpha=1.0):
    """The exponential is replaced by its series up to the second power, which is only good near zero."""
    n = np.minimum(z, 0)
    return np.maximum(z, 0) + alpha * (n + n * n / 2)


def elu__power_of_e(z, alpha=1.0):
    """2.718 is written for e."""
    return np.where(z > 0, z, alpha * (2.718 ** np.minimum(z, 0) - 1))
