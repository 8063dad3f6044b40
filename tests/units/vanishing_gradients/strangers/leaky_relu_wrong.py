"""Wrong answers to leaky_relu."""

import numpy as np


def leaky_relu__maximum(z, alpha=0.01):
    """max(alpha z, z) is used, which is only right for alpha up to 1."""
    return np.maximum(alpha * z, z)


def leaky_relu__default_tenth(z, alpha=0.1):
    """The default slope is 0.1 instead of 0.01."""
    return np.where(z > 0, z, alpha * z)


def leaky_relu__changes_z(z, alpha=0.01):
    """A float z is changed in place (only integers are copied)."""
    if z.dtype.kind != "f":
        z = z.astype(float)
    z[z <= 0] *= alpha
    return z


def leaky_relu__integer_copy(z, alpha=0.01):
    """The slope is applied in a copy of z that keeps the integer type, so the leak is cut to whole numbers."""
    out = z.copy()
    out[z <= 0] = alpha * z[z <= 0]
    return out


def leaky_relu__alpha_ignored(z, alpha=0.01):
    """The slope 0.01 is written into the formula and alpha is ignored."""
    return np.where(z > 0, z, 0.01 * z)


def leaky_relu__branches_swapped(z, alpha=0.01):
    """The slope is applied to the positive part instead of the negative."""
    return np.where(z > 0, alpha * z, z)


def leaky_relu__leak_turned_up(z, alpha=0.01):
    """The leak is alpha |z| instead of alpha z, so negative inputs give positive outputs."""
    return np.maximum(z, 0) + alpha * np.maximum(-z, 0)


def leaky_relu__derivative(z, alpha=0.01):
    """The derivative, 1 or alpha, is returned instead of the function."""
    out = np.ones(z.shape)
    out[z <= 0] = alpha
    return out


def leaky_relu__decided_once(z, alpha=0.01):
    """An if on the whole array decides once: everything is scaled unless all entries are positive."""
    if (z > 0).all():
        return 1.0 * z
    return alpha * z


def leaky_relu__minimum_of_product(z, alpha=0.01):
    """max(z, 0) + min(alpha z, 0) is used, which goes wrong for negative alpha."""
    return np.maximum(z, 0) + np.minimum(alpha * z, 0)


def leaky_relu__abs_alpha_decides(z, alpha=0.01):
    """Minimum or maximum is chosen by |alpha| > 1, which picks the wrong one for alpha below -1."""
    if abs(alpha) > 1:
        return np.minimum(alpha * z, z)
    return np.maximum(alpha * z, z)


def leaky_relu__alpha_as_threshold(z, alpha=0.01):
    """z is compared with alpha instead of with 0."""
    return np.where(z > alpha, z, alpha * z)


def leaky_relu__divides(z, alpha=0.01):
    """The negative part is divided by alpha instead of multiplied."""
    return np.where(z > 0, z, z / alpha)


def leaky_relu__constant_floor(z, alpha=0.01):
    """The negative part is the constant alpha instead of alpha times z."""
    return np.where(z > 0, z, alpha)


def leaky_relu__zero_alpha_replaced(z, alpha=0.01):
    """`alpha or 0.01` turns an alpha of 0 into 0.01."""
    alpha = alpha or 0.01
    return np.where(z > 0, z, alpha * z)


def leaky_relu__alpha_limited(z, alpha=0.01):
    """alpha is limited to [0, 1], although any number is allowed."""
    slope = min(max(alpha, 0.0), 1.0)
    return z * np.where(z > 0, 1.0, slope)


def leaky_relu__abs_form_slip(z, alpha=0.01):
    """The form with |z| has a wrong sign: ((1 + alpha) z - (1 - alpha) |z|) / 2, which scales the wrong half."""
    return 0.5 * ((1 + alpha) * z - (1 - alpha) * np.abs(z))


def leaky_relu__list_comprehension(z, alpha=0.01):
    """A list comprehension over the first axis returns a list and fails with more than one axis."""
    return [v if v > 0 else alpha * v for v in z]


def leaky_relu__cast_back(z, alpha=0.01):
    """The result is cast back to the type of z, so whole-number inputs lose the leak."""
    return np.where(z > 0, z, alpha * z).astype(z.dtype)


def leaky_relu__subtracts(z, alpha=0.01):
    """alpha is subtracted for negative z, z - alpha, instead of multiplied."""
    return np.where(z > 0, z, z - alpha)


def leaky_relu__one_minus_alpha(z, alpha=0.01):
    """The negative part is reduced by the share alpha, (1 - alpha) z, instead of to it."""
    return np.maximum(z, 0) + (1 - alpha) * np.minimum(z, 0)


def leaky_relu__row_decides(z, alpha=0.01):
    """The loop goes over rows and decides for each by its mean."""
    out = np.array(z, dtype=float)
    for row in np.atleast_2d(out):
        if row.mean() <= 0:
            row *= alpha
    return out
