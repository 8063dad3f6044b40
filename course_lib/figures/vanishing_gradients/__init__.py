"""Figures of the unit on vanishing and exploding gradients."""

from course_lib.figures.vanishing_gradients.activation import ActivationPicture
from course_lib.figures.vanishing_gradients.gradient_check import GradientCheckPicture
from course_lib.figures.vanishing_gradients.playground import PlaygroundPicture
from course_lib.figures.vanishing_gradients.signal import SignalPicture

__all__ = ["ActivationPicture", "GradientCheckPicture", "PlaygroundPicture", "SignalPicture"]
