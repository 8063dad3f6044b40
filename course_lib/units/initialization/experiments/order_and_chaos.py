"""Order and chaos in deep tanh networks: what becomes of two inputs (Poole et al. 2016, Schoenholz et al. 2017).

Weights have variance sigma_w^2 / fan_in, biases sigma_b^2. In wide layers z is normal, and two numbers describe the way
of two inputs: q, the variance of z, which soon stands still at q*, and c, the correlation of the two. With
chi = sigma_w^2 E phi'(z)^2 at q*, inputs grow alike where chi < 1 (order; gradients vanish), and apart where chi > 1
(chaos; gradients explode).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from course_lib.units.initialization.experiments.normal_means import normal_mean

WEIGHT_VARIANCES = (0.5, 4.0)  # the part of the plane that is looked at
BIAS_VARIANCES = (0.0, 0.3)
DEEPEST = 50
WIDTH, N_NETWORKS = 100, 5  # of the networks that are measured
REACH = 6.0  # a network trains up to about six times the depth scale (Schoenholz et al. 2017)
SCALE_WEIGHTS = np.linspace(*WEIGHT_VARIANCES, 29)
HALVINGS = 26  # of an interval: to 1e-8

# With tanh no kink spoils the trapezoidal rule, which is then exact to 1e-5 for the variances here.
_Z = np.linspace(-6.0, 6.0, 49)
_P = np.exp(-(_Z**2) / 2) / np.exp(-(_Z**2) / 2).sum()


@dataclass(frozen=True)
class OrderAndChaos:
    """What ``order_and_chaos`` found.

    Attributes
    ----------
    fixed_variance : float, q*
    chi : float, the factor by which a layer multiplies the mean square of a gradient, and small differences of inputs
    depth_scale : float, layers in which the correlation comes nearer to its limit by a factor e; infinite where chi = 1
    theory : (depth + 1,) array, the correlation of z after 0, 1, ... layers; entry 0 is that of the inputs
    measured : (5, depth + 1) array, the same in networks of width 100
    scale_weight, scale_reach : arrays, six times the depth scale over the weight variance, for this bias variance
    trained_weight, trained_bias, trained_depth : arrays, where it has been tried how deep a network can be and still
        train; empty at first
    """

    weight_variance: float
    bias_variance: float
    correlation: float
    depth: int
    seed: int
    fixed_variance: float
    chi: float
    depth_scale: float
    theory: np.ndarray
    measured: np.ndarray
    scale_weight: np.ndarray
    scale_reach: np.ndarray
    trained_weight: np.ndarray
    trained_bias: np.ndarray
    trained_depth: np.ndarray


def order_and_chaos(
    weight_variance=1.5, bias_variance=0.05, correlation=0.6, depth=30, seed=0, trained=()
) -> OrderAndChaos:
    """Follow the correlation of two inputs through a tanh network, in theory and in five networks.

    Parameters
    ----------
    weight_variance, bias_variance : float in [0.5, 4] and [0, 0.3]
    correlation : float in [-1, 1], of the inputs, which have mean square 1
    depth : int from 1 to 50
    seed : int, of the five networks
    trained : ``TrainedDepth`` objects that go into the result

    Raises
    ------
    ValueError
        When a parameter lies outside its range.
    """
    for name, value, (low, high) in (
        ("weight_variance", weight_variance, WEIGHT_VARIANCES),
        ("bias_variance", bias_variance, BIAS_VARIANCES),
        ("correlation", correlation, (-1.0, 1.0)),
        ("depth", depth, (1, DEEPEST)),
    ):
        if not low <= value <= high:
            raise ValueError(f"{name} must lie in [{low}, {high}], got {value}")
    q = fixed_variance(weight_variance, bias_variance)
    return OrderAndChaos(
        weight_variance=weight_variance,
        bias_variance=bias_variance,
        correlation=correlation,
        depth=depth,
        seed=seed,
        fixed_variance=float(q),
        chi=float(gradient_factor(weight_variance, q)),
        depth_scale=float(depth_scale(np.array([weight_variance]), bias_variance)[0]),
        theory=correlations(weight_variance, bias_variance, correlation, depth),
        measured=_measured(weight_variance, bias_variance, correlation, depth, seed),
        scale_weight=SCALE_WEIGHTS,
        scale_reach=_reach(bias_variance),
        trained_weight=np.array([each.weight_variance for each in trained]),
        trained_bias=np.array([each.bias_variance for each in trained]),
        trained_depth=np.array([each.depth for each in trained]),
    )


def next_variance(q, weight_variance, bias_variance):
    """The variance of z in the next layer (Poole et al. 2016, eq. 3); arrays broadcast."""
    return weight_variance * normal_mean(lambda z: np.tanh(z) ** 2, q) + bias_variance


def fixed_variance(weight_variance, bias_variance):
    """q*, at which the variance of z stands still; an array of the shape of ``weight_variance``."""
    weight_variance = np.asarray(weight_variance, dtype=float)
    low, high = np.zeros_like(weight_variance), weight_variance + bias_variance
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        grows = next_variance(middle, weight_variance, bias_variance) > middle
        low, high = np.where(grows, middle, low), np.where(grows, high, middle)
    return (low + high) / 2


def gradient_factor(weight_variance, q):
    """chi = sigma_w^2 E phi'(z)^2, with z of variance ``q``: below 1 gradients vanish, above they explode."""
    return weight_variance * normal_mean(lambda z: (1 - np.tanh(z) ** 2) ** 2, q)


def critical_line(n=60):
    """Weight and bias variances (n,) with chi = 1: every q* of the line gives first the one, then the other."""
    q = np.linspace(0, 1.8, n)
    weight_variance = 1 / gradient_factor(1.0, q)
    return weight_variance, q - next_variance(q, weight_variance, 0.0)


def correlations(weight_variance, bias_variance, correlation, depth):
    """The correlation of z after 0 ... ``depth`` layers (depth + 1,) (Poole et al. 2016, eq. 5)."""
    q, found = 1.0, [correlation]
    for layer in range(depth):
        if layer == 0:  # the inputs go into the first layer as they are
            q, covariance = weight_variance + bias_variance, weight_variance * correlation + bias_variance
        else:
            covariance = weight_variance * _mean_product(q, found[-1]) + bias_variance
            q = next_variance(q, weight_variance, bias_variance)
        found.append(float(min(covariance / q, 1.0)))
    return np.array(found)


def depth_scale(weight_variance, bias_variance):
    """The layers (an array as ``weight_variance``) in which the distance to the last correlation falls to 1 / e.

    -1 / log of the slope of the map of correlations at its fixed point (Schoenholz et al. 2017); at most 1000.
    """
    q = fixed_variance(weight_variance, bias_variance)
    low, high = np.zeros_like(q), np.ones_like(q)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        grows = weight_variance * _mean_product(q, middle) + bias_variance > middle * q
        low, high = np.where(grows, middle, low), np.where(grows, high, middle)
    slope = weight_variance * _mean_product(q, (low + high) / 2, lambda u: 1 - np.tanh(u) ** 2)
    return -1 / np.log(np.minimum(slope, np.exp(-1e-3)))


def _mean_product(q, c, function=np.tanh):
    """E f(u) f(v) for normal u and v of variance ``q`` and correlation ``c``; arrays of one shape."""
    q, c = np.asarray(q, dtype=float)[..., None, None], np.asarray(c, dtype=float)[..., None, None]
    v = c * _Z[:, None] + np.sqrt(np.maximum(1 - c**2, 0)) * _Z
    inner = function(np.sqrt(q) * v) @ _P
    return (function(np.sqrt(q[..., 0]) * _Z) * inner) @ _P


@lru_cache(maxsize=64)
def _reach(bias_variance):
    return REACH * depth_scale(SCALE_WEIGHTS, bias_variance)


def _measured(weight_variance, bias_variance, correlation, depth, seed):
    x = _inputs(seed)
    pair = np.stack([x[0], correlation * x[0] + np.sqrt(1 - correlation**2) * x[1]], axis=1)
    found = [_cosine(pair)]
    for layer in range(depth):
        w, b = _layer(seed, layer)
        pair = np.sqrt(weight_variance) * (pair @ w) + np.sqrt(bias_variance) * b[:, None]
        found.append(_cosine(pair))
        pair = np.tanh(pair)
    return np.stack(found, axis=1)


@lru_cache(maxsize=1)
def _inputs(seed):
    """Two orthogonal inputs of mean square 1 for each network: (2, networks, width)."""
    q, _ = np.linalg.qr(np.random.default_rng(seed).standard_normal((N_NETWORKS, WIDTH, 2)))
    return np.moveaxis(q, 2, 0) * np.sqrt(WIDTH)


@lru_cache(maxsize=DEEPEST)  # a slider waits for the layers that it shows, and for no more
def _layer(seed, layer):
    """Standard normal weights (over sqrt(fan_in)) and biases of all networks in one layer."""
    rng = np.random.default_rng([seed, layer])
    weights = rng.standard_normal((N_NETWORKS, WIDTH, WIDTH)) / np.sqrt(WIDTH)
    return weights, rng.standard_normal((N_NETWORKS, WIDTH))


def _cosine(pair):
    """Of the two rows of each network: the correlation of z, whose mean over the units of a wide layer is zero."""
    first, second = pair[:, 0], pair[:, 1]
    return (first * second).sum(axis=1) / np.sqrt((first**2).sum(axis=1) * (second**2).sum(axis=1))
