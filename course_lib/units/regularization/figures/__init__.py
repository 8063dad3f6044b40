"""Figures of the unit on regularization."""

from course_lib.units.regularization.figures.double_descent import CapacityPicture, double_descent_figure
from course_lib.units.regularization.figures.srivastava import srivastava_figure

__all__ = ["CapacityPicture", "double_descent_figure", "srivastava_figure"]
