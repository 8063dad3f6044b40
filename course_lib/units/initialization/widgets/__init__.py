"""Widgets of the unit on initialisation."""

from course_lib.units.initialization.widgets.phases import phase_explorer
from course_lib.units.initialization.widgets.scale import scale_explorer
from course_lib.units.initialization.widgets.symmetry import symmetry_explorer

__all__ = ["phase_explorer", "scale_explorer", "symmetry_explorer"]
