"""Two features of unequal scales: why gradient descent zigzags, and what cures it."""

import numpy as np

from course_lib.figures.style import number
from course_lib.units.normalization.experiments.zigzag import CORRELATIONS, CURES, MEANS, RATES, SPREADS, zigzag
from course_lib.units.normalization.figures.zigzag import CURED, ZigzagPicture, reached
from course_lib.widgets import controls
from course_lib.widgets.explorer import Explorer
from course_lib.widgets.prediction import Question


def zigzag_explorer(spread=10.0, mean=0.0, correlation=0.0, rate=0.95, cure="none", seed=0, predict=True) -> Explorer:
    """Explore what scales, means and correlation of two features do to gradient descent, and what helps.

    Parameters
    ----------
    spread, mean, correlation, rate, cure, seed
        The first values of the controls; see ``zigzag``.
    predict : bool, whether to ask for a prediction before anything is shown

    Returns
    -------
    Explorer, whose ``result`` is a ``Zigzag``
    """
    return Explorer(
        maker=zigzag_explorer,
        controls={
            "spread": controls.real("Second spread", spread, *SPREADS, 0.5),
            "mean": controls.real("Means", mean, *MEANS, 0.1),
            "correlation": controls.real("Correlation", correlation, *CORRELATIONS, 0.05),
            "rate": controls.real("Rate / stable", rate, *RATES, 0.01),
            "cure": controls.choice("Cure", cure, CURES),
            "seed": controls.seed(seed),
        },
        run=zigzag,
        picture=ZigzagPicture,
        question=_question(spread, mean, correlation, rate, cure) if predict else None,
    )


def _question(spread, mean, correlation, rate, cure):
    means = f"means of {mean:g} times their spreads" if mean else "means of 0"
    return Question(
        f"Two features have spreads of 1 and {spread:g}, {means}, and correlation {correlation:g}; they are taken "
        f"{CURED[cure]}. Gradient descent on a squared loss goes at {rate:g} of the largest stable rate. After how "
        "many steps is a hundredth of the first loss left?",
        ("fewer than 10", "10 to 50", "50 to 200", "more than 200"),
        lambda result: sum(np.median(result.steps) >= bound for bound in (10, 50, 200)),
        _what_helps,
    )


def _what_helps(result):
    same = (result.spread, result.mean, result.correlation, 0.5)
    steps = {cure: zigzag(*same, cure, result.seed) for cure in CURES[1:]}
    return (
        f"Measured: {reached(result)} The curvature across the ravine limits the rate, and that along it is "
        f"{number(result.condition[0])} times smaller. With rates of half the stable one, the cures take "
        + ", ".join(f"{np.median(found.steps):g} ({cure})" for cure, found in steps.items())
        + " steps, medians of five samples."
    )
