"""The path of an optimiser over a surface, step by step."""

from dataclasses import dataclass

import numpy as np

from course_lib._arguments.arrays import as_float
from course_lib._arguments.numbers import NOT_NEGATIVE, integer
from course_lib._arguments.objects import function, with_methods


@dataclass(frozen=True)
class Path:
    """Where an optimiser went.

    Attributes
    ----------
    points : (T + 1, D) array, the start and the point after each of T steps
    values : (T + 1,) array, the surface's value there
    gradient_norms : (T + 1,) array
    outcome : str, why the path ends: "steps" (all were made), "converged" (the gradient vanished), "diverged" (value or
        gradient are no longer finite; the last point shows it), "stalled" (no step along the direction goes down)
    """

    points: np.ndarray
    values: np.ndarray
    gradient_norms: np.ndarray
    outcome: str

    @property
    def steps(self) -> int:
        return len(self.points) - 1


def descend(surface, start, optimizer, steps) -> Path:
    """Run any optimiser of this library on a surface.

    Parameters
    ----------
    surface : object with ``value(z)`` and ``gradient(z)``, such as those in ``course_lib.analysis.surfaces``
    start : (D,) array, not changed
    optimizer : object with ``step(theta, grad)``; take a new one, for its state is used and moves on
    steps : int, at least 0

    Returns
    -------
    Path
        In the dtype of ``start``. It ends early when value or gradient are no longer finite.

    Raises
    ------
    TypeError, ValueError
        When ``surface`` or ``optimizer`` is not such an object, ``start`` is not one point, or ``steps`` is negative.
    """
    with_methods(optimizer, "step", name="optimizer")

    def advance(point, gradient):
        point = point.copy()
        optimizer.step(point, gradient)
        return point

    return follow(surface, start, advance, steps)


def follow(surface, start, advance, steps, tol=None) -> Path:
    """The path of any rule ``advance(point, gradient) -> next point``, or None to end it as "stalled".

    Parameters are those of ``descend``; the path has "converged" where the gradient's norm is at most ``tol``
    (None: never).
    """
    with_methods(surface, "value", "gradient", name="surface")
    function(advance, name="advance", form="(point, gradient)")
    point, steps = as_float(start, name="start"), integer(steps, 0, name="steps")
    if point.ndim != 1:
        raise ValueError(f"start must be one point (D,), got the shape {point.shape}")
    if tol is not None:
        tol = NOT_NEGATIVE(tol, name="tol")
    points, values, norms, outcome = [], [], [], None
    # a diverging path overflows at its end: that is its outcome, not a reason to warn
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        while outcome is None:
            gradient = surface.gradient(point)
            points.append(point)
            values.append(surface.value(point))
            norms.append(np.linalg.norm(gradient))
            if not (np.isfinite(values[-1]) and np.isfinite(norms[-1])):
                outcome = "diverged"
            elif tol is not None and norms[-1] <= tol:
                outcome = "converged"
            elif len(points) > steps:
                outcome = "steps"
            elif (point := advance(point, gradient)) is None:
                outcome = "stalled"
    return Path(np.array(points), np.array(values), np.array(norms), outcome)
