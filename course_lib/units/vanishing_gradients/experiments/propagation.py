"""How a signal runs through a deep network at initialisation, and how the gradient runs back."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from course_lib.functions.losses import softmax_xent
from course_lib.initialization import INITIALIZERS
from course_lib.layers.dense import Activation, Affine, PReLU
from course_lib.units.shared.digits import N_DIGITS, sample_digits
from course_lib.units.vanishing_gradients.experiments.slopes import SATURATION, shape_named


@dataclass(frozen=True)
class Propagation:
    """What ``propagate`` measured; entry 0 of every array belongs to the layer next to the inputs.

    Attributes
    ----------
    activation_mean, activation_std : (depth,) arrays, over all units and samples of a hidden layer's output
    between_samples : (depth,) array, the spread of a hidden layer's output between samples; see
        ``spread_between_samples``
    saturated : (depth,) array, fraction of (sample, unit) pairs whose slope is below 1 % of the largest slope
    dead : (depth,) array, fraction of units that are saturated for every sample of the batch
    weight_gradient_norm : (depth + 1,) array, Frobenius norm of the loss's gradient with respect to each weight matrix;
        the last one belongs to the output layer
    input_gradient_norm : (depth + 1,) array, norm of the loss's gradient with respect to the inputs of each layer
    loss : float, softmax cross-entropy in nats per sample
    """

    depth: int
    width: int
    activation: str
    initialization: str
    seed: int
    gain: float
    residual: bool
    activation_mean: np.ndarray
    activation_std: np.ndarray
    between_samples: np.ndarray
    saturated: np.ndarray
    dead: np.ndarray
    weight_gradient_norm: np.ndarray
    input_gradient_norm: np.ndarray
    loss: float


def propagate(
    depth=20,
    width=64,
    activation="sigmoid",
    initialization="glorot_normal",
    seed=0,
    gain=1.0,
    residual=False,
    n_samples=128,
) -> Propagation:
    """Send real digits once forward and once back through an untrained network.

    Parameters
    ----------
    depth : int from 2 to 50, the number of hidden layers; an output layer of 10 units follows
    width : int, units per hidden layer
    activation : str, such as "sigmoid", "relu", "prelu", "selu"
    initialization : str, a name in ``course_lib.initialization.INITIALIZERS``; biases start at zero
    seed : int; the weights and the choice of digits follow from it
    gain : float, multiplies all weights
    residual : bool; from the second hidden layer on, a layer's output is added to its input
    n_samples : int, size of the batch

    Returns
    -------
    Propagation

    Raises
    ------
    ValueError
        When a parameter lies outside its range.
    """
    _check(depth, width, initialization, n_samples)
    # weights of different seeds are independent; the digits come from a stream of their own
    weights_rng, digits_rng = np.random.default_rng(seed).spawn(2)
    x, y = sample_digits(n_samples, rng=digits_rng)
    affines = _affine_layers([x.shape[1], *[width] * depth, 10], INITIALIZERS[initialization], gain, weights_rng)
    nonlinear = [PReLU(width) if activation == "prelu" else Activation(activation) for _ in range(depth)]
    threshold = SATURATION * shape_named(activation).largest_slope()

    with np.errstate(over="ignore", invalid="ignore"):  # a signal that explodes is what the experiment is about
        outputs, h = [], x
        for layer in range(depth):
            z = affines[layer].forward(h)
            out = nonlinear[layer].forward(z)
            h = h + out if residual and layer > 0 else out
            slope = nonlinear[layer].backward(np.ones_like(z))
            outputs.append((h, np.abs(slope) < threshold))
        loss, d = softmax_xent(affines[depth].forward(h), y)
        d = affines[depth].backward(d)
        input_norms = [np.linalg.norm(d)]
        for layer in reversed(range(depth)):
            through = affines[layer].backward(nonlinear[layer].backward(d))
            d = d + through if residual and layer > 0 else through
            input_norms.append(np.linalg.norm(d))

        return Propagation(
            depth=depth,
            width=width,
            activation=activation,
            initialization=initialization,
            seed=seed,
            gain=gain,
            residual=residual,
            activation_mean=np.array([h.mean() for h, _ in outputs]),
            activation_std=np.array([h.std() for h, _ in outputs]),
            between_samples=np.array([spread_between_samples(h) for h, _ in outputs]),
            saturated=np.array([flat.mean() for _, flat in outputs]),
            dead=np.array([flat.all(axis=0).mean() for _, flat in outputs]),
            weight_gradient_norm=np.array([np.linalg.norm(affine.grads["w"]) for affine in affines]),
            input_gradient_norm=np.array(input_norms[::-1]),
            loss=loss,
        )


def spread_between_samples(h) -> float:
    """How far the outputs of a layer differ from sample to sample.

    The standard deviation over the samples, for each unit by itself; of the units the root mean square. Units that have
    a constant output each, however different from one another, give 0: such a layer says nothing of its input.

    Parameters
    ----------
    h : (N, units) array
    """
    return float(np.sqrt(h.var(axis=0).mean()))


def _affine_layers(sizes, initializer, gain, rng):
    layers = []
    for fan_in, fan_out in pairwise(sizes):
        layer = Affine(fan_in, fan_out, rng=rng, initializer=initializer)
        layer.params["w"] *= gain
        layers.append(layer)
    return layers


def _check(depth, width, initialization, n_samples):
    if not 2 <= depth <= 50:
        raise ValueError(f"depth must lie in [2, 50], got {depth}")
    if width < 1:
        raise ValueError(f"width must be at least 1, got {width}")
    if initialization not in INITIALIZERS:
        raise ValueError(f"initialization must be one of {', '.join(INITIALIZERS)}, got {initialization!r}")
    if not 2 <= n_samples <= N_DIGITS:
        raise ValueError(f"n_samples must lie in [2, {N_DIGITS}], the number of training digits, got {n_samples}")
