"""What an activation function costs, measured against ReLU and against the layer's matrix product."""

import time
from dataclasses import dataclass

import numpy as np

from course_lib.activations import elu, relu, sigmoid, tanh
from course_lib.initialization import he_normal
from course_lib.network import mlp

WIDTH = 128


@dataclass(frozen=True)
class Cost:
    """Times as multiples of another time of the same run.

    ``sigmoid``, ``tanh``, ``elu`` : of one layer's activation, against ReLU; ``sigmoid_share`` : the sigmoid against
    the layer's matrix product; ``elu_network`` : the forward pass of a whole network, ELU against ReLU.
    """

    sigmoid: float
    tanh: float
    elu: float
    sigmoid_share: float
    elu_network: float


def cost(seed) -> Cost:
    """The fastest of 15 repetitions, taken in turns, for a batch of 128 and layers of 128 units."""
    rng = np.random.default_rng(seed)
    z, w = rng.normal(size=(WIDTH, WIDTH)), rng.normal(size=(WIDTH, WIDTH))
    networks = {
        name: mlp([WIDTH] * 5, activation=name, initializer=he_normal, rng=rng).forward for name in ("relu", "elu")
    }
    tasks = {
        "relu": lambda: relu(z),
        "sigmoid": lambda: sigmoid(z),
        "tanh": lambda: tanh(z),
        "elu": lambda: elu(z),
        "product": lambda: z @ w,
        "relu network": lambda: networks["relu"](z),
        "elu network": lambda: networks["elu"](z),
    }
    seconds = dict.fromkeys(tasks, np.inf)
    for _ in range(15):
        for name, task in tasks.items():
            start = time.perf_counter()
            task()
            # the minimum: whatever else the machine does can only add time
            seconds[name] = min(seconds[name], time.perf_counter() - start)
    return Cost(
        *(seconds[name] / seconds["relu"] for name in ("sigmoid", "tanh", "elu")),
        seconds["sigmoid"] / seconds["product"],
        seconds["elu network"] / seconds["relu network"],
    )
