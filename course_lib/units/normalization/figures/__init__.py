"""Figures of the unit on normalisation."""

from course_lib.units.normalization.figures.depth_gain import DepthGainPicture
from course_lib.units.normalization.figures.opening import one_line_figure
from course_lib.units.normalization.figures.zigzag import ZigzagPicture

__all__ = ["DepthGainPicture", "ZigzagPicture", "one_line_figure"]
