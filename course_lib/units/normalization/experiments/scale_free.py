"""Weights in front of batch norm, multiplied by a number: the outputs stay, and a step turns them less."""

from dataclasses import dataclass

import numpy as np

from course_lib.functions.losses import softmax_xent
from course_lib.units.normalization.experiments.normed_network import LIBRARY, NormedNetwork
from course_lib.units.shared.digits import sample_digits

HIDDEN, WIDTH, N_SAMPLES = 3, 32, 256


@dataclass(frozen=True)
class ScaleFree:
    """What ``scale_free`` measured; the first row of each array is without, the second with batch norm.

    Attributes
    ----------
    factors : (factors,) array, by which the weights of the first layer were multiplied
    output : (2, seeds, factors) array, the largest change of a logit, in units of the spread of a
        logit over the digits
    gradient : (2, seeds, factors) array, norm of the gradient with respect to these weights, in units of that at
        factor 1
    turn : (2, seeds, factors) array, the angle by which a step of gradient descent turns the weights of a unit, median
        of the units, in units of that at factor 1
    along : (2, seeds) array, at factor 1 the cosine between a unit's weights and their gradient, root mean square
    """

    factors: np.ndarray
    output: np.ndarray
    gradient: np.ndarray
    turn: np.ndarray
    along: np.ndarray


def scale_free(seeds=(0, 1, 2), factors=(1, 2, 4, 8), *, rate=0.1) -> ScaleFree:
    """Multiply the first layer's weights, and take one step of gradient descent, without and with batch norm.

    With batch norm the layer's output is the same for any positive multiple c of the weights, and the gradient is 1/c
    of what it was (Ioffe and Szegedy 2015, section 3.3). It is orthogonal to the weights, and a step turns them by 1/c²
    of the angle: what counts is the rate divided by the squared norm (van Laarhoven 2017). The networks have three
    hidden layers of 32 sigmoid units, and have not been trained; the gradient is that of 256 digits.
    """
    arms = [[_one(seed, norm, factors, rate) for seed in seeds] for norm in (None, LIBRARY)]
    output, gradient, turn, along = (np.array([[run[part] for run in arm] for arm in arms]) for part in range(4))
    return ScaleFree(np.array(factors), output, gradient, turn, along)


def _one(seed, norm, factors, rate):
    rng = np.random.default_rng(seed)
    x, y = sample_digits(N_SAMPLES, rng=rng)
    network = NormedNetwork([x.shape[1], *[WIDTH] * HIDDEN, 10], norm, rng=rng)
    first = network.layers[0]
    w = first["w"]
    found = []
    for factor in (1, *factors):
        first["w"] = factor * w
        logits = network.forward(x, training=True)
        network.backward(softmax_xent(logits, y)[1])
        found.append((logits, network.grads[0]["w"], _turn(first["w"], rate * network.grads[0]["w"])))
    (logits, g, turn), *rows = found
    along = np.sqrt(np.mean(_cosine(w, g) ** 2))
    gradient = [np.linalg.norm(each) / np.linalg.norm(g) for _, each, _ in rows]
    output = [np.abs(each - logits).max() / logits.std(axis=0).mean() for each, _, _ in rows]
    return output, gradient, [each / turn for *_, each in rows], along


def _turn(w, step):
    """The median angle between the columns of ``w`` and of ``w - step``, from what is across: exact for small ones."""
    moved = w - step
    length = np.linalg.norm(w, axis=0)
    along = (moved * w).sum(axis=0) / length
    across = np.linalg.norm(moved - along * w / length, axis=0)
    return np.median(np.arctan2(across, along))


def _cosine(w, g):
    return (w * g).sum(axis=0) / (np.linalg.norm(w, axis=0) * np.linalg.norm(g, axis=0))
