"""Activation functions and their derivatives, elementwise, for arrays of any shape.

Each ``x_backward`` takes ``dout``, the gradient of the loss with respect to the activation's output, and
multiplies it by the derivative. At a kink (z = 0) the derivative from the left is used.
"""

import numpy as np

from course_lib._arguments import as_float
from course_lib._elementary import exp, expm1, logistic
from course_lib._elementary import tanh as hyperbolic_tangent
from course_lib._numba import kernel

# Klambauer et al. 2017, eq. 14: the fixed point (mean 0, variance 1) of the map from one layer to the next.
SELU_LAMBDA = 1.0507009873554804934193349852946
SELU_ALPHA = 1.6732632423543772848170429916717


def sigmoid(z):
    """Logistic function 1 / (1 + exp(-z)), in (0, 1).

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
    return _map_backward(_leaky_relu_backward, dout, z, 0.0)


def leaky_relu(z, alpha=0.01):
    """Leaky ReLU: z where z > 0, else alpha * z, for any alpha (Maas et al. 2013)."""
    return _map(_leaky_relu, z, float(alpha))


def leaky_relu_backward(dout, z, alpha=0.01):
    """Backward pass of ``leaky_relu``: dz = dout where z > 0, else alpha * dout."""
    return _map_backward(_leaky_relu_backward, dout, z, float(alpha))


def prelu(z, a):
    """Parametric ReLU: z where z > 0, else a * z, with one slope per feature (He et al. 2015, eq. 1).

    Parameters
    ----------
    z : (N, D) array
    a : (D,) array of trainable slopes

    Returns
    -------
    out : (N, D) array
    """
    z = as_float(z)
    return np.where(z > 0, z, as_float(a, z.dtype) * z)


def prelu_backward(dout, z, a):
    """Backward pass of ``prelu`` (He et al. 2015, eq. 2 and 3).

    Parameters
    ----------
    dout, z : (N, D) arrays
    a : (D,) array

    Returns
    -------
    dz : (N, D) array
    da : (D,) array, summed over the samples that share the slope
    """
    z = as_float(z)
    dout = as_float(dout, z.dtype)
    dz = np.where(z > 0, dout, as_float(a, z.dtype) * dout)
    da = np.sum(dout * np.minimum(z, 0), axis=0)
    return dz, da


def elu(z, alpha=1.0):
    """Exponential linear unit: z where z > 0, else alpha * (exp(z) - 1) (Clevert et al. 2016, eq. 15)."""
    return _map(_elu, z, float(alpha))


def elu_backward(dout, z, alpha=1.0):
    """Backward pass of ``elu``: dz = dout where z > 0, else dout * alpha * exp(z)."""
    return _map_backward(_elu_backward, dout, z, float(alpha))


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
    return _map(_swish, z, float(beta))


def swish_backward(dout, z, beta=1.0):
    """Backward pass of ``swish``: dz = dout * (s + beta * z * s * (1 - s)) with s = sigmoid(beta * z)."""
    return _map_backward(_swish_backward, dout, z, float(beta))


def _map(loop, z, *parameter):
    """Run a kernel over a flat view of ``z``; the output has the shape and dtype of ``z``."""
    z = as_float(z)
    out = np.empty_like(z)
    loop(z.ravel(), *parameter, out.ravel())
    return out if out.ndim else out[()]


def _map_backward(loop, dout, z, *parameter):
    """The same for a kernel that takes ``z``, or the output in its place, and ``dout`` of the same shape."""
    z = as_float(z)
    dout = as_float(dout, z.dtype)
    if dout.shape != z.shape:
        raise ValueError(f"dout must have the shape {z.shape}, got {dout.shape}")
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
def _leaky_relu(z, alpha, out):
    slope = z.dtype.type(alpha)
    for i in range(z.size):
        out[i] = z[i] if z[i] > 0 else slope * z[i]


@kernel
def _leaky_relu_backward(dout, z, alpha, dz):
    slope = z.dtype.type(alpha)
    for i in range(z.size):
        dz[i] = dout[i] if z[i] > 0 else slope * dout[i]


@kernel
def _elu(z, alpha, out):
    scale = z.dtype.type(alpha)
    for i in range(z.size):
        out[i] = z[i] if z[i] > 0 else scale * expm1(z[i])


@kernel
def _elu_backward(dout, z, alpha, dz):
    scale = z.dtype.type(alpha)
    for i in range(z.size):
        dz[i] = dout[i] if z[i] > 0 else dout[i] * scale * exp(z[i])


@kernel
def _swish(z, beta, out):
    sharpness = z.dtype.type(beta)
    for i in range(z.size):
        out[i] = z[i] * logistic(sharpness * z[i])


@kernel
def _swish_backward(dout, z, beta, dz):
    sharpness, one = z.dtype.type(beta), z.dtype.type(1)
    for i in range(z.size):
        s = logistic(sharpness * z[i])
        dz[i] = dout[i] * (s + sharpness * z[i] * s * (one - s))
