"""Normalisation layers over the functions of ``course_lib.normalization``."""

import numpy as np

from course_lib import normalization
from course_lib.layers.base import Layer


class BatchNorm(Layer):
    """Batch norm of (N, C) or (N, C, H, W) inputs; gamma starts at one, beta at zero.

    In training it normalises by the batch and moves the running statistics, which lie in ``buffers``; in evaluation,
    and when frozen, it normalises by the running statistics and leaves them alone.
    """

    def __init__(self, n_channels, *, eps=1e-5, momentum=0.9):
        super().__init__()
        self._set_params(gamma=np.ones(n_channels), beta=np.zeros(n_channels))
        self.buffers = normalization.batchnorm_state(n_channels)
        self.eps, self.momentum = eps, momentum

    def forward(self, x):
        training = self.training and not self.frozen
        gamma, beta = self.params["gamma"], self.params["beta"]
        out, self._cache, state = normalization.batchnorm_forward(
            x, gamma, beta, self.buffers, training, self.eps, self.momentum
        )
        if training:
            for key, value in self.buffers.items():
                value[...] = state[key]
        return out

    def backward(self, dout):
        dx, self.grads["gamma"][...], self.grads["beta"][...] = normalization.batchnorm_backward(dout, self._cache)
        return dx


class LayerNorm(Layer):
    """Layer norm over the last axes of the input: ``shape`` is an int D or a tuple such as (C, H, W)."""

    def __init__(self, shape, *, eps=1e-5):
        super().__init__()
        self._set_params(gamma=np.ones(shape), beta=np.zeros(shape))
        self.eps = eps

    def forward(self, x):
        gamma, beta = self.params["gamma"], self.params["beta"]
        out, self._cache = normalization.layernorm_forward(x, gamma, beta, self.eps)
        return out

    def backward(self, dout):
        dx, self.grads["gamma"][...], self.grads["beta"][...] = normalization.layernorm_backward(dout, self._cache)
        return dx


class GroupNorm(Layer):
    """Group norm of (N, C) or (N, C, H, W) inputs; ``n_groups = n_channels`` makes it instance norm."""

    def __init__(self, n_channels, n_groups, *, eps=1e-5):
        super().__init__()
        self._set_params(gamma=np.ones(n_channels), beta=np.zeros(n_channels))
        self.n_groups, self.eps = n_groups, eps

    def forward(self, x):
        gamma, beta = self.params["gamma"], self.params["beta"]
        out, self._cache = normalization.groupnorm_forward(x, gamma, beta, self.n_groups, self.eps)
        return out

    def backward(self, dout):
        dx, self.grads["gamma"][...], self.grads["beta"][...] = normalization.groupnorm_backward(dout, self._cache)
        return dx


class InstanceNorm(GroupNorm):
    """Instance norm of (N, C, H, W) inputs."""

    def __init__(self, n_channels, *, eps=1e-5):
        super().__init__(n_channels, n_channels, eps=eps)
