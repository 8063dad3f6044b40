"""Wrong answers to layernorm_backward."""


def layernorm_backward__over_batch(dout, cache):
    """The means in dx go over the batch, as in batch norm, and not over the features."""
    xhat, gamma, inv_std = cache
    dxhat = dout * gamma
    dx = inv_std * (dxhat - dxhat.mean(axis=0) - xhat * (dxhat * xhat).mean(axis=0))
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


def layernorm_backward__all_turned(dout, cache):
    """Everything was turned: dgamma and dbeta are sums over the features and have an entry for each sample."""
    xhat, gamma, inv_std = cache
    dxhat = dout * gamma
    dx = inv_std * (dxhat - dxhat.mean(axis=1, keepdims=True) - xhat * (dxhat * xhat).mean(axis=1, keepdims=True))
    return dx, (dout * xhat).sum(axis=1), dout.sum(axis=1)


def layernorm_backward__gamma_outside(dout, cache):
    """Gamma is taken out of the means, which batch norm allows and layer norm does not, since gamma differs along the row."""
    xhat, gamma, inv_std = cache
    return (
        gamma * inv_std * (dout - dout.mean(axis=1, keepdims=True) - xhat * (dout * xhat).mean(axis=1, keepdims=True)),
        (dout * xhat).sum(axis=0),
        dout.sum(axis=0),
    )


def layernorm_backward__no_mean_term(dout, cache):
    """The way through the mean is missing: the mean of dxhat is not subtracted."""
    xhat, gamma, inv_std = cache
    dxhat = dout * gamma
    dx = inv_std * (dxhat - xhat * (dxhat * xhat).mean(axis=1, keepdims=True))
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


def layernorm_backward__no_variance_term(dout, cache):
    """The way through the variance is missing: the term with xhat is left out."""
    xhat, gamma, inv_std = cache
    dxhat = dout * gamma
    dx = inv_std * (dxhat - dxhat.mean(axis=1, keepdims=True))
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


def layernorm_backward__divided_by_n(dout, cache):
    """The sums over the features are divided by the number of samples and not by that of the features."""
    xhat, gamma, inv_std = cache
    n = len(dout)
    dxhat = dout * gamma
    dx = inv_std * (dxhat - dxhat.sum(axis=1, keepdims=True) / n - xhat * (dxhat * xhat).sum(axis=1, keepdims=True) / n)
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


def layernorm_backward__gamma_in_place(dout, cache):
    """dout is multiplied by gamma in place: the caller's array is changed, and dgamma and dbeta contain gamma."""
    xhat, gamma, inv_std = cache
    dout *= gamma
    dx = inv_std * (dout - dout.mean(axis=1, keepdims=True) - xhat * (dout * xhat).mean(axis=1, keepdims=True))
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


def layernorm_backward__averaged(dout, cache):
    """dgamma and dbeta are means over the batch and not sums."""
    xhat, gamma, inv_std = cache
    dxhat = dout * gamma
    dx = inv_std * (dxhat - dxhat.mean(axis=1, keepdims=True) - xhat * (dxhat * xhat).mean(axis=1, keepdims=True))
    return dx, (dout * xhat).mean(axis=0), dout.mean(axis=0)


def layernorm_backward__gamma_twice(dout, cache):
    """In the second mean xhat is multiplied by gamma once more, as if the layer's output stood there."""
    xhat, gamma, inv_std = cache
    dxhat = dout * gamma
    out = xhat * gamma
    dx = inv_std * (dxhat - dxhat.mean(axis=1, keepdims=True) - xhat * (dxhat * out).mean(axis=1, keepdims=True))
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)
