"""Widgets of the unit on normalisation."""

from course_lib.units.normalization.widgets.batches import batch_explorer
from course_lib.units.normalization.widgets.depth_gain import depth_gain_explorer
from course_lib.units.normalization.widgets.sharing import sharing_explorer
from course_lib.units.normalization.widgets.zigzag import zigzag_explorer

__all__ = ["batch_explorer", "depth_gain_explorer", "sharing_explorer", "zigzag_explorer"]
