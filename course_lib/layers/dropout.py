"""Dropout layers: noise in training, the identity in evaluation."""

from course_lib.dropout import alpha_dropout_forward, dropout_backward, dropout_forward
from course_lib.layers.base import Layer


class Dropout(Layer):
    """Inverted dropout; ``rng`` is the layer's own source of masks. Freezing does not switch the noise off."""

    noise = staticmethod(dropout_forward)

    def __init__(self, p_drop, *, rng):
        super().__init__()
        if not 0 <= p_drop < 1:
            raise ValueError(f"p_drop must lie in [0, 1), got {p_drop}")
        self.p_drop, self.rng = p_drop, rng

    def forward(self, x):
        out, self._slope = self.noise(x, self.p_drop, self.training, rng=self.rng)
        return out

    def backward(self, dout):
        return dropout_backward(dout, self._slope)


class AlphaDropout(Dropout):
    """Dropout that keeps the mean and variance of SELU layers."""

    noise = staticmethod(alpha_dropout_forward)
