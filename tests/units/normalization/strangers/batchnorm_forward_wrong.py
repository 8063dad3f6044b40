"""Wrong answers to batchnorm_forward."""

import numpy as np


def batchnorm_forward__eps_outside(x, gamma, beta, state, training, eps=1e-5, momentum=0.9):
    """eps is added to the standard deviation, not to the variance under the root."""
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        state = {k: momentum * state[k] + (1 - momentum) * v for k, v in (("mean", mean), ("var", var))}
    else:
        mean, var = state["mean"], state["var"]
    inv_std = 1 / (np.sqrt(var) + eps)
    xhat = (x - mean) * inv_std
    return gamma * xhat + beta, (xhat, gamma, inv_std), state


def batchnorm_forward__momentum_swapped(x, gamma, beta, state, training, eps=1e-5, momentum=0.9):
    """The momentum is the weight of the batch, and not of the old running statistics."""
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        state = {k: (1 - momentum) * state[k] + momentum * v for k, v in (("mean", mean), ("var", var))}
    else:
        mean, var = state["mean"], state["var"]
    inv_std = 1 / np.sqrt(var + eps)
    xhat = (x - mean) * inv_std
    return gamma * xhat + beta, (xhat, gamma, inv_std), state


def batchnorm_forward__unbiased_running(x, gamma, beta, state, training, eps=1e-5, momentum=0.9):
    """The variance that goes into the running one has the divisor N - 1."""
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        new = x.var(axis=0) * len(x) / max(len(x) - 1, 1)
        state = {
            "mean": momentum * state["mean"] + (1 - momentum) * mean,
            "var": momentum * state["var"] + (1 - momentum) * new,
        }
    else:
        mean, var = state["mean"], state["var"]
    inv_std = 1 / np.sqrt(var + eps)
    xhat = (x - mean) * inv_std
    return gamma * xhat + beta, (xhat, gamma, inv_std), state


def batchnorm_forward__running_std(x, gamma, beta, state, training, eps=1e-5, momentum=0.9):
    """The standard deviation of the batch goes into the running variance."""
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        state = {
            "mean": momentum * state["mean"] + (1 - momentum) * mean,
            "var": momentum * state["var"] + (1 - momentum) * x.std(axis=0),
        }
    else:
        mean, var = state["mean"], state["var"]
    inv_std = 1 / np.sqrt(var + eps)
    xhat = (x - mean) * inv_std
    return gamma * xhat + beta, (xhat, gamma, inv_std), state


def batchnorm_forward__shallow_copy(x, gamma, beta, state, training, eps=1e-5, momentum=0.9):
    """The new dict holds the arrays of the old one, and these are updated in place, so that the old state changes."""
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        new = dict(state)
        for key, value in (("mean", mean), ("var", var)):
            new[key] = np.asarray(new[key], dtype=float)
            new[key] *= momentum
            new[key] += (1 - momentum) * value
        state = new
    else:
        mean, var = state["mean"], state["var"]
    inv_std = 1 / np.sqrt(var + eps)
    xhat = (x - mean) * inv_std
    return gamma * xhat + beta, (xhat, gamma, inv_std), state


def batchnorm_forward__eval_updates(x, gamma, beta, state, training, eps=1e-5, momentum=0.9):
    """In evaluation too the running statistics move on, though the output is right."""
    mean, var = x.mean(axis=0), x.var(axis=0)
    new = {k: momentum * state[k] + (1 - momentum) * v for k, v in (("mean", mean), ("var", var))}
    if not training:
        mean, var = state["mean"], state["var"]
    inv_std = 1 / np.sqrt(var + eps)
    xhat = (x - mean) * inv_std
    return gamma * xhat + beta, (xhat, gamma, inv_std), new


def batchnorm_forward__trains_by_running(x, gamma, beta, state, training, eps=1e-5, momentum=0.9):
    """In training xhat is made by the running statistics just updated, and not by those of the batch."""
    if training:
        state = {
            "mean": momentum * state["mean"] + (1 - momentum) * x.mean(axis=0),
            "var": momentum * state["var"] + (1 - momentum) * x.var(axis=0),
        }
    inv_std = 1 / np.sqrt(state["var"] + eps)
    xhat = (x - state["mean"]) * inv_std
    return gamma * xhat + beta, (xhat, gamma, inv_std), state


def batchnorm_forward__cache_of_batch(x, gamma, beta, state, training, eps=1e-5, momentum=0.9):
    """In evaluation the output is right, but the cache holds xhat and inv_std of the batch instead of those by the running statistics."""
    mean, var = x.mean(axis=0), x.var(axis=0)
    inv_std = 1 / np.sqrt(var + eps)
    xhat = (x - mean) * inv_std
    cache = xhat, gamma, inv_std
    if training:
        state = {k: momentum * state[k] + (1 - momentum) * v for k, v in (("mean", mean), ("var", var))}
        return gamma * xhat + beta, cache, state
    out = gamma * (x - state["mean"]) / np.sqrt(state["var"] + eps) + beta
    return out, cache, state


def batchnorm_forward__momentum_fixed(x, gamma, beta, state, training, eps=1e-5, momentum=0.9):
    """0.9 and 0.1 are written out, and the argument momentum is ignored."""
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        state = {k: 0.9 * state[k] + 0.1 * v for k, v in (("mean", mean), ("var", var))}
    else:
        mean, var = state["mean"], state["var"]
    inv_std = 1 / np.sqrt(var + eps)
    xhat = (x - mean) * inv_std
    return gamma * xhat + beta, (xhat, gamma, inv_std), state


def batchnorm_forward__var_about_running(x, gamma, beta, state, training, eps=1e-05, momentum=0.9):
    """In training the variance is taken about the running mean."""
    if training:
        mu = x.mean(0)
        var = ((x - state["mean"]) ** 2).mean(0)
        state = {
            "mean": momentum * state["mean"] + (1 - momentum) * mu,
            "var": momentum * state["var"] + (1 - momentum) * var,
        }
    else:
        mu, var = (state["mean"], state["var"])
    inv = 1 / np.sqrt(var + eps)
    xh = (x - mu) * inv
    return (gamma * xh + beta, (xh, gamma, inv), state)


def batchnorm_forward__inv_squared(x, gamma, beta, state, training, eps=1e-05, momentum=0.9):
    """The cache holds 1 / (var + eps), the square of inv_std."""
    if training:
        mu = x.mean(0)
        var = x.var(0)
        state = {
            "mean": momentum * state["mean"] + (1 - momentum) * mu,
            "var": momentum * state["var"] + (1 - momentum) * var,
        }
    else:
        mu, var = (state["mean"], state["var"])
    inv = 1 / (var + eps)
    xh = (x - mu) * np.sqrt(inv)
    return (gamma * xh + beta, (xh, gamma, inv), state)


def batchnorm_forward__variance_about_the_running_mean(x, gamma, beta, state, training, eps=1e-5, momentum=0.9):
    """The variance of the batch is taken about the new running mean, not about the mean of the batch."""
    if training:
        mean = x.mean(axis=0)
        running_mean = momentum * state["mean"] + (1 - momentum) * mean
        var = ((x - running_mean) ** 2).mean(axis=0)
        state = {"mean": running_mean, "var": momentum * state["var"] + (1 - momentum) * var}
    else:
        mean, var = state["mean"], state["var"]
    inv_std = 1 / np.sqrt(var + eps)
    xhat = (x - mean) * inv_std
    return gamma * xhat + beta, (xhat, gamma, inv_std), state


def batchnorm_forward__eval_mean_of_batch(x, gamma, beta, state, training, eps=1e-5, momentum=0.9):
    """In evaluation the mean of the batch goes with the running variance."""
    m = x.mean(axis=0)
    v = x.var(axis=0) if training else state["var"]
    s = 1 / np.sqrt(v + eps)
    if training:
        state = {
            "mean": momentum * state["mean"] + (1 - momentum) * m,
            "var": momentum * state["var"] + (1 - momentum) * v,
        }
    return gamma * (x - m) * s + beta, ((x - m) * s, gamma, s), state


def batchnorm_forward__running_of_out(x, gamma, beta, state, training, eps=1e-5, momentum=0.9):
    """The running statistics are those of the output, not of x."""
    m, v = (x.mean(0), x.var(0)) if training else (state["mean"], state["var"])
    s = 1 / np.sqrt(v + eps)
    h = (x - m) * s
    out = gamma * h + beta
    if training:
        state = {
            "mean": momentum * state["mean"] + (1 - momentum) * out.mean(0),
            "var": momentum * state["var"] + (1 - momentum) * out.var(0),
        }
    return out, (h, gamma, s), state
