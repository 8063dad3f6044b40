"""Wrong answers to dropout_backward."""

import numpy as np


def dropout_backward__no_factor(dout, mask):
    """Uses only where the mask is not zero, without the factor."""
    return dout * (mask > 0)


def dropout_backward__divides(dout, mask):
    """Divides by the mask, as if going back meant undoing it."""
    return np.where(mask > 0, dout / np.where(mask > 0, mask, 1), 0)


def dropout_backward__unchanged(dout, mask):
    """Believes that dropout acts in the forward pass only."""
    return dout.copy()


def dropout_backward__scaled_twice(dout, mask):
    """Takes the factor a second time."""
    return dout * mask * mask


def dropout_backward__in_place(dout, mask):
    """Writes into dout, which truncates integers as well."""
    dout[...] = dout * mask
    return dout


def dropout_backward__int(dout, mask):
    """The result has the dtype of dout, which truncates integers."""
    dx = np.zeros_like(dout)
    dx[...] = dout * mask
    return dx


def dropout_backward__dropped_ones(dout, mask):
    """Lets the gradient through where the entries were dropped."""
    return dout * (mask == 0) * mask.max()


def dropout_backward__mask_as_bool(dout, mask):
    """Only zeros are passed on, the factor is missing."""
    return dout * (mask > 0)


def dropout_backward__matmul(dout, mask):
    """A matrix product instead of the product entry by entry."""
    return dout @ mask.T
