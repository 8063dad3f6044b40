"""Dense layers, elementwise layers, and the residual block."""

import numpy as np

from course_lib._arguments.arrays import as_float
from course_lib._arguments.numbers import FINITE, integer
from course_lib._arguments.objects import choice
from course_lib.functions.activations import ACTIVATIONS, prelu, prelu_backward
from course_lib.functions.affine import affine_forward
from course_lib.initialization import check_source, draw_weights, glorot_normal
from course_lib.kernels.sums import sum_over
from course_lib.layers.base import Chain, Layer


class Affine(Layer):
    """x @ w + b with w (fan_in, fan_out) from an initialiser and b = 0.

    Parameters
    ----------
    fan_in : int, or None to take it from the input's shape (``Sequential(..., input_shape=...)``)
    fan_out : int
    rng : numpy.random.Generator
    initializer : function (rng, fan_in, fan_out) -> weights

    Raises
    ------
    TypeError, ValueError
        When a size is not an integer, or below 1, or the initialiser returns something other than such weights.
    """

    def __init__(self, fan_in, fan_out, *, rng, initializer=glorot_normal):
        super().__init__()
        self.fan_in, self.fan_out = fan_in, integer(fan_out, 1, name="fan_out")
        self._source = check_source(initializer, rng)
        self._set_width(fan_in, name="fan_in")

    def _create(self, width):
        self.fan_in = width
        self._set_params(w=draw_weights(*self._source, width, self.fan_out), b=np.zeros(self.fan_out))
        del self._source

    def _width_of(self, shape):
        if len(shape) != 1:
            raise ValueError("x must have the shape (N, D): Flatten() makes one of images, LastStep() of sequences")
        return shape[0]

    def _sizes(self):
        return f"{self.fan_in}, {self.fan_out}"

    def forward(self, x):
        self._check_built()
        return self._remember(*affine_forward(x, self.params["w"], self.params["b"]))

    def backward(self, dout):
        dout, (x, w) = self._recall(dout)
        np.matmul(x.T, dout, out=self.grads["w"])
        sum_over(dout, out=self.grads["b"])
        return dout @ w.T


class Activation(Layer):
    """An elementwise non-linearity, by its name in ``functions.ACTIVATIONS``; "identity" returns what it is given."""

    def __init__(self, name):
        super().__init__()
        self.name = choice(name, tuple(ACTIVATIONS), name="activation")
        row = ACTIVATIONS[name]
        self._forward, self._backward, self._wants_output = row.forward, row.backward, row.from_output

    def _sizes(self):
        return repr(self.name)

    def forward(self, x):
        out = self._forward(x)
        return self._remember(out, out if self._wants_output else x)

    def backward(self, dout):
        return self._backward(*self._recall(dout))


class PReLU(Layer):
    """Parametric ReLU with one trainable slope per feature (He et al. 2015 start it at 0.25).

    Parameters
    ----------
    n_features : int, or None to take it from the input's shape
    slope : float, where every slope starts
    """

    def __init__(self, n_features, slope=0.25):
        super().__init__()
        self.n_features, self.slope = n_features, FINITE(slope, name="slope")
        self._set_width(n_features, name="n_features")

    def _create(self, width):
        self.n_features = width
        self._set_params(a=np.full(width, self.slope))

    def _sizes(self):
        return str(self.n_features)

    def forward(self, x):
        self._check_built()
        return self._remember(prelu(x, self.params["a"]), x)

    def backward(self, dout):
        dz, self.grads["a"][...] = prelu_backward(*self._recall(dout), self.params["a"])
        return dz


class Residual(Chain):
    """x + branch(x) (He et al. 2016, eq. 1); the layers of the branch together keep the shape of their input."""

    def forward(self, x):
        x = as_float(x, name="x")
        out = super().forward(x)
        if out.shape != x.shape:
            raise ValueError(f"the branch must keep the shape of its input, {x.shape}, got {out.shape}")
        return x + out

    def backward(self, dout):
        dx = super().backward(dout)
        return as_float(dout, dx.dtype, name="dout") + dx

    def build(self, shape, dtype=np.float64):
        super().build(shape, dtype)
        return Layer.build(self, shape, dtype)  # whose forward pass compares the shapes
