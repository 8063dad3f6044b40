"""A deep network in plain NumPy whose batch norm is a pair of functions: the library's, or those of a learner."""

from itertools import pairwise

import numpy as np

from course_lib.functions.activations import ACTIVATIONS
from course_lib.functions.losses import softmax_xent
from course_lib.functions.normalization import batchnorm_backward, batchnorm_forward, batchnorm_state

LIBRARY = (batchnorm_forward, batchnorm_backward)


class NormedNetwork:
    """Affine layers, and between each and its activation, if there is a norm, batch norm in place of the bias.

    Parameters
    ----------
    sizes : list of int, inputs, hidden layers, outputs
    norm : pair (forward, backward) with the parameters of the library's ``batchnorm_forward`` and
        ``batchnorm_backward``, or None for biases instead
    rng : numpy.random.Generator; weights are normal, of variance ``gain**2`` times 2 / (fan_in + fan_out)
    activation : str, a name in ``course_lib.functions.ACTIVATIONS``
    disturb : function (out, layer) -> (out, factor), or None; changes in training what an activation gets, and says
        by what the gradient is multiplied on its way back

    Attributes
    ----------
    layers : list of dicts, from input to output, with ``"w"`` (fan_in, fan_out) and ``"b"`` (fan_out,); of hidden
        layers with a norm also ``"gamma"``, ``"beta"`` (fan_out,) and ``"state"``, and their ``"b"`` stays zero
    grads : list of dicts with the gradients, after ``backward``
    inputs : list of (N, units) arrays, what the activations of the hidden layers got in the last ``forward``
    gradients : list of (N, units) arrays, of the loss with respect to what an affine layer returns, after ``backward``
    """

    def __init__(self, sizes, norm, *, rng, activation="sigmoid", gain=1.0, disturb=None):
        self._norm, self._function, self._disturb = norm, ACTIVATIONS[activation], disturb
        self.layers = []
        for fan_in, fan_out in pairwise(sizes):
            w = rng.standard_normal((fan_in, fan_out)) * gain * np.sqrt(2 / (fan_in + fan_out))
            self.layers.append({"w": w, "b": np.zeros(fan_out)})
        if norm is not None:
            for layer in self.layers[:-1]:
                width = len(layer["b"])
                layer |= {"gamma": np.ones(width), "beta": np.zeros(width), "state": batchnorm_state(width)}

    def forward(self, x, training=False) -> np.ndarray:
        """The logits (N, classes) for ``x`` (N, D); in training, running statistics move."""
        self._memory, self.inputs = [], []
        for at, layer in enumerate(self.layers[:-1]):
            z, cache, factor = x @ layer["w"] + layer["b"], None, 1.0
            if self._norm is not None:
                z, cache, layer["state"] = self._norm[0](z, layer["gamma"], layer["beta"], layer["state"], training)
            if training and self._disturb is not None:
                z, factor = self._disturb(z, at)
            out = self._function.forward(z)
            self.inputs.append(z)
            self._memory.append((x, cache, factor, out if self._function.from_output else z))
            x = out
        self._last = x
        return x @ self.layers[-1]["w"] + self.layers[-1]["b"]

    def backward(self, dout) -> None:
        """Fill ``grads`` and ``gradients``, given the gradient (N, classes) with respect to the logits."""
        last = self.layers[-1]
        grads, self.gradients = [{"w": self._last.T @ dout, "b": dout.sum(axis=0)}], [dout]
        d = dout @ last["w"].T
        for layer, (x, cache, factor, remembered) in zip(self.layers[-2::-1], self._memory[::-1], strict=True):
            d = self._function.backward(d, remembered) * factor
            grad = {}
            if cache is None:
                grad["b"] = d.sum(axis=0)
            else:
                d, grad["gamma"], grad["beta"] = self._norm[1](d, cache)
            grad["w"] = x.T @ d
            grads.append(grad)
            self.gradients.append(d)
            if layer is not self.layers[0]:
                d = d @ layer["w"].T
        self.grads = grads[::-1]
        self.gradients.reverse()

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

    A last batch of three would have statistics that are mostly chance, in each of twenty layers.
    """
    order = rng.permutation(n)
    return order[: n - n % size].reshape(-1, size)
