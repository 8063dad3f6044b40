"""Activation functions and their derivatives, elementwise, for arrays of any shape.

Each ``x_backward`` takes ``dout``, the gradient of the loss with respect to the activation's output, and
multiplies it by the derivative. At a kink (z = 0) the derivative from the left is used. At infinite z functions and
derivatives have their limits; NaN stays NaN.

All functions raise TypeError when an array does not hold real numbers or a parameter is not a number, and ValueError
when two arrays do not have the shapes that they should, or a parameter is not finite.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import erfc, pi, sqrt

import numpy as np

from course_lib._arguments.arrays import as_float, same_shape
from course_lib._arguments.numbers import FINITE
from course_lib.kernels.decorators import kernel
from course_lib.kernels.elementary import exp, expm1, logistic
from course_lib.kernels.elementary import tanh as hyperbolic_tangent
from course_lib.kernels.sums import sum_over

# Klambauer et al. 2017, eq. 14: the fixed point (mean 0, variance 1) of the map from one layer to the next.
SELU_LAMBDA = 1.0507009873554804934193349852946
SELU_ALPHA = 1.6732632423543772848170429916717
SQRT_HALF, DENSITY_AT_0 = sqrt(0.5), 1 / sqrt(2 * pi)


def sigmoid(z):
    """Logistic function 1 / (1 + exp(-z)), in (0, 1).

    In NumPy: ``e = np.exp(-np.abs(z))``, then ``np.where(z >= 0, 1, e) / (1 + e)``, which never overflows. The loop
    ``_sigmoid`` in this file does the same for each number, by ``logistic`` of ``course_lib/kernels/elementary.py``.

    Parameters
    ----------
    z : array of any shape

    Returns
    -------
    a : array, the shape of ``z``
    """
    return _map(_sigmoid, z)


def sigmoid_backward(dout, a):
    """Backward pass of ``a = sigmoid(z)``: dz = dout * a * (1 - a), at most dout / 4.

    Parameters
    ----------
    dout, a : arrays of the same shape; ``a`` is the output of the forward pass

    Returns
    -------
    dz : array of the same shape
    """
    return _map_backward(_sigmoid_backward, dout, a)


def tanh(z):
    """Hyperbolic tangent, in (-1, 1), zero-centred: ``a`` has the shape of ``z``."""
    return _map(_tanh, z)


def tanh_backward(dout, a):
    """Backward pass of ``a = tanh(z)``: dz = dout * (1 - a**2). All arrays have the same shape."""
    return _map_backward(_tanh_backward, dout, a)


def relu(z):
    """Rectified linear unit max(z, 0) (Nair and Hinton 2010). NaN stays NaN."""
    return _map(_relu, z)


def relu_backward(dout, z):
    """Backward pass of ``relu(z)``: dz = dout where z > 0, else 0. All arrays have the same shape."""
    return _map_backward(_relu_backward, dout, z)


def leaky_relu(z, alpha=0.01):
    """Leaky ReLU: z where z > 0, else alpha * z, for any alpha (Maas et al. 2013)."""
    alpha = FINITE(alpha, name="alpha")
    # 0 times infinity would be NaN
    return _map(_leaky_relu, z, alpha) if alpha else relu(z)


def leaky_relu_backward(dout, z, alpha=0.01):
    """Backward pass of ``leaky_relu``: dz = dout where z > 0, else alpha * dout."""
    alpha = FINITE(alpha, name="alpha")
    return _map_backward(_leaky_relu_backward, dout, z, alpha) if alpha else relu_backward(dout, z)


def prelu(z, a):
    """Parametric ReLU: z where z > 0, else a * z, with one slope for each feature or channel (He et al. 2015, eq. 1).

    Parameters
    ----------
    z : (N, C) or (N, C, H, W) array
    a : (C,) array of trainable slopes, for axis 1 of ``z`` as in PyTorch (in Keras, an image has a slope for every
        pixel unless ``shared_axes`` says otherwise); or a single slope, () or (1,), for ``z`` of any shape

    Returns
    -------
    out : array, the shape of ``z``
    """
    z = as_float(z, name="z")
    return np.maximum(z, 0) + _slopes(a, z) * np.minimum(z, 0)


def prelu_backward(dout, z, a):
    """Backward pass of ``prelu`` (He et al. 2015, eq. 2 and 3).

    Parameters
    ----------
    dout, z : (N, C) or (N, C, H, W) arrays of the same shape
    a : (C,) array, or a single slope

    Returns
    -------
    dz : array, the shape of ``z``
    da : array, the shape of ``a``: summed over the entries that share the slope
    """
    z = as_float(z, name="z")
    dout, slopes = same_shape(dout, z.shape, z.dtype), _slopes(a, z)
    positive = z > 0
    dz = dout * (positive + slopes * ~positive)
    shared = tuple(axis for axis in range(z.ndim) if slopes.size == 1 or axis != 1)
    return dz, sum_over(dout * np.minimum(z, 0), shared).reshape(np.shape(a))


def _slopes(a, z):
    """The slopes in the shape in which they meet ``z``."""
    a = as_float(a, z.dtype, name="a")
    if a.size == 1 and a.ndim < 2:
        return a.reshape(())
    if z.ndim not in (2, 4) or a.shape != z.shape[1:2]:
        raise ValueError(
            f"z (N, C) or (N, C, H, W) and a (C,) expected, or a single slope, got z {z.shape} and a {a.shape}"
        )
    return a.reshape(-1, *(1 for _ in z.shape[2:]))


def elu(z, alpha=1.0):
    """Exponential linear unit: z where z > 0, else alpha * (exp(z) - 1) (Clevert et al. 2016, eq. 15)."""
    return _map(_elu, z, FINITE(alpha, name="alpha"))


def elu_backward(dout, z, alpha=1.0):
    """Backward pass of ``elu``: dz = dout where z > 0, else dout * alpha * exp(z)."""
    alpha = FINITE(alpha, name="alpha")
    return _map_backward(_elu_backward, dout, z, alpha) if alpha else relu_backward(dout, z)


def selu(z):
    """Scaled ELU: lambda * elu(z, alpha), with the two constants of Klambauer et al. 2017, eq. 2."""
    z = as_float(z)
    return z.dtype.type(SELU_LAMBDA) * elu(z, SELU_ALPHA)


def selu_backward(dout, z):
    """Backward pass of ``selu``: lambda times that of ``elu``."""
    z = as_float(z)
    return z.dtype.type(SELU_LAMBDA) * elu_backward(dout, z, SELU_ALPHA)


def swish(z, beta=1.0):
    """Swish: z * sigmoid(beta * z) (Ramachandran et al. 2017); beta = 1 is also called SiLU."""
    return _map(_swish, z, FINITE(beta, name="beta"))


def swish_backward(dout, z, beta=1.0):
    """Backward pass of ``swish``: dz = dout * (s + beta * z * s * (1 - s)) with s = sigmoid(beta * z)."""
    return _map_backward(_swish_backward, dout, z, FINITE(beta, name="beta"))


def gelu(z):
    """Gaussian error linear unit: z * Phi(z), with the normal distribution function Phi (Hendrycks and Gimpel 2016).

    PyTorch's ``gelu`` and Keras's are the same; ``approximate`` chooses there a formula with tanh, off by up to 5e-4.
    """
    return _map(_gelu, z)


def gelu_backward(dout, z):
    """Backward pass of ``gelu``: dz = dout * (Phi(z) + z * phi(z)), with the normal density phi."""
    return _map_backward(_gelu_backward, dout, z)


@dataclass(frozen=True)
class ActivationFunction:
    """A row of ``ACTIVATIONS``.

    ``backward`` takes ``dout`` and the input z, or with ``from_output`` the output a. A free number, such as alpha, is
    the last argument of both; ``default`` is its usual value.
    """

    forward: Callable
    backward: Callable
    from_output: bool = False
    parameter: str | None = None
    default: float = 0.0


ACTIVATIONS = {
    "sigmoid": ActivationFunction(sigmoid, sigmoid_backward, from_output=True),
    "tanh": ActivationFunction(tanh, tanh_backward, from_output=True),
    "relu": ActivationFunction(relu, relu_backward),
    "leaky_relu": ActivationFunction(leaky_relu, leaky_relu_backward, parameter="alpha", default=0.01),
    "elu": ActivationFunction(elu, elu_backward, parameter="alpha", default=1.0),
    "selu": ActivationFunction(selu, selu_backward),
    "swish": ActivationFunction(swish, swish_backward, parameter="beta", default=1.0),
    "gelu": ActivationFunction(gelu, gelu_backward),
    "identity": ActivationFunction(as_float, lambda dout, z: dout),
}


def _map(loop, z, *parameter):
    """Run a kernel over a flat view of ``z``; the output has the shape and dtype of ``z``."""
    z = as_float(z)
    out = np.empty_like(z)
    loop(z.ravel(), *parameter, out.ravel())
    return out if out.ndim else out[()]


def _map_backward(loop, dout, z, *parameter):
    """The same for a kernel that takes ``z``, or the output in its place, and ``dout`` of the same shape."""
    z = as_float(z)
    dout = same_shape(dout, z.shape, z.dtype)
    dz = np.empty_like(z)
    loop(dout.ravel(), z.ravel(), *parameter, dz.ravel())
    return dz if dz.ndim else dz[()]


# Parameters reach the kernels as Python floats, which Numba takes faster than NumPy's numbers, and are rounded once.


@kernel
def _sigmoid(z, out):
    for i in range(z.size):
        out[i] = logistic(z[i])


@kernel
def _sigmoid_backward(dout, a, dz):
    one = a.dtype.type(1)
    for i in range(a.size):
        dz[i] = dout[i] * a[i] * (one - a[i])


@kernel
def _tanh(z, out):
    for i in range(z.size):
        out[i] = hyperbolic_tangent(z[i])


@kernel
def _tanh_backward(dout, a, dz):
    one = a.dtype.type(1)
    for i in range(a.size):
        dz[i] = dout[i] * (one - a[i] * a[i])


@kernel
def _relu(z, out):
    zero = z.dtype.type(0)
    for i in range(z.size):
        out[i] = max(z[i], zero)


@kernel
def _relu_backward(dout, z, dz):
    zero = z.dtype.type(0)
    for i in range(z.size):
        dz[i] = dout[i] if z[i] > 0 else zero


@kernel
def _leaky_relu(z, alpha, out):
    alpha = z.dtype.type(alpha)
    for i in range(z.size):
        out[i] = z[i] if z[i] > 0 else alpha * z[i]


@kernel
def _leaky_relu_backward(dout, z, alpha, dz):
    alpha = z.dtype.type(alpha)
    for i in range(z.size):
        dz[i] = dout[i] if z[i] > 0 else alpha * dout[i]


@kernel
def _elu(z, alpha, out):
    alpha = z.dtype.type(alpha)
    for i in range(z.size):
        out[i] = z[i] if z[i] > 0 else alpha * expm1(z[i])


@kernel
def _elu_backward(dout, z, alpha, dz):
    alpha = z.dtype.type(alpha)
    for i in range(z.size):
        dz[i] = dout[i] if z[i] > 0 else dout[i] * alpha * exp(z[i])


@kernel
def _swish(z, beta, out):
    beta = z.dtype.type(beta)
    for i in range(z.size):
        s = logistic(_times(beta, z[i]))
        out[i] = _times(s, z[i])


@kernel
def _swish_backward(dout, z, beta, dz):
    beta, one = z.dtype.type(beta), z.dtype.type(1)
    for i in range(z.size):
        t = _times(beta, z[i])
        s = logistic(t)
        dz[i] = dout[i] * (s + _times(s * (one - s), t))


@kernel
def _gelu(z, out):
    for i in range(z.size):
        out[i] = _times(_normal_distribution(z[i]), z[i])


@kernel
def _gelu_backward(dout, z, dz):
    for i in range(z.size):
        density = z.dtype.type(DENSITY_AT_0) * exp(z.dtype.type(-0.5) * z[i] * z[i])
        dz[i] = dout[i] * (_normal_distribution(z[i]) + _times(density, z[i]))


@kernel
def _normal_distribution(x):
    # in float64, where the tail keeps its digits although x is rounded
    return type(x)(0.5 * erfc(-SQRT_HALF * np.float64(x)))


@kernel
def _times(factor, x):
    # a gate that is closed lets nothing through, not even infinity
    return factor * x if factor != 0 else factor
