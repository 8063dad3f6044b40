"""Which step makes a numerical gradient exact, and why a smaller one does not."""

from functools import lru_cache

import numpy as np

from course_lib.figures.style import number
from course_lib.functions.activations import ACTIVATIONS
from course_lib.units.vanishing_gradients.experiments.gradient_check_curve import DTYPES, check_gradient
from course_lib.units.vanishing_gradients.figures.gradient_check import GradientCheckPicture
from course_lib.widgets import controls
from course_lib.widgets.explorer import Explorer
from course_lib.widgets.prediction import Question


def gradient_check_explorer(activation="tanh", precision="float64", h=1e-5, seed=0, predict=True) -> Explorer:
    """Explore the error of central and one-sided differences for every step h.

    Parameters
    ----------
    activation, precision, h, seed
        The first values of the controls; see ``check_gradient``.
    predict : bool, whether to ask for a prediction before anything is shown

    Returns
    -------
    Explorer, whose ``result`` is a ``GradientCheckCurve``
    """
    # another h is another point of the same curve
    measure = lru_cache(maxsize=8)(check_gradient)
    return Explorer(
        maker=gradient_check_explorer,
        controls={
            "h": controls.power("Step h", h, -13, -1, 0.5, ".1e"),
            "activation": controls.choice("Activation", activation, [a for a in ACTIVATIONS if a != "identity"]),
            "precision": controls.choice("Precision", precision, DTYPES),
            "seed": controls.seed(seed),
        },
        run=lambda h, activation, precision, seed: measure(activation, precision, seed).choose(h),
        picture=GradientCheckPicture,
        question=_question(precision) if predict else None,
    )


def _question(precision):
    return Question(
        f"Central differences approximate the gradient of a loss computed in {precision}. They agree best with "
        "the exact gradient for a step h of",
        ("10⁻¹³ to 10⁻¹⁰: the smaller, the better", "10⁻¹⁰ to 10⁻⁷", "10⁻⁷ to 10⁻⁴", "10⁻⁴ to 10⁻¹"),
        lambda curve: int(np.searchsorted([1e-10, 1e-7, 1e-4], curve.best_step)),
        _what_errs,
    )


def _what_errs(curve):
    return (
        f"The error is smallest at h = {number(curve.best_step)}: {number(curve.central.min())}. At "
        f"h = {number(curve.h.min())} it is {number(curve.central[curve.h.argmin()])}, since the rounding of the loss "
        f"is divided by 2h; at h = {number(curve.h.max())} it is {number(curve.central[curve.h.argmax()])}, since the "
        "function bends within the step."
    )
