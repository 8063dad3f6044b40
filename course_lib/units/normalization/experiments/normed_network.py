"""A deep network in plain NumPy, with batch norm or without, of which experiments see what every activation gets."""

from itertools import pairwise

import numpy as np

from course_lib.functions.activations import ACTIVATIONS
from course_lib.functions.losses import softmax_xent
from course_lib.functions.normalization import batchnorm_backward, batchnorm_forward, batchnorm_state


class NormedNetwork:
    """Affine layers, and between each and its activation, if it is normed, batch norm in place of the bias.

    Parameters
    ----------
    sizes : list of int, inputs, hidden layers, outputs
    normed : bool
    rng : numpy.random.Generator; weights are normal, of variance 2 / (fan_in + fan_out)
    activation : str, a name in ``course_lib.functions.ACTIVATIONS``
    disturb : function (z) -> (z, factor), or None; changes in training what an activation gets, and says by what the
        gradient is multiplied on its way back

    Attributes
    ----------
    layers : list of dicts, from input to output, with ``"w"`` (fan_in, fan_out) and ``"b"`` (fan_out,), or, of hidden
        layers that are normed, ``"gamma"`` and ``"beta"`` (fan_out,) and ``"state"``
    grads : list of dicts with the gradients, after ``backward``
    inputs : list of (N, units) arrays, what the activations of the hidden layers got in the last ``forward``
    """

    def __init__(self, sizes, *, normed, rng, activation="sigmoid", disturb=None):
        self._normed, self._function, self._disturb = normed, ACTIVATIONS[activation], disturb
        self.layers = []
        for fan_in, fan_out in pairwise(sizes):
            w = rng.standard_normal((fan_in, fan_out)) * np.sqrt(2 / (fan_in + fan_out))
            self.layers.append({"w": w, "b": np.zeros(fan_out)})
        for layer in self.layers[:-1] if normed else ():
            width = len(layer.pop("b"))
            layer |= {"gamma": np.ones(width), "beta": np.zeros(width), "state": batchnorm_state(width)}

    def forward(self, x, training=False) -> np.ndarray:
        """The logits (N, classes) for ``x`` (N, D); in training, running statistics move."""
        self._memory, self.inputs = [], []
        for layer in self.layers[:-1]:
            z, cache, factor = x @ layer["w"], None, 1.0
            if self._normed:
                z, cache, layer["state"] = batchnorm_forward(z, layer["gamma"], layer["beta"], layer["state"], training)
            else:
                z = z + layer["b"]
            if training and self._disturb is not None:
                z, factor = self._disturb(z)
            out = self._function.forward(z)
            self.inputs.append(z)
            self._memory.append((x, cache, factor, out if self._function.from_output else z))
            x = out
        self._last = x
        return x @ self.layers[-1]["w"] + self.layers[-1]["b"]

    def backward(self, dout) -> None:
        """Fill ``grads``, given the gradient (N, classes) with respect to the logits."""
        self.grads = [{"w": self._last.T @ dout, "b": dout.sum(axis=0)}]
        above = self.layers[:0:-1]
        for layer, (x, cache, factor, remembered) in zip(above, self._memory[::-1], strict=True):
            dout = self._function.backward(dout @ layer["w"].T, remembered) * factor
            if self._normed:
                dout, dgamma, dbeta = batchnorm_backward(dout, cache)
                grad = {"gamma": dgamma, "beta": dbeta}
            else:
                grad = {"b": dout.sum(axis=0)}
            self.grads.insert(0, {"w": x.T @ dout, **grad})

    def step(self, x, y, rate) -> float:
        """One step of gradient descent on a batch; the loss before it, in nats."""
        loss, dout = softmax_xent(self.forward(x, training=True), y)
        self.backward(dout)
        for layer, grad in zip(self.layers, self.grads, strict=True):
            for name, g in grad.items():
                layer[name] = layer[name] - rate * g
        return float(loss)

    def accuracy(self, x, y) -> float:
        """The share of ``x`` (N, D) that evaluation labels as ``y`` (N,) does."""
        return float((self.forward(x).argmax(axis=1) == y).mean())


def batches(n, size, rng):
    """The indices 0 .. n - 1 in random order, in batches of exactly ``size``; a rest is left out.

    A last batch of three would have statistics that are mostly chance, in each of many layers.
    """
    order = rng.permutation(n)
    return order[: n - n % size].reshape(-1, size)
