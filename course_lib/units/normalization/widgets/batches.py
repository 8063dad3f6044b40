"""What the size of the batches does to a network with batch norm, in training mode and in evaluation."""

import numpy as np

from course_lib.units.normalization.experiments.batch_gap import MOMENTA, N_IMAGES, SIZES, batch_gap
from course_lib.units.normalization.figures.batches import BatchPicture
from course_lib.widgets import controls
from course_lib.widgets.explorer import Explorer
from course_lib.widgets.prediction import Question


def batch_explorer(size=4, momentum=0.9, image=0, predict=True) -> Explorer:
    """Explore what the statistics of small and large batches are worth, and what running statistics make of them.

    Before the first picture, 24 small networks are trained, in a second or two.

    Parameters
    ----------
    size, momentum, image
        The first values of the controls; see ``batch_gap``.
    predict : bool, whether to ask for a prediction before anything is shown

    Returns
    -------
    Explorer, whose ``result`` is a ``BatchGap``
    """
    return Explorer(
        maker=batch_explorer,
        controls={
            "size": controls.choice("Batch size", size, SIZES),
            "momentum": controls.choice("Momentum", momentum, MOMENTA),
            "image": controls.whole("Image", image, 0, N_IMAGES - 1),
        },
        run=batch_gap,
        picture=BatchPicture,
        question=_question(size, momentum) if predict else None,
    )


def _question(size, momentum):
    return Question(
        f"A network with batch norm has been trained with batches of {size}. New digits go through it once in batches "
        f"of {size}, by the statistics of each batch as in training, and once by the running statistics (momentum "
        f"{momentum:g}). Which loss is higher?",
        (
            "by the batches: at least one and a half times as high",
            "they differ by less than a factor of one and a half",
            "by the running statistics: at least one and a half times as high",
        ),
        _which_is_higher,
        _both,
    )


def _losses(result):
    at = result.column
    return np.median(result.training[:, at]), np.median(result.evaluation[:, at])


def _which_is_higher(result) -> int:
    training, evaluation = _losses(result)
    return 0 if training >= 1.5 * evaluation else 2 if evaluation >= 1.5 * training else 1


def _both(result):
    training, evaluation = _losses(result)
    return (
        f"Measured, medians of three networks: {training:.2f} by the batches, {evaluation:.2f} by the running "
        f"statistics. The mean of {result.size} digits is off by "
        f"{np.median(result.error[:, result.column]):.2f} standard deviations, and what a digit's answer is depends on "
        "its company; running statistics average over many batches, and are the same for all."
    )
