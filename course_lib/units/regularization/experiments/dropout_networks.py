"""Several small ReLU networks with inverted dropout on their hidden units, trained side by side.

The first axis of every array is that of the networks. Numbers have 32 bits: training takes half the time.
"""

from itertools import pairwise

import numpy as np

from course_lib.units.shared.probabilities import softmax

MOMENTUM = np.float32(0.9)


class DropoutNetworks:
    """Networks of one shape, affine layers with ReLU and dropout behind each hidden one.

    Parameters
    ----------
    sizes : list of int, inputs, hidden layers, outputs
    p_drop : sequence of float in [0, 1), for each network the probability of dropping a hidden unit
    rngs : list of numpy.random.Generator, one for each network; weights have He's variance, 2 / fan_in
    noise : numpy.random.Generator, of the masks
    linear : bool, leaves the ReLUs out
    """

    def __init__(self, sizes, p_drop, rngs, noise, linear=False):
        pairs = list(pairwise(sizes))
        drawn = [[rng.standard_normal(pair) * np.sqrt(2 / pair[0]) for pair in pairs] for rng in rngs]
        self.w = [np.array(each, np.float32) for each in zip(*drawn, strict=True)]
        self.b = [np.zeros((len(rngs), 1, fan_out), np.float32) for _, fan_out in pairs]
        self.p_drop = np.reshape(np.array(p_drop, np.float32), (-1, 1, 1))
        self._noise, self._linear = noise, linear
        self._speed = [np.zeros_like(each) for each in (*self.w, *self.b)]

    def forward(self, x, training=False) -> np.ndarray:
        """Logits (networks, N, classes) for ``x`` (networks or 1, N, D); with new masks when training."""
        self._inputs, self._slopes = [x], []
        for w, b in zip(self.w[:-1], self.b[:-1], strict=True):
            z = x @ w + b
            slope = np.ones_like(z) if self._linear else (z > 0).astype(np.float32)
            if training:
                slope *= (self._noise.random(z.shape, dtype=np.float32) >= self.p_drop) / (1 - self.p_drop)
            x = z * slope
            self._inputs.append(x)
            self._slopes.append(slope)
        return x @ self.w[-1] + self.b[-1]

    def step(self, x, labels, rate) -> None:
        """One step of gradient descent with momentum 0.9, on batches (networks, N, D) with labels (networks, N)."""
        d = _slope_of_loss(self.forward(x, training=True), labels)
        dw, db = [], []
        for w, inputs, slope in zip(self.w[::-1], self._inputs[::-1], [*self._slopes[::-1], None], strict=True):
            dw.append(inputs.transpose(0, 2, 1) @ d)
            db.append(d.sum(axis=1, keepdims=True))
            if slope is not None:
                d = (d @ w.transpose(0, 2, 1)) * slope
        for param, speed, grad in zip((*self.w, *self.b), self._speed, (*dw[::-1], *db[::-1]), strict=True):
            speed *= MOMENTUM
            speed += grad
            param -= np.float32(rate) * speed

    def input_gradient(self, x, labels) -> np.ndarray:
        """The gradient (networks, N, D) of the mean loss without dropout, for ``x`` (networks or 1, N, D)."""
        d = _slope_of_loss(self.forward(x), np.broadcast_to(labels, (len(self.w[0]), x.shape[1])))
        for w, slope in zip(self.w[:0:-1], self._slopes[::-1], strict=True):
            d = (d @ w.transpose(0, 2, 1)) * slope
        return d @ self.w[0].transpose(0, 2, 1)


def _slope_of_loss(logits, labels):
    """(softmax - one-hot) / N, the gradient of the mean cross-entropy with respect to logits (networks, N, classes)."""
    d = softmax(logits)
    np.put_along_axis(d, labels[..., None], np.take_along_axis(d, labels[..., None], axis=-1) - 1, axis=-1)
    return d / labels.shape[1]
