"""The size of signal and gradient in every layer, for every gain of the first weights."""

from functools import lru_cache

from course_lib.figures.style import number
from course_lib.functions.activations import ACTIVATIONS
from course_lib.units.initialization.experiments.scale_map import DEEPEST, GAINS, scale_map
from course_lib.units.initialization.figures.scale import ScalePicture
from course_lib.widgets import controls
from course_lib.widgets.explorer import Explorer
from course_lib.widgets.prediction import Question


def scale_explorer(gain=2.0, depth=30, width=64, activation="tanh", seed=0, predict=True) -> Explorer:
    """Explore what the gain of the first weights does to the size of the signal and of the gradient.

    Parameters
    ----------
    gain, depth, width, activation, seed
        The first values of the controls; see ``scale_map``.
    predict : bool, whether to ask for a prediction before anything is shown

    Returns
    -------
    Explorer, whose ``result`` is a ``ScaleMap``
    """
    # another gain is another row of the same map
    measure = lru_cache(maxsize=8)(scale_map)
    return Explorer(
        maker=scale_explorer,
        controls={
            "gain": controls.real("Gain", gain, GAINS[0], GAINS[-1], 0.1),
            "depth": controls.whole("Layers", depth, 2, DEEPEST),
            "width": controls.whole("Width", width, 16, 96, 16),
            "activation": controls.choice("Activation", activation, ACTIVATIONS),
            "seed": controls.seed(seed),
        },
        run=lambda gain, depth, width, activation, seed: measure(activation, depth, width, seed).choose(gain),
        picture=ScalePicture,
        question=_question(gain, depth, activation) if predict else None,
    )


def _question(gain, depth, activation):
    return Question(
        f"{depth} {activation} layers have first weights of standard deviation {gain:g} / √fan_in. A gradient of size "
        f"1 is sent back from layer {depth}. Its size in layer 1 is then",
        ("below 1/10: it vanishes", "1/10 to 10: it keeps its size", "above 10: it explodes"),
        lambda result: sum(result.backward[result.row, 0] > bound for bound in (0.1, 10.0)),
        _both_ways,
    )


def _both_ways(result):
    forward, backward = result.forward[result.row], result.backward[result.row]
    return (
        f"Measured: {number(backward[0])}. In the same network z goes from {number(forward[0])} in layer 1 to "
        f"{number(forward[-1])} in layer {result.depth}: what is true of the signal need not be true of the gradient. "
        "Forward, gain² E φ(z)² counts, and backward gain² E φ′(z)²."
    )
