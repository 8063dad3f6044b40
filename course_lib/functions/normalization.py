"""Normalisation layers: batch, layer, group and instance norm, and folding batch norm away.

All four compute out = gamma * xhat + beta with xhat = (x - mean) / sqrt(var + eps). They differ in the entries that
share a mean and a variance (Wu and He 2018, eq. 1 to 7):

========  ===================================  =================================
norm      one mean and variance for            taken over, in x (N, C, H, W)
========  ===================================  =================================
batch     each channel                         N, H, W
layer     each sample                          C, H, W
group     each sample and group of channels    the channels of the group, H, W
instance  each sample and channel              H, W
========  ===================================  =================================

Variances are biased (divisor: the number of entries) and eps stands under the root, as in PyTorch and Keras. eps is
1e-5 as in PyTorch; Keras takes 1e-3. It may be 0: what has the variance 0 then becomes NaN. Channels are axis 1 as in
PyTorch; Keras has them last.

All functions raise TypeError when an array does not hold real numbers or a parameter is not a number, and ValueError
when an array is empty, shapes do not fit together, or a parameter lies outside its range.
"""

import numpy as np

from course_lib._arguments.arrays import as_float, float_type, images, not_empty, same_shape
from course_lib._arguments.numbers import NOT_NEGATIVE, UNIT, integer
from course_lib._arguments.objects import cache_of, with_keys
from course_lib.kernels.sums import sum_over


def batchnorm_state(n_channels, dtype=np.float64):
    """Running statistics before the first batch: ``{"mean": zeros (C,), "var": ones (C,)}``."""
    n_channels, dtype = integer(n_channels, 1, name="n_channels"), float_type(dtype)
    return {"mean": np.zeros(n_channels, dtype), "var": np.ones(n_channels, dtype)}


def batchnorm_forward(x, gamma, beta, state, training, eps=1e-5, momentum=0.9):
    """Batch norm, dense and spatial (Ioffe and Szegedy 2015, algorithm 1; for images section 3.2).

    Training uses the statistics of the batch, and moves the running ones towards them:
    running = momentum * running + (1 - momentum) * batch. Evaluation uses the running statistics and leaves them
    alone, so that a sample's output does not depend on its batch. A training batch with one entry per channel has
    xhat = 0 and the output beta (PyTorch refuses it).

    Parameters
    ----------
    x : (N, C) or (N, C, H, W) array; a channel of an image has one mean, not one for each pixel
    gamma, beta : (C,) arrays, scale and shift
    state : dict with the running statistics ``"mean"`` (C,) and ``"var"`` (C,); not changed
    training : bool
    eps : float
    momentum : float in [0, 1], the weight of the old value, as in Keras (0.99 there). PyTorch's ``momentum``
        is the weight of the new one: its default 0.1 is 0.9 here.

    Returns
    -------
    out : array, the shape of ``x``
    cache : tuple for ``batchnorm_backward``
    state : dict, a new one when training. ``"var"`` averages the biased variances, as in Keras; PyTorch and
        algorithm 2 of the paper multiply them by m / (m - 1), m being the entries per channel.

    Raises
    ------
    ValueError
        When ``state`` lacks a key, or evaluation finds a negative variance there, too.
    """
    x, gamma, beta = _per_channel_inputs(x, gamma, beta)
    eps, momentum = NOT_NEGATIVE(eps, name="eps"), UNIT(momentum, name="momentum")
    with_keys(state, ("mean", "var"), name="state")
    old = {key: same_shape(state[key], gamma.shape, x.dtype, name=f"state[{key!r}]") for key in ("mean", "var")}
    shape = _beside(x)
    if training:
        xhat, inv_std, mean, var = _normalize(x, _channel_mean, eps)
        new = {"mean": mean.ravel(), "var": var.ravel()}
        state = {key: momentum * old[key] + (1 - momentum) * new[key] for key in old}
    else:
        inv_std = 1 / np.sqrt(_variance(old["var"], name="state['var']").reshape(shape) + eps)
        xhat = (x - old["mean"].reshape(shape)) * inv_std
    out = gamma.reshape(shape) * xhat + beta.reshape(shape)
    return out, (xhat, gamma, inv_std, bool(training)), state


def batchnorm_backward(dout, cache):
    """Backward pass of ``batchnorm_forward`` (Ioffe and Szegedy 2015, the equations of section 3, simplified).

    After a training pass the batch's mean and variance depend on every entry, and the gradient goes through them;
    after an evaluation pass they are constants.

    Parameters
    ----------
    dout : array, the shape of ``out``
    cache : tuple from the forward pass

    Returns
    -------
    dx : array, the shape of ``x``
    dgamma, dbeta : (C,) arrays, summed over all entries of the channel
    """
    xhat, gamma, inv_std, training = cache_of(cache, "batchnorm_forward", 4)
    dout = same_shape(dout, xhat.shape, xhat.dtype)
    dxhat = dout * gamma.reshape(_beside(xhat))
    dx = _normalize_backward(dxhat, xhat, inv_std, _channel_mean) if training else dxhat * inv_std
    return dx, _channel_sum(dout * xhat), _channel_sum(dout)


def fold_batchnorm(w, b, gamma, beta, mean, var, eps=1e-5, axis=-1):
    """Weights and bias of one layer that does what the layer followed by batch norm does in evaluation.

    With scale = gamma / sqrt(var + eps): w * scale and (b - mean) * scale + beta (Jacob et al. 2018, eq. 14).

    Parameters
    ----------
    w : (D, M) array of an affine layer; or a convolution's, with ``axis`` naming its output channels:
        0 for (M, C, K, K) as in PyTorch, -1 for (K, K, C, M) as in Keras
    b, gamma, beta : (M,) arrays
    mean, var : (M,) arrays, the running statistics; ``fold_batchnorm(w, b, gamma, beta, **state)``
    eps : float, that of the batch norm
    axis : int

    Returns
    -------
    w : array, the shape of ``w``
    b : (M,) array

    Raises
    ------
    ValueError
        When a variance is negative, too.
    """
    w = not_empty(as_float(w, name="w"), name="w")
    axis = integer(axis, -w.ndim, w.ndim - 1, name="axis")
    vectors = {"b": b, "gamma": gamma, "beta": beta, "mean": mean, "var": var}
    b, gamma, beta, mean, var = (same_shape(v, (w.shape[axis],), w.dtype, name=k) for k, v in vectors.items())
    scale = gamma / np.sqrt(_variance(var, name="var") + NOT_NEGATIVE(eps, name="eps"))
    return np.moveaxis(np.moveaxis(w, axis, -1) * scale, -1, axis), (b - mean) * scale + beta


def layernorm_forward(x, gamma, beta, eps=1e-5):
    """Layer norm: every sample by its own mean and variance (Ba et al. 2016, eq. 3); training or not is the same.

    Parameters
    ----------
    x : (N, D), (N, T, D), (N, C, H, W) or another array whose last axes are those of ``gamma``
    gamma, beta : arrays of the shape that is normalised over: (D,), or (C, H, W).
        PyTorch calls it ``normalized_shape``; Keras takes the last axis by default.
    eps : float

    Returns
    -------
    out : array, the shape of ``x``
    cache : tuple for ``layernorm_backward``

    Raises
    ------
    ValueError
        When the last axes of ``x`` are not those of ``gamma`` and ``beta``.
    """
    x = not_empty(as_float(x, name="x"), name="x")
    gamma, beta = as_float(gamma, x.dtype, name="gamma"), as_float(beta, x.dtype, name="beta")
    if gamma.ndim == 0 or x.shape[-gamma.ndim :] != gamma.shape or beta.shape != gamma.shape:
        raise ValueError(f"x (N, ...), gamma (...), beta (...) expected, got {x.shape}, {gamma.shape}, {beta.shape}")
    xhat, inv_std, _, _ = _normalize(x, _mean_over(x.ndim - gamma.ndim, x.ndim), NOT_NEGATIVE(eps, name="eps"))
    return gamma * xhat + beta, (xhat, gamma, inv_std)


def layernorm_backward(dout, cache):
    """Backward pass of ``layernorm_forward``.

    Parameters
    ----------
    dout : array, the shape of ``out``
    cache : tuple from the forward pass

    Returns
    -------
    dx : array, the shape of ``x``
    dgamma, dbeta : arrays, the shape of ``gamma``: summed over the samples, not over the features
    """
    xhat, gamma, inv_std = cache_of(cache, "layernorm_forward", 3)
    dout = same_shape(dout, xhat.shape, xhat.dtype)
    dx = _normalize_backward(dout * gamma, xhat, inv_std, _mean_over(xhat.ndim - gamma.ndim, xhat.ndim))
    samples = (-1, *gamma.shape)
    return dx, sum_over((dout * xhat).reshape(samples)), sum_over(dout.reshape(samples))


def groupnorm_forward(x, gamma, beta, n_groups, eps=1e-5):
    """Group norm: every sample and group of neighbouring channels by itself (Wu and He 2018, eq. 7).

    One group is layer norm over C, H, W with one gamma and beta for each channel; C groups are instance norm.

    Parameters
    ----------
    x : (N, C) or (N, C, H, W) array
    gamma, beta : (C,) arrays, as in PyTorch and Keras: for each channel, not for each group
    n_groups : int, a divisor of C; each group has C / n_groups channels. The paper and Keras take 32 by default.
    eps : float

    Returns
    -------
    out : array, the shape of ``x``
    cache : tuple for ``groupnorm_backward``

    Raises
    ------
    ValueError
        When ``n_groups`` does not divide C, too.
    """
    x, gamma, beta = _per_channel_inputs(x, gamma, beta)
    n_groups = integer(n_groups, name="n_groups")
    if n_groups < 1 or len(gamma) % n_groups:
        raise ValueError(f"n_groups must divide the number of channels, {len(gamma)}, got {n_groups}")
    groups = x.reshape(len(x), n_groups, -1)
    xhat, inv_std, _, _ = _normalize(groups, _mean_over(2, 3), NOT_NEGATIVE(eps, name="eps"))
    xhat, shape = xhat.reshape(x.shape), _beside(x)
    return gamma.reshape(shape) * xhat + beta.reshape(shape), (xhat, gamma, inv_std)


def groupnorm_backward(dout, cache):
    """Backward pass of ``groupnorm_forward``.

    Parameters
    ----------
    dout : array, the shape of ``out``
    cache : tuple from the forward pass

    Returns
    -------
    dx : array, the shape of ``x``
    dgamma, dbeta : (C,) arrays, summed over the samples and the pixels
    """
    xhat, gamma, inv_std = cache_of(cache, "groupnorm_forward", 3)
    dout = same_shape(dout, xhat.shape, xhat.dtype)
    groups = (*inv_std.shape[:2], -1)
    dxhat = dout * gamma.reshape(_beside(xhat))
    dx = _normalize_backward(dxhat.reshape(groups), xhat.reshape(groups), inv_std, _mean_over(2, 3))
    return dx.reshape(xhat.shape), _channel_sum(dout * xhat), _channel_sum(dout)


def instancenorm_forward(x, gamma, beta, eps=1e-5):
    """Instance norm: every sample and channel by itself, in training and evaluation (Ulyanov et al. 2016, eq. 3).

    ``x`` (N, C, H, W); ``gamma`` and ``beta`` (C,), which PyTorch leaves out unless ``affine=True``. Returns
    ``out`` (N, C, H, W) and the cache for ``instancenorm_backward``.
    """
    return groupnorm_forward(images(x), gamma, beta, np.size(gamma), eps)


def instancenorm_backward(dout, cache):
    """Backward pass of ``instancenorm_forward``: ``dx`` (N, C, H, W), ``dgamma`` (C,), ``dbeta`` (C,)."""
    return groupnorm_backward(dout, cache)


def _variance(var, *, name):
    if (var < 0).any():
        raise ValueError(f"{name} must not be negative, got {var.min()}: is it the mean?")
    return var


def _normalize(x, mean_of, eps):
    # Squares of the centred entries: E[x**2] - E[x]**2 would cancel where the mean is large.
    mean = mean_of(x)
    centred = x - mean
    var = mean_of(np.square(centred))
    inv_std = 1 / np.sqrt(var + eps)
    return centred * inv_std, inv_std, mean, var


def _normalize_backward(dxhat, xhat, inv_std, mean_of):
    # What would shift the mean and what would stretch the entries has no effect on xhat, and is taken out of dxhat.
    return inv_std * (dxhat - mean_of(dxhat) - xhat * mean_of(dxhat * xhat))


def _mean_over(first, last):
    """The mean over the neighbouring axes in [first, last), which stay as axes of length 1."""
    axes = tuple(range(first, last))
    return lambda x: x.mean(axis=axes, keepdims=True)


def _channel_mean(x):
    return (_channel_sum(x) / (x.size // x.shape[1])).reshape(_beside(x))


def _channel_sum(x):
    """(C,), the sum over the samples and the pixels. NumPy adds up neighbours, such as pixels, in pairs."""
    return sum_over(x if x.ndim == 2 else x.sum(axis=(2, 3)))


def _beside(x):
    """The shape in which a (C,) array meets ``x``."""
    return (1, -1, *(1 for _ in x.shape[2:]))


def _per_channel_inputs(x, gamma, beta):
    x = not_empty(as_float(x, name="x"), name="x")
    if x.ndim not in (2, 4):
        raise ValueError(f"x must have the shape (N, C) or (N, C, H, W), got {x.shape}")
    channels = x.shape[1:2]
    return x, same_shape(gamma, channels, x.dtype, name="gamma"), same_shape(beta, channels, x.dtype, name="beta")
