"""The adversarial step on a digit, beside a random step of the same size."""

import numpy as np

from course_lib.units.regularization.experiments.adversarial_digits import (
    N_SHOWN,
    SIZES,
    TRAINED_WITH,
    TRAININGS,
    adversarial_digits,
)
from course_lib.units.regularization.figures.adversarial_digits import AdversarialPicture
from course_lib.widgets import controls
from course_lib.widgets.explorer import Explorer
from course_lib.widgets.prediction import Question


def adversarial_explorer(training="plain", eps=0.1, image=8, predict=True) -> Explorer:
    """Explore what a step of size eps does to a digit along the sign of its gradient, and in a random direction.

    Parameters
    ----------
    training, eps, image
        The first values of the controls; see ``adversarial_digits``.
    predict : bool, whether to ask for a prediction before anything is shown

    Returns
    -------
    Explorer, whose ``result`` is an ``Adversarial``
    """
    return Explorer(
        maker=adversarial_explorer,
        controls={
            "training": controls.choice("Training", training, TRAININGS),
            "eps": controls.real("eps", eps, 0.0, float(SIZES[-1]), 0.02),
            "image": controls.whole("Image", image, 0, N_SHOWN - 1),
        },
        run=_measure,
        picture=AdversarialPicture,
        question=_question(training, eps) if predict else None,
    )


def _measure(training, eps, image):
    for each in TRAININGS:  # so that no control waits for its networks
        adversarial_digits(each)
    return adversarial_digits(training, eps, image)


def _question(training, eps):
    return Question(
        f"A network ({training} training) gets about one test digit in twenty wrong. Now every pixel, a number from 0 "
        f"to 1, moves by {eps:g}: up or down, as the sign of the loss's gradient says. How many are then wrong?",
        ("up to 15 %", "15 to 35 %", "35 to 65 %", "more than 65 %"),
        lambda result: sum(_medians(result)[0] > bound for bound in (0.15, 0.35, 0.65)),
        _beside_the_control,
    )


def _medians(result):
    return np.median(result.error[..., result.column], axis=1)


def _beside_the_control(result):
    signed, random = _medians(result)
    plain, hardened = (_medians(adversarial_digits(each, result.eps))[0] for each in TRAININGS)
    return (
        f"Measured, medians of three networks: {signed:.0%}. When every pixel moves just as far, but up or down at "
        f"random, it is {random:.0%}: what does the harm is the direction. A network that has seen such steps of size "
        f"{TRAINED_WITH:g} in training gets {hardened:.0%} wrong, one that has not {plain:.0%}."
    )
