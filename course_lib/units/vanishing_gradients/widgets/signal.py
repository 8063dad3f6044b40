"""How signal and gradient run through a deep network before it is trained."""

from course_lib.figures.style import number
from course_lib.initialization import INITIALIZERS
from course_lib.units.vanishing_gradients.experiments.propagation import propagate
from course_lib.units.vanishing_gradients.experiments.slopes import SHAPES
from course_lib.units.vanishing_gradients.figures.signal import SignalPicture, rate
from course_lib.widgets import controls
from course_lib.widgets.explorer import Explorer
from course_lib.widgets.prediction import Question


def signal_explorer(
    depth=20,
    width=64,
    activation="sigmoid",
    initialization="glorot_normal",
    gain=1.0,
    residual=False,
    seed=0,
    predict=True,
) -> Explorer:
    """Explore vanishing and exploding gradients at initialisation.

    Parameters
    ----------
    depth, width, activation, initialization, gain, residual, seed
        The first values of the controls; see ``propagate``.
    predict : bool, whether to ask for a prediction before anything is shown

    Returns
    -------
    Explorer, whose ``result`` is a ``Propagation``
    """
    return Explorer(
        maker=signal_explorer,
        controls={
            "depth": controls.whole("Depth", depth, 2, 50),
            "width": controls.whole("Width", width, 8, 128, 8),
            "activation": controls.choice("Activation", activation, SHAPES),
            "initialization": controls.choice("Initialisation", initialization, INITIALIZERS),
            "gain": controls.real("Gain of weights", gain, 0.1, 4.0, 0.05),
            "residual": controls.flag("Skip connections", residual),
            "seed": controls.seed(seed),
        },
        run=propagate,
        picture=SignalPicture,
        question=_question(depth, activation, initialization) if predict else None,
    )


def _question(depth, activation, initialization):
    return Question(
        f"A network of {depth} hidden {activation} layers, {initialization}, sees its first digits. Two sizes "
        f"may change on the way: forward, how much a unit's output differs from digit to digit, from layer 1 to layer "
        f"{depth}; backward, the gradient of a layer's inputs, from the output layer to layer 1. Which of the two "
        "falls to less than a hundredth?",
        ("only the gradient", "only the differences between digits", "both", "neither"),
        _what_falls,
        _how_far,
    )


def _what_falls(result):
    between, gradient = result.between_samples, result.input_gradient_norm
    signal_falls, gradient_falls = between[-1] < 0.01 * between[0], gradient[0] < 0.01 * gradient[-1]
    if signal_falls:
        return 2 if gradient_falls else 1
    return 0 if gradient_falls else 3


def _how_far(result):
    between, gradient = result.between_samples, result.input_gradient_norm
    return (
        f"The differences between digits go from {number(between[0])} to {number(between[-1])}{rate(between)}; the "
        f"gradient goes from {number(gradient[-1])} to {number(gradient[0])}{rate(gradient[::-1])}. Both meet the same "
        "weights and the same slopes, in opposite orders."
    )
