"""Activation functions by name, with their slopes, and what it means that one is saturated."""

from dataclasses import dataclass

import numpy as np

from course_lib.functions.activations import ACTIVATIONS, ActivationFunction, leaky_relu, leaky_relu_backward

# A slope below this share of the largest one is called saturated: sigmoid beyond |z| = 6.0, tanh beyond |z| = 3.0,
# ReLU at z <= 0. Leaky ReLU with its usual slope of 0.01 just counts as passing something on.
SATURATION = 0.01


@dataclass(frozen=True)
class Shape:
    """An activation function as a curve: its value and slope as functions of z and its free number, if it has one."""

    name: str
    function: ActivationFunction

    @property
    def parameter(self) -> str | None:
        """The name of the free number ("alpha", "beta"), or None."""
        return self.function.parameter

    @property
    def default(self) -> float:
        """The usual value of the free number."""
        return self.function.default

    def value(self, z, parameter=None):
        """The activation of ``z``, an array of any shape."""
        return self.function.forward(z, *self._number(parameter))

    def slope(self, z, parameter=None):
        """The derivative at ``z``, an array of any shape."""
        at = self.value(z, parameter) if self.function.from_output else z
        return self.function.backward(np.ones_like(z), at, *self._number(parameter))

    def largest_slope(self, parameter=None) -> float:
        """The largest absolute slope on [-10, 10], beyond which none of these functions gets steeper."""
        return float(np.abs(self.slope(np.linspace(-10.0, 10.0, 2001), parameter)).max())

    def _number(self, parameter):
        if self.parameter is None:
            return ()
        return (self.default if parameter is None else parameter,)


# for one shared slope PReLU is leaky ReLU, whose slope is then trained
PRELU = ActivationFunction(leaky_relu, leaky_relu_backward, parameter="alpha", default=0.25)
SHAPES = {
    name: Shape(name, function) for name, function in {**ACTIVATIONS, "prelu": PRELU}.items() if name != "identity"
}


def shape_named(name) -> Shape:
    """The shape of that name; ValueError when there is none."""
    if name not in SHAPES:
        raise ValueError(f"activation must be one of {', '.join(SHAPES)}, got {name!r}")
    return SHAPES[name]
