"""Wrong answers to sigmoid_backward."""

import numpy as np


def _right_sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(np.asarray(z) >= 0, 1 / (1 + e), e / (1 + e))


def sigmoid_backward__sigmoid_again(dout, a):
    """The sigmoid is applied once more to a, as if a were z."""
    s = _right_sigmoid(a)
    return dout * s * (1 - s)


def sigmoid_backward__no_dout(dout, a):
    """Only the derivative is returned, dout is not used."""
    return a * (1 - a)


def sigmoid_backward__tanh_rule(dout, a):
    """The derivative of tanh, 1 - a**2, is used."""
    return dout * (1 - np.square(a))


def sigmoid_backward__added(dout, a):
    """The derivative is added to dout instead of multiplied with it."""
    return dout + a * (1 - a)


def sigmoid_backward__brackets(dout, a):
    """The bracket is missing: dout * a * 1 - a."""
    return dout * a * 1 - a


def sigmoid_backward__dout_changed(dout, a):
    """dout is multiplied in place, so the caller's array is changed."""
    dout *= a * (1 - a)
    return dout


def sigmoid_backward__a_changed(dout, a):
    """a is multiplied by 1 - a in place, so the caller's activations are changed."""
    a *= 1 - a
    return dout * a


def sigmoid_backward__sign(dout, a):
    """The factor is a - 1 instead of 1 - a, so the sign is wrong."""
    return dout * (a * (a - 1))


def sigmoid_backward__divided(dout, a):
    """dout is divided by the derivative instead of multiplied with it."""
    return dout / (a * (1 - a) + 1e-12)


def sigmoid_backward__log_sigmoid(dout, a):
    """One factor a is missing: dout * (1 - a), which is the derivative of log sigmoid."""
    return dout * (1 - a)


def sigmoid_backward__two_axes_only(dout, a):
    """The loops take shape apart into two numbers, so other numbers of axes raise an error."""
    N, D = a.shape
    dz = np.zeros((N, D))
    for n in range(N):
        for d in range(D):
            dz[n, d] = dout[n, d] * a[n, d] * (1 - a[n, d])
    return dz


def sigmoid_backward__kept_alive(dout, a):
    """a is limited to [0.01, 0.99] so that the gradient never vanishes, which changes it in the saturated part."""
    s = np.clip(a, 0.01, 0.99)
    return dout * s * (1 - s)


def sigmoid_backward__like_relu(dout, a):
    """The gradient is passed on unchanged where a > 0.5 and stopped elsewhere, as for a ReLU."""
    return np.where(a > 0.5, dout, 0.0)


def sigmoid_backward__mean_over_batch(dout, a):
    """The gradient is divided by the number of samples, which is the business of the loss."""
    return dout * a * (1 - a) / len(a)


def sigmoid_backward__softmax_jacobian(dout, a):
    """The derivative of the softmax is used, a * (dout - sum(a * dout)), which mixes the entries of a row."""
    return a * (dout - np.sum(a * dout, axis=-1, keepdims=True))


def sigmoid_backward__dout_for_one_a(dout, a):
    """One a is replaced by dout: dout * a * (1 - dout)."""
    return dout * a * (1 - dout)


def sigmoid_backward__from_logit_of_z(dout, a):
    """a is turned back into z with the logarithm of a / (1 - a), which gives nan where a is exactly 0 or 1."""
    z = np.log(a / (1 - a))
    return dout * np.exp(-z) / (1 + np.exp(-z)) ** 2


def sigmoid_backward__scaled_to_one(dout, a):
    """The derivative is multiplied by 4 so that its maximum is 1."""
    return 4.0 * dout * a * (1.0 - a)


def sigmoid_backward__zip_of_rows(dout, a):
    """A list of the rows' results is returned instead of an array."""
    return [d * r * (1 - r) for d, r in zip(dout, a)]
