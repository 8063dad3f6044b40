"""What an activation function costs, measured against ReLU and against the layer's matrix product."""

import time
from dataclasses import dataclass

import numpy as np

from course_lib.functions import activations as act
from course_lib.initialization import he_normal
from course_lib.kernels.decorators import kernel
from course_lib.layers.network import mlp
from course_lib.units.vanishing_gradients.experiments.activation_speed import elu_speed

REPETITIONS = 25


@dataclass(frozen=True)
class Cost:
    """Times of one layer's activation as multiples of ReLU's, and of the layer's matrix product's, in the same run.

    ``by_calls`` : the sigmoid with one call of the mathematics library for each entry; the others compute several
    entries at a time. ``share`` : of the time of the matrix product.
    """

    sigmoid: float
    tanh: float
    sigmoid_by_calls: float
    sigmoid_share: float
    tanh_share: float
    relu_share: float


def cost(seed, *, width=128, batch=128) -> Cost:
    """The fastest of 25 repetitions, taken in turns."""
    rng = np.random.default_rng(seed)
    z, w = rng.normal(size=(batch, width)), rng.normal(size=(width, width))
    product, flat, out = np.empty_like(z), z.ravel(), np.empty(z.size)
    seconds = _fastest(
        {
            "relu": lambda: act._relu(flat, out),
            "sigmoid": lambda: act._sigmoid(flat, out),
            "tanh": lambda: act._tanh(flat, out),
            "sigmoid by calls": lambda: _sigmoid_by_calls(flat, out),
            "product": lambda: np.matmul(z, w, out=product),
        }
    )
    relu, sigmoid, tanh, by_calls, matmul = seconds.values()
    return Cost(sigmoid / relu, tanh / relu, by_calls / relu, sigmoid / matmul, tanh / matmul, relu / matmul)


@dataclass(frozen=True)
class EluCost:
    """ELU against ReLU: the time of a network's forward pass, and the steps to the target at the best rates.

    ``shallow_gain`` : how many times as many steps ReLU takes with one hidden layer.
    """

    time_ratio: float
    elu_steps: int
    relu_steps: int
    elu_rate: float
    relu_rate: float
    shallow_gain: float

    @property
    def gain(self) -> float:
        """How many times as many steps ReLU takes."""
        return self.relu_steps / self.elu_steps


def elu_cost(seed, *, width=128, batch=128, depth=4, trained_width=32, data="digits") -> EluCost:
    """Time of networks of 4 layers of ``width``; steps of networks of ``depth`` hidden layers of ``trained_width``."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(batch, width))
    passes = {
        name: mlp([width] * 5, activation=name, initializer=he_normal, rng=rng).forward for name in ("relu", "elu")
    }
    seconds = _fastest({"relu": lambda: passes["relu"](z), "elu": lambda: passes["elu"](z)})
    deep, shallow = (elu_speed(seed, depth=d, width=trained_width, data=data) for d in (depth, 1))
    return EluCost(
        seconds["elu"] / seconds["relu"], deep.elu, deep.relu, deep.elu_rate, deep.relu_rate, shallow.relu / shallow.elu
    )


def _fastest(tasks) -> dict[str, float]:
    seconds = dict.fromkeys(tasks, np.inf)
    for _ in range(REPETITIONS):
        for name, task in tasks.items():
            start = time.perf_counter()
            task()
            # the minimum: whatever else the machine does can only add time
            seconds[name] = min(seconds[name], time.perf_counter() - start)
    return seconds


@kernel
def _sigmoid_by_calls(z, out):
    """1 / (1 + exp(-z)) for the flat array ``z``; exp is a function of one number."""
    for i in range(z.size):
        out[i] = 1 / (1 + np.exp(-z[i]))
