"""Wrong answers to sigmoid_slope_bound."""

import math

import numpy as np


def _right_sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(np.asarray(z) >= 0, 1 / (1 + e), e / (1 + e))


def sigmoid_slope_bound__times_n(n_layers):
    """The largest slope is multiplied by the number of layers instead of raised to that power."""
    return 0.25 * n_layers


def sigmoid_slope_bound__one_half(n_layers):
    """The value of the sigmoid at zero, 1/2, is taken for its largest slope."""
    return 0.5**n_layers


def sigmoid_slope_bound__one(n_layers):
    """The largest slope is taken to be 1, as for tanh."""
    return 1.0**n_layers


def sigmoid_slope_bound__one_less(n_layers):
    """The power is n - 1 instead of n."""
    return 0.25 ** (n_layers - 1)


def sigmoid_slope_bound__one_layer_only(n_layers):
    """The bound for one layer is returned, whatever the number of layers."""
    z = np.linspace(-6, 6, 1001)
    s = 1 / (1 + np.exp(-z))
    return float(np.round(np.max(s * (1 - s)), 6))


def sigmoid_slope_bound__integer_division(n_layers):
    """1 // 4 is an integer division, so the bound is 0."""
    return float((1 // 4) ** n_layers)


def sigmoid_slope_bound__grid_misses_zero(n_layers):
    """The largest slope is searched on a coarse grid that does not contain z = 0, so it is too small."""
    z = np.linspace(-5, 5, 20)
    s = _right_sigmoid(z)
    return float(np.max(s * (1 - s)) ** n_layers)


def sigmoid_slope_bound__chain_from_zero(n_layers):
    """The slopes are multiplied along one chain that starts at 0 and feeds each output into the next, which is not the largest product."""
    z, prod = 0.0, 1.0
    for _ in range(n_layers):
        s = 1 / (1 + math.exp(-z))
        prod *= s * (1 - s)
        z = s
    return prod


def sigmoid_slope_bound__logarithm(n_layers):
    """The logarithm of the bound is returned, n * log(1/4)."""
    return n_layers * math.log(0.25)


def sigmoid_slope_bound__rounded(n_layers):
    """The result is rounded to six places, so it is 0 for deep networks."""
    return round(0.25**n_layers, 6)


def sigmoid_slope_bound__negative_integer_power(n_layers):
    """np.power(4, -n) is an integer to a negative integer power, which NumPy refuses."""
    return float(np.power(4, -n_layers))


def sigmoid_slope_bound__recursion_base(n_layers):
    """The recursion stops at n = 0 with 1/4 instead of 1, so there is one factor too many."""

    def go(n):
        if n == 0:
            return 0.25
        return 0.25 * go(n - 1)

    return go(n_layers)


_h_bound = [1.0]


def sigmoid_slope_bound__state(n_layers):
    """The running product is a global that is not reset, so the second call continues from the first."""
    for _ in range(n_layers):
        _h_bound[0] *= 0.25
    return _h_bound[0]


def sigmoid_slope_bound__array(n_layers):
    """An array with the bound of every depth up to n is returned instead of the last one."""
    return np.cumprod(np.full(n_layers, 0.25))


def sigmoid_slope_bound__float32(n_layers):
    """The power is taken in float32, where it underflows to zero from about 75 layers."""
    return float(np.float32(0.25) ** np.float32(n_layers))


def sigmoid_slope_bound__root(n_layers):
    """The n-th root is taken instead of the n-th power."""
    return 0.25 ** (1 / n_layers)


def sigmoid_slope_bound__divided(n_layers):
    """One quarter is divided by the number of layers."""
    return 1 / (4 * n_layers)


def sigmoid_slope_bound__slope_at_one(n_layers):
    """The slope at z = 1 is taken for the largest, about 0.197."""
    s = 1 / (1 + math.exp(-1))
    return (s * (1 - s)) ** n_layers


def sigmoid_slope_bound__floor(n_layers):
    """The bound is not allowed to fall below 1e-12."""
    return max(0.25**n_layers, 1e-12)


def sigmoid_slope_bound__caret(n_layers):
    """^ is written for the power, which raises an error for a float."""
    return 0.25 ^ n_layers


def sigmoid_slope_bound__geometric_sum(n_layers):
    """The powers of one quarter are added up over the layers instead of taking the last."""
    return sum(0.25**k for k in range(1, n_layers + 1))


def sigmoid_slope_bound__random_search(n_layers):
    """The largest slope is searched with a few random z, so the bound is a little too small."""
    z = np.random.default_rng(0).normal(size=20)
    s = 1 / (1 + np.exp(-z))
    return float((s * (1 - s)).max() ** n_layers)


def sigmoid_slope_bound__halved_range(n_layers):
    """range(1, n) is used for n factors, which makes one too few."""
    bound = 1.0
    for _ in range(1, n_layers):
        bound = bound * 0.25
    return bound
