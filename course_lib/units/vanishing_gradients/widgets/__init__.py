"""Widgets of the unit on vanishing and exploding gradients."""

from course_lib.units.vanishing_gradients.widgets.activation import activation_explorer
from course_lib.units.vanishing_gradients.widgets.gradient_check import gradient_check_explorer
from course_lib.units.vanishing_gradients.widgets.playground import playground
from course_lib.units.vanishing_gradients.widgets.signal import signal_explorer

__all__ = ["activation_explorer", "gradient_check_explorer", "playground", "signal_explorer"]
