"""Wrong answers to groupnorm."""

import numpy as np


def groupnorm__interleaved(x, gamma, beta, n_groups, eps=1e-5):
    """Channels 0, G, 2G ... make a group, and not neighbours."""
    n, c, h, w = x.shape
    g = x.reshape(n, c // n_groups, n_groups, h, w)
    xhat = (g - g.mean(axis=(1, 3, 4), keepdims=True)) / np.sqrt(g.var(axis=(1, 3, 4), keepdims=True) + eps)
    return gamma[:, None, None] * xhat.reshape(x.shape) + beta[:, None, None]


def groupnorm__group_size(x, gamma, beta, n_groups, eps=1e-5):
    """n_groups is taken for the number of channels in a group."""
    n, c, h, w = x.shape
    g = x.reshape(n, c // n_groups, n_groups, h, w)
    xhat = (g - g.mean(axis=(2, 3, 4), keepdims=True)) / np.sqrt(g.var(axis=(2, 3, 4), keepdims=True) + eps)
    return gamma[:, None, None] * xhat.reshape(x.shape) + beta[:, None, None]


def groupnorm__batch_too(x, gamma, beta, n_groups, eps=1e-5):
    """The statistics go over the images of the batch as well."""
    n, c, h, w = x.shape
    g = x.reshape(n, n_groups, c // n_groups, h, w)
    xhat = (g - g.mean(axis=(0, 2, 3, 4), keepdims=True)) / np.sqrt(g.var(axis=(0, 2, 3, 4), keepdims=True) + eps)
    return gamma[:, None, None] * xhat.reshape(x.shape) + beta[:, None, None]


def groupnorm__each_pixel(x, gamma, beta, n_groups, eps=1e-5):
    """The statistics go over the channels of the group only, so that each pixel has its own."""
    n, c, h, w = x.shape
    g = x.reshape(n, n_groups, c // n_groups, h, w)
    xhat = (g - g.mean(axis=2, keepdims=True)) / np.sqrt(g.var(axis=2, keepdims=True) + eps)
    return gamma[:, None, None] * xhat.reshape(x.shape) + beta[:, None, None]


def groupnorm__each_channel(x, gamma, beta, n_groups, eps=1e-5):
    """The groups are formed, but the statistics go over the pixels only: instance norm whatever n_groups is."""
    n, c, h, w = x.shape
    g = x.reshape(n, n_groups, c // n_groups, h, w)
    xhat = (g - g.mean(axis=(3, 4), keepdims=True)) / np.sqrt(g.var(axis=(3, 4), keepdims=True) + eps)
    return gamma[:, None, None] * xhat.reshape(x.shape) + beta[:, None, None]


def groupnorm__gamma_of_group(x, gamma, beta, n_groups, eps=1e-5):
    """All channels of a group get the gamma and beta of the group's number, and not their own."""
    n, c, h, w = x.shape
    g = x.reshape(n, n_groups, c // n_groups, h, w)
    xhat = (g - g.mean(axis=(2, 3, 4), keepdims=True)) / np.sqrt(g.var(axis=(2, 3, 4), keepdims=True) + eps)
    scale, shift = gamma[:n_groups, None, None, None], beta[:n_groups, None, None, None]
    return (scale * xhat + shift).reshape(x.shape)


def groupnorm__eps_outside(x, gamma, beta, n_groups, eps=1e-5):
    """Eps is added to the standard deviation and not under the root."""
    n, c, h, w = x.shape
    g = x.reshape(n, n_groups, -1)
    xhat = (g - g.mean(axis=2, keepdims=True)) / (g.std(axis=2, keepdims=True) + eps)
    return gamma[:, None, None] * xhat.reshape(x.shape) + beta[:, None, None]


def groupnorm__into_x(x, gamma, beta, n_groups, eps=1e-5):
    """The normalized groups are written into x itself, so the caller's images are changed, and integers are cut off."""
    size = x.shape[1] // n_groups
    for i in range(len(x)):
        for k in range(n_groups):
            part = x[i, k * size : (k + 1) * size]
            x[i, k * size : (k + 1) * size] = (part - part.mean()) / np.sqrt(part.var() + eps)
    return gamma[:, None, None] * x + beta[:, None, None]


def groupnorm__mean_of_variances(x, gamma, beta, n_groups, eps=1e-5):
    """The variance of a group is the mean of the variances of its channels, which leaves out how their means differ."""
    n, c, h, w = x.shape
    g = x.reshape(n, n_groups, c // n_groups, h, w)
    mean = g.mean(axis=(2, 3, 4), keepdims=True)
    var = g.var(axis=(3, 4), keepdims=True).mean(axis=2, keepdims=True)
    return gamma[:, None, None] * ((g - mean) / np.sqrt(var + eps)).reshape(x.shape) + beta[:, None, None]
