"""Looking into training: gradient checks, gradient norms, loss surfaces and the paths of optimisers on them."""

from course_lib.analysis.descent import Path, descend, follow
from course_lib.analysis.diagnostics import gradient_norms_by_layer, sigmoid_slope_bound
from course_lib.analysis.gradient_check import numeric_grad, rel_error
from course_lib.analysis.newtons_method import backtrack, newton, newton_step
from course_lib.analysis.signal import gain_for, symmetry_report, variance_factor
from course_lib.analysis.surfaces import (
    Beale,
    Himmelblau,
    Quadratic,
    Rastrigin,
    Ravine,
    Rosenbrock,
    Saddle,
    condition_number,
    curvatures,
    largest_stable_rate,
    symmetric,
)
