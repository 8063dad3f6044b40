"""What the weights of an untrained network do to a signal on its way forward, and to a gradient on its way back."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from course_lib.units.shared.arms import activation_layer

FLAT = 0.01  # a slope below this counts as saturated


@dataclass(frozen=True)
class Passage:
    """A signal through dense layers without biases, and a gradient of standard normal numbers back.

    Attributes
    ----------
    sizes : (depth,) array, root mean square of each layer's output, over all units and samples
    spreads : (depth,) array, the same of what differs between samples: each unit's mean is taken off
    first_size, first_spread : float, those of the inputs
    gradient : float, root mean square of the gradient at the inputs, the one at the outputs being about 1
    saturated : float, the share of slopes below 0.01 in the last layer
    between_units : float, how far the units of the last layer differ from each other for the same sample, as a share of
        the layer's size
    """

    sizes: np.ndarray
    spreads: np.ndarray
    first_size: float
    first_spread: float
    gradient: float
    saturated: float
    between_units: float

    @property
    def size_left(self) -> float:
        """The last layer's output as a share of the first layer's."""
        return float(self.sizes[-1] / self.sizes[0])

    @property
    def spread_left(self) -> float:
        """What differs between samples after the last layer, as a share of that after the first."""
        return float(self.spreads[-1] / self.spreads[0])


def pass_through(seed, initializer, activation, widths, *, n_samples=128, input_std=1.0) -> Passage:
    """Send normally distributed inputs of mean 0 through layers of ``widths``, of which the first counts the inputs.

    Parameters
    ----------
    initializer : (rng, fan_in, fan_out) -> weights (fan_in, fan_out)
    activation : a name in ``functions.ACTIVATIONS`` or ``FORMS`` of ``shared.arms``
    """
    inputs, weights_from = np.random.default_rng(seed).spawn(2)  # the same inputs for every initialiser
    a = x = inputs.normal(0, input_std, (n_samples, widths[0]))
    weights, slopes, sizes, spreads = [], [], [], []
    with np.errstate(all="ignore"):  # a signal that explodes is an outcome
        for fan_in, fan_out in pairwise(widths):
            layer = activation_layer(activation, fan_out)
            weights.append(initializer(weights_from, fan_in, fan_out))
            a = layer.forward(a @ weights[-1])
            slopes.append(layer.backward(np.ones_like(a)))
            sizes.append(size_of(a))
            spreads.append(spread_of(a))
        d = inputs.standard_normal(a.shape)
        for w, slope in zip(reversed(weights), reversed(slopes), strict=True):
            d = (d * slope) @ w.T
        saturated = float(np.mean(np.abs(slopes[-1]) < FLAT))
        apart = spread_of(a.T) / size_of(a)
        return Passage(np.array(sizes), np.array(spreads), size_of(x), spread_of(x), size_of(d), saturated, apart)


def size_of(a) -> float:
    """Root mean square of all numbers of an array."""
    return float(np.sqrt(np.mean(a**2)))


def spread_of(a) -> float:
    """Root mean square of what is left of (N, units) outputs when each unit's mean over the samples is taken off."""
    return float(np.sqrt(a.var(axis=0).mean()))
