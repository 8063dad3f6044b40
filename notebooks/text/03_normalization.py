# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---
# %% [markdown]
# # 3 · Normalization

# %% locked="setup"
import numpy as np

from autograder.check import HIDDEN, check, example, hint
from autograder.learner import progress, solution, yours

own = yours()

# %% exercise="standardize"
def standardize(x_train, x_other):
    """x_train (N, D) and x_other (M, D), both shifted and divided so that each feature of x_train gets mean 0 and variance 1.

    The variance is the biased one, with the divisor N.

    A feature that is the same in all rows of x_train is only shifted. Both may hold integers, and must not be changed.
    Returns the two arrays.
    """
    ### BEGIN SOLUTION
    mean, std = x_train.mean(axis=0), x_train.std(axis=0)
    std = np.where(std == 0, 1.0, std)
    train, other = (x_train - mean) / std, (x_other - mean) / std
    ### END SOLUTION
    return train, other

# %% exercise="batchnorm_forward"
def batchnorm_forward(x, gamma, beta, state, training, eps=1e-5, momentum=0.9):
    """Batch norm of x (N, C): gamma * xhat + beta, where xhat is x with mean 0 and variance 1 in each feature.

    gamma and beta are (C,); state is a dict of the running statistics, mean (C,) and var (C,). All may hold integers, and
    must not be changed. In training the mean and the biased variance of the batch make xhat, and the new state is
    momentum * old + (1 - momentum) * batch; in evaluation the running ones make it, and the state is returned as it is.
    eps, any positive number, is added to the variance, under the root; momentum is from 0 to 1.
    Returns out (N, C), the cache (xhat (N, C), gamma (C,), inv_std (C,)), with inv_std = 1 / sqrt(var + eps), and the state.
    """
    ### BEGIN SOLUTION
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        state = {
            "mean": momentum * state["mean"] + (1 - momentum) * mean,
            "var": momentum * state["var"] + (1 - momentum) * var,
        }
    else:
        mean, var = state["mean"], state["var"]
    inv_std = 1 / np.sqrt(var + eps)
    xhat = (x - mean) * inv_std
    out = gamma * xhat + beta
    cache = (xhat, gamma, inv_std)
    ### END SOLUTION
    return out, cache, state

# %% exercise="batchnorm_backward"
def batchnorm_backward(dout, cache):
    """Backward pass of batchnorm_forward in training.

    dout is (N, C), which may hold integers; cache is (xhat (N, C), gamma (C,), inv_std (C,)) as the forward pass returns it.
    They must not be changed. Returns dx (N, C), dgamma (C,) and dbeta (C,).
    """
    xhat, gamma, inv_std = cache
    ### BEGIN SOLUTION
    dgamma = (dout * xhat).sum(axis=0)
    dbeta = dout.sum(axis=0)
    dxhat = dout * gamma
    dx = inv_std * (dxhat - dxhat.mean(axis=0) - xhat * (dxhat * xhat).mean(axis=0))
    ### END SOLUTION
    return dx, dgamma, dbeta

# %% exercise="spatial_batchnorm"
def spatial_batchnorm(x, gamma, beta, eps=1e-5):
    """Batch norm of images x (N, C, H, W) in training: one mean and one biased variance for each channel.

    gamma and beta are (C,). All may hold integers, and must not be changed. eps, any positive number, is added to the
    variance, under the root. Returns out (N, C, H, W).
    """
    ### BEGIN SOLUTION
    mean = x.mean(axis=(0, 2, 3), keepdims=True)
    var = x.var(axis=(0, 2, 3), keepdims=True)
    xhat = (x - mean) / np.sqrt(var + eps)
    out = gamma.reshape(1, -1, 1, 1) * xhat + beta.reshape(1, -1, 1, 1)
    ### END SOLUTION
    return out

# %% exercise="is_batchnorm"
def is_batchnorm(norm):
    """Whether norm(x, gamma, beta, state, training) is right: True or False.

    A right one does what batchnorm_forward does, and returns out and the state, a dict of mean (C,) and var (C,). It keeps
    0.9 of the old running statistics; its eps may be anything up to 1e-3; its running variance may be the biased or the
    unbiased one, which is the biased one for a batch of one. You may call norm as often as you like, with arguments of your
    choice, which go by position.
    """
    ### BEGIN SOLUTION
    rng = np.random.default_rng(0)
    gamma, beta = np.array([1.5, -0.7, 2.0]), np.array([0.4, 1.1, -0.8])
    state = {"mean": np.array([2.0, -3.0, 0.5]), "var": np.array([4.0, 1.6, 2.5])}
    right = True

    def close(got, expected):
        return np.shape(got) == np.shape(expected) and np.allclose(got, expected, rtol=0.005, atol=0.005)

    for n, training in [(6, True), (5, False), (1, False), (1, True), (4, True), (3, False)]:
        x = rng.normal([1, -2, 4], [3, 1.5, 2], (n, 3))
        mean, var = (x.mean(axis=0), x.var(axis=0)) if training else (state["mean"], state["var"])
        out, new = norm(x, gamma, beta, state, training)
        right = right and close(out, gamma * (x - mean) / np.sqrt(var + 1e-5) + beta)
        if training:
            variances = [0.9 * state["var"] + 0.1 * v for v in (var, var * n / max(n - 1, 1))]
            right = right and close(new["mean"], 0.9 * state["mean"] + 0.1 * mean)
            right = right and any(close(new["var"], v) for v in variances)
        else:
            right = right and close(new["mean"], state["mean"]) and close(new["var"], state["var"])
        state = new
    ### END SOLUTION
    return bool(right)

# %%
own.standardize, own.batchnorm_forward, own.batchnorm_backward, own.spatial_batchnorm, own.is_batchnorm, own.diagnose_batchnorm
