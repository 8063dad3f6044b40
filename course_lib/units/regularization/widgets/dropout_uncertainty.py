"""Monte-Carlo dropout's uncertainty, beside one pass without dropout: where it helps, and where it fails."""

from functools import cache

import numpy as np

from course_lib.units.regularization.experiments.dropout_uncertainty import (
    ANGLES,
    GROUPS,
    MOST_PASSES,
    RATES,
    TURNED,
    dropout_uncertainty,
)
from course_lib.units.regularization.figures.dropout_uncertainty import UncertaintyPicture
from course_lib.widgets import controls
from course_lib.widgets.explorer import Explorer
from course_lib.widgets.prediction import Question


def uncertainty_explorer(p_drop=0.5, passes=50, degrees=90, predict=True) -> Explorer:
    """Explore how unsure Monte-Carlo dropout is of right and wrong answers, of noise, and of digits that are turned.

    Before the first picture, nine small networks are trained and answer, in a second or so.

    Parameters
    ----------
    p_drop, passes, degrees
        The first values of the controls; see ``dropout_uncertainty``.
    predict : bool, whether to ask for a prediction before anything is shown

    Returns
    -------
    Explorer, whose ``result`` is an ``Uncertainty``
    """
    return Explorer(
        maker=uncertainty_explorer,
        controls={
            "p_drop": controls.choice("Drop rate", p_drop, RATES),
            "degrees": controls.whole("Degrees", degrees, ANGLES[0], ANGLES[-1], ANGLES[1]),
            "passes": controls.whole("Passes", passes, 1, MOST_PASSES),
        },
        run=_measure,
        picture=UncertaintyPicture,
        question=_question(p_drop, passes, degrees) if predict else None,
    )


def _measure(p_drop, passes, degrees):
    _get_ready()
    return dropout_uncertainty(p_drop, passes, degrees)


@cache
def _get_ready():
    """Collect the answers at all rates, so that no control waits for them."""
    for each in RATES:
        dropout_uncertainty(each)


def _question(p_drop, passes, degrees):
    turned = f"{', '.join(map(str, TURNED[:-1]))} and {TURNED[-1]}"
    return Question(
        f"A network trained on upright digits answers {passes} times with dropout of {p_drop:g}, and the mean of its "
        f"probabilities has an entropy: high, one hopes, where it should not be trusted. It is shown digits {turned}, "
        f"turned by {degrees} degrees. Their median entropy is",
        (
            "below that of its right answers on upright digits",
            "between those of its right and its wrong answers there",
            "between those of its wrong answers there and of noise",
            "above that of noise",
        ),
        _where,
        _beside_one_pass,
    )


def _where(result) -> int:
    right, wrong, noise, turned = (np.median(result.entropy(group)[0]) for group in GROUPS)
    return int(turned > right) + int(turned > wrong) + int(turned > max(wrong, noise))


def _beside_one_pass(result):
    right, wrong, noise, turned = (
        " and ".join(f"{np.median(each):.2f}" for each in result.entropy(group)) for group in GROUPS
    )
    top = np.median(result.top_by_angle[..., result.column], axis=1)
    correct = np.median(result.right_by_angle[..., result.column], axis=1)
    ranking = np.median(result.ranking, axis=1)
    return (
        f"Measured, first with dropout and then in one pass without: {turned} nats on turned digits, {right} on right "
        f"answers, {wrong} on wrong ones, {noise} on noise. Of the turned digits {correct[0]:.0%} are right, and still "
        f"the largest probability is {top[0]:.2f} in the mean ({top[1]:.2f} in one pass). Which answers are wrong? "
        f"With dropout a wrong one has a higher entropy than a right one in {ranking[0]:.0%} of the pairs, in one pass "
        f"in {ranking[1]:.0%}."
    )
