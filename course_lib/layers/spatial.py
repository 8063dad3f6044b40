"""Layers for images (N, C, H, W): convolution, pooling, and the way out to dense layers."""

from math import prod

import numpy as np

from course_lib._arguments.arrays import array_of
from course_lib._arguments.numbers import integer
from course_lib.functions.convolution import conv2d_backward, conv2d_forward
from course_lib.functions.pooling import (
    avg_pool2d_backward,
    avg_pool2d_forward,
    global_avg_pool2d_backward,
    global_avg_pool2d_forward,
    max_pool2d_backward,
    max_pool2d_forward,
    pool_windows,
)
from course_lib.functions.windows import image_windows, pair
from course_lib.initialization import check_source, draw_weights, he_normal
from course_lib.layers.base import Layer


class Conv2D(Layer):
    """Cross-correlation with ``filters`` filters, plus a bias (``course_lib.functions.conv2d_forward``).

    Parameters
    ----------
    channels, filters : int, channels of the input and of the output; None for ``channels`` takes them from the
        input's shape (``Sequential(..., input_shape=...)``)
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
        self.channels, self.filters = channels, integer(filters, 1, name="filters")
        image_windows(kernel, stride, padding, dilation)  # refuses now what the first forward pass would refuse
        self.kernel, self.window = kernel, (stride, padding, dilation)
        self.input_gradient = input_gradient
        self._source = check_source(initializer, rng)
        self._set_width(channels, name="channels")

    def _create(self, width):
        self.channels = width
        taps = prod(pair(self.kernel))
        w = draw_weights(*self._source, self.channels * taps, self.filters * taps)[:, : self.filters]
        w = np.ascontiguousarray(w.T).reshape(self.filters, self.channels, *pair(self.kernel))
        self._set_params(w=w, b=np.zeros(self.filters))
        del self._source

    def _sizes(self):
        stride, padding, dilation = self.window
        options = {"stride": (stride, 1), "padding": (padding, "same"), "dilation": (dilation, 1)}
        return _text(self.channels, self.filters, self.kernel, **options)

    def forward(self, x):
        self._check_built()
        return self._remember(*conv2d_forward(x, self.params["w"], self.params["b"], *self.window))

    def backward(self, dout):
        dx, self.grads["w"][...], self.grads["b"][...] = conv2d_backward(*self._recall(dout), self.input_gradient)
        return dx


class MaxPool2D(Layer):
    """The largest entry of every window (``course_lib.functions.max_pool2d_forward``)."""

    def __init__(self, kernel=2, stride=None, padding=0):
        super().__init__()
        pool_windows(kernel, stride, padding)
        self.window = (kernel, stride, padding)

    def _sizes(self):
        kernel, stride, padding = self.window
        return _text(kernel, stride=(stride, None), padding=(padding, 0))

    def forward(self, x):
        return self._remember(*max_pool2d_forward(x, *self.window))

    def backward(self, dout):
        return max_pool2d_backward(*self._recall(dout))


class AvgPool2D(Layer):
    """The mean of every window (``course_lib.functions.avg_pool2d_forward``)."""

    def __init__(self, kernel=2, stride=None, padding=0, count_padding=True):
        super().__init__()
        pool_windows(kernel, stride, padding)
        self.window = (kernel, stride, padding, count_padding)

    def _sizes(self):
        kernel, stride, padding, count_padding = self.window
        return _text(kernel, stride=(stride, None), padding=(padding, 0), count_padding=(count_padding, True))

    def forward(self, x):
        return self._remember(*avg_pool2d_forward(x, *self.window))

    def backward(self, dout):
        return avg_pool2d_backward(*self._recall(dout))


class GlobalAvgPool2D(Layer):
    """The mean of every channel: (N, C, H, W) to (N, C) (``course_lib.functions.global_avg_pool2d_forward``)."""

    def forward(self, x):
        return self._remember(*global_avg_pool2d_forward(x))

    def backward(self, dout):
        return global_avg_pool2d_backward(*self._recall(dout))


class Flatten(Layer):
    """(N, C, H, W) to (N, C * H * W): a view, row by row of channel after channel, as in PyTorch.

    Keras, with channels last, puts the channels of one pixel side by side.
    """

    def forward(self, x):
        x = array_of(x, ("N", "D", "..."))
        return self._remember(x.reshape(len(x), -1), x.shape)

    def backward(self, dout):
        dout, shape = self._recall(dout)
        return dout.reshape(shape)


def _text(*sizes, **options):
    """The sizes, and every option, a pair of value and default, that differs from its default."""
    others = [f"{name}={value!r}" for name, (value, default) in options.items() if value != default]
    return ", ".join([*map(str, sizes), *others])
