"""Wrong answers to fold_batchnorm."""

import numpy as np


def fold_batchnorm__rows(w, b, gamma, beta, state, eps=1e-5):
    """The rows of w are scaled, those of the inputs, and not its columns; it fails when w is not square."""
    scale = gamma / np.sqrt(state["var"] + eps)
    return scale[:, None] * w, (b - state["mean"]) * scale + beta


def fold_batchnorm__eps_outside(w, b, gamma, beta, state, eps=1e-5):
    """Eps is added to the standard deviation and not under the root."""
    scale = gamma / (np.sqrt(state["var"]) + eps)
    return w * scale, (b - state["mean"]) * scale + beta


def fold_batchnorm__no_root(w, b, gamma, beta, state, eps=1e-5):
    """It divides by the variance, the root is missing."""
    scale = gamma / (state["var"] + eps)
    return w * scale, (b - state["mean"]) * scale + beta


def fold_batchnorm__forgot_b(w, b, gamma, beta, state, eps=1e-5):
    """The bias b of the layer is left out of b2."""
    scale = gamma / np.sqrt(state["var"] + eps)
    return w * scale, beta - state["mean"] * scale


def fold_batchnorm__mean_not_scaled(w, b, gamma, beta, state, eps=1e-5):
    """The mean is subtracted as it is, without the scale."""
    scale = gamma / np.sqrt(state["var"] + eps)
    return w * scale, b * scale - state["mean"] + beta


def fold_batchnorm__b_not_scaled(w, b, gamma, beta, state, eps=1e-5):
    """The old bias b is added as it is, without the scale."""
    scale = gamma / np.sqrt(state["var"] + eps)
    return w * scale, b + beta - state["mean"] * scale


def fold_batchnorm__beta_scaled(w, b, gamma, beta, state, eps=1e-5):
    """Beta is multiplied by the scale as well."""
    scale = gamma / np.sqrt(state["var"] + eps)
    return w * scale, (b - state["mean"] + beta) * scale


def fold_batchnorm__fixed_eps(w, b, gamma, beta, state, eps=1e-5):
    """Eps is always 1e-5, whatever the argument says."""
    scale = gamma / np.sqrt(state["var"] + 1e-5)
    return w * scale, (b - state["mean"]) * scale + beta


def fold_batchnorm__not_a_copy(w, b, gamma, beta, state, eps=1e-5):
    """np.asarray makes no copy of floats, so that the caller's w and b are changed."""
    w2, b2 = np.asarray(w, dtype=float), np.asarray(b, dtype=float)
    scale = gamma / np.sqrt(state["var"] + eps)
    w2 *= scale
    b2 -= state["mean"]
    b2 *= scale
    b2 += beta
    return w2, b2
