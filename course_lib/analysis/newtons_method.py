"""Newton's method: the step to the bottom of the quadratic that fits value, slope and curvature.

In the axes of the Hessian's eigenvectors the step is -slope / curvature, axis by axis. The methods differ in what they
take for the curvature lambda:

===============  ==========================  =======================================================
method           divides the slope by        where a curvature is negative
===============  ==========================  =======================================================
"plain"          lambda                      goes uphill along that axis, so a saddle attracts it
"damped"         lambda + shift              one shift for all axes lifts the least up to ``damping``
"saddle_free"    max(abs(lambda), damping)   goes downhill, as far as the curvature's size says
===============  ==========================  =======================================================
"""

import numpy as np

from course_lib._arguments.arrays import array_of, same_shape
from course_lib._arguments.numbers import INSIDE_UNIT, POSITIVE, Interval
from course_lib._arguments.objects import choice, function, with_methods
from course_lib.analysis.descent import Path, follow
from course_lib.analysis.surfaces import symmetric

METHODS = ("plain", "damped", "saddle_free")


def newton_step(gradient, hessian, method="plain", damping=1e-3):
    """The step to take from a point, of any dimension.

    Parameters
    ----------
    gradient : (D,) array
    hessian : (D, D) array, symmetric
    method : "plain" (solves hessian @ step = -gradient), "damped" (adds shift * identity to the Hessian, with
        shift = max(0, damping - lambda_min); none where all curvatures exceed ``damping``, so the speed near a minimum
        stays) or "saddle_free"
    damping : float, positive, in the units of the curvature; not used by "plain"

    Returns
    -------
    step : (D,) array, the dtype of ``gradient``; not finite where the curvature divided by is zero

    Raises
    ------
    ValueError
        When the method is unknown, the damping not positive, the shapes do not fit together, or the Hessian is not
        symmetric.

    References
    ----------
    Levenberg 1944 and Marquardt 1963 for the shift, Nocedal and Wright 2006, section 3.4, for its size;
    Dauphin et al. 2014, algorithm 1, for saddle-free Newton (there without the floor ``damping``).
    """
    gradient = array_of(gradient, ("D",), name="gradient")
    hessian = symmetric(same_shape(hessian, 2 * gradient.shape, gradient.dtype, name="hessian"), name="hessian")
    choice(method, METHODS, name="method")
    damping = POSITIVE(damping, name="damping")
    if not np.isfinite(hessian).all():
        return np.full_like(gradient, np.nan)
    curvature, axes = np.linalg.eigh(hessian)
    if method == "damped":
        curvature = curvature + max(0.0, damping - float(curvature[0]))
    elif method == "saddle_free":
        curvature = np.maximum(np.abs(curvature), damping)
    with np.errstate(divide="ignore", invalid="ignore"):
        return -axes @ ((axes.T @ gradient) / curvature)


def backtrack(value, point, gradient, step, shrink=0.5, slope_share=1e-4):
    """The largest rate among 1, shrink, shrink**2, ... at which the step lowers the value enough (Armijo 1966).

    Enough is the share ``slope_share`` of what the slope promises:
    value(point + rate * step) <= value(point) + slope_share * rate * gradient @ step.

    Parameters
    ----------
    value : function of a point (D,), returning a number
    point, gradient, step : (D,) arrays
    shrink : float in (0, 0.99]; nearer to 1 the search takes thousands of steps
    slope_share : float in (0, 1)

    Returns
    -------
    rate : float; 0.0 when the step does not point downhill, is not finite, or is too small to change the point

    Raises
    ------
    TypeError, ValueError
        When ``value`` is not a function, the shapes differ, or a share lies outside its range.

    References
    ----------
    Nocedal and Wright 2006, algorithm 3.1.
    """
    function(value, name="value", form="of a point")
    point = array_of(point, ("D",), name="point")
    gradient = same_shape(gradient, point.shape, point.dtype, name="gradient")
    step = same_shape(step, point.shape, point.dtype, name="step")
    shrink = Interval(0, 0.99, open_low=True)(shrink, name="shrink")
    slope_share = INSIDE_UNIT(slope_share, name="slope_share")
    slope = float(gradient @ step)
    if not (slope < 0 and np.isfinite(step).all()):
        return 0.0
    here, rate = value(point), 1.0
    while np.any(point + rate * step != point):
        if value(point + rate * step) <= here + slope_share * rate * slope:
            return rate
        rate *= shrink
    return 0.0


def newton(surface, start, steps=50, method="plain", *, damping=1e-3, line_search=False, tol=1e-10) -> Path:
    """Walk over a surface by Newton's method.

    Near a minimum with positive curvatures, every step squares the distance to it, up to a factor. Elsewhere the plain
    method goes to any point where the gradient vanishes, saddles and maxima too.

    Parameters
    ----------
    surface : object with ``value(z)``, ``gradient(z)`` and ``hessian(z)``,
        such as those in ``course_lib.analysis.surfaces``
    start : (D,) array, not changed
    steps : int, the largest number of steps
    method, damping : as for ``newton_step``
    line_search : bool; ``backtrack`` from the full step. The path has "stalled" where the step does not lead downhill,
        which happens to the plain method where a curvature is negative
    tol : float; the path has "converged" where the gradient's norm is at most this. Not always at a minimum!

    Returns
    -------
    Path
        In the dtype of ``start``.

    Raises
    ------
    TypeError, ValueError
        When ``surface`` is not such an object, ``start`` is not one point, or a number lies outside its range.
    """
    with_methods(surface, "value", "gradient", "hessian", name="surface")
    choice(method, METHODS, name="method")
    damping = POSITIVE(damping, name="damping")

    def advance(point, gradient):
        step = newton_step(gradient, surface.hessian(point), method, damping)
        rate = backtrack(surface.value, point, gradient, step) if line_search else 1.0
        return point + rate * step if rate > 0 else None

    return follow(surface, start, advance, steps, tol)
