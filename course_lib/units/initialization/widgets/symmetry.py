"""Units of equal start stay equal; a little noise breaks the symmetry."""

from course_lib.units.initialization.experiments.symmetry import NOISES, RECORDED, UNITS, break_symmetry
from course_lib.units.initialization.figures.symmetry import SymmetryPicture, what_moves
from course_lib.widgets import controls
from course_lib.widgets.explorer import Explorer
from course_lib.widgets.prediction import Question

ACTIVATIONS = ("tanh", "sigmoid", "relu", "leaky_relu", "gelu")


def symmetry_explorer(start=0.0, noise=0.0, hidden=1, activation="tanh", seed=0, predict=True) -> Explorer:
    """Explore what a network learns whose weights all start with one value, and what noise changes.

    Parameters
    ----------
    start, noise, hidden, activation, seed
        The first values of the controls; see ``break_symmetry``. ``noise`` is 0, 1e-8, 1e-6, 1e-4 or 0.01.
    predict : bool, whether to ask for a prediction before anything is shown

    Returns
    -------
    Explorer, whose ``result`` is a ``SymmetryRun``
    """
    return Explorer(
        maker=symmetry_explorer,
        controls={
            "start": controls.real("Weights start at", start, 0.0, 0.5, 0.05),
            "noise": controls.choice("Noise", noise, NOISES),
            "hidden": controls.whole("Hidden layers", hidden, 1, 3),
            "activation": controls.choice("Activation", activation, ACTIVATIONS),
            "seed": controls.seed(seed),
        },
        run=break_symmetry,
        picture=SymmetryPicture,
        question=_question(start, noise, hidden, activation) if predict else None,
    )


def _question(start, noise, hidden, activation):
    layers = "one hidden layer" if hidden == 1 else f"{hidden} hidden layers"
    added = f", with noise of {noise:g}" if noise else ""
    return Question(
        f"A network with {layers} of {UNITS} {activation} units starts with all weights {start:g}{added}, and all "
        f"biases zero. Which tensors have moved after {RECORDED[-1]} steps of training?",
        ("none", "the bias of the output layer alone", "weights and bias of the output layer", "others too"),
        lambda result: min(len(result.moving), 3) if set(result.moving) <= set(result.tensors[-2:]) else 3,
        _what_moved,
    )


def _what_moved(result):
    counts = ", ".join(f"{n} of {UNITS}" for n in result.distinct)
    return (
        f"In {RECORDED[-1]} steps {what_moves(result)}. Different units at the end, by hidden layer: {counts}. A "
        "tensor moves where its gradient is not zero; two units of one start get one gradient, and stay the same."
    )
