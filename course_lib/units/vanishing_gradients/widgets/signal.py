"""How signal and gradient run through a deep network before it is trained."""

from course_lib.initialization import INITIALIZERS
from course_lib.units.vanishing_gradients.experiments.propagation import propagate
from course_lib.units.vanishing_gradients.experiments.slopes import SHAPES
from course_lib.units.vanishing_gradients.figures.signal import SignalPicture
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
        f"A network of {depth} hidden {activation} layers, {initialization}, sees its first digits. Compared with the "
        "gradient of the output layer's inputs, the gradient that arrives at layer 1 is",
        ("more than 1000 times smaller", "10 to 1000 times smaller", "about as large", "more than 10 times larger"),
        _size_of_first_gradient,
    )


def _size_of_first_gradient(result):
    first, last = result.input_gradient_norm[[0, -1]]
    return sum(first >= last * bound for bound in (1e-3, 0.1, 10.0))
