"""Normalisation layers over the functions of ``course_lib.functions.normalization``."""

import numpy as np

from course_lib._arguments.numbers import POSITIVE, UNIT, integer, shape_of
from course_lib.functions import normalization
from course_lib.layers.base import Layer


class Norm(Layer):
    """What the norms share: a scale gamma, at first one, and a shift beta, at first zero."""

    def __init__(self, width, *, eps, name="n_channels"):
        super().__init__()
        self.width, self.eps = width, POSITIVE(eps, name="eps")
        self._set_width(width, name=name)

    def _create(self, width):
        self.width = width
        self._set_params(gamma=np.ones(width), beta=np.zeros(width))

    def _sizes(self):
        return str(self.width)

    def _store(self, dx, dgamma, dbeta):
        self.grads["gamma"][...], self.grads["beta"][...] = dgamma, dbeta
        return dx


class BatchNorm(Norm):
    """Batch norm of (N, C) or (N, C, H, W) inputs; gamma starts at one, beta at zero.

    In training it normalises by the batch and moves the running statistics, which are in ``buffers``; in evaluation,
    and when frozen, it normalises by the running statistics and leaves them alone.

    Parameters
    ----------
    n_channels : int, or None to take C from the input's shape (``Sequential(..., input_shape=...)``)
    eps, momentum : float, as in ``course_lib.functions.batchnorm_forward``
    """

    def __init__(self, n_channels, *, eps=1e-5, momentum=0.9):
        super().__init__(n_channels, eps=eps)
        self.momentum = UNIT(momentum, name="momentum")

    def _create(self, width):
        super()._create(width)
        self.buffers = normalization.batchnorm_state(width)

    def forward(self, x):
        self._check_built()
        training = self.training and not self.frozen
        gamma, beta = self.params["gamma"], self.params["beta"]
        out, cache, state = normalization.batchnorm_forward(
            x, gamma, beta, self.buffers, training, self.eps, self.momentum
        )
        if training:
            for key, value in self.buffers.items():
                value[...] = state[key]
        return self._remember(out, cache)

    def backward(self, dout):
        return self._store(*normalization.batchnorm_backward(*self._recall(dout)))


class LayerNorm(Norm):
    """Layer norm over the last axes of the input.

    Parameters
    ----------
    shape : int D, or a tuple such as (C, H, W); or None to take D from inputs (N, D) or (N, T, D)
    eps : float, as in ``course_lib.functions.layernorm_forward``
    """

    def __init__(self, shape, *, eps=1e-5):
        super().__init__(shape, eps=eps, name="shape")

    def _set_width(self, width, *, name):
        self._waits = width is None
        if not self._waits:
            self._create(shape_of(width, name=name))

    def _width_of(self, shape):
        if len(shape) > 2:
            raise ValueError("LayerNorm(None) takes (N, D) or (N, T, D): name the axes of images, LayerNorm((C, H, W))")
        return shape[-1:]

    def _sizes(self):
        return str(self.width[0] if self.width and len(self.width) == 1 else self.width)

    def forward(self, x):
        self._check_built()
        gamma, beta = self.params["gamma"], self.params["beta"]
        return self._remember(*normalization.layernorm_forward(x, gamma, beta, self.eps))

    def backward(self, dout):
        return self._store(*normalization.layernorm_backward(*self._recall(dout)))


class GroupNorm(Norm):
    """Group norm of (N, C) or (N, C, H, W) inputs; ``n_groups = n_channels`` makes it instance norm.

    Parameters
    ----------
    n_channels : int, or None to take C from the input's shape (``Sequential(..., input_shape=...)``)
    n_groups : int, a divisor of C
    eps : float, as in ``course_lib.functions.groupnorm_forward``
    """

    def __init__(self, n_channels, n_groups, *, eps=1e-5):
        self.n_groups = integer(n_groups, 1, name="n_groups")
        super().__init__(n_channels, eps=eps)

    def _create(self, width):
        if width % self.n_groups:
            raise ValueError(f"n_groups must divide the number of channels, {width}, got {self.n_groups}")
        super()._create(width)

    def _sizes(self):
        return f"{self.width}, {self.n_groups}"

    def forward(self, x):
        self._check_built()
        gamma, beta = self.params["gamma"], self.params["beta"]
        return self._remember(*normalization.groupnorm_forward(x, gamma, beta, self.n_groups, self.eps))

    def backward(self, dout):
        return self._store(*normalization.groupnorm_backward(*self._recall(dout)))


class InstanceNorm(GroupNorm):
    """Instance norm of (N, C, H, W) inputs: group norm with a group for each channel; None takes C from them."""

    def __init__(self, n_channels, *, eps=1e-5):
        super().__init__(n_channels, n_channels or 1, eps=eps)

    def _create(self, width):
        self.n_groups = width
        super()._create(width)

    def _sizes(self):
        return str(self.width)
