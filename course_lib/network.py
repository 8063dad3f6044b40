"""Networks: layers one after the other, with all parameters in one flat vector.

A ``Sequential`` network lays the parameters of its layers into ``theta``, their gradients into ``grad`` and their
buffers into ``statistics``; the layers' arrays are views into them. One line then updates the whole network, one
gradient check covers it, and three vectors are all that a checkpoint has to keep.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from course_lib._arguments import as_float
from course_lib.initialization import glorot_normal
from course_lib.layers.base import Layer
from course_lib.layers.dense import Activation, Affine, Residual


@dataclass(frozen=True)
class Part:
    """The stretch of ``theta`` that belongs to one layer, trained with ``lr_scale`` times the learning rate."""

    where: slice
    lr_scale: float


class Sequential(Layer):
    """Layers one after the other.

    Attributes
    ----------
    theta : (P,) array, all parameters; the layers' ``params`` are views into it
    grad : (P,) array, all gradients, laid out in the same way
    statistics : (B,) array, all buffers, laid out in the same way
    """

    def __init__(self, *layers: Layer, dtype=np.float64):
        super().__init__()
        self.layers = layers
        leaves = list(self.leaves())
        self.theta = _lay_out([leaf.params for leaf in leaves], dtype)
        self.grad = _lay_out([leaf.grads for leaf in leaves], dtype)
        self.statistics = _lay_out([leaf.buffers for leaf in leaves], dtype)

    def forward(self, x):
        out = as_float(x, self.theta.dtype)
        for layer in self.layers:
            out = layer.forward(out)
        return out

    def backward(self, dout):
        dout = as_float(dout, self.theta.dtype)
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        for leaf in self.leaves():
            if leaf.frozen:
                for grad in leaf.grads.values():
                    grad[...] = 0
        return dout

    def leaves(self):
        for layer in self.layers:
            yield from layer.leaves()

    def weight_gradients(self) -> list[np.ndarray]:
        """The gradients of the affine layers' weight matrices, from input to output, as after ``backward``."""
        return [leaf.grads["w"] for leaf in self.leaves() if "w" in leaf.grads]

    def state(self) -> dict[str, np.ndarray]:
        """Copies of ``theta`` and ``statistics``: what the network has learnt."""
        return {"theta": self.theta.copy(), "statistics": self.statistics.copy()}

    def restore(self, state) -> None:
        """Go back to a ``state()`` of this network or of one with the same layers."""
        self.theta[...], self.statistics[...] = state["theta"], state["statistics"]

    def trainable_parts(self) -> list[Part]:
        """The layers that are not frozen, from input to output."""
        parts = []
        start = 0
        for leaf in self.leaves():
            stop = start + sum(value.size for value in leaf.params.values())
            if stop > start and not leaf.frozen:
                parts.append(Part(slice(start, stop), leaf.lr_scale))
            start = stop
        return parts

    @property
    def trains_as_one(self) -> bool:
        """Whether no layer is frozen or has a learning rate of its own."""
        return all(not leaf.frozen and leaf.lr_scale == 1 for leaf in self.leaves() if leaf.params)

    def __reduce__(self):
        # copy.deepcopy and pickle would copy theta and the views into it one by one, and part them
        return _rebuild, (self.layers, self.theta.dtype)


def _rebuild(layers, dtype):
    return Sequential(*layers, dtype=dtype)


@contextmanager
def evaluating(network: Layer) -> Iterator[None]:
    """Evaluation mode within the block: no dropout, running statistics. Afterwards every layer is as before."""
    modes = [(leaf, leaf.training) for leaf in network.leaves()]
    network.train(False)
    try:
        yield
    finally:
        for leaf, training in modes:
            leaf.training = training


def _lay_out(groups: Iterable[dict[str, np.ndarray]], dtype) -> np.ndarray:
    """All arrays of the dicts in one flat vector; in the dicts, views into it take their place."""
    slots = [(arrays, key) for arrays in groups for key in arrays]
    flat = np.empty(sum(arrays[key].size for arrays, key in slots), dtype)
    start = 0
    for arrays, key in slots:
        value = arrays[key]
        view = flat[start : start + value.size].reshape(value.shape)
        view[...] = value
        arrays[key] = view
        start += value.size
    return flat


def mlp(sizes, *, activation, initializer=glorot_normal, rng, dtype=np.float64) -> Sequential:
    """A multi-layer perceptron: affine layers of the given sizes with an activation between them.

    Parameters
    ----------
    sizes : list of int, such as [64, 32, 10]: inputs, hidden layers, outputs
    activation : str, a name in ``ACTIVATIONS``
    initializer : function (rng, fan_in, fan_out) -> weights
    """
    layers: list[Layer] = []
    for fan_in, fan_out in pairwise(sizes):
        layers += [Affine(fan_in, fan_out, rng=rng, initializer=initializer), Activation(activation)]
    return Sequential(*layers[:-1], dtype=dtype)


def residual_mlp(n_inputs, width, n_outputs, n_blocks, *, activation, initializer, rng, branch_scale=1.0):
    """An affine layer into ``width`` units, residual blocks affine-activation-affine, an affine layer out of them.

    ``branch_scale`` multiplies the last weights of each branch: 1 / sqrt(n_blocks) keeps the variance of the sum
    from doubling in every block.
    """

    def affine(fan_in, fan_out):
        return Affine(fan_in, fan_out, rng=rng, initializer=initializer)

    blocks = []
    for _ in range(n_blocks):
        last = affine(width, width)
        last.params["w"] *= branch_scale
        blocks.append(Residual(affine(width, width), Activation(activation), last))
    return Sequential(affine(n_inputs, width), *blocks, Activation(activation), affine(width, n_outputs))
