"""Wrong answers to dropout_forward."""

import numpy as np


def dropout_forward__keep(x, p_drop, training, rng):
    """Takes p_drop for the probability of keeping when drawing."""
    if not training:
        return x * 1.0, np.ones(x.shape)
    mask = (rng.random(x.shape) < p_drop) / (1 - p_drop)
    return x * mask, mask


def dropout_forward__divides_by_p(x, p_drop, training, rng):
    """Divides by p_drop, the other convention's p."""
    if not training or p_drop == 0:
        return x * 1.0, np.ones(x.shape)
    mask = (rng.random(x.shape) >= p_drop) / p_drop
    return x * mask, mask


def dropout_forward__no_scale(x, p_drop, training, rng):
    """Plain dropout without the factor."""
    if not training:
        return x * 1.0, np.ones(x.shape)
    mask = (rng.random(x.shape) >= p_drop) * 1.0
    return x * mask, mask


def dropout_forward__paper(x, p_drop, training, rng):
    """As in the paper: no factor in training, the output is scaled in evaluation."""
    if not training:
        mask = np.full(x.shape, 1 - p_drop)
        return x * mask, mask
    mask = (rng.random(x.shape) >= p_drop) * 1.0
    return x * mask, mask


def dropout_forward__mask_without_factor(x, p_drop, training, rng):
    """Returns the mask of zeros and ones, without the factor."""
    if not training:
        return x * 1.0, np.ones(x.shape)
    mask = (rng.random(x.shape) >= p_drop) * 1.0
    return x * mask / (1 - p_drop), mask


def dropout_forward__rows(x, p_drop, training, rng):
    """One draw for each row x[i], not for each entry."""
    if not training:
        return x * 1.0, np.ones(x.shape)
    keep = rng.random((len(x),) + (1,) * (x.ndim - 1)) >= p_drop
    mask = keep / (1 - p_drop) * np.ones(x.shape)
    return x * mask, mask


def dropout_forward__columns(x, p_drop, training, rng):
    """One mask of units that is used for all samples."""
    if not training:
        return x * 1.0, np.ones(x.shape)
    mask = np.broadcast_to((rng.random(x.shape[-1:]) >= p_drop) / (1 - p_drop), x.shape).copy()
    return x * mask, mask


def dropout_forward__fixed_number(x, p_drop, training, rng):
    """Drops exactly the share p_drop of the entries in every call."""
    if not training:
        return x * 1.0, np.ones(x.shape)
    mask = np.full(x.size, 1 / (1 - p_drop))
    mask[rng.permutation(x.size)[: round(p_drop * x.size)]] = 0
    mask = mask.reshape(x.shape)
    return x * mask, mask


def dropout_forward__own_generator(x, p_drop, training, rng):
    """Makes a generator of its own with a fixed seed in every call, so that the same entries go each time."""
    if not training:
        return x * 1.0, np.ones(x.shape)
    mask = (np.random.default_rng(0).random(x.shape) >= p_drop) / (1 - p_drop)
    return x * mask, mask


def dropout_forward__always(x, p_drop, training, rng):
    """Forgets training: drops in evaluation as well."""
    rng = np.random.default_rng(1) if rng is None else rng
    mask = (rng.random(x.shape) >= p_drop) / (1 - p_drop)
    return x * mask, mask


def dropout_forward__in_place(x, p_drop, training, rng):
    """Sets the dropped entries of x itself to zero."""
    if not training:
        return x * 1.0, np.ones(x.shape)
    mask = (rng.random(x.shape) >= p_drop) / (1 - p_drop)
    x[mask == 0] = 0
    return x * mask, mask


def dropout_forward__int_mask(x, p_drop, training, rng):
    """The mask has the dtype of x, so that for integers the factor is cut off."""
    mask = np.ones_like(x)
    if training:
        mask[...] = (rng.random(x.shape) >= p_drop) / (1 - p_drop)
    return x * mask, mask
