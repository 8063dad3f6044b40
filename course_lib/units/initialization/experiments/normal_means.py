"""Means over normally distributed z, for many variances at once; ``course_lib.analysis.variance_factor`` takes one."""

from functools import cache

import numpy as np

from course_lib.functions.activations import ACTIVATIONS

LARGEST = 10.0  # beyond 10 standard deviations the density is below 1e-22
NODES = 120  # on either side of zero, where the activations of the course have their kinks


@cache
def _nodes():
    """Points z on both sides of zero, and their weights: the density times those of Gauss and Legendre."""
    x, weight = np.polynomial.legendre.leggauss(NODES)
    z = (x + 1) * LARGEST / 2
    weight = weight * LARGEST / 2 * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    return np.concatenate([-z[::-1], z]), np.concatenate([weight[::-1], weight])


def normal_mean(f, q=1.0):
    """E f(z) for z normal with mean 0 and variance ``q``.

    Parameters
    ----------
    f : function of an array of any shape, smooth but for a kink or a jump at zero
    q : float or array, not negative

    Returns
    -------
    array, the shape of ``q``
    """
    z, weight = _nodes()
    return f(np.sqrt(np.asarray(q, dtype=float))[..., None] * z) @ weight


def mean_squares(activation, q=1.0):
    """E phi(z)^2 and E phi'(z)^2 for z normal with mean 0 and variance ``q``.

    Weights of variance g^2 / fan_in, independent of what comes in, give the next z the variance g^2 E phi(z)^2, and
    send a gradient back with g^2 E phi'(z)^2 of its mean square (He et al. 2015, section 2.2; Schoenholz et al. 2017).

    Parameters
    ----------
    activation : str, a name in ``course_lib.functions.ACTIVATIONS``
    q : float or array

    Raises
    ------
    ValueError
        When there is no such activation.
    """
    value, slope = _functions(activation)
    return normal_mean(lambda z: value(z) ** 2, q), normal_mean(lambda z: slope(z) ** 2, q)


def _functions(activation):
    if activation not in ACTIVATIONS:
        raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)}, got {activation!r}")
    function = ACTIVATIONS[activation]

    def slope(z):
        return function.backward(np.ones_like(z), function.forward(z) if function.from_output else z)

    return function.forward, slope
