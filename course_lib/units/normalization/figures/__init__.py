"""Figures of the unit on normalisation."""

from course_lib.units.normalization.figures.opening import one_line_figure

__all__ = ["one_line_figure"]
