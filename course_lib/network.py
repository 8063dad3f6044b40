"""Layer objects over the functions of this library, and networks made of them.

Every layer has ``params`` and ``grads``, dicts with the same keys, and the two passes ``forward`` and ``backward``.
A ``Sequential`` network lays all parameters into one flat vector ``theta`` and all gradients into ``grad``; the
layers' arrays are views into them. One line then updates the whole network, and one gradient check covers it.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from course_lib import activations
from course_lib._numba import as_float
from course_lib.affine import affine_forward
from course_lib.initialization import glorot_normal


class Layer:
    """A step of the computation. Subclasses fill ``params`` and ``grads``, or leave them empty."""

    def __init__(self):
        self.params: dict[str, np.ndarray] = {}
        self.grads: dict[str, np.ndarray] = {}

    def forward(self, x):
        """Output for the inputs ``x`` (N, D); remembers what ``backward`` needs."""
        raise NotImplementedError

    def backward(self, dout):
        """Fill ``grads`` from ``dout`` (the shape of the output), and return the gradient of the input."""
        raise NotImplementedError

    def leaves(self) -> Iterator["Layer"]:
        """The layers that hold parameters of their own, in the order of computation."""
        yield self


class Affine(Layer):
    """x @ w + b with w (fan_in, fan_out) from an initialiser and b = 0."""

    def __init__(self, fan_in, fan_out, *, rng, initializer=glorot_normal):
        super().__init__()
        self.params = {"w": as_float(initializer(rng, fan_in, fan_out)), "b": np.zeros(fan_out)}
        self.grads = {key: np.zeros_like(value) for key, value in self.params.items()}

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
        self.params = {"a": np.full(n_features, float(slope))}
        self.grads = {"a": np.zeros(n_features)}

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


class Sequential(Layer):
    """Layers one after the other, their parameters laid into one flat vector.

    Attributes
    ----------
    theta : (P,) array, all parameters; the layers' ``params`` are views into it
    grad : (P,) array, all gradients, laid out in the same way
    """

    def __init__(self, *layers: Layer, dtype=np.float64):
        super().__init__()
        self.layers = layers
        slots = [(leaf, key) for leaf in self.leaves() for key in leaf.params]
        size = sum(leaf.params[key].size for leaf, key in slots)
        self.theta, self.grad = np.empty(size, dtype), np.zeros(size, dtype)
        start = 0
        for leaf, key in slots:
            value = leaf.params[key]
            view = slice(start, start := start + value.size)
            self.theta[view] = value.ravel()
            leaf.params[key] = self.theta[view].reshape(value.shape)
            leaf.grads[key] = self.grad[view].reshape(value.shape)

    def forward(self, x):
        out = as_float(x, self.theta.dtype)
        for layer in self.layers:
            out = layer.forward(out)
        return out

    def backward(self, dout):
        dout = as_float(dout, self.theta.dtype)
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        return dout

    def leaves(self):
        for layer in self.layers:
            yield from layer.leaves()

    def weight_gradients(self) -> list[np.ndarray]:
        """The gradients of the affine layers' weight matrices, from input to output, as after ``backward``."""
        return [leaf.grads["w"] for leaf in self.leaves() if "w" in leaf.grads]


def mlp(sizes, *, activation, initializer=glorot_normal, rng, dtype=np.float64) -> Sequential:
    """A multi-layer perceptron: affine layers of the given sizes with an activation between them.

    Parameters
    ----------
    sizes : list of int, such as [64, 32, 10]: inputs, hidden layers, outputs
    activation : str, a name in ``ACTIVATIONS``
    initializer : function (rng, fan_in, fan_out) -> weights
    """
    layers: list[Layer] = []
    for fan_in, fan_out in pairwise(sizes):
        layers += [Affine(fan_in, fan_out, rng=rng, initializer=initializer), Activation(activation)]
    return Sequential(*layers[:-1], dtype=dtype)


def residual_mlp(n_inputs, width, n_outputs, n_blocks, *, activation, initializer, rng, branch_scale=1.0):
    """An affine layer into ``width`` units, residual blocks affine-activation-affine, an affine layer out of them.

    ``branch_scale`` multiplies the last weights of each branch: 1 / sqrt(n_blocks) keeps the variance of the sum
    from doubling in every block.
    """

    def affine(fan_in, fan_out):
        return Affine(fan_in, fan_out, rng=rng, initializer=initializer)

    blocks = []
    for _ in range(n_blocks):
        last = affine(width, width)
        last.params["w"] *= branch_scale
        blocks.append(Residual(affine(width, width), Activation(activation), last))
    return Sequential(affine(n_inputs, width), *blocks, Activation(activation), affine(width, n_outputs))
