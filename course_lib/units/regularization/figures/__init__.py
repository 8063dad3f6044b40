"""Figures of the unit on regularization."""

from course_lib.units.regularization.figures.adversarial_digits import AdversarialPicture
from course_lib.units.regularization.figures.diagrams import dropout_diagram
from course_lib.units.regularization.figures.double_descent import CapacityPicture, double_descent_figure
from course_lib.units.regularization.figures.dropout_uncertainty import UncertaintyPicture
from course_lib.units.regularization.figures.penalty_paths import PathsPicture
from course_lib.units.regularization.figures.shrinkage import shrinkage_figure
from course_lib.units.regularization.figures.srivastava import srivastava_figure
from course_lib.units.regularization.figures.thinned import ThinnedPicture

__all__ = [
    "AdversarialPicture",
    "CapacityPicture",
    "PathsPicture",
    "ThinnedPicture",
    "UncertaintyPicture",
    "double_descent_figure",
    "dropout_diagram",
    "shrinkage_figure",
    "srivastava_figure",
]
