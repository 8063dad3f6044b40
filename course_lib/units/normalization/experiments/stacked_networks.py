"""Several small ReLU networks with batch norm, trained side by side, with running statistics of several momenta.

The first axis of every array is that of the networks. In training nothing depends on the running statistics, so one
run serves all momenta.
"""

from itertools import pairwise

import numpy as np

from course_lib.units.shared.probabilities import softmax

EPS = 1e-5


class StackedNetworks:
    """Networks of one shape: affine layers, and in front of each ReLU batch norm.

    Parameters
    ----------
    sizes : list of int, inputs, hidden layers, outputs
    momenta : sequence of float, the weights of the old value in the running statistics
    rngs : list of numpy.random.Generator, one for each network; weights have He's variance, 2 / fan_in
    """

    def __init__(self, sizes, momenta, rngs):
        self._momenta = np.reshape(momenta, (-1, 1, 1, 1))
        self.hidden, n = [], len(rngs)
        *pairs, last = pairwise(sizes)
        for fan_in, fan_out in pairs:
            one, every = (n, 1, fan_out), (len(momenta), n, 1, fan_out)
            statistics = {"mean": np.zeros(every), "var": np.ones(every)}
            w = _normal(rngs, fan_in, fan_out)
            self.hidden.append({"w": w, "gamma": np.ones(one), "beta": np.zeros(one), **statistics})
        self.last = {"w": _normal(rngs, *last), "b": np.zeros((n, 1, last[1]))}

    def forward(self, x) -> np.ndarray:
        """Logits (networks, N, classes) for ``x`` (networks or 1, N, D), by the statistics of these N samples."""
        self._memory = []
        for layer in self.hidden:
            z = x @ layer["w"]
            mean = z.mean(axis=1, keepdims=True)
            z = z - mean
            var = (z**2).mean(axis=1, keepdims=True)
            inverse = 1 / np.sqrt(var + EPS)
            xhat = z * inverse
            out = np.maximum(layer["gamma"] * xhat + layer["beta"], 0)
            self._memory.append((x, xhat, inverse, out, mean, var))
            x = out
        return x @ self.last["w"] + self.last["b"]

    def step(self, x, labels, rate) -> None:
        """One step of gradient descent for each network, on batches (networks, N, D) with labels (networks, N)."""
        d = softmax(self.forward(x))
        np.put_along_axis(d, labels[..., None], np.take_along_axis(d, labels[..., None], axis=-1) - 1, axis=-1)
        d /= labels.shape[1]
        out = self._memory[-1][3]
        back = d @ self.last["w"].transpose(0, 2, 1)
        self.last["w"] -= rate * (out.transpose(0, 2, 1) @ d)
        self.last["b"] -= rate * d.sum(axis=1, keepdims=True)
        for layer, (x, xhat, inverse, out, mean, var) in zip(self.hidden[::-1], self._memory[::-1], strict=True):
            d = back * (out > 0)
            dgamma, dbeta = ((d * xhat).sum(axis=1, keepdims=True), d.sum(axis=1, keepdims=True))
            n = d.shape[1]
            dz = layer["gamma"] * inverse * (d - dbeta / n - xhat * dgamma / n)
            back = dz @ layer["w"].transpose(0, 2, 1)
            layer["w"] -= rate * (x.transpose(0, 2, 1) @ dz)
            layer["gamma"] -= rate * dgamma
            layer["beta"] -= rate * dbeta
            for name, new in (("mean", mean), ("var", var)):
                layer[name] += (1 - self._momenta) * (new - layer[name])

    def evaluate(self, x, which) -> np.ndarray:
        """Logits (networks, N, classes) for ``x`` (N, D), by the running statistics of momentum number ``which``."""
        for layer in self.hidden:
            scale = layer["gamma"] / np.sqrt(layer["var"][which] + EPS)
            x = np.maximum((x @ layer["w"] - layer["mean"][which]) * scale + layer["beta"], 0)
        return x @ self.last["w"] + self.last["b"]


def _normal(rngs, fan_in, fan_out):
    return np.stack([rng.standard_normal((fan_in, fan_out)) * np.sqrt(2 / fan_in) for rng in rngs])
