"""What an activation function costs, measured against ReLU and against the layer's matrix product."""

import time
from dataclasses import dataclass

import numpy as np

from course_lib.functions import activations as act
from course_lib.initialization import he_normal
from course_lib.kernels.decorators import kernel
from course_lib.layers.network import mlp

WIDTH = 128


@dataclass(frozen=True)
class Cost:
    """Times as multiples of another time of the same run.

    ``sigmoid``, ``tanh`` : of one layer's activation, several entries at a time, against ReLU; ``sigmoid_by_calls`` :
    the sigmoid with one call of the mathematics library for each entry, against ReLU; ``sigmoid_share`` : the sigmoid
    against the layer's matrix product; ``elu_network`` : the forward pass of a whole network, ELU against ReLU.
    """

    sigmoid: float
    tanh: float
    sigmoid_by_calls: float
    sigmoid_share: float
    elu_network: float


def cost(seed) -> Cost:
    """The fastest of 25 repetitions, taken in turns, for a batch of 128 and layers of 128 units."""
    rng = np.random.default_rng(seed)
    z, w = rng.normal(size=(WIDTH, WIDTH)), rng.normal(size=(WIDTH, WIDTH))
    product, flat, out = np.empty_like(z), z.ravel(), np.empty(z.size)
    networks = {
        name: mlp([WIDTH] * 5, activation=name, initializer=he_normal, rng=rng).forward for name in ("relu", "elu")
    }
    tasks = {
        "relu": lambda: act._relu(flat, out),
        "sigmoid": lambda: act._sigmoid(flat, out),
        "tanh": lambda: act._tanh(flat, out),
        "sigmoid by calls": lambda: _sigmoid_by_calls(flat, out),
        "product": lambda: np.matmul(z, w, out=product),
        "relu network": lambda: networks["relu"](z),
        "elu network": lambda: networks["elu"](z),
    }
    seconds = dict.fromkeys(tasks, np.inf)
    for _ in range(25):
        for name, task in tasks.items():
            start = time.perf_counter()
            task()
            # the minimum: whatever else the machine does can only add time
            seconds[name] = min(seconds[name], time.perf_counter() - start)
    return Cost(
        *(seconds[name] / seconds["relu"] for name in ("sigmoid", "tanh", "sigmoid by calls")),
        seconds["sigmoid"] / seconds["product"],
        seconds["elu network"] / seconds["relu network"],
    )


@kernel
def _sigmoid_by_calls(z, out):
    """1 / (1 + exp(-z)) for the flat array ``z``; exp is a function of one number."""
    for i in range(z.size):
        out[i] = 1 / (1 + np.exp(-z[i]))
