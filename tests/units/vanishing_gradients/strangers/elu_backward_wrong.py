"""Wrong answers to elu_backward."""

import numpy as np


def _right_elu(z, alpha=1.0):
    return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0)))


def elu_backward__z_plus_alpha(dout, z, alpha=1.0):
    """The shortcut out + alpha is used with z in place of the output."""
    return dout * np.where(z > 0, 1.0, z + alpha)


def elu_backward__one_at_zero(dout, z, alpha=1.0):
    """At z = 0 the derivative is taken to be 1 instead of alpha."""
    return dout * np.where(z >= 0, 1.0, alpha * np.exp(np.minimum(z, 0)))


def elu_backward__alpha_forgotten(dout, z, alpha=1.0):
    """alpha is missing in the derivative."""
    return dout * np.exp(np.minimum(z, 0))


def elu_backward__dout_forgotten_negative(dout, z, alpha=1.0):
    """dout is used for positive z only; the negative part is the bare derivative."""
    return np.where(z > 0, dout, alpha * np.exp(np.minimum(z, 0)))


def elu_backward__minus_one_kept(dout, z, alpha=1.0):
    """The -1 of the function is kept in the derivative."""
    return dout * np.where(z > 0, 1.0, alpha * np.expm1(np.minimum(z, 0)))


def elu_backward__infinity_times_zero(dout, z, alpha=1.0):
    """The two parts are added with masks, and for large z infinity times zero gives nan."""
    grad = 1.0 * (z > 0) + (z <= 0) * alpha * np.exp(z)
    return dout * grad


def elu_backward__times_function(dout, z, alpha=1.0):
    """dout is multiplied by elu(z) instead of by its derivative."""
    return dout * _right_elu(z, alpha)


def elu_backward__dout_changed(dout, z, alpha=1.0):
    """The negative part of dout is multiplied in place."""
    neg = z <= 0
    dout[neg] *= alpha * np.exp(z[neg])
    return dout


def elu_backward__plus_one(dout, z, alpha=1.0):
    """elu(z) + 1 is used for the negative part, which is only right for alpha = 1."""
    return dout * np.where(z > 0, 1.0, _right_elu(z, alpha) + 1.0)


def elu_backward__plus_alpha_default(dout, z, alpha=1.0):
    """The forward function is called without passing alpha on, so elu(z, 1) + alpha is used."""
    return dout * np.where(z > 0, 1.0, _right_elu(z) + alpha)


def elu_backward__power_rule(dout, z, alpha=1.0):
    """The exponential is differentiated like a power, z exp(z)."""
    return dout * np.where(z > 0, 1.0, alpha * z * np.exp(np.minimum(z, 0)))


def elu_backward__integer_result(dout, z, alpha=1.0):
    """The derivative is stored in an array like z and cut to 0 or 1 for whole numbers."""
    g = np.ones_like(z)
    g[z <= 0] = alpha * np.exp(z[z <= 0])
    return g * dout


def elu_backward__constant_slope(dout, z, alpha=1.0):
    """The slope of the negative part is the constant alpha, as for a leaky ReLU."""
    return dout * np.where(z > 0, 1.0, alpha)


def elu_backward__alpha_squared(dout, z, alpha=1.0):
    """The negative part is alpha times (elu + alpha), with one alpha too many."""
    return np.where(z > 0, dout, dout * alpha * (_right_elu(z, alpha) + alpha))


def elu_backward__off_part_zero(dout, z, alpha=1.0):
    """The gradient is zero for negative z, as for a ReLU."""
    return np.where(z > 0, dout, 0.0)


def elu_backward__default_alpha(dout, z, alpha=0.01):
    """The default of alpha is 0.01 instead of 1."""
    return dout * np.where(z > 0, 1.0, alpha * np.exp(np.minimum(z, 0)))


def elu_backward__mask_of_dout(dout, z, alpha=1.0):
    """The branch is chosen by the sign of dout, not of z."""
    return np.where(dout > 0, dout, dout * alpha * np.exp(np.minimum(z, 0)))


def elu_backward__exp_minus_z(dout, z, alpha=1.0):
    """The exponent has the wrong sign, exp(-z), so the slope grows for negative z."""
    return dout * np.where(z > 0, 1.0, alpha * np.exp(np.minimum(-z, 700)))


def elu_backward__celu(dout, z, alpha=1.0):
    """The derivative of CELU, exp(z / alpha), is used."""
    return dout * np.exp(np.minimum(z, 0) / max(alpha, 1e-300))


def elu_backward__alpha_minus(dout, z, alpha=1.0):
    """The sign is wrong in the shortcut: alpha - elu(z) instead of alpha + elu(z)."""
    return dout * np.where(z > 0, 1.0, alpha - _right_elu(z, alpha))


def elu_backward__smallest_decides(dout, z, alpha=1.0):
    """An if on the smallest entry decides for the whole array."""
    if np.min(z) > 0:
        return 1.0 * dout
    return dout * alpha * np.exp(np.minimum(z, 700))


def elu_backward__alpha_everywhere(dout, z, alpha=1.0):
    """alpha multiplies the positive part too."""
    return dout * alpha * np.exp(np.minimum(z, 0))
