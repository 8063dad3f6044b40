"""Dying ReLU: what kills a unit, what a dead unit does, and what keeps it alive."""

from dataclasses import dataclass

import numpy as np

from course_lib.initialization import he_normal
from course_lib.layers.network import mlp
from course_lib.training.loop import backprop
from course_lib.units.shared.digits import standardized_digits
from course_lib.units.shared.small_nets import affine_layers, dead_units, slopes, train

WIDTH = 128
MODERATE_RATE = 0.1
LARGE_RATE = 1.5
# A smooth activation never has the slope 0. Below this one, the incoming weights move a thousand times slower.
NUMERICALLY_DEAD = 1e-3


@dataclass(frozen=True)
class DeathToll:
    """Share of dead hidden units, and training loss, after 3 epochs under two conditions."""

    before: float
    after: float
    loss_before: float
    loss_after: float

    @property
    def difference(self) -> float:
        return self.after - self.before

    @property
    def share_left(self) -> float:
        return self.after / self.before if self.before else np.inf


def by_rate(seed) -> DeathToll:
    """ReLU, trained at a moderate and at a large rate."""
    return DeathToll(*_pair(_trained(seed, lr=MODERATE_RATE), _trained(seed, lr=LARGE_RATE)))


def by_centring(seed) -> DeathToll:
    """ReLU at the large rate, on digits centred over all pixels together, and pixel by pixel."""
    return DeathToll(*_pair(_trained(seed, lr=LARGE_RATE), _trained(seed, lr=LARGE_RATE, change=_centred)))


def by_bias(seed, bias=-4.0) -> DeathToll:
    """ReLU at a moderate rate, with biases that start at zero and at ``bias``."""
    return DeathToll(*_pair(_trained(seed), _trained(seed, bias=bias)))


def by_small_bias(seed, bias=0.001, lr=1.3) -> DeathToll:
    """ReLU at a rate that kills some units, with biases that start at zero and at ``bias``."""
    return DeathToll(*_pair(_trained(seed, lr=lr), _trained(seed, lr=lr, bias=bias)))


def by_sign_of_inputs(seed) -> DeathToll:
    """ReLU at a moderate rate, on inputs that are all positive, and on the same inputs times -1."""
    return DeathToll(*_pair(_trained(seed, change=_one_sided), _trained(seed, change=lambda x: -_one_sided(x))))


@dataclass(frozen=True)
class InitialWeights:
    """Share of dead units in two hidden layers before training, by the weights; inputs are all positive."""

    he: float
    ten_times_he: float
    all_negative: float


def by_initial_weights(seed) -> InitialWeights:
    """He initialisation, ten times as wide, and with the sign of every weight set to minus."""
    shares = []
    for change in (lambda w: w, lambda w: 10 * w, lambda w: -np.abs(w)):
        rng = np.random.default_rng(seed)
        x = _one_sided(_digits(rng)[0])
        network = mlp([64, 64, 64, 10], activation="relu", initializer=he_normal, rng=rng)
        for layer in affine_layers(network):
            layer.params["w"][...] = change(layer.params["w"])
        shares.append(float(np.mean(dead_units(network, x))))
    return InitialWeights(*shares)


@dataclass(frozen=True)
class Variants:
    """Share of dead units and training loss after 3 epochs at a large rate, by activation.

    A ReLU or leaky ReLU unit counts as dead when its slope is 0, a Swish unit when its slope is below
    ``NUMERICALLY_DEAD``, each for all training digits.
    """

    relu: float
    leaky_relu: float
    swish: float
    relu_loss: float
    leaky_relu_loss: float
    swish_loss: float

    @property
    def swish_saves(self) -> float:
        return self.relu - self.swish


def by_variant(seed) -> Variants:
    """ReLU, leaky ReLU and Swish from the same start at the same large rate."""
    thresholds = {"relu": 0.0, "leaky_relu": 0.0, "swish": NUMERICALLY_DEAD}
    toll = [_trained(seed, activation=a, lr=LARGE_RATE, threshold=t) for a, t in thresholds.items()]
    dead, losses = zip(*toll, strict=True)
    return Variants(*dead, *losses)


@dataclass(frozen=True)
class DeadUnits:
    """What the dead units of a network do, after 3 epochs at a large rate.

    ``smallest_slope`` is the smallest derivative of any unit for any digit; ``largest_gradient`` the largest absolute
    gradient of any weight into a dead unit; ``largest_move`` the farthest that one of these weights got in a further
    epoch; ``live_move`` the same for the living units.
    """

    dead: float
    smallest_slope: float
    largest_gradient: float
    largest_move: float
    live_move: float


def dead_units_at_work(seed) -> DeadUnits:
    """Kill units by a large rate, then look at their derivatives, gradients and further moves."""
    network, x, y, rng = _network(seed, "relu")
    train(network, x, y, lr=LARGE_RATE, epochs=3, rng=rng)
    (slope,), (dead,) = slopes(network, x), dead_units(network, x)
    backprop(network, x, y)
    layer = affine_layers(network)[0]
    gradient, before = layer.grads["w"].copy(), layer.params["w"].copy()
    train(network, x, y, lr=MODERATE_RATE, epochs=1, rng=rng)
    move = np.abs(layer.params["w"] - before)
    return DeadUnits(
        float(dead.mean()),
        float(slope.min()),
        float(np.abs(gradient[:, dead]).max(initial=0.0)),
        float(move[:, dead].max(initial=0.0)),
        float(move[:, ~dead].max(initial=0.0)),
    )


@dataclass(frozen=True)
class NegativeInputs:
    """Units that see negative z for some digits but not for all, in a network trained at a moderate rate.

    ``share_negative`` is the median unit's share of digits with z <= 0; ``sometimes_negative`` the share of units
    with at least one such digit; ``without_gradient`` the share of these whose weights get no gradient at all.
    """

    share_negative: float
    sometimes_negative: float
    without_gradient: float


def negative_for_some(seed) -> NegativeInputs:
    """Which units still learn, though z is negative for many digits?"""
    network, x, y, rng = _network(seed, "relu")
    train(network, x, y, lr=MODERATE_RATE, epochs=1, rng=rng)
    (slope,) = slopes(network, x)
    backprop(network, x, y)
    negative = np.mean(slope == 0, axis=0)
    some = (negative > 0) & (negative < 1)
    stuck = np.all(affine_layers(network)[0].grads["w"] == 0, axis=0)
    return NegativeInputs(float(np.median(negative)), float(some.mean()), float(stuck[some].mean()))


@dataclass(frozen=True)
class PositiveWeights:
    """Standard deviation of the activations at layer 20 and training loss, He weights against their absolute values."""

    he_std: float
    positive_std: float
    he_loss: float
    positive_loss: float

    @property
    def growth(self) -> float:
        return self.positive_std / self.he_std


def positive_weights(seed, depth=20) -> PositiveWeights:
    """All-positive weights at the same scale: the signal at depth 20, and a shallow network's training."""
    stds, losses = [], []
    for change in (lambda w: w, np.abs):
        rng = np.random.default_rng(seed)
        a = np.maximum(_digits(rng)[0][:128], 0)
        for _ in range(depth):
            a = np.maximum(a @ change(he_normal(rng, 64, 64)), 0)
        stds.append(float(a.std()))
        network, x, y, rng = _network(seed, "relu", initializer=lambda *sizes, change=change: change(he_normal(*sizes)))
        losses.append(train(network, x, y, lr=MODERATE_RATE, epochs=3, rng=rng))
    return PositiveWeights(*stds, *losses)


def _digits(rng):
    """The training digits in random order: mean 0 and standard deviation 1 over all pixels together.

    Centred pixel by pixel, hardly any unit dies: see ``by_centring``.
    """
    data = standardized_digits()
    order = rng.permutation(len(data.x_train))
    return data.x_train[order], data.y_train[order]


def _network(seed, activation, initializer=he_normal):
    rng = np.random.default_rng(seed)
    x, y = _digits(rng)
    return mlp([64, WIDTH, 10], activation=activation, initializer=initializer, rng=rng), x, y, rng


def _centred(x) -> np.ndarray:
    """The digits as ``centred_digits`` gives them."""
    x = x - x.mean(axis=0)
    return x / x.std()


def _one_sided(x) -> np.ndarray:
    """Digits without a negative pixel, of mean square 1."""
    x = x - x.min(axis=0)
    return x / np.sqrt(np.mean(x**2))


def _trained(seed, *, activation="relu", lr=MODERATE_RATE, bias=0.0, threshold=0.0, change=None):
    """Share of dead hidden units and loss after 3 epochs."""
    network, x, y, rng = _network(seed, activation)
    if change is not None:
        x = change(x)
    affine_layers(network)[0].params["b"][...] = bias
    loss = train(network, x, y, lr=lr, epochs=3, rng=rng)
    return float(np.mean(dead_units(network, x, threshold))), loss


def _pair(first, second):
    return first[0], second[0], first[1], second[1]
