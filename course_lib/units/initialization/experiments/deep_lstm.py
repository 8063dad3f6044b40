"""Stacked LSTM layers that read a digit by rows: how many steps they take from one start and another."""

from dataclasses import dataclass

import numpy as np

from course_lib.initialization import glorot_normal, scaled_normal
from course_lib.layers.dense import Affine
from course_lib.layers.network import Sequential
from course_lib.layers.recurrent import LSTM, LastStep
from course_lib.units.shared.arms import Arm, quickest_rate, steps

RATES = (2.0, 5.0, 12.0)
SINGLE_RATES = (2.0, 5.0, 12.0, 30.0)
NARROW = scaled_normal(0.05)
WIDE = scaled_normal(1.0)


@dataclass(frozen=True)
class Stack(Arm):
    """``depth`` LSTM layers of ``width`` units over ``n_times`` parts of an image, and a linear layer at the end.

    ``initialization`` draws the matrices of every gate by themselves, those of the inputs and those of the state.
    """

    n_times: int = 4

    def start(self, seed):
        """As of ``Arm``."""
        network, x, y, rng = super().start(seed)
        return network, x.reshape(len(x), self.n_times, -1), y, rng

    def _network(self, n_inputs, rng):
        widths = [n_inputs // self.n_times, *[self.width] * self.depth]
        layers = [self._layer(*widths[at : at + 2], rng) for at in range(self.depth)]
        return Sequential(*layers, LastStep(), Affine(self.width, 10, rng=rng, initializer=self.initialization))

    def _layer(self, n_inputs, n_hidden, rng):
        layer = LSTM(n_inputs, n_hidden, rng=rng)
        for name, fan_in in (("wx", n_inputs), ("wh", n_hidden)):
            gates = [self.initialization(rng, fan_in, n_hidden) for _ in range(layer.n_gates)]
            layer.params[name][...] = np.concatenate(gates, axis=1)
        return layer


@dataclass(frozen=True)
class DeepLSTM:
    """Steps to the target, each start at its best rate: Glorot's weights, narrow and wide ones; and in one layer."""

    xavier: int
    narrow: int
    wide: int
    xavier_1: int
    narrow_1: int
    xavier_rate: float
    narrow_rate: float
    wide_rate: float

    @property
    def narrow_over_xavier(self) -> float:
        return self.narrow / self.xavier

    @property
    def wide_over_xavier(self) -> float:
        return self.wide / self.xavier

    @property
    def narrow_over_xavier_1(self) -> float:
        return self.narrow_1 / self.xavier_1


def deep_lstm(seed, *, depth=3, width=12, n_times=4, data="digits", limit=130) -> DeepLSTM:
    """``depth`` layers from three starts, and one layer from two of them."""
    found = []
    for layers, start in ((depth, glorot_normal), (depth, NARROW), (depth, WIDE), (1, glorot_normal), (1, NARROW)):
        arm = Stack("tanh", start, layers, width, data=data, n_times=n_times)
        rate = quickest_rate(arm, SINGLE_RATES if layers == 1 else RATES, limit=limit)
        found.append((steps(arm, seed, rate, limit=limit), rate))
    return DeepLSTM(*(taken for taken, _ in found), *(rate for _, rate in found[:3]))
