"""Gradients, and what is left of the difference between samples, over depth and gain, without and with batch norm."""

from dataclasses import dataclass, replace

import numpy as np

from course_lib.functions.activations import ACTIVATIONS
from course_lib.units.shared.digits import sample_digits

GAINS = np.arange(0.5, 5.01, 0.5)
NAMES = ("sigmoid", "tanh", "relu")
DEEPEST = 30
N_SAMPLES, N_NETWORKS, EPS = 32, 3, 1e-5


@dataclass(frozen=True)
class DepthGain:
    """What ``depth_gain`` measured; the first row of each array is without, the second with batch norm.

    Attributes
    ----------
    gradient : (2, networks, gains, depth) array, root mean square of the gradient with respect to what each layer's
        activation gets, from the input on; 1 in the last layer
    spread : (2, networks, gains, depth) array, standard deviation of the same over the samples, root mean square of all
        units
    row : int, the chosen gain's place in ``GAINS``
    """

    activation: str
    depth: int
    width: int
    seed: int
    gradient: np.ndarray
    spread: np.ndarray
    row: int

    @property
    def gain(self) -> float:
        return float(GAINS[self.row])

    @property
    def factors(self) -> np.ndarray:
        """By what a layer multiplies the gradient on its way back at the chosen gain, without and with batch norm;
        the geometric mean over the layers, and the median of the networks."""
        return np.median(self.gradient[:, :, self.row, 0], axis=1) ** (1 / (self.depth - 1))

    def choose(self, gain) -> "DepthGain":
        """The same measurement, with the row of another gain; the nearest one counts."""
        return replace(self, row=int(np.abs(GAINS - gain).argmin()))


def depth_gain(activation="sigmoid", depth=20, width=32, seed=0, gain=1.0) -> DepthGain:
    """Send 32 digits forward, and a random gradient back, through three untrained networks of every gain.

    The weights have standard deviation gain / sqrt(fan_in), one draw of them for all gains and for both networks, and
    there are no biases. Batch norm stands between the weights and the activation, with gamma 1 and beta 0. Every digit
    has mean square 1. In wide layers with batch norm and large batches the gradient's mean square is multiplied by
    E phi'(z)^2 / Var phi(z), z standard normal: the gain has gone (Yang et al. 2019).

    Raises
    ------
    ValueError
        When a parameter lies outside its range.
    """
    if activation not in NAMES:
        raise ValueError(f"activation must be one of {', '.join(NAMES)}, got {activation!r}")
    if not 2 <= depth <= DEEPEST:
        raise ValueError(f"depth must lie in [2, {DEEPEST}], got {depth}")
    if width < 1:
        raise ValueError(f"width must be at least 1, got {width}")
    networks = [_one_draw(activation, depth, width, rng) for rng in np.random.default_rng(seed).spawn(N_NETWORKS)]
    gradient, spread = (np.stack(each, axis=1) for each in zip(*networks, strict=True))
    return DepthGain(activation, depth, width, seed, gradient, spread, row=0).choose(gain)


def _one_draw(activation, depth, width, rng):
    """Gradient and spread (2, gains, depth), without and with batch norm."""
    x, _ = sample_digits(N_SAMPLES, rng=rng)
    x = x / np.sqrt((x**2).mean(axis=1, keepdims=True))
    fans = [x.shape[1], *[width] * (depth - 1)]
    weights = [rng.standard_normal((fan_in, width)) / np.sqrt(fan_in) for fan_in in fans]
    top = rng.standard_normal((N_SAMPLES, width))
    arms = [_measure(ACTIVATIONS[activation], x, weights, top, normed) for normed in (False, True)]
    return [np.array(each) for each in zip(*arms, strict=True)]


def _measure(function, x, weights, top, normed):
    """Gradient and spread (gains, depth); the samples of all gains go through a layer in one product.

    Large arrays are changed in place where it can be done: a slider waits for this.
    """
    gains = GAINS[:, None, None]
    inputs, outputs, inverses, out = [], [], [], np.broadcast_to(x, (len(GAINS), *x.shape))
    for w in weights:
        z, inverse = _product(out, w), None
        z *= gains
        if normed:
            z -= z.mean(axis=1, keepdims=True)
            inverse = 1 / np.sqrt(_mean_product(z, z) + EPS)
            z *= inverse
        out = function.forward(z)
        inputs.append(z)
        outputs.append(out)
        inverses.append(inverse)
    d = np.tile(top / np.sqrt((top**2).mean()), (len(GAINS), 1, 1))
    sizes = [_root_mean_square(d)]
    for at in range(len(weights) - 1, 0, -1):
        if normed:
            z = inputs[at]
            through = z * _mean_product(d, z)
            through += d.mean(axis=1, keepdims=True)
            d -= through
            d *= inverses[at]
        dout = _product(d, weights[at].T)
        dout *= gains
        d = function.backward(dout, outputs[at - 1] if function.from_output else inputs[at - 1])
        sizes.append(_root_mean_square(d))
    spread = [_root_mean_square(z - z.mean(axis=1, keepdims=True)) for z in inputs]
    return np.stack(sizes[::-1], axis=1), np.stack(spread, axis=1)


def _product(stack, w):
    return (stack.reshape(-1, len(w)) @ w).reshape(*stack.shape[:-1], -1)


def _mean_product(a, b):
    """The mean over the samples of the products: (gains, 1, units)."""
    return np.einsum("gnu,gnu->gu", a, b)[:, None] / a.shape[1]


def _root_mean_square(d):
    return np.sqrt(np.einsum("gnu,gnu->g", d, d) / d[0].size)
