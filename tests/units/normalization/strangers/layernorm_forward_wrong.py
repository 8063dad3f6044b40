"""Wrong answers to layernorm_forward."""

import numpy as np


def layernorm_forward__over_batch(x, gamma, beta, eps=1e-5):
    """It is batch norm: mean and variance of each feature over the samples."""
    mean, var = x.mean(axis=0), x.var(axis=0)
    inv_std = 1 / np.sqrt(var + eps)
    xhat = (x - mean) * inv_std
    return gamma * xhat + beta, (xhat, gamma, inv_std)


def layernorm_forward__whole_array(x, gamma, beta, eps=1e-5):
    """One mean and one variance of the whole array, no axis was given."""
    inv_std = 1 / np.sqrt(x.var() + eps)
    xhat = (x - x.mean()) * inv_std
    return gamma * xhat + beta, (xhat, gamma, np.full((len(x), 1), inv_std))


def layernorm_forward__eps_outside(x, gamma, beta, eps=1e-5):
    """Eps is added to the standard deviation, and not to the variance under the root."""
    inv_std = 1 / (x.std(axis=1, keepdims=True) + eps)
    xhat = (x - x.mean(axis=1, keepdims=True)) * inv_std
    return gamma * xhat + beta, (xhat, gamma, inv_std)


def layernorm_forward__unbiased(x, gamma, beta, eps=1e-5):
    """The variance has the divisor D - 1."""
    inv_std = 1 / np.sqrt(x.var(axis=1, keepdims=True, ddof=1) + eps)
    xhat = (x - x.mean(axis=1, keepdims=True)) * inv_std
    return gamma * xhat + beta, (xhat, gamma, inv_std)


def layernorm_forward__flat_inv_std(x, gamma, beta, eps=1e-5):
    """The output is right, but inv_std in the cache has the shape (N,) and not (N, 1)."""
    inv_std = 1 / np.sqrt(x.var(axis=1) + eps)
    xhat = ((x.T - x.mean(axis=1)) * inv_std).T
    return gamma * xhat + beta, (xhat, gamma, inv_std)


def layernorm_forward__std_cached(x, gamma, beta, eps=1e-5):
    """The output is right, but the cache holds the standard deviation and not its reciprocal."""
    std = np.sqrt(x.var(axis=1, keepdims=True) + eps)
    xhat = (x - x.mean(axis=1, keepdims=True)) / std
    return gamma * xhat + beta, (xhat, gamma, std)


def layernorm_forward__integer_output(x, gamma, beta, eps=1e-5):
    """The arrays are made like x, so that with integers everything is cut off to whole numbers."""
    xhat, inv_std = np.zeros_like(x), np.zeros((len(x), 1))
    for n in range(len(x)):
        inv_std[n] = 1 / np.sqrt(x[n].var() + eps)
        xhat[n] = (x[n] - x[n].mean()) * inv_std[n]
    return gamma * xhat + beta, (xhat, gamma, inv_std)


def layernorm_forward__raw_second_moment(x, gamma, beta, eps=1e-5):
    """The mean is subtracted, but the divisor is the root of the mean square of x before that, as in RMSNorm."""
    inv_std = 1 / np.sqrt(np.mean(x**2, axis=1, keepdims=True) + eps)
    xhat = (x - x.mean(axis=1, keepdims=True)) * inv_std
    return gamma * xhat + beta, (xhat, gamma, inv_std)


def layernorm_forward__beta_scaled(x, gamma, beta, eps=1e-5):
    """Beta is added before the multiplication by gamma, so it is multiplied too."""
    inv_std = 1 / np.sqrt(x.var(axis=1, keepdims=True) + eps)
    xhat = (x - x.mean(axis=1, keepdims=True)) * inv_std
    return gamma * (xhat + beta), (xhat, gamma, inv_std)
