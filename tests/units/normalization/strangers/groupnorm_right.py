"""Right answers to groupnorm."""

import numpy as np


def groupnorm__loops(x, gamma, beta, n_groups, eps=1e-5):
    """Loops over images, groups and channels, with slices."""
    n, c = x.shape[:2]
    size = c // n_groups
    out = np.empty(x.shape, dtype=float)
    for i in range(n):
        for first in range(0, c, size):
            block = x[i, first : first + size].astype(float)
            block = (block - block.mean()) * (block.var() + eps) ** -0.5
            for k in range(size):
                out[i, first + k] = gamma[first + k] * block[k] + beta[first + k]
    return out


def _layernorm_forward(x, gamma, beta, eps=1e-5):
    inv_std = 1 / np.sqrt(x.var(axis=1, keepdims=True) + eps)
    xhat = (x - x.mean(axis=1, keepdims=True)) * inv_std
    return gamma * xhat + beta, (xhat, gamma, inv_std)


def groupnorm__by_layernorm(x, gamma, beta, n_groups, eps=1e-5):
    """Layer norm of one row for each image and group; gamma and beta on the last axis."""
    rows = x.reshape(len(x) * n_groups, -1)
    xhat = _layernorm_forward(rows, np.ones(rows.shape[1]), np.zeros(rows.shape[1]), eps)[0].reshape(x.shape)
    return np.moveaxis(np.moveaxis(xhat, 1, -1) * gamma + beta, -1, 1)


def groupnorm__membership(x, gamma, beta, n_groups, eps=1e-5):
    """Averages by a membership matrix of the channels, mean square of the centred images, einsum for gamma."""
    c = x.shape[1]
    group = np.arange(c) * n_groups // c
    share = (group[:, None] == group[None, :]) * (n_groups / c)
    mean = x.mean(axis=(2, 3)) @ share
    centred = x - mean[:, :, None, None]
    var = (centred**2).mean(axis=(2, 3)) @ share
    return np.einsum("c,nchw,nc->nchw", gamma, centred, 1 / np.sqrt(var + eps)) + np.reshape(beta, (1, c, 1, 1))


def groupnorm__split(x, gamma, beta, n_groups, eps=1e-5):
    """Parts by np.split, put together by np.concatenate; the standard deviation from np.std."""
    parts = []
    for part in np.split(x, n_groups, axis=1):
        std = np.std(part, axis=(1, 2, 3), keepdims=True)
        parts.append((part - np.mean(part, axis=(1, 2, 3), keepdims=True)) / np.sqrt(std**2 + eps))
    shape = (-1, 1, 1)
    return np.concatenate(parts, axis=1) * np.array(gamma).reshape(shape) + np.array(beta).reshape(shape)
