"""Wrong answers to swish."""

import numpy as np


def _right_sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(np.asarray(z) >= 0, 1 / (1 + e), e / (1 + e))


def swish__beta_ignored(z, beta=1.0):
    """beta is not used."""
    return z * _right_sigmoid(z)


def swish__beta_outside(z, beta=1.0):
    """beta multiplies the result instead of z inside the sigmoid."""
    return beta * z * _right_sigmoid(z)


def swish__gate_only(z, beta=1.0):
    """The factor z is missing, only the gate is returned."""
    return _right_sigmoid(beta * z)


def swish__exp_over_exp(z, beta=1.0):
    """The gate is exp / (1 + exp), which overflows to nan for large positive beta z."""
    e = np.exp(beta * z)
    return z * e / (1 + e)


def swish__beta_inside_and_outside(z, beta=1.0):
    """beta multiplies z in both places, beta z sigmoid(beta z)."""
    u = beta * z
    return u * _right_sigmoid(u)


def swish__hard_swish(z, beta=1.0):
    """The piecewise linear hard swish is returned."""
    return z * np.clip(beta * z / 6 + 0.5, 0, 1)


def swish__tanh_gate(z, beta=1.0):
    """tanh is used as the gate instead of the sigmoid."""
    return z * np.tanh(beta * z)


def swish__sign(z, beta=1.0):
    """The sign in the exponent is wrong, so the gate is open for negative z."""
    return z * _right_sigmoid(-beta * z)


def swish__branch_by_z(z, beta=1.0):
    """The stable form of the sigmoid is chosen by the sign of z instead of beta z, so a negative beta overflows to nan."""
    z = np.asarray(z, dtype=float)
    out = np.empty(z.shape)
    pos = z >= 0
    out[pos] = z[pos] / (1 + np.exp(-beta * z[pos]))
    e = np.exp(beta * z[~pos])
    out[~pos] = z[~pos] * e / (1 + e)
    return out


def swish__changes_z(z, beta=1.0):
    """A float z is multiplied in place by the gate."""
    gate = _right_sigmoid(beta * z)
    out = z if z.dtype == float else z.astype(float)
    out *= gate
    return out


def swish__integer_result(z, beta=1.0):
    """The gate is stored in an array made like z, so for whole numbers it is 0 or 1."""
    gate = np.zeros_like(z)
    gate[...] = _right_sigmoid(beta * z)
    return z * gate


def swish__gelu_default(z, beta=1.702):
    """The default of beta is 1.702, which approximates GELU, instead of 1."""
    return z * _right_sigmoid(beta * z)


def swish__beta_divides(z, beta=1.0):
    """z is divided by beta inside the sigmoid, like a temperature."""
    return z * _right_sigmoid(z / beta)


def swish__beta_zero_replaced(z, beta=1.0):
    """`beta or 1.0` treats a beta of 0 as if none were given."""
    return z * _right_sigmoid((beta or 1.0) * z)


def swish__no_dip(z, beta=1.0):
    """Negative outputs are cut off, as if the function were monotone."""
    return np.maximum(z * _right_sigmoid(beta * z), 0)


def swish__power_of_gate(z, beta=1.0):
    """beta is an exponent on the gate, sigmoid(z)**beta."""
    return z * _right_sigmoid(z) ** beta


def swish__derivative(z, beta=1.0):
    """The derivative is returned instead of the function."""
    s = _right_sigmoid(beta * z)
    return s + beta * z * s * (1 - s)


def swish__abs_beta(z, beta=1.0):
    """A negative beta is made positive."""
    return z * _right_sigmoid(np.abs(beta) * z)


def swish__softmax_gate(z, beta=1.0):
    """The gate is a softmax over the last axis instead of a sigmoid."""
    u = beta * np.asarray(z, dtype=float)
    u = u - u.max()
    return z * np.exp(u) / np.exp(u).sum()


def swish__exponent_clipped(z, beta=1.0):
    """beta z is limited to [-15, 15], so very negative z do not go to zero."""
    return z / (1 + np.exp(-np.clip(beta * z, -15, 15)))


def swish__residual(z, beta=1.0):
    """z is added to the gate instead of multiplied with it."""
    return z + _right_sigmoid(beta * z)


def swish__mish(z, beta=1.0):
    """Another smooth function, mish, z tanh(log(1 + exp(beta z))), is returned."""
    return z * np.tanh(np.logaddexp(0, beta * z))


def swish__gate_of_beta(z, beta=1.0):
    """The sigmoid is taken of beta alone, so the gate is one constant."""
    return z / (1 + np.exp(-beta)) * np.ones(np.shape(z))


def swish__with_gate(z, beta=1.0):
    """The gate is returned together with the output, for the backward pass."""
    s = _right_sigmoid(beta * z)
    return z * s, s


def swish__beta_added(z, beta=1.0):
    """beta is added to z inside the sigmoid instead of multiplied."""
    return z * _right_sigmoid(z + beta)


def swish__beta_int(z, beta=1.0):
    """beta is cut to a whole number."""
    return z * _right_sigmoid(int(beta) * z)
