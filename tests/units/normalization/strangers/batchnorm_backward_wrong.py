"""Wrong answers to batchnorm_backward."""

import numpy as np


def batchnorm_backward__constants(dout, cache):
    """Mean and variance are taken for constants: dx is only inv_std * gamma * dout."""
    xhat, gamma, inv_std = cache
    return dout * gamma * inv_std, (dout * xhat).sum(axis=0), dout.sum(axis=0)


def batchnorm_backward__no_mean_path(dout, cache):
    """The way through the mean is missing: the mean of dxhat is not subtracted."""
    xhat, gamma, inv_std = cache
    dxhat = dout * gamma
    dx = inv_std * (dxhat - xhat * (dxhat * xhat).mean(axis=0))
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


def batchnorm_backward__no_variance_path(dout, cache):
    """The way through the variance is missing: only the mean of dxhat is subtracted."""
    xhat, gamma, inv_std = cache
    dxhat = dout * gamma
    dx = inv_std * (dxhat - dxhat.mean(axis=0))
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


def batchnorm_backward__sums(dout, cache):
    """Sums stand in dx where means belong: the divisor N is forgotten."""
    xhat, gamma, inv_std = cache
    dxhat = dout * gamma
    dgamma, dbeta = (dout * xhat).sum(axis=0), dout.sum(axis=0)
    dx = inv_std * (dxhat - dxhat.sum(axis=0) - xhat * (dxhat * xhat).sum(axis=0))
    return dx, dgamma, dbeta


def batchnorm_backward__no_gamma(dout, cache):
    """dx is computed from dout instead of dxhat = gamma * dout: gamma is missing."""
    xhat, _, inv_std = cache
    dgamma, dbeta = (dout * xhat).sum(axis=0), dout.sum(axis=0)
    dx = inv_std * (dout - dout.mean(axis=0) - xhat * (dout * xhat).mean(axis=0))
    return dx, dgamma, dbeta


def batchnorm_backward__over_features(dout, cache):
    """The means in dx are over the features of a row and not over the batch, as in layer norm."""
    xhat, gamma, inv_std = cache
    dxhat = dout * gamma
    first = dxhat.mean(axis=1, keepdims=True)
    second = (dxhat * xhat).mean(axis=1, keepdims=True)
    return inv_std * (dxhat - first - xhat * second), (dout * xhat).sum(axis=0), dout.sum(axis=0)


def batchnorm_backward__dgamma_of_dxhat(dout, cache):
    """dgamma is summed from dxhat * xhat, which has a gamma too many."""
    xhat, gamma, inv_std = cache
    dxhat = dout * gamma
    dgamma, dbeta = (dxhat * xhat).sum(axis=0), dout.sum(axis=0)
    dx = inv_std * (dxhat - dxhat.mean(axis=0) - xhat * dgamma / len(dout))
    return dx, dgamma, dbeta


def batchnorm_backward__in_place(dout, cache):
    """The results are right, but dout of the caller is multiplied by gamma in place."""
    xhat, gamma, inv_std = cache
    dgamma, dbeta = (dout * xhat).sum(axis=0), dout.sum(axis=0)
    dout = np.asarray(dout, dtype=float)
    dout *= gamma
    return inv_std * (dout - dout.mean(axis=0) - xhat * (dout * xhat).mean(axis=0)), dgamma, dbeta


def batchnorm_backward__s_cubed(dout, cache):
    """The term of the variance has s**3 in front although xhat, in which two of the s are contained already, stands behind it."""
    xhat, gamma, inv_std = cache
    dxhat = dout * gamma
    dx = inv_std * (dxhat - dxhat.mean(axis=0)) - inv_std**3 * xhat * (dxhat * xhat).mean(axis=0)
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


def batchnorm_backward__bracket(dout, cache):
    """inv_std multiplies the first term alone."""
    xhat, gamma, inv_std = cache
    d = dout * gamma
    return (inv_std * d - d.mean(0) - xhat * (d * xhat).mean(0), (dout * xhat).sum(0), dout.sum(0))


def batchnorm_backward__n_is_the_number_of_features(dout, cache):
    """N is taken from the second axis, the number of features."""
    xhat, gamma, inv_std = cache
    N = dout.shape[1]
    dgamma = np.sum(dout * xhat, axis=0)
    dbeta = np.sum(dout, axis=0)
    dx = gamma * inv_std * (dout - dbeta / N - xhat * dgamma / N)
    return dx, dgamma, dbeta


def batchnorm_backward__two_mistakes(dout, cache):
    """The way through the mean is missing, and so is gamma in dx."""
    xhat, gamma, inv_std = cache
    return inv_std * (dout - xhat * (dout * xhat).mean(axis=0)), (dout * xhat).sum(axis=0), dout.sum(axis=0)


def batchnorm_backward__product_of_means(dout, cache):
    """The mean of a product is taken for the product of the means."""
    xhat, gamma, inv_std = cache
    dxhat = gamma * dout
    dx = inv_std * (dxhat - dxhat.mean(axis=0) - xhat * dxhat.mean(axis=0) * xhat.mean(axis=0))
    return dx, np.sum(xhat * dout, 0), np.sum(dout, 0)
