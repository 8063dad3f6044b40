"""Units that start off, with z < 0 for every sample: which activation brings them back.

Biases start so low that most units are off; every activation is trained at its best rate. Of slopes, leaky ReLU's is
0.01; "steeper" is 0.25, where PReLU starts, and stays there.
"""

from dataclasses import dataclass

import numpy as np

from course_lib.units.shared.arms import Arm, best_rate, final_loss, train
from course_lib.units.shared.digits import N_DIGITS
from course_lib.units.shared.small_nets import affine_layers
from course_lib.units.vanishing_gradients.experiments.dying_relu import UNCENTRED

REVIVAL_RATES = (0.1, 0.3, 0.6, 1.3, 5.0)


@dataclass(frozen=True)
class Revival:
    """The share of the units that start off that training brings back, by activation, and the best rates.

    ``off`` is the share of ReLU units that start off; ``relu_moved``, ``leaky_moved`` the share of these whose weights
    training changes at all.
    """

    off: float
    relu_moved: float
    leaky_moved: float
    relu: float
    leaky: float
    steeper: float
    elu: float
    relu_rate: float
    leaky_rate: float
    steeper_rate: float
    elu_rate: float


def revival(seed, *, depth=1, width=128, data=UNCENTRED, bias=-4.0, epochs=6) -> Revival:
    """ReLU, two slopes, and ELU."""
    names = ("relu", "leaky_relu", "leaky, slope 0.25", "elu")
    off, moved, back, _, rates = _brought_back(names, seed, depth, width, data, bias, epochs)
    return Revival(off[0], *moved[:2], *back, *rates)


@dataclass(frozen=True)
class Variants:
    """As ``Revival``, for ReLU and three of its variants, with the final losses."""

    off: float
    relu: float
    leaky: float
    prelu: float
    swish: float
    relu_loss: float
    leaky_loss: float
    prelu_loss: float
    swish_loss: float
    relu_rate: float
    leaky_rate: float
    prelu_rate: float
    swish_rate: float


def variants(seed, *, depth=1, width=128, data=UNCENTRED, bias=-4.0, epochs=6) -> Variants:
    """ReLU, leaky ReLU, PReLU, which learns a slope for every unit, and Swish."""
    names = ("relu", "leaky_relu", "prelu", "swish")
    off, _, back, losses, rates = _brought_back(names, seed, depth, width, data, bias, epochs)
    return Variants(off[0], *back, *losses, *rates)


def _brought_back(names, seed, depth, width, data, bias, epochs):
    """Of every activation: the shares of units off, of these moved, and brought back; the final loss, the best rate."""
    found = []
    for name in names:
        arm = Arm(name, "he_normal", depth, width, data=data, n_samples=N_DIGITS, bias=bias)
        rate = best_rate(final_loss, arm, REVIVAL_RATES, epochs=epochs)
        network, x, y, rng = arm.start(seed)
        off, weights = never_positive(network, x), incoming(network)
        loss = float(train(network, x, y, lr=rate, epochs=epochs, rng=rng)[-1])
        moved, back = np.any(incoming(network) != weights, axis=0), ~never_positive(network, x)
        found.append((float(off.mean()), float(moved[off].mean()), float(back[off].mean()), loss, rate))
    return zip(*found, strict=True)


def incoming(network) -> np.ndarray:
    """The incoming weights of all hidden units in a row, (inputs, units); zeros where a layer has fewer inputs."""
    matrices = [layer.params["w"] for layer in affine_layers(network)[:-1]]
    inputs = max(len(w) for w in matrices)
    return np.hstack([np.pad(w, ((0, inputs - len(w)), (0, 0))) for w in matrices])


def never_positive(network, x) -> np.ndarray:
    """For all hidden units in a row, whether z is positive for no sample of ``x``."""
    found = []
    with np.errstate(all="ignore"):  # a network that diverged
        for layer in network.layers:
            if "w" not in layer.params:
                found.append(np.all(~(x > 0), axis=0))
            x = layer.forward(x)
    return np.concatenate(found)
