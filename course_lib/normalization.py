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
1e-5 as in PyTorch; Keras takes 1e-3. Channels are axis 1 as in PyTorch; Keras has them last.
"""

import numpy as np

from course_lib._arguments import as_float


def batchnorm_state(n_channels, dtype=np.float64):
    """Running statistics before the first batch: ``{"mean": zeros (C,), "var": ones (C,)}``."""
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
        When the shapes do not fit together.
    """
    x, gamma, beta = _per_channel_inputs(x, gamma, beta)
    axes, shape = _channel_axes(x)
    old = {key: as_float(state[key], x.dtype) for key in ("mean", "var")}
    if any(value.shape != gamma.shape for value in old.values()):
        raise ValueError(f"running statistics {gamma.shape} expected, got {[v.shape for v in old.values()]}")
    if training:
        xhat, inv_std, mean, var = _normalize(x, axes, eps)
        new, weight = {"mean": mean.ravel(), "var": var.ravel()}, float(momentum)
        state = {key: weight * old[key] + (1 - weight) * new[key] for key in old}
    else:
        inv_std = 1 / np.sqrt(old["var"].reshape(shape) + float(eps))
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
    xhat, gamma, inv_std, training = cache
    dout = _as_gradient(dout, xhat)
    axes, shape = _channel_axes(xhat)
    dxhat = dout * gamma.reshape(shape)
    dx = _normalize_backward(dxhat, xhat, inv_std, axes) if training else dxhat * inv_std
    return dx, (dout * xhat).sum(axis=axes), dout.sum(axis=axes)


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
        When a vector does not have one entry for each output.
    """
    w = as_float(w)
    vectors = [as_float(v, w.dtype) for v in (b, gamma, beta, mean, var)]
    if any(v.shape != (w.shape[axis],) for v in vectors):
        raise ValueError(f"vectors of {w.shape[axis]} outputs expected, got {[v.shape for v in vectors]}")
    b, gamma, beta, mean, var = vectors
    scale = gamma / np.sqrt(var + float(eps))
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
    x = as_float(x)
    gamma, beta = as_float(gamma, x.dtype), as_float(beta, x.dtype)
    if gamma.ndim == 0 or x.shape[-gamma.ndim :] != gamma.shape or beta.shape != gamma.shape:
        raise ValueError(f"x (N, ...), gamma (...), beta (...) expected, got {x.shape}, {gamma.shape}, {beta.shape}")
    axes = tuple(range(x.ndim - gamma.ndim, x.ndim))
    xhat, inv_std, _, _ = _normalize(x, axes, eps)
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
    xhat, gamma, inv_std = cache
    dout = _as_gradient(dout, xhat)
    n_leading = xhat.ndim - gamma.ndim
    dx = _normalize_backward(dout * gamma, xhat, inv_std, tuple(range(n_leading, xhat.ndim)))
    leading = tuple(range(n_leading))
    return dx, (dout * xhat).sum(axis=leading), dout.sum(axis=leading)


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
        When the shapes do not fit together, or ``n_groups`` does not divide C.
    """
    x, gamma, beta = _per_channel_inputs(x, gamma, beta)
    if n_groups < 1 or len(gamma) % n_groups:
        raise ValueError(f"n_groups must divide the number of channels, {len(gamma)}, got {n_groups}")
    _, shape = _channel_axes(x)
    xhat, inv_std, _, _ = _normalize(x.reshape(len(x), n_groups, -1), 2, eps)
    xhat = xhat.reshape(x.shape)
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
    xhat, gamma, inv_std = cache
    dout = _as_gradient(dout, xhat)
    axes, shape = _channel_axes(xhat)
    groups = (*inv_std.shape[:2], -1)
    dxhat = dout * gamma.reshape(shape)
    dx = _normalize_backward(dxhat.reshape(groups), xhat.reshape(groups), inv_std, 2)
    return dx.reshape(xhat.shape), (dout * xhat).sum(axis=axes), dout.sum(axis=axes)


def instancenorm_forward(x, gamma, beta, eps=1e-5):
    """Instance norm: every sample and channel by itself, in training and evaluation (Ulyanov et al. 2016, eq. 3).

    ``x`` (N, C, H, W); ``gamma`` and ``beta`` (C,), which PyTorch leaves out unless ``affine=True``. Returns
    ``out`` (N, C, H, W) and the cache for ``instancenorm_backward``.
    """
    return groupnorm_forward(x, gamma, beta, np.shape(x)[1], eps)


def instancenorm_backward(dout, cache):
    """Backward pass of ``instancenorm_forward``: ``dx`` (N, C, H, W), ``dgamma`` (C,), ``dbeta`` (C,)."""
    return groupnorm_backward(dout, cache)


def _normalize(x, axes, eps):
    # Squares of the centred entries: E[x**2] - E[x]**2 would cancel where the mean is large.
    mean = x.mean(axis=axes, keepdims=True)
    centred = x - mean
    var = np.square(centred).mean(axis=axes, keepdims=True)
    inv_std = 1 / np.sqrt(var + float(eps))
    return centred * inv_std, inv_std, mean, var


def _normalize_backward(dxhat, xhat, inv_std, axes):
    # What would shift the mean and what would stretch the entries has no effect on xhat, and is taken out of dxhat.
    shift = dxhat.mean(axis=axes, keepdims=True)
    stretch = (dxhat * xhat).mean(axis=axes, keepdims=True)
    return inv_std * (dxhat - shift - xhat * stretch)


def _channel_axes(x):
    """The axes other than the channels', and the shape in which a (C,) array meets ``x``."""
    pixels = range(2, x.ndim)
    return (0, *pixels), (1, -1, *(1 for _ in pixels))


def _per_channel_inputs(x, gamma, beta):
    x = as_float(x)
    gamma, beta = as_float(gamma, x.dtype), as_float(beta, x.dtype)
    if x.ndim < 2 or gamma.shape != x.shape[1:2] or beta.shape != gamma.shape:
        raise ValueError(f"x (N, C, ...), gamma (C,), beta (C,) expected, got {x.shape}, {gamma.shape}, {beta.shape}")
    return x, gamma, beta


def _as_gradient(dout, xhat):
    dout = as_float(dout, xhat.dtype)
    if dout.shape != xhat.shape:
        raise ValueError(f"dout must have the shape {xhat.shape}, got {dout.shape}")
    return dout
