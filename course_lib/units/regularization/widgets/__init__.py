"""Widgets of the unit on regularization."""

from course_lib.units.regularization.widgets.adversarial_digits import adversarial_explorer
from course_lib.units.regularization.widgets.capacity import capacity_explorer
from course_lib.units.regularization.widgets.dropout_uncertainty import uncertainty_explorer
from course_lib.units.regularization.widgets.penalty_paths import paths_explorer
from course_lib.units.regularization.widgets.thinned import dropout_explorer

__all__ = ["adversarial_explorer", "capacity_explorer", "dropout_explorer", "paths_explorer", "uncertainty_explorer"]
