"""Right answers to spatial_batchnorm."""

import numpy as np


def _batchnorm(x, gamma, beta, eps):
    mean = x.mean(axis=0)
    var = ((x - mean) ** 2).mean(axis=0)
    return gamma * (x - mean) / np.sqrt(var + eps) + beta


def spatial_batchnorm__loop(x, gamma, beta, eps=1e-5):
    """Channel by channel into an empty array."""
    out = np.empty(x.shape)
    for c in range(x.shape[1]):
        values = x[:, c].astype(float).ravel()
        mean = values.sum() / values.size
        var = np.dot(values - mean, values - mean) / values.size
        out[:, c] = (x[:, c] - mean) * (gamma[c] / (var + eps) ** 0.5) + beta[c]
    return out


def spatial_batchnorm__moveaxis(x, gamma, beta, eps=1e-5):
    """By batch norm of a (N H W, C) array, there and back."""
    last = np.moveaxis(x, 1, -1)
    return np.moveaxis(_batchnorm(last.reshape(-1, x.shape[1]), gamma, beta, eps).reshape(last.shape), -1, 1)


def spatial_batchnorm__einsum(x, gamma, beta, eps=1e-5):
    """einsum for all sums, an affine map at the end."""
    n = x.shape[0] * x.shape[2] * x.shape[3]
    mean = np.einsum("nchw->c", x.astype(float)) / n
    c = x - mean.reshape(1, -1, 1, 1)
    scale = gamma / np.sqrt(np.einsum("nchw,nchw->c", c, c) / n + eps)
    return np.einsum("nchw,c->nchw", c, scale) + np.reshape(beta, (-1, 1, 1))


def spatial_batchnorm__channels_first(x, gamma, beta, eps=1e-5):
    """swapaxes, one row for each channel, np.std and hypot for the root."""
    rows = np.swapaxes(x, 0, 1).reshape(x.shape[1], -1)
    rows = (rows - np.mean(rows, axis=1, keepdims=True)) / np.hypot(np.std(rows, axis=1, keepdims=True), np.sqrt(eps))
    rows = np.asarray(gamma).reshape(-1, 1) * rows + np.asarray(beta).reshape(-1, 1)
    n, c, h, w = x.shape
    return rows.reshape(c, n, h, w).swapaxes(0, 1)
