"""The arms of a comparison: small networks that differ in one thing, each trained at the rate that suits it best.

A rate that favours one arm decides a comparison before it is made. ``best_rate`` therefore tries a grid for every arm,
on seeds of its own: those that judge a claim have no part in the choice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

import numpy as np

from course_lib.data.datasets import glyphs
from course_lib.functions.activations import ACTIVATIONS, elu, elu_backward, leaky_relu, sigmoid
from course_lib.functions.losses import softmax_xent
from course_lib.initialization import INITIALIZERS
from course_lib.layers.dense import Activation, Affine, PReLU
from course_lib.layers.network import Sequential, residual_mlp
from course_lib.optimizers.clipping import clip_by_global_norm
from course_lib.optimizers.first_order import SGD
from course_lib.training.fused import mlp_fit
from course_lib.units.shared.digits import centred_digits, standardized_digits
from course_lib.units.shared.small_nets import BATCH_SIZE, Elementwise, affine_layers, network_of

TUNING_SEEDS = (90_001, 90_002, 90_003)
WINDOW = 5  # batches whose mean loss is compared with a target: about one pass through 300 samples


def _slope_of_sigmoid(z):
    return sigmoid(z) * (1 - sigmoid(z))


def _elu_form(alpha):
    return lambda z: elu(z, alpha), lambda z: elu_backward(np.ones_like(z), z, alpha)


# forms that the library does not name, as value and derivative
FORMS = {
    "centred sigmoid": (lambda z: sigmoid(z) - 0.5, _slope_of_sigmoid),
    "elu, alpha 2": _elu_form(2.0),
    "elu, alpha 0.5": _elu_form(0.5),
    "leaky, slope 0.25": (lambda z: leaky_relu(z, 0.25), lambda z: np.where(z > 0, 1.0, 0.25)),
}


@dataclass(frozen=True)
class Arm:
    """A network of ``depth`` hidden layers and the samples it is trained on, by gradient descent in batches of 64.

    Attributes
    ----------
    activation : a name in ``functions.ACTIVATIONS`` or ``FORMS``, or "prelu", which learns a slope for every unit
    initialization : a name in ``initialization.INITIALIZERS``, or an initialiser
    gain : multiplies all initial weights
    bias : where all biases of hidden layers start
    data : "digits" (each pixel centred), "uncentred digits" (centred over all pixels together), or "printed digits"
    n_samples : how many of them
    max_norm : the limit of the gradient's norm, or None
    skip : None, or the factor of each branch at the start: two layers to a branch, ``depth`` even
    """

    activation: str
    initialization: str | Callable
    depth: int
    width: int = 32
    gain: float = 1.0
    bias: float = 0.0
    data: str = "digits"
    n_samples: int = 300
    max_norm: float | None = None
    skip: float | None = None

    def start(self, seed):
        """The untrained network, the samples (N, 64) and labels (N,), and the generator for what follows."""
        rng = np.random.default_rng(seed)
        x, y = samples(self.data, self.n_samples, rng=rng)
        network = self._network(x.shape[1], rng)
        for layer in affine_layers(network):
            layer.params["w"] *= self.gain
        for layer in affine_layers(network)[:-1]:
            layer.params["b"][...] = self.bias
        return network, x, y, rng

    def _network(self, n_inputs, rng) -> Sequential:
        initializer = self.initialization if callable(self.initialization) else INITIALIZERS[self.initialization]
        if self.skip is None:
            sizes = [n_inputs, *[self.width] * self.depth, 10]
            activation = partial(activation_layer, self.activation, self.width)
            return network_of(sizes, activation, initializer=initializer, rng=rng)
        return residual_mlp(
            n_inputs,
            self.width,
            10,
            self.depth // 2,
            activation=self.activation,
            initializer=initializer,
            rng=rng,
            branch_scale=self.skip,
        )


def activation_layer(name, width):
    """A new layer of ``width`` units for a name in ``ACTIVATIONS`` or ``FORMS``, or "prelu"."""
    if name == "prelu":
        return PReLU(width)
    return Activation(name) if name in ACTIVATIONS else Elementwise(*FORMS[name])


def samples(data, n, *, rng):
    """``n`` training samples of a data set of that name in random order, and their labels: (n, 64) and (n,)."""
    x, y = _data(data)
    chosen = rng.permutation(len(x))[:n]
    return x[chosen], y[chosen]


@cache
def _data(name):
    if name == "printed digits":
        split = glyphs()
        x = split.x_train - split.x_train.mean(axis=0)
        return x / x.std(), split.y_train
    split = {"digits": centred_digits, "uncentred digits": standardized_digits}[name]()
    return split.x_train, split.y_train


def losses(arm: Arm, seed, lr, *, epochs) -> np.ndarray:
    """The mean loss over the batches of every epoch (epochs,); infinity from the epoch on in which it diverged."""
    network, x, y, rng = arm.start(seed)
    return train(network, x, y, lr=lr, epochs=epochs, rng=rng, max_norm=arm.max_norm)


def train(network, x, y, *, lr, epochs, rng, max_norm=None) -> np.ndarray:
    """Train in place; the mean loss over the batches of every epoch (epochs,), infinity once it has diverged."""
    means = np.full(epochs, np.inf)
    for epoch in range(epochs):
        batch_losses = _epoch(network, x, y, lr, rng, max_norm)
        if not np.all(np.isfinite(batch_losses)):
            break
        means[epoch] = batch_losses.mean()
    return means


def steps(arm: Arm, seed, lr, *, target=0.5, limit=300) -> int:
    """Steps until the mean loss of the last five batches is below ``target``; ``limit`` when it never is."""
    network, x, y, rng = arm.start(seed)
    seen: list[float] = []
    while len(seen) < limit:
        batch_losses = _epoch(network, x, y, lr, rng, arm.max_norm)
        seen += list(batch_losses)
        if not np.all(np.isfinite(batch_losses)):
            break
        for end in range(max(WINDOW, len(seen) - len(batch_losses) + 1), min(limit, len(seen) + 1)):
            if np.mean(seen[end - WINDOW : end]) < target:
                return end
    return limit


def _epoch(network, x, y, lr, rng, max_norm) -> np.ndarray:
    """One pass through the samples; the loss of every batch before its step."""
    with np.errstate(all="ignore"):  # divergence is an outcome here
        if all(type(layer) in (Affine, Activation) for layer in network.layers):
            return mlp_fit(
                network, x, y, rng=rng, optimizer=SGD(lr), epochs=1, batch_size=BATCH_SIZE, max_norm=max_norm
            )
        found = []
        order = rng.permutation(len(x))
        for first in range(0, len(x), BATCH_SIZE):
            batch = order[first : first + BATCH_SIZE]
            loss, d = softmax_xent(network.forward(x[batch]), y[batch])
            found.append(loss)
            if not np.isfinite(loss):
                break
            network.backward(d)
            grad = network.grad if max_norm is None else clip_by_global_norm([network.grad], max_norm)[0][0]
            network.theta -= lr * grad
        return np.array(found)


@cache
def best_rate(measure: Callable, arm: Arm, rates: tuple[float, ...], **settings) -> float:
    """The rate at which the median of ``measure(arm, seed, rate, **settings)`` over ``TUNING_SEEDS`` is smallest.

    Of rates that do equally well, the one in the middle.
    """
    medians = [np.median([measure(arm, seed, lr, **settings) for seed in TUNING_SEEDS]) for lr in rates]
    best = [lr for lr, median in zip(rates, medians, strict=True) if median == min(medians)]
    return best[len(best) // 2]


@cache
def quickest_rate(arm: Arm, rates: tuple[float, ...], *, limit=300) -> float:
    """What ``best_rate`` of ``steps`` finds, in less time: a rate that is slower than the best so far is given up."""
    medians, best = {}, limit
    for lr in sorted(rates, key=lambda lr: abs(rates.index(lr) - len(rates) // 2)):  # in the middle most are good
        enough = min(limit, best + 1)
        taken: list[int] = []
        while len(taken) < len(TUNING_SEEDS) and taken.count(enough) <= len(TUNING_SEEDS) // 2:
            taken.append(steps(arm, TUNING_SEEDS[len(taken)], lr, limit=enough))
        medians[lr] = np.median(taken)
        best = min(best, int(medians[lr]))
    quickest = [lr for lr in rates if medians[lr] == best]
    return quickest[len(quickest) // 2]


def final_loss(arm: Arm, seed, lr, *, epochs) -> float:
    """The mean loss over the batches of the last epoch; infinity when training diverged."""
    return float(losses(arm, seed, lr, epochs=epochs)[-1])
