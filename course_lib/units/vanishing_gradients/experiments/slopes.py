"""Activation functions by name, with their slopes, and what it means that one is saturated."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from course_lib.functions import activations

# A slope below this share of the largest one is called saturated: sigmoid beyond |z| = 6.0, tanh beyond |z| = 3.0,
# ReLU at z <= 0. Leaky ReLU with its usual slope of 0.01 just counts as passing something on.
SATURATION = 0.01


@dataclass(frozen=True)
class Shape:
    """An activation function: its value and slope as functions of z and a parameter.

    ``forward(z, number)`` and ``backward(dout, z, number)`` compute it. ``parameter`` is the name of the free number
    ("alpha", "beta"), or None; ``default`` is its usual value.
    """

    name: str
    forward: Callable
    backward: Callable
    parameter: str | None = None
    default: float = 0.0

    def value(self, z, parameter=None):
        """The activation of ``z``, an array of any shape."""
        return self.forward(z, self._number(parameter))

    def slope(self, z, parameter=None):
        """The derivative at ``z``, an array of any shape."""
        return self.backward(np.ones_like(z), z, self._number(parameter))

    def largest_slope(self, parameter=None) -> float:
        """The largest absolute slope on [-10, 10], beyond which none of these functions gets steeper."""
        return float(np.abs(self.slope(np.linspace(-10.0, 10.0, 2001), parameter)).max())

    def _number(self, parameter):
        return self.default if parameter is None else parameter


SHAPES = {
    shape.name: shape
    for shape in (
        Shape(
            "sigmoid",
            lambda z, _: activations.sigmoid(z),
            lambda dout, z, _: activations.sigmoid_backward(dout, activations.sigmoid(z)),
        ),
        Shape(
            "tanh",
            lambda z, _: activations.tanh(z),
            lambda dout, z, _: activations.tanh_backward(dout, activations.tanh(z)),
        ),
        Shape("relu", lambda z, _: activations.relu(z), lambda dout, z, _: activations.relu_backward(dout, z)),
        Shape("leaky_relu", activations.leaky_relu, activations.leaky_relu_backward, "alpha", 0.01),
        # for one shared slope PReLU is leaky ReLU, whose slope is then trained
        Shape("prelu", activations.leaky_relu, activations.leaky_relu_backward, "alpha", 0.25),
        Shape("elu", activations.elu, activations.elu_backward, "alpha", 1.0),
        Shape("selu", lambda z, _: activations.selu(z), lambda dout, z, _: activations.selu_backward(dout, z)),
        Shape("swish", activations.swish, activations.swish_backward, "beta", 1.0),
    )
}


def shape_named(name) -> Shape:
    """The shape of that name; ValueError when there is none."""
    if name not in SHAPES:
        raise ValueError(f"activation must be one of {', '.join(SHAPES)}, got {name!r}")
    return SHAPES[name]
