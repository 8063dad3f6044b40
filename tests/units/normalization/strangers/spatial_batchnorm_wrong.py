"""Wrong answers to spatial_batchnorm."""

import numpy as np


def _col(v):
    return np.asarray(v)[None, :, None, None]


def spatial_batchnorm__per_pixel(x, gamma, beta, eps=1e-5):
    """Mean and variance are over the images only, so that each pixel has its own."""
    return _col(gamma) * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps) + _col(beta)


def spatial_batchnorm__per_image(x, gamma, beta, eps=1e-5):
    """Mean and variance are over the pixels of each image by itself, as in instance norm, not over the batch."""
    mean, var = x.mean(axis=(2, 3), keepdims=True), x.var(axis=(2, 3), keepdims=True)
    return _col(gamma) * (x - mean) / np.sqrt(var + eps) + _col(beta)


def spatial_batchnorm__mean_of_variances(x, gamma, beta, eps=1e-5):
    """The variance of a channel is the mean of the variances of its images, so that the spread between images is missing."""
    mean = x.mean(axis=(0, 2, 3), keepdims=True)
    var = x.var(axis=(2, 3), keepdims=True).mean(axis=0, keepdims=True)
    return _col(gamma) * (x - mean) / np.sqrt(var + eps) + _col(beta)


def spatial_batchnorm__gamma_on_width(x, gamma, beta, eps=1e-5):
    """gamma and beta are not reshaped and meet the last axis, the width, instead of the channels."""
    mean, var = x.mean(axis=(0, 2, 3), keepdims=True), x.var(axis=(0, 2, 3), keepdims=True)
    return gamma * (x - mean) / np.sqrt(var + eps) + beta


def spatial_batchnorm__eps_outside(x, gamma, beta, eps=1e-5):
    """eps is added to the standard deviation, outside of the root."""
    mean, std = x.mean(axis=(0, 2, 3), keepdims=True), x.std(axis=(0, 2, 3), keepdims=True)
    return _col(gamma) * (x - mean) / (std + eps) + _col(beta)


def spatial_batchnorm__unbiased(x, gamma, beta, eps=1e-5):
    """The variance has the divisor N H W - 1."""
    n = x.shape[0] * x.shape[2] * x.shape[3]
    mean, var = x.mean(axis=(0, 2, 3), keepdims=True), x.var(axis=(0, 2, 3), keepdims=True)
    var = var * n / max(n - 1, 1)
    return _col(gamma) * (x - mean) / np.sqrt(var + eps) + _col(beta)


def spatial_batchnorm__reshaped_only(x, gamma, beta, eps=1e-5):
    """x is reshaped to (-1, C) without moving the channels to the end first, so that the columns mix channels."""
    flat = x.reshape(-1, x.shape[1])
    flat = gamma * (flat - flat.mean(axis=0)) / np.sqrt(flat.var(axis=0) + eps) + beta
    return flat.reshape(x.shape)


def spatial_batchnorm__not_moved_back(x, gamma, beta, eps=1e-5):
    """The channels are moved to the end, but the result is reshaped to (N, C, H, W) without moving them back."""
    flat = x.transpose(0, 2, 3, 1).reshape(-1, x.shape[1])
    flat = gamma * (flat - flat.mean(axis=0)) / np.sqrt(flat.var(axis=0) + eps) + beta
    return flat.reshape(x.shape)


def spatial_batchnorm__in_place(x, gamma, beta, eps=1e-5):
    """The images of the caller are overwritten, by a loop that writes each channel into x itself."""
    out = x if x.dtype.kind == "f" else x.astype(float)
    for c in range(x.shape[1]):
        channel = x[:, c]
        out[:, c] = gamma[c] * (channel - channel.mean()) / np.sqrt(channel.var() + eps) + beta[c]
    return out
