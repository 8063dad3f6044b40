"""Paths of weights under L1 (two kinds of steps), L2 and decoupled decay: which become zero, and where they end."""

import numpy as np

from course_lib.units.regularization.experiments.penalty_paths import (
    METHODS,
    SPREADS,
    STEPS,
    STRENGTHS,
    TRUE,
    penalty_paths,
)
from course_lib.units.regularization.figures.penalty_paths import PathsPicture, off
from course_lib.widgets import controls
from course_lib.widgets.explorer import Explorer
from course_lib.widgets.prediction import Question


def paths_explorer(method="L1, sub-gradient", strength=0.1, spread=1.0, seed=0, predict=True) -> Explorer:
    """Explore how five ways to keep weights small act on the weights of a sparse problem.

    Parameters
    ----------
    method, strength, spread, seed
        The first values of the controls; see ``penalty_paths``.
    predict : bool, whether to ask for a prediction before anything is shown

    Returns
    -------
    Explorer, whose ``result`` is a ``Paths``
    """
    low, high = np.log10(STRENGTHS[[0, -1]])
    return Explorer(
        maker=paths_explorer,
        controls={
            "method": controls.choice("Method", method, METHODS),
            "strength": controls.power("Strength", strength, low, high, 0.25),
            "spread": controls.real("Spread of scales", spread, *SPREADS, 0.5),
            "seed": controls.seed(seed),
        },
        run=penalty_paths,
        picture=PathsPicture,
        question=_question(method, strength) if predict else None,
    )


def _question(method, strength):
    return Question(
        f"A linear model with {len(TRUE)} weights, of which {np.count_nonzero(TRUE)} have something to do, is trained "
        f"for {STEPS} steps with {method}, strength {strength:.2g}. In the end, how many of the {len(TRUE)} weights "
        "are exactly 0.0?",
        ("none", "1 to 9", "10 or more"),
        lambda result: sum(np.median(result.zeros[:, result.row]) >= bound for bound in (1, 10)),
        _all_methods,
    )


def _all_methods(result):
    same = (result.strength, result.spread, result.seed)
    others = {method: penalty_paths(method, *same) for method in METHODS}
    zeros = ", ".join(f"{np.median(found.zeros[:, found.row]):.0f} ({method})" for method, found in others.items())
    return (
        f"Measured, medians of three samples: {zeros}. The proximal step sets to 0 what it would carry across 0; a "
        "sub-gradient step carries it across, and the next one back. L2 takes from a weight in proportion to its size, "
        "and so never all of it. With the penalty in its gradient, the adaptive optimiser comes within "
        f"{off(others['L2, adaptive']):.2f} of the L2 solution; with decoupled decay, it ends "
        f"{off(others['decoupled decay, adaptive']):.2f} away from it."
    )
