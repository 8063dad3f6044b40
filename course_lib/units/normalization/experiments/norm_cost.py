"""What batch norm costs in time: in a step of training, and in a prediction, folded and not."""

from dataclasses import dataclass
from time import perf_counter

import numpy as np

from course_lib.functions.activations import leaky_relu, relu, sigmoid
from course_lib.functions.losses import softmax_xent
from course_lib.functions.normalization import fold_batchnorm
from course_lib.initialization import he_normal
from course_lib.layers.dense import Activation, Affine
from course_lib.layers.network import Sequential
from course_lib.layers.normalization import BatchNorm

REPEATS = 40


@dataclass(frozen=True)
class PredictionCost:
    """Milliseconds for one prediction of a batch, by network; ``difference`` is the largest one after folding.

    ``scaled`` is batch norm as one factor and one summand a unit, worked out beforehand but not folded;
    ``shallow`` has half the hidden layers; ``single`` holds float32 numbers; ``as_sigmoid`` has another activation.
    """

    plain: float
    batch: float
    folded: float
    shallow: float
    single: float
    as_sigmoid: float
    as_leaky: float
    scaled: float
    difference: float

    @property
    def slower(self) -> float:
        return self.batch / self.plain

    @property
    def scaled_slower(self) -> float:
        return self.scaled / self.plain

    @property
    def folded_slower(self) -> float:
        return self.folded / self.plain

    @property
    def left(self) -> float:
        """Which share of the time that batch norm adds is left after folding."""
        return (self.folded - self.plain) / (self.batch - self.plain)

    @property
    def fewer_layers(self) -> float:
        return self.shallow / self.plain

    @property
    def less_precision(self) -> float:
        return self.single / self.plain

    @property
    def faster_activation(self) -> float:
        """The slower one of ReLU and leaky ReLU over the sigmoid."""
        return max(self.plain, self.as_leaky) / self.as_sigmoid


def prediction_cost(seed, *, depth=6, width=128, batch_size=64) -> PredictionCost:
    """ReLU layers and random statistics, in plain NumPy; the quickest of some measurements, taken in turn."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((batch_size, width))
    layers = [_layer(width, rng) for _ in range(depth)]
    pairs = [(layer["w"], layer["b"]) for layer in layers]
    folded = [fold_batchnorm(**layer) for layer in layers]
    single = [(w.astype(np.float32), b.astype(np.float32)) for w, b in pairs]
    x_single = x.astype(np.float32)
    normed = [(layer["w"], layer["b"], 1 / np.sqrt(layer["var"] + 1e-5), layer) for layer in layers]
    factors = [layer["gamma"] * inv_std for _, _, inv_std, layer in normed]
    scaled = [
        (w, b, factor, layer["beta"] - layer["mean"] * factor)
        for (w, b, _, layer), factor in zip(normed, factors, strict=True)
    ]
    times = _quickest(
        lambda: _predict(x, pairs, relu),
        lambda: _predict_normed(x, normed),
        lambda: _predict(x, folded, relu),
        lambda: _predict(x, pairs[: depth // 2], relu),
        lambda: _predict(x_single, single, relu),
        lambda: _predict(x, pairs, sigmoid),
        lambda: _predict(x, pairs, leaky_relu),
        lambda: _predict_scaled(x, scaled),
    )
    expected = _predict_normed(x, normed)
    difference = max(
        float(np.abs(found - expected).max()) for found in (_predict(x, folded, relu), _predict_scaled(x, scaled))
    )
    return PredictionCost(*times, difference)


def _layer(width, rng):
    w = he_normal(rng, width, width)
    gamma, var = rng.uniform(0.5, 1.5, (2, width))
    b, beta, mean = rng.standard_normal((3, width))
    return {"w": w, "b": b, "gamma": gamma, "beta": beta, "mean": mean, "var": var}


def _predict(x, pairs, phi):
    for w, b in pairs:
        x = phi(x @ w + b)
    return x


def _predict_normed(x, layers):
    for w, b, inv_std, layer in layers:
        z = x @ w + b
        x = relu(layer["gamma"] * ((z - layer["mean"]) * inv_std) + layer["beta"])
    return x


def _predict_scaled(x, layers):
    for w, b, factor, summand in layers:
        x = relu((x @ w + b) * factor + summand)
    return x


@dataclass(frozen=True)
class StepCost:
    """Milliseconds for one step of training, forward and back, without and with batch norm; and the added numbers.

    ``numbers_added`` is the share by which gamma, beta and the running statistics add to the numbers to be kept.
    """

    plain: float
    batch: float
    again: float
    numbers_added: float

    @property
    def slower(self) -> float:
        return self.batch / self.plain

    @property
    def noise(self) -> float:
        """The time of another network without batch norm over that of the first."""
        return self.again / self.plain


def step_cost(seed, *, depth=6, width=64, batch_size=64) -> StepCost:
    """ReLU, the library's layers; the quickest of some measurements, taken in turn."""
    rng = np.random.default_rng(seed)
    x, y = rng.standard_normal((batch_size, width)), rng.integers(0, width, batch_size)
    networks = [_network(depth, width, with_norm, rng) for with_norm in (False, True, False)]
    kept = 2 * width * depth + 2 * width * depth
    return StepCost(*_quickest(*(lambda n=n: _step(n, x, y) for n in networks)), kept / networks[0].theta.size)


def _network(depth, width, with_norm, rng):
    layers = []
    for _ in range(depth):
        layers.append(Affine(width, width, rng=rng, initializer=he_normal))
        layers += [BatchNorm(width)] if with_norm else []
        layers.append(Activation("relu"))
    return Sequential(*layers)


def _step(network, x, y):
    _, d = softmax_xent(network.forward(x), y)
    network.backward(d)
    network.theta[...] -= 1e-6 * network.grad


def _quickest(*works) -> list[float]:
    """Milliseconds of each; in turn, so that what else the machine does meets all of them."""
    times = np.full((REPEATS, len(works)), np.inf)
    for repeat in range(REPEATS):
        for i, work in enumerate(works):
            start = perf_counter()
            for _ in range(3):
                work()
            times[repeat, i] = (perf_counter() - start) / 3
    return [float(t) for t in 1000 * times.min(axis=0)]
