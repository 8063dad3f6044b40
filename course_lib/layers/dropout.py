"""Dropout layers: noise in training, the identity in evaluation."""

from course_lib._arguments.numbers import BELOW_ONE
from course_lib._arguments.objects import generator
from course_lib.functions.dropout import alpha_dropout_forward, dropout_backward, dropout_forward
from course_lib.layers.base import Layer


class Dropout(Layer):
    """Inverted dropout; ``rng`` is the layer's own source of masks. Freezing does not switch the noise off."""

    noise = staticmethod(dropout_forward)

    def __init__(self, p_drop, *, rng):
        super().__init__()
        self.p_drop, self.rng = BELOW_ONE(p_drop, name="p_drop"), generator(rng)

    def _sizes(self):
        return f"{self.p_drop:g}"

    def forward(self, x):
        return self._remember(*self.noise(x, self.p_drop, self.training, rng=self.rng))

    def backward(self, dout):
        return dropout_backward(*self._recall(dout))


class AlphaDropout(Dropout):
    """Dropout that keeps the mean and variance of SELU layers."""

    noise = staticmethod(alpha_dropout_forward)
