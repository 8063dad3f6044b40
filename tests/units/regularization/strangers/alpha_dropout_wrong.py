"""Wrong answers to alpha_dropout."""

import numpy as np

_L, _A = 1.0507009873554805, 1.6732632423543772


def _ab(q, s):
    a = (q + s**2 * q * (1 - q)) ** -0.5
    return a, -a * (1 - q) * s


def alpha_dropout__zeros(x, p_drop, rng):
    """Drops to 0 instead of alpha'."""
    a, b = _ab(1 - p_drop, -_L * _A)
    return a * np.where(rng.random(x.shape) < p_drop, 0.0, x) + b


def alpha_dropout__affine_on_kept(x, p_drop, rng):
    """Only the kept entries go through a x + b."""
    a, b = _ab(1 - p_drop, -_L * _A)
    return np.where(rng.random(x.shape) < p_drop, -_L * _A, a * x + b)


def alpha_dropout__b_sign(x, p_drop, rng):
    """Has the wrong sign of b."""
    a, b = _ab(1 - p_drop, -_L * _A)
    return a * np.where(rng.random(x.shape) < p_drop, -_L * _A, x) - b


def alpha_dropout__no_lambda(x, p_drop, rng):
    """Takes -alpha for alpha', without lambda."""
    a, b = _ab(1 - p_drop, -_A)
    return a * np.where(rng.random(x.shape) < p_drop, -_A, x) + b


def alpha_dropout__root(x, p_drop, rng):
    """Takes the root for a, not one over the root."""
    q, s = 1 - p_drop, -_L * _A
    a = (q + s**2 * q * (1 - q)) ** 0.5
    return a * np.where(rng.random(x.shape) < p_drop, s, x) - a * (1 - q) * s


def alpha_dropout__q_is_p(x, p_drop, rng):
    """Keeps with probability p_drop."""
    a, b = _ab(1 - p_drop, -_L * _A)
    return a * np.where(rng.random(x.shape) < p_drop, x, -_L * _A) + b


def alpha_dropout__positive_alpha(x, p_drop, rng):
    """Takes alpha' without its minus."""
    a, b = _ab(1 - p_drop, _L * _A)
    return a * np.where(rng.random(x.shape) < p_drop, _L * _A, x) + b


def alpha_dropout__inverted_too(x, p_drop, rng):
    """Divides the kept entries by 1 - p_drop as well."""
    a, b = _ab(1 - p_drop, -_L * _A)
    return a * np.where(rng.random(x.shape) < p_drop, -_L * _A, x / (1 - p_drop)) + b


def alpha_dropout__int_copy(x, p_drop, rng):
    """Writes alpha' into a copy of the dtype of x, so that it becomes -1 for integers."""
    a, b = _ab(1 - p_drop, -_L * _A)
    out = x.copy()
    out[rng.random(x.shape) < p_drop] = -_L * _A
    return a * out + b


def alpha_dropout__last_axis(x, p_drop, rng):
    """Draws one mask for the last axis and uses it for all samples."""
    a, b = _ab(1 - p_drop, -_L * _A)
    return a * np.where(rng.random(x.shape[-1:]) < p_drop, -_L * _A, x) + b


def alpha_dropout__size_for_square(x, p_drop, rng):
    """Forgets to square alpha' in a."""
    q = 1 - p_drop
    a = (q + _L * _A * q * p_drop) ** -0.5
    return a * np.where(rng.random(x.shape) < p_drop, -_L * _A, x) + a * p_drop * _L * _A
