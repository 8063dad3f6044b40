"""Widgets of the unit on normalisation."""

from course_lib.units.normalization.widgets.zigzag import zigzag_explorer

__all__ = ["zigzag_explorer"]
