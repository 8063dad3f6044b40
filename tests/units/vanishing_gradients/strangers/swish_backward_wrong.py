"""Wrong answers to swish_backward."""

import numpy as np


def _right_sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(np.asarray(z) >= 0, 1 / (1 + e), e / (1 + e))


def _right_swish(z, beta=1.0):
    return z * _right_sigmoid(beta * z)


def swish_backward__first_term_only(dout, z, beta=1.0):
    """The second term of the product rule is missing."""
    return dout * _right_sigmoid(beta * z)


def swish_backward__inner_beta_missing(dout, z, beta=1.0):
    """The inner derivative beta is missing in the second term."""
    s = _right_sigmoid(beta * z)
    return dout * (s + z * s * (1 - s))


def swish_backward__sigmoid_slope_only(dout, z, beta=1.0):
    """Only the derivative of the gate is used, beta s (1 - s), with neither the first term nor the factor z."""
    s = _right_sigmoid(beta * z)
    return dout * beta * s * (1 - s)


def swish_backward__z_missing(dout, z, beta=1.0):
    """The factor z is missing in the second term."""
    s = _right_sigmoid(beta * z)
    return dout * (s + beta * s * (1 - s))


def swish_backward__dout_on_one_term(dout, z, beta=1.0):
    """The bracket is missing, so dout multiplies the first term only."""
    s = _right_sigmoid(beta * z)
    return dout * s + beta * z * s * (1 - s)


def swish_backward__overflow(dout, z, beta=1.0):
    """The gate is computed as exp / (1 + exp) and overflows to nan for large beta z."""
    e = np.exp(beta * z)
    s = e / (1 + e)
    return dout * (s + beta * z * s * (1 - s))


def swish_backward__beta_on_first_term(dout, z, beta=1.0):
    """beta multiplies both terms."""
    s = _right_sigmoid(beta * z)
    return dout * beta * (s + z * s * (1 - s))


def swish_backward__shortcut_for_beta_one(dout, z, beta=1.0):
    """The shortcut f + s (1 - f), right for beta = 1 only, is used for every beta."""
    s = _right_sigmoid(beta * z)
    f = z * s
    return dout * (f + s * (1 - f))


def swish_backward__minus(dout, z, beta=1.0):
    """The second term is subtracted instead of added."""
    s = _right_sigmoid(beta * z)
    return dout * (s - beta * z * s * (1 - s))


def swish_backward__dout_changed(dout, z, beta=1.0):
    """dout is multiplied in place."""
    s = _right_sigmoid(beta * z)
    dout *= s + beta * z * s * (1 - s)
    return dout


def swish_backward__never_negative(dout, z, beta=1.0):
    """Negative slopes are cut off at zero, as if swish were monotone."""
    s = _right_sigmoid(beta * z)
    return dout * np.maximum(s + beta * z * s * (1 - s), 0)


def swish_backward__gate_without_beta(dout, z, beta=1.0):
    """The gate is sigmoid(z), without beta, while the chain rule uses beta."""
    s = _right_sigmoid(z)
    return dout * (s + beta * z * s * (1 - s))


def swish_backward__slope_without_s(dout, z, beta=1.0):
    """The factor s is missing in the second term: beta z (1 - s)."""
    s = _right_sigmoid(beta * z)
    return dout * (s + beta * z * (1 - s))


def swish_backward__second_term_only(dout, z, beta=1.0):
    """The first term of the product rule is missing."""
    s = _right_sigmoid(beta * z)
    return dout * z * beta * s * (1 - s)


def swish_backward__coarse_difference(dout, z, beta=1.0):
    """The derivative is a central difference with a step of 0.1, which is too coarse."""
    return dout * (_right_swish(z + 0.1, beta) - _right_swish(z - 0.1, beta)) / 0.2


def swish_backward__swish_of_dout(dout, z, beta=1.0):
    """The forward function is multiplied with dout instead of its derivative."""
    return dout * _right_swish(z, beta)


def swish_backward__tanh_slope(dout, z, beta=1.0):
    """The derivative of the gate is taken as 1 - s**2, the rule for tanh."""
    s = _right_sigmoid(beta * z)
    return dout * (s + beta * z * (1 - s**2))


def swish_backward__wrt_beta(dout, z, beta=1.0):
    """The derivative is taken with respect to beta instead of z."""
    s = _right_sigmoid(beta * z)
    return dout * z**2 * s * (1 - s)


def swish_backward__two_results(dout, z, beta=1.0):
    """A tuple (dz, dbeta) is returned although only dz is asked for."""
    s = _right_sigmoid(beta * z)
    ds = s * (1 - s)
    return dout * (s + beta * z * ds), np.sum(dout * z * z * ds)


def swish_backward__gate_of_gate(dout, z, beta=1.0):
    """In the second term the sigmoid is applied to s once more, sigmoid(s) (1 - sigmoid(s))."""
    s = _right_sigmoid(beta * z)
    t = _right_sigmoid(s)
    return dout * (s + beta * z * t * (1 - t))


def swish_backward__scaled_argument(dout, z, beta=1.0):
    """The chain rule is applied once too often to swish(beta z) / beta, which divides the right result by beta."""
    s = _right_sigmoid(beta * z)
    return dout * (s + beta * z * s * (1 - s)) / beta


def swish_backward__dout_inside(dout, z, beta=1.0):
    """The sigmoid is taken of beta times dout instead of beta times z."""
    s = _right_sigmoid(beta * dout)
    return dout * (s + beta * z * s * (1 - s))


def swish_backward__large_z_shortcut(dout, z, beta=1.0):
    """For |z| > 5 the slope is set to 0 or 1, which is too early."""
    s = _right_sigmoid(beta * z)
    slope = s + beta * z * s * (1 - s)
    slope = np.where(z > 5, 1.0, np.where(z < -5, 0.0, slope))
    return dout * slope


def swish_backward__relu_mask(dout, z, beta=1.0):
    """The gradient is stopped where z is negative, as for a ReLU."""
    s = _right_sigmoid(beta * z)
    return dout * (s + beta * z * s * (1 - s)) * (z > 0)
