"""Layers of autoencoders: an affine layer that borrows its weights, and noise that blanks inputs."""

import numpy as np

from course_lib._arguments.arrays import as_float, matrix
from course_lib._arguments.numbers import BELOW_ONE
from course_lib._arguments.objects import generator, instance
from course_lib.kernels.sums import sum_over
from course_lib.layers.base import Layer
from course_lib.layers.dense import Affine


class TiedAffine(Layer):
    """x @ w.T + b with the weights w (D, M) of another affine layer, and a bias b (D,) of its own.

    ``backward`` leaves its share of the other layer's gradient in ``dw``, because that layer, whose turn comes later,
    overwrites its own; a ``Sequential`` that holds both adds the two.
    """

    dw = None

    def __init__(self, source: Affine):
        super().__init__()
        self.source = instance(source, Affine, name="source")
        self._set_width(source.fan_in, name="fan_in")

    def _create(self, width):
        self._set_params(b=np.zeros(width))

    def _width_of(self, shape):
        self.source._check_built()
        return self.source.fan_in

    def _sizes(self):
        return f"{self.source.fan_out}, {self.source.fan_in}"

    def forward(self, x):
        self._check_built()
        x = matrix(x)
        w, b = as_float(self.source.params["w"], x.dtype), as_float(self.params["b"], x.dtype)
        if x.shape[1] != w.shape[1]:
            raise ValueError(f"x must have the shape (N, {w.shape[1]}), got {x.shape}")
        return self._remember(x @ w.T + b, (x, w))

    def backward(self, dout):
        dout, (x, w) = self._recall(dout)
        self.dw = dout.T @ x
        sum_over(dout, out=self.grads["b"])
        return dout @ w

    def add_to_source(self) -> None:
        """Add ``dw`` to the gradient of the borrowed weights, once, after that layer's backward pass."""
        if self.dw is not None and not self.source.frozen:
            self.source.grads["w"] += self.dw
        self.dw = None


class MaskingNoise(Layer):
    """Sets each entry to zero with probability ``rate`` in training, and does nothing in evaluation.

    Unlike dropout it does not scale up what remains (Vincent et al. 2008, section 2.3, where the number of blanked
    entries is fixed, and here is binomial).
    """

    def __init__(self, rate, *, rng):
        super().__init__()
        self.rate, self.rng = BELOW_ONE(rate, name="rate"), generator(rng)

    def _sizes(self):
        return f"{self.rate:g}"

    def forward(self, x):
        x = as_float(x, name="x")
        mask = self.rng.random(x.shape) >= self.rate if self.training else True
        return self._remember(x * mask, mask)

    def backward(self, dout):
        dout, mask = self._recall(dout)
        return dout * mask
