"""A network with dropout as the mean of its thinned networks: where it is one, and where nearly."""

import numpy as np

from course_lib.figures.style import number
from course_lib.units.regularization.experiments.thinned_networks import (
    COUNTS,
    N_TESTED,
    NETWORKS,
    RATES,
    thinned,
    trained,
)
from course_lib.units.regularization.figures.thinned import ThinnedPicture
from course_lib.widgets import controls
from course_lib.widgets.explorer import Explorer
from course_lib.widgets.prediction import Question

STOPS_SHORT = 1.2  # times the gap that is expected of 128 draws; networks whose mean is exact have 0.97 to 1.03


def dropout_explorer(network="3 ReLU layers", p_drop=0.5, image=0, predict=True) -> Explorer:
    """Explore how the mean of thinned networks compares with the whole network, at each rate of dropout.

    Before the first picture, 54 small networks are trained, in a second or two.

    Parameters
    ----------
    network, p_drop, image
        The first values of the controls; see ``thinned``.
    predict : bool, whether to ask for a prediction before anything is shown

    Returns
    -------
    Explorer, whose ``result`` is a ``Thinned``
    """
    return Explorer(
        maker=dropout_explorer,
        controls={
            "network": controls.choice("Hidden layers", network, NETWORKS),
            "p_drop": controls.real("Drop rate", p_drop, RATES[0], RATES[-1], 0.1),
            "image": controls.whole("Image", image, 0, N_TESTED - 1),
        },
        run=_measure,
        picture=ThinnedPicture,
        question=_question(network, p_drop) if predict else None,
    )


def _measure(network, p_drop, image):
    for each in NETWORKS:  # so that no control waits for its networks
        trained(each)
    return thinned(network, p_drop, image)


def _question(network, p_drop):
    return Question(
        f"A network of {network}, with dropout of {p_drop:g} on each of them, answers many times in training mode, "
        "each time as another thinned network. The logits are averaged, and compared with those of the whole network "
        "in evaluation mode. With more and more thinned networks, the difference",
        (
            "shrinks as 1 / √number, as far as can be measured",
            "shrinks at first, and then stops: the mean is another function",
            "stays as it is",
        ),
        _how_near,
        _both,
    )


def _how_near(result) -> int:
    gap = np.median(result.gap, axis=0)
    return 2 if gap[-1] > 0.8 * gap[0] else int(result.excess > STOPS_SHORT)


def _both(result):
    gap, error = np.median(result.gap, axis=0), np.median(result.error, axis=0)
    why = (
        "A ReLU behind a dropped layer bends: the mean of its outputs is not its output at the mean."
        if NETWORKS[result.network] == (3, False)
        else "Behind the masks all is linear, so that the mean over the masks is the network without them."
    )
    return (
        f"Measured: {number(gap[0])} standard deviations for one thinned network, {number(gap[-1])} for the mean of "
        f"{COUNTS[-1]}, which is {result.excess:.2f} times what 1 / √number says. {why} Of the test digits, one "
        f"thinned network gets {error[0]:.0%} wrong, the mean of {COUNTS[-1]} {error[-1]:.0%}, and the whole network, "
        f"in a single pass, {np.median(result.whole_error):.0%}."
    )
