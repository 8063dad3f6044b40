"""Dense layers, elementwise layers, and the residual block."""

import numpy as np

from course_lib import activations
from course_lib._arguments import as_float
from course_lib.affine import affine_forward
from course_lib.initialization import glorot_normal
from course_lib.layers.base import Layer


class Affine(Layer):
    """x @ w + b with w (fan_in, fan_out) from an initialiser and b = 0."""

    def __init__(self, fan_in, fan_out, *, rng, initializer=glorot_normal):
        super().__init__()
        self._set_params(w=as_float(initializer(rng, fan_in, fan_out)), b=np.zeros(fan_out))

    def forward(self, x):
        out, (self._x, _) = affine_forward(x, self.params["w"], self.params["b"])
        return out

    def backward(self, dout):
        np.matmul(self._x.T, dout, out=self.grads["w"])
        dout.sum(axis=0, out=self.grads["b"])
        return dout @ self.params["w"].T


# name -> (forward, backward, whether backward wants the output a instead of the input z)
ACTIVATIONS = {
    "sigmoid": (activations.sigmoid, activations.sigmoid_backward, True),
    "tanh": (activations.tanh, activations.tanh_backward, True),
    "relu": (activations.relu, activations.relu_backward, False),
    "leaky_relu": (activations.leaky_relu, activations.leaky_relu_backward, False),
    "elu": (activations.elu, activations.elu_backward, False),
    "selu": (activations.selu, activations.selu_backward, False),
    "swish": (activations.swish, activations.swish_backward, False),
    "identity": (lambda z: z, lambda dout, z: dout, False),
}


class Activation(Layer):
    """An elementwise non-linearity, by its name in ``ACTIVATIONS``."""

    def __init__(self, name):
        super().__init__()
        if name not in ACTIVATIONS:
            raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)}, got {name!r}")
        self.name = name
        self._forward, self._backward, self._wants_output = ACTIVATIONS[name]

    def forward(self, x):
        out = self._forward(x)
        self._cache = out if self._wants_output else x
        return out

    def backward(self, dout):
        return self._backward(dout, self._cache)


class PReLU(Layer):
    """Parametric ReLU with one trainable slope per feature (He et al. 2015 start it at 0.25)."""

    def __init__(self, n_features, slope=0.25):
        super().__init__()
        self._set_params(a=np.full(n_features, float(slope)))

    def forward(self, x):
        self._z = x
        return activations.prelu(x, self.params["a"])

    def backward(self, dout):
        dz, self.grads["a"][...] = activations.prelu_backward(dout, self._z, self.params["a"])
        return dz


class Residual(Layer):
    """x + branch(x) (He et al. 2016, eq. 1); the branch keeps the width of its input."""

    def __init__(self, *branch: Layer):
        super().__init__()
        self.branch = branch

    def forward(self, x):
        out = x
        for layer in self.branch:
            out = layer.forward(out)
        return x + out

    def backward(self, dout):
        dx = dout
        for layer in reversed(self.branch):
            dx = layer.backward(dx)
        return dout + dx

    def leaves(self):
        for layer in self.branch:
            yield from layer.leaves()
