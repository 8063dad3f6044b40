"""Figures of the unit on initialisation."""

from course_lib.units.initialization.figures.glorot import glorot_figure
from course_lib.units.initialization.figures.phases import PhasePicture
from course_lib.units.initialization.figures.rectifiers import rectifier_figure
from course_lib.units.initialization.figures.scale import ScalePicture
from course_lib.units.initialization.figures.symmetry import SymmetryPicture

__all__ = ["PhasePicture", "ScalePicture", "SymmetryPicture", "glorot_figure", "rectifier_figure"]
