"""Widgets of the unit on vanishing and exploding gradients."""

from course_lib.widgets.vanishing_gradients.activation import activation_explorer
from course_lib.widgets.vanishing_gradients.gradient_check import gradient_check_explorer
from course_lib.widgets.vanishing_gradients.playground import playground
from course_lib.widgets.vanishing_gradients.signal import signal_explorer

__all__ = ["activation_explorer", "gradient_check_explorer", "playground", "signal_explorer"]
