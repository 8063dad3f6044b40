"""Figures of the unit on vanishing and exploding gradients."""

from course_lib.units.vanishing_gradients.figures.activation import ActivationPicture, activation_strip
from course_lib.units.vanishing_gradients.figures.diagrams import layer_diagram, product_diagram, skip_diagram
from course_lib.units.vanishing_gradients.figures.features import FeaturesPicture
from course_lib.units.vanishing_gradients.figures.gradient_check import GradientCheckPicture
from course_lib.units.vanishing_gradients.figures.playground import PlaygroundPicture
from course_lib.units.vanishing_gradients.figures.signal import SignalPicture

__all__ = [
    "ActivationPicture",
    "FeaturesPicture",
    "GradientCheckPicture",
    "PlaygroundPicture",
    "SignalPicture",
    "activation_strip",
    "layer_diagram",
    "product_diagram",
    "skip_diagram",
]
