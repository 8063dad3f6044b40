"""The size of a signal, and of a gradient, in every layer of a deep network, for every gain of the first weights."""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from course_lib.analysis.signal import gain_for
from course_lib.functions.activations import ACTIVATIONS
from course_lib.units.initialization.experiments.normal_means import mean_squares
from course_lib.units.shared.digits import sample_digits

GAINS = np.round(np.arange(0.4, 3.01, 0.1), 1)
DEEPEST = 40
N_SAMPLES = 8  # chance comes from the weights, not from the digits


@dataclass(frozen=True)
class ScaleMap:
    """What ``scale_map`` measured; a row for each of ``GAINS``, a column for each layer, the first next to the inputs.

    Attributes
    ----------
    forward : (gains, depth) array, root mean square of z over samples and units
    backward : (gains, depth) array, root mean square of the gradient with respect to z; in the last layer it is 1
    forward_theory, backward_theory : (gains, depth) arrays, what wide layers would have
    keeps : float, the gain g with g^2 E phi(z)^2 = 1 at variance 1
    row : int, the chosen gain's place in ``GAINS``
    """

    activation: str
    depth: int
    width: int
    seed: int
    forward: np.ndarray
    backward: np.ndarray
    forward_theory: np.ndarray
    backward_theory: np.ndarray
    keeps: float
    row: int

    @property
    def gain(self) -> float:
        return float(GAINS[self.row])

    def choose(self, gain) -> "ScaleMap":
        """The same map, with the row of another gain; the nearest one counts."""
        return replace(self, row=int(np.abs(GAINS - gain).argmin()))


def scale_map(activation="tanh", depth=30, width=64, seed=0, gain=1.0) -> ScaleMap:
    """Send digits once forward, and a random gradient once back, through networks that differ in one number.

    The weights have standard deviation gain / sqrt(fan_in), and one draw of them serves all gains; there are no
    biases. Every digit is scaled to mean square 1. The gradient of the last z is drawn from a normal distribution and
    has root mean square 1: what it would be in training depends on the output layer and the loss, and changes all
    layers alike.

    Theory (wide layers): z has variance q_1 = gain^2, then q_(l+1) = gain^2 E phi(z)^2 with z of variance q_l (Poole
    et al. 2016, eq. 3), and the gradient's mean square is multiplied by gain^2 E phi'(z)^2 on the way from layer l + 1
    to layer l (Schoenholz et al. 2017).

    Parameters
    ----------
    activation : str, a name in ``course_lib.functions.ACTIVATIONS``
    depth : int from 2 to 40, layers; ``width`` units in each
    gain : float, of the row that is chosen

    Raises
    ------
    ValueError
        When a parameter lies outside its range.
    """
    if activation not in ACTIVATIONS:
        raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)}, got {activation!r}")
    if not 2 <= depth <= DEEPEST:
        raise ValueError(f"depth must lie in [2, {DEEPEST}], got {depth}")
    if width < 1:
        raise ValueError(f"width must be at least 1, got {width}")
    digits_rng, weights_rng, gradient_rng = np.random.default_rng(seed).spawn(3)
    x, _ = sample_digits(N_SAMPLES, rng=digits_rng)
    x = x / np.sqrt((x**2).mean(axis=1, keepdims=True))
    fans = [x.shape[1], *[width] * (depth - 1)]
    weights = [weights_rng.standard_normal((fan_in, width)) / np.sqrt(fan_in) for fan_in in fans]
    top = gradient_rng.standard_normal((N_SAMPLES, width))
    measured = _measure(ACTIVATIONS[activation], x, weights, top)
    return ScaleMap(
        activation, depth, width, seed, *measured, *_theory(activation, depth), _keeps(activation), row=0
    ).choose(gain)


def _measure(function, x, weights, top):
    """Sizes (gains, depth) of z and of its gradient; the samples of all gains go through a layer in one product."""
    gains, n = GAINS[:, None, None], len(x)
    z = [gains * (x @ weights[0])]
    width = z[0].shape[-1]
    outputs = []
    for w in weights[1:]:
        outputs.append(function.forward(z[-1]))
        z.append(gains * (outputs[-1].reshape(-1, width) @ w).reshape(len(GAINS), n, width))
    d = np.broadcast_to(top / np.sqrt((top**2).mean()), z[0].shape)
    gradients = [d]
    for w, before, out in zip(weights[:0:-1], z[-2::-1], outputs[::-1], strict=True):
        dout = gains * (d.reshape(-1, width) @ w.T).reshape(z[0].shape)
        d = function.backward(dout, out if function.from_output else before)
        gradients.append(d)
    return _sizes(z), _sizes(gradients[::-1])


def _sizes(layers):
    return np.stack([np.sqrt((a**2).mean(axis=(1, 2))) for a in layers], axis=1)


def _theory(activation, depth):
    q, chi = _chain(activation)
    # from the last layer down to each layer
    back = np.cumprod(np.vstack([np.ones(len(GAINS)), chi[: depth - 1][::-1]]), axis=0)[::-1]
    return np.sqrt(q[:depth]).T, np.sqrt(back).T


@cache
def _keeps(activation):
    return float(gain_for(ACTIVATIONS[activation].forward))


@cache
def _chain(activation):
    """For ``DEEPEST`` layers and every gain, the variance of z, and the factor of the gradient's mean square."""
    q, chi = [GAINS**2], []
    for _ in range(DEEPEST - 1):
        value, slope = mean_squares(activation, q[-1])
        q.append(GAINS**2 * value)
        chi.append(GAINS**2 * slope)
    return np.array(q), np.array(chi)
