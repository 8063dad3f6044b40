"""What batch norm does to gradients, for every depth and every gain of the first weights."""

from functools import lru_cache

import numpy as np

from course_lib.figures.style import number
from course_lib.units.normalization.experiments.depth_gain import DEEPEST, GAINS, NAMES, depth_gain
from course_lib.units.normalization.figures.depth_gain import DepthGainPicture
from course_lib.widgets import controls
from course_lib.widgets.explorer import Explorer
from course_lib.widgets.prediction import Question


def depth_gain_explorer(gain=1.0, depth=20, activation="sigmoid", seed=0, predict=True) -> Explorer:
    """Explore gradients and the spread between samples in untrained networks, without and with batch norm.

    Parameters
    ----------
    gain, depth, activation, seed
        The first values of the controls; see ``depth_gain``.
    predict : bool, whether to ask for a prediction before anything is shown

    Returns
    -------
    Explorer, whose ``result`` is a ``DepthGain``
    """
    measure = lru_cache(maxsize=8)(depth_gain)  # another gain is another row of the same measurement
    return Explorer(
        maker=depth_gain_explorer,
        controls={
            "gain": controls.real("Gain", gain, GAINS[0], GAINS[-1], 0.5),
            "depth": controls.whole("Layers", depth, 2, DEEPEST),
            "activation": controls.choice("Activation", activation, NAMES),
            "seed": controls.seed(seed),
        },
        run=lambda gain, depth, activation, seed: measure(activation, depth, seed=seed).choose(gain),
        picture=DepthGainPicture,
        question=_question(gain, depth, activation) if predict else None,
    )


def _question(gain, depth, activation):
    return Question(
        f"{depth} {activation} layers, first weights of standard deviation {gain:g} / √fan_in, and batch norm in front "
        f"of every activation. A gradient of size 1 is sent back from layer {depth}. Its size in layer 1 is then",
        ("below 1/10: it vanishes", "1/10 to 10: it keeps its size", "above 10: it explodes"),
        lambda result: sum(np.median(result.gradient[1, :, result.row, 0]) > bound for bound in (0.1, 10.0)),
        _both_networks,
    )


def _both_networks(result):
    without, normed = np.median(result.gradient[:, :, result.row, 0], axis=1)
    return (
        f"Measured: {number(normed)}, and {number(without)} in the same network without batch norm. A layer multiplies "
        f"the gradient by {result.factors[1]:.2f} with it, and by {result.factors[0]:.2f} without. Batch norm sets the "
        "spread over the samples to 1 in every layer, so the gain no longer matters. What still does is how the slopes "
        "of the activation compare with the share of that spread that it lets through."
    )
