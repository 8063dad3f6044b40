"""Wrong answers to selu."""

import math

import numpy as np


def _right_elu(z, alpha=1.0):
    return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0)))


_H_LAMBDA = 1.0507009873554805


_H_ALPHA = 1.6732632423543772


def selu__constants_swapped(z):
    """lambda and alpha are mixed up."""
    return _H_ALPHA * _right_elu(z, _H_LAMBDA)


def selu__scale_positive_only(z):
    """lambda multiplies the positive part only."""
    return np.where(z > 0, _H_LAMBDA * z, _H_ALPHA * np.expm1(np.minimum(z, 0)))


def selu__scale_negative_only(z):
    """lambda multiplies the negative part only."""
    return np.where(z > 0, z, _H_LAMBDA * _H_ALPHA * np.expm1(np.minimum(z, 0)))


def selu__alpha_forgotten(z):
    """alpha is left at its default 1."""
    return _H_LAMBDA * _right_elu(z)


def selu__two_decimals(z):
    """The constants are rounded to two decimals."""
    return 1.05 * _right_elu(z, 1.67)


def selu__infinity_times_zero(z):
    """The branches are added with masks; for large z infinity times zero gives nan."""
    lam, al = 1.0507009873554805, 1.6732632423543772
    return lam * ((z > 0) * z + (z <= 0) * (al * np.exp(z) - al))


def selu__integer_result(z):
    """The result is written into an array like z and cut to whole numbers."""
    out = np.zeros_like(z)
    p = z > 0
    out[p] = _H_LAMBDA * z[p]
    out[~p] = _H_LAMBDA * _H_ALPHA * (np.exp(z[~p]) - 1)
    return out


def selu__changes_z(z):
    """z is worked on in place."""
    out = np.asarray(z, dtype=float)
    neg = out < 0
    out[neg] = _H_ALPHA * np.expm1(out[neg])
    out *= _H_LAMBDA
    return out


def selu__minus_one_forgotten(z):
    """The -1 in the negative part is missing."""
    return _H_LAMBDA * np.where(z > 0, z, _H_ALPHA * np.exp(np.minimum(z, 0)))


def selu__scale_twice(z):
    """lambda is applied twice."""
    out = _H_LAMBDA * _right_elu(z, _H_ALPHA)
    return _H_LAMBDA * out


def selu__alpha_on_both(z):
    """alpha multiplies the positive part as well."""
    return _H_LAMBDA * _H_ALPHA * np.where(z > 0, z, np.expm1(np.minimum(z, 0)))


def selu__standardizes(z):
    """The output is shifted and scaled to mean 0 and variance 1 by hand, as if SELU did that for every array."""
    out = _H_LAMBDA * _right_elu(z, _H_ALPHA)
    return (out - out.mean()) / (out.std() + 1e-12)


def selu__brackets(z):
    """The bracket is missing: alpha exp(z) - 1."""
    return _H_LAMBDA * np.where(z > 0, z, _H_ALPHA * np.exp(np.minimum(z, 0)) - 1)


def selu__four_decimals(z):
    """The constants are rounded to four decimals (1.0507 and 1.6733), which shows in the fifth digit."""
    return np.where(z > 0, 1.0507 * z, 1.0507 * 1.6733 * np.expm1(np.minimum(z, 0)))


def selu__maximum(z):
    """max(z, alpha (exp(z) - 1)) is used, but for positive z the exponential is the larger one."""
    return _H_LAMBDA * np.maximum(z, _H_ALPHA * np.expm1(z))


def selu__lambda_inside(z):
    """lambda multiplies the argument of elu instead of its result."""
    return _right_elu(_H_LAMBDA * np.asarray(z), _H_ALPHA)


def selu__divides_by_lambda(z):
    """The result is divided by lambda."""
    return _right_elu(z, _H_ALPHA) / _H_LAMBDA


def selu__digit_slip(z):
    """Two digits of alpha are exchanged: 1.6372... instead of 1.6732..."""
    return np.where(z > 0, _H_LAMBDA * z, _H_LAMBDA * 1.6372632423543772 * np.expm1(np.minimum(z, 0)))


def selu__flat(z):
    """The entries are mapped one by one into a flat array, so the shape is lost."""
    vals = [v if v > 0 else _H_ALPHA * math.expm1(v) for v in np.ravel(z)]
    return _H_LAMBDA * np.array(vals)


def selu__lambda_added(z):
    """lambda is added instead of multiplied."""
    return _H_LAMBDA + _right_elu(z, _H_ALPHA)


def selu__lambda_is_product(z):
    """lambda times alpha is used as the scale of the whole elu with alpha, so alpha counts twice on the negative side."""
    return np.where(z > 0, _H_LAMBDA * z, _H_LAMBDA * _H_ALPHA * _right_elu(z, _H_ALPHA))


def selu__leaky(z):
    """The negative part is linear with slope lambda alpha, without the exponential."""
    return _H_LAMBDA * np.where(z > 0, z, _H_ALPHA * z)


def selu__derivative(z):
    """The derivative is returned instead of the function."""
    return _H_LAMBDA * np.where(z > 0, 1.0, _H_ALPHA * np.exp(np.minimum(z, 0)))
