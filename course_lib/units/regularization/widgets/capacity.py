"""Error against the number of features, for every share of wrong labels, number of images and ridge."""

from functools import cache

import numpy as np

from course_lib.figures.style import number
from course_lib.units.regularization.experiments.double_descent import IMAGES, MOST_WRONG, RATIOS, RIDGES, capacity
from course_lib.units.regularization.figures.double_descent import CapacityPicture
from course_lib.widgets import controls
from course_lib.widgets.explorer import Explorer
from course_lib.widgets.prediction import Question

HIGHER = 0.05  # a rise of the error by less than five points is none


def capacity_explorer(wrong=0.2, images=100, ridge=0.0, predict=True) -> Explorer:
    """Explore how many features are good, and what wrong labels, more images and a ridge change in that.

    Before the first picture, all that no slider changes is computed once, in a second or so.

    Parameters
    ----------
    wrong, images, ridge
        The first values of the controls; see ``capacity``.
    predict : bool, whether to ask for a prediction before anything is shown

    Returns
    -------
    Explorer, whose ``result`` is a ``Capacity``
    """
    return Explorer(
        maker=capacity_explorer,
        controls={
            "wrong": controls.real("Wrong labels", wrong, 0.0, MOST_WRONG, 0.05),
            "images": controls.choice("Images", images, IMAGES),
            "ridge": controls.choice("Ridge", ridge, RIDGES),
        },
        run=_measure,
        picture=CapacityPicture,
        question=_question(wrong, images, ridge) if predict else None,
    )


def _measure(wrong, images, ridge):
    _get_ready()
    return capacity(wrong, images, ridge)


@cache
def _get_ready():
    """Decompose the features for all numbers of images, so that no control waits for it."""
    for each in IMAGES:
        capacity(0.0, each)


def _question(wrong, images, ridge):
    rule = f"with a ridge of {ridge:g}" if ridge else "the smallest weights of those that fit best, no ridge"
    return Question(
        f"{images} training digits, {wrong:.0%} of them with a wrong label. Least squares ({rule}) on random ReLU "
        f"features, {round(RATIOS[0] * images)} of them in the smallest network, and {round(RATIOS[-1] * images)} in "
        "the widest. From the smallest to the widest, the error on new digits",
        (
            "falls all the way",
            "falls, then rises, and stays high",
            f"falls, rises up to {images} features, and falls again",
            "rises all the way",
        ),
        shape,
        _what_was_seen,
    )


def shape(result) -> int:
    """Which option of the question the median test error of a ``Capacity`` bears out."""
    median = np.median(result.test, axis=0)
    peak = int(median[4:].argmax()) + 4  # from 0.45 features for each image on: the narrowest are no peak
    falls_first = median[:peak].min() < median[0] - HIGHER
    rises = median[peak] > median[:peak].min() + HIGHER
    falls_again = median[-1] < median[peak] - HIGHER
    if not rises:
        return 0
    return (2 if falls_again else 1) if falls_first else 3


def _what_was_seen(result):
    with_ridge, without = capacity(result.wrong, result.images, 0.1), capacity(result.wrong, result.images, 0.0)
    return (
        f"Measured: {result.before:.0%} at best with fewer features than images, {result.at:.0%} with {result.images}, "
        f"{result.widest:.0%} with {result.widths[-1]}. With as many features as images, just one set of weights fits "
        f"all labels, and without a ridge it has to be taken, however large: its norm is "
        f"{number(np.median(without.norm[:, RATIOS.index(1.0)]))}. With more features there are many that fit, and the "
        f"smallest of them has a norm of {number(np.median(without.norm[:, -1]))} at the end. A ridge of 0.1 fits less "
        f"well, and has an error of {with_ridge.at:.0%} where without it is {without.at:.0%}."
    )
