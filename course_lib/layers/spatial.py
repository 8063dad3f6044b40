"""Layers for images (N, C, H, W): convolution, pooling, and the way out to dense layers."""

import numpy as np

from course_lib._arguments import as_float
from course_lib.convolution import conv2d_backward, conv2d_forward
from course_lib.initialization import he_normal
from course_lib.layers.base import Layer
from course_lib.pooling import (
    avg_pool2d_backward,
    avg_pool2d_forward,
    global_avg_pool2d_backward,
    global_avg_pool2d_forward,
    max_pool2d_backward,
    max_pool2d_forward,
)
from course_lib.receptive_field import pair


class Conv2D(Layer):
    """Cross-correlation with ``filters`` filters, plus a bias (``course_lib.convolution.conv2d_forward``).

    Parameters
    ----------
    channels, filters : int, channels of the input and of the output
    kernel : int, or a pair (KH, KW)
    stride, padding, dilation : as in ``conv2d_forward``; "same" keeps the size of the image at stride 1
    input_gradient : bool; False makes ``backward`` return None, for a network's first layer: nobody needs the
        gradient of the data, and it costs a third of the layer's time
    rng : numpy.random.Generator
    initializer : function (rng, fan_in, fan_out) -> matrix, whose first M columns become the filters. An output has
        fan_in = C * KH * KW inputs, and an input feeds fan_out = M * KH * KW outputs, as in PyTorch and Keras.

    The parameters are ``w`` (M, C, KH, KW) and ``b`` (M,), zero at first.
    """

    def __init__(
        self,
        channels,
        filters,
        kernel,
        stride=1,
        padding="same",
        dilation=1,
        *,
        rng,
        initializer=he_normal,
        input_gradient=True,
    ):
        super().__init__()
        height, width = pair(kernel)
        w = as_float(initializer(rng, channels * height * width, filters * height * width))
        w = np.ascontiguousarray(w[:, :filters].T).reshape(filters, channels, height, width)
        self._set_params(w=w, b=np.zeros(filters))
        self.window = (stride, padding, dilation)
        self.input_gradient = input_gradient

    def forward(self, x):
        out, self._cache = conv2d_forward(x, self.params["w"], self.params["b"], *self.window)
        return out

    def backward(self, dout):
        dx, self.grads["w"][...], self.grads["b"][...] = conv2d_backward(dout, self._cache, self.input_gradient)
        return dx


class MaxPool2D(Layer):
    """The largest entry of every window (``course_lib.pooling.max_pool2d_forward``)."""

    def __init__(self, kernel=2, stride=None, padding=0):
        super().__init__()
        self.window = (kernel, stride, padding)

    def forward(self, x):
        out, self._cache = max_pool2d_forward(x, *self.window)
        return out

    def backward(self, dout):
        return max_pool2d_backward(dout, self._cache)


class AvgPool2D(Layer):
    """The mean of every window (``course_lib.pooling.avg_pool2d_forward``)."""

    def __init__(self, kernel=2, stride=None, padding=0, count_padding=True):
        super().__init__()
        self.window = (kernel, stride, padding, count_padding)

    def forward(self, x):
        out, self._cache = avg_pool2d_forward(x, *self.window)
        return out

    def backward(self, dout):
        return avg_pool2d_backward(dout, self._cache)


class GlobalAvgPool2D(Layer):
    """The mean of every channel: (N, C, H, W) to (N, C) (``course_lib.pooling.global_avg_pool2d_forward``)."""

    def forward(self, x):
        out, self._cache = global_avg_pool2d_forward(x)
        return out

    def backward(self, dout):
        return global_avg_pool2d_backward(dout, self._cache)


class Flatten(Layer):
    """(N, C, H, W) to (N, C * H * W): a view, row by row of channel after channel, as in PyTorch.

    Keras, with channels last, puts the channels of one pixel side by side.
    """

    def forward(self, x):
        self._shape = x.shape
        return x.reshape(len(x), -1)

    def backward(self, dout):
        return dout.reshape(self._shape)
