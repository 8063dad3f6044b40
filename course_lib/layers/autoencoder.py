"""Layers of autoencoders: an affine layer that borrows its weights, and noise that blanks inputs."""

import numpy as np

from course_lib._arguments import as_float
from course_lib.layers.base import Layer
from course_lib.layers.dense import Affine


class TiedAffine(Layer):
    """x @ w.T + b with the weights w (D, M) of another affine layer, and a bias b (D,) of its own.

    ``backward`` leaves its share of the other layer's gradient in ``dw``, because that layer, whose turn comes later,
    overwrites its own; ``course_lib.autoencoder.Autoencoder`` adds the two.
    """

    def __init__(self, source: Affine):
        super().__init__()
        self.source = source
        self._set_params(b=np.zeros(len(source.params["w"])))

    def forward(self, x):
        self._x = x
        return x @ self.source.params["w"].T + self.params["b"]

    def backward(self, dout):
        self.dw = dout.T @ self._x
        dout.sum(axis=0, out=self.grads["b"])
        return dout @ self.source.params["w"]


class MaskingNoise(Layer):
    """Sets each entry to zero with probability ``rate`` in training, and does nothing in evaluation.

    Unlike dropout it does not scale up what remains (Vincent et al. 2008, section 2.3, where the number of blanked
    entries is fixed, and here is binomial).
    """

    def __init__(self, rate, *, rng):
        super().__init__()
        if not 0 <= rate < 1:
            raise ValueError(f"rate must lie in [0, 1), got {rate}")
        self.rate, self.rng = rate, rng

    def forward(self, x):
        x = as_float(x)
        self._kept = self.rng.random(x.shape) >= self.rate if self.training else None
        return x if self._kept is None else x * self._kept

    def backward(self, dout):
        return dout if self._kept is None else dout * self._kept
