"""Wrong answers to tanh_backward."""

import numpy as np


def tanh_backward__tanh_again(dout, a):
    """tanh is applied once more to a, as if a were z."""
    return dout * (1 - np.tanh(a) ** 2)


def tanh_backward__one_minus_a(dout, a):
    """The square is forgotten: dout * (1 - a)."""
    return dout * (1 - a)


def tanh_backward__sigmoid_rule(dout, a):
    """The derivative of the sigmoid, a * (1 - a), is used."""
    return np.multiply(dout, np.multiply(a, 1 - a))


def tanh_backward__square_outside(dout, a):
    """The bracket is squared, (1 - a)**2, instead of a."""
    return dout * (1 - a) ** 2


def tanh_backward__no_dout(dout, a):
    """Only the derivative is returned, dout is not used."""
    return 1 - a**2


def tanh_backward__dout_changed(dout, a):
    """The product is computed in place in dout, which changes the caller's array."""
    np.multiply(dout, 1 - a**2, out=dout)
    return dout


def tanh_backward__brackets(dout, a):
    """The bracket is missing: dout * 1 - a**2."""
    return dout * 1 - a**2


def tanh_backward__sech_of_a(dout, a):
    """The derivative is computed as 1 / cosh(a)**2, which would be right for z, not for a = tanh(z)."""
    return dout / np.cosh(a) ** 2


def tanh_backward__sign(dout, a):
    """The sign is wrong: a**2 - 1."""
    return dout * (a**2 - 1)


def tanh_backward__caret(dout, a):
    """The square is written a^2, which in Python is a bitwise operation and raises an error for floats."""
    return dout * (1 - a ^ 2)


def tanh_backward__four_times_sigmoid(dout, a):
    """The sigmoid's derivative times four, 4 a (1 - a), is used, although a is a tanh and not a sigmoid."""
    return 4 * dout * a * (1 - a)


def tanh_backward__square_root(dout, a):
    """The square root of the derivative is used, sqrt(1 - a**2)."""
    return dout * np.sqrt(np.maximum(1 - a * a, 0))


def tanh_backward__summed(dout, a):
    """The gradient is summed over the samples, as for a bias."""
    return np.sum(dout * (1 - a**2), axis=0)


def tanh_backward__dout_for_a(dout, a):
    """dout and a are mixed up: the derivative is taken of dout, 1 - dout**2, and multiplied by a."""
    return a * (1 - dout**2)


def tanh_backward__a_squared_in_place(dout, a):
    """a is squared in place, which changes the caller's activations."""
    a **= 2
    return dout * (1 - a)


def tanh_backward__saturated_cut_off(dout, a):
    """The gradient is set to zero where |a| > 0.99, as if the unit were completely saturated."""
    dz = dout * (1 - a**2)
    dz[np.abs(a) > 0.99] = 0
    return dz


def tanh_backward__inverse_function(dout, a):
    """dout is divided by 1 - a**2, the derivative of artanh, instead of multiplied."""
    return dout / (1 - a**2)


def tanh_backward__one_plus(dout, a):
    """The sign inside the bracket is wrong: 1 + a**2."""
    return dout * (1 + a**2)


def tanh_backward__arctan_rule(dout, a):
    """The derivative of the arc tangent, 1 / (1 + a**2), is used."""
    return dout / (1 + np.square(a))


def tanh_backward__first_axis_zip(dout, a):
    """A list of rows is returned instead of an array."""
    return [d * (1 - r * r) for d, r in zip(dout, a)]


def tanh_backward__matrix_square(dout, a):
    """a @ a is used for the square, which is a matrix product and fits square matrices only."""
    return dout * (1 - a @ a)


def tanh_backward__whole_norm(dout, a):
    """The square is summed over the array, 1 - sum(a**2), as if one derivative held for all entries."""
    return dout * (1 - np.sum(a**2))
