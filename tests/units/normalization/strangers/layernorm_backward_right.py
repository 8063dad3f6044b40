"""Right answers to layernorm_backward."""

import numpy as np


def layernorm_backward__jacobian(dout, cache):
    """The Jacobian of each row, and then the product with it."""
    xhat, gamma, inv_std = cache
    n, d = xhat.shape
    dx = np.zeros((n, d))
    for i in range(n):
        jacobian = inv_std[i, 0] * (np.eye(d) - 1 / d - np.outer(xhat[i], xhat[i]) / d)
        dx[i] = jacobian @ (np.asarray(gamma) * dout[i])
    return dx, np.einsum("nd,nd->d", dout, xhat), np.einsum("nd->d", dout)


def _batchnorm_backward(dout, cache):
    xhat, gamma, inv_std = cache
    dgamma, dbeta = (dout * xhat).sum(axis=0), dout.sum(axis=0)
    return gamma * inv_std / len(dout) * (len(dout) * dout - dbeta - xhat * dgamma), dgamma, dbeta


def layernorm_backward__turned(dout, cache):
    """Batch norm's backward of the transposed arrays with a gamma of 1."""
    xhat, gamma, inv_std = cache
    dx, _, _ = _batchnorm_backward((dout * gamma).T, (xhat.T, np.ones(len(xhat)), inv_std[:, 0]))
    return dx.T, np.diag(dout.T @ xhat), np.ones(len(dout)) @ dout


def layernorm_backward__loops(dout, cache):
    """Plain loops over rows and features."""
    xhat, gamma, inv_std = cache
    n, d = dout.shape
    dx, dgamma, dbeta = np.zeros((n, d)), np.zeros(d), np.zeros(d)
    for i in range(n):
        shift = stretch = 0.0
        for j in range(d):
            g = float(dout[i, j]) * float(gamma[j])
            shift += g / d
            stretch += g * xhat[i, j] / d
            dgamma[j] += dout[i, j] * xhat[i, j]
            dbeta[j] += dout[i, j]
        for j in range(d):
            dx[i, j] = float(inv_std[i, 0]) * (dout[i, j] * gamma[j] - shift - xhat[i, j] * stretch)
    return dx, dgamma, dbeta


def layernorm_backward__piece_by_piece(dout, cache):
    """The pieces of 3.4, with the centred x won back from xhat and s."""
    xhat, gamma, inv_std = cache
    d = xhat.shape[-1]
    c = xhat / inv_std
    dxhat = np.multiply(dout, gamma)
    ds = np.sum(dxhat * c, axis=-1, keepdims=True)
    dvar = -0.5 * inv_std**3 * ds
    dc = inv_std * dxhat + 2 / d * c * dvar
    dx = dc - np.sum(dc, axis=-1, keepdims=True) / d
    return dx, np.add.reduce(dout * xhat), np.add.reduce(dout)
