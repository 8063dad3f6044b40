"""Wrong answers to sigmoid."""

import math

import numpy as np


def _right_sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(np.asarray(z) >= 0, 1 / (1 + e), e / (1 + e))


def sigmoid__exp_over_exp(z):
    """The form exp(z) / (1 + exp(z)) is used for all z, which overflows to inf / inf = nan for large positive z."""
    e = np.exp(z)
    return e / (1 + e)


def sigmoid__sign(z):
    """The sign in the exponent is missing, so the curve falls instead of rising."""
    return 1 / (1 + np.exp(z))


def sigmoid__branch_for_whole_array(z):
    """The stable form is chosen once for the whole array with an if, so mixed large inputs overflow to nan."""
    if np.all(z >= 0):
        return 1 / (1 + np.exp(-z))
    else:
        return np.exp(z) / (1 + np.exp(z))


def sigmoid__integer_result(z):
    """The result is written into an array made like z, so whole-number inputs give only 0 and 1."""
    z = np.asarray(z)
    a = np.zeros_like(z)
    pos = z >= 0
    a[pos] = 1 / (1 + np.exp(-z[pos]))
    e = np.exp(z[~pos])
    a[~pos] = e / (1 + e)
    return a


def sigmoid__clipped_at_ten(z):
    """z is limited to [-10, 10] to avoid overflow, so the tails are wrong."""
    return 1 / (1 + np.exp(-np.clip(z, -10, 10)))


def sigmoid__one_axis_loop(z):
    """The loop goes over the first axis only and compares z[i] with 0, which raises an error when there are more axes."""
    out = np.empty(len(z))
    for i in range(len(z)):
        if z[i] >= 0:
            out[i] = 1 / (1 + math.exp(-z[i]))
        else:
            out[i] = math.exp(z[i]) / (1 + math.exp(z[i]))
    return out


def sigmoid__branches_swapped(z):
    """The two stable forms are used on each other's half, so both tails overflow where they should not."""
    z = np.asarray(z, dtype=float)
    a = np.empty(z.shape)
    neg = z < 0
    a[neg] = 1 / (1 + np.exp(-z[neg]))
    a[~neg] = np.exp(z[~neg]) / (1 + np.exp(z[~neg]))
    return a


def sigmoid__clips_in_place(z):
    """Large negative entries are replaced in the caller's array before the exponential."""
    z[z < -500] = -500
    z[z > 500] = 500
    return 1.0 / (1.0 + np.exp(-z.astype(float)))


def sigmoid__abs_only(z):
    """exp(-|z|) is used for every entry without the branch for negative z, so the curve is symmetric."""
    return 1 / (1 + np.exp(-np.abs(z)))


def sigmoid__tanh_not_rescaled(z):
    """tanh(z / 2) is returned without mapping it from (-1, 1) to (0, 1)."""
    return np.tanh(np.asarray(z) / 2)


def sigmoid__half_tanh_precedence(z):
    """The rescaling of tanh misses a bracket: 0.5 * tanh(z / 2) + 1."""
    return 0.5 * np.tanh(0.5 * z) + 1


def sigmoid__nan_to_zero(z):
    """The overflow to nan at large positive z is papered over with nan_to_num, which gives 0 where 1 is right."""
    with np.errstate(all="ignore"):
        e = np.exp(z)
        return np.nan_to_num(e / (1 + e))


def sigmoid__zero_left_out(z):
    """Only z > 0 and z < 0 are filled in, so at z = 0 the result is 0 instead of one half."""
    z = np.asarray(z, dtype=float)
    a = np.zeros(z.shape)
    a[z > 0] = 1 / (1 + np.exp(-z[z > 0]))
    a[z < 0] = 1 - 1 / (1 + np.exp(z[z < 0]))
    return a


def sigmoid__softmax(z):
    """The exponentials are divided by their sum over the array, which is a softmax."""
    e = np.exp(z - np.max(z))
    return e / e.sum()


def sigmoid__hard(z):
    """A piecewise linear approximation (hard sigmoid) is returned."""
    return np.clip(0.2 * z + 0.5, 0, 1)


def sigmoid__rounded(z):
    """The result is rounded to six decimals, which wipes out the small values in the left tail."""
    return np.round(_right_sigmoid(z), 6)


def sigmoid__one_over_one(z):
    """The brackets are missing: 1 / 1 + exp(-z)."""
    return 1 / 1 + np.exp(-z)


def sigmoid__arctan(z):
    """Another S-shaped curve, from the arc tangent, is returned."""
    return 0.5 + np.arctan(z) / np.pi


def sigmoid__sign_times(z):
    """The stable form for |z| is multiplied by the sign of z, so negative inputs give negative outputs and zero gives 0."""
    return np.sign(z) / (1 + np.exp(-np.abs(z)))


def sigmoid__scalar_exp(z):
    """math.exp is called with a whole array and raises an error unless it has a single entry."""
    return 1 / (1 + math.exp(-z))


_h_seen = {}


def sigmoid__remembered_by_shape(z):
    """Results are remembered by the shape of z, so a second array of the same shape gets the first one's result."""
    if z.shape not in _h_seen:
        _h_seen[z.shape] = _right_sigmoid(z)
    return _h_seen[z.shape]


def sigmoid__log(z):
    """The logarithm of the sigmoid is returned, the exponential at the end is missing."""
    return -np.logaddexp(0, -1.0 * z)


def sigmoid__generator(z):
    """A lazy map object is returned instead of an array."""
    return map(lambda t: 1 / (1 + np.exp(-t)), z)
