"""Right answers to residual_backward."""

import functools

import numpy as np


def residual_backward__sum(dout, branch_backward):
    return dout + branch_backward(dout)


def residual_backward__copy(dout, branch_backward):
    dx = dout.copy()
    dx += branch_backward(dout)
    return dx


def residual_backward__protects_dout(dout, branch_backward):
    return functools.reduce(np.add, (branch_backward(dout.copy()), dout))


def residual_backward__stack(dout, branch_backward):
    return np.stack([dout, branch_backward(dout)]).sum(axis=0)
