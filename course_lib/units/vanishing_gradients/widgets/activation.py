"""Activation functions, their slopes, and the inputs that meet them."""

from course_lib.units.vanishing_gradients.experiments.activation_portrait import compare
from course_lib.units.vanishing_gradients.experiments.slopes import SHAPES
from course_lib.units.vanishing_gradients.figures.activation import ActivationPicture
from course_lib.widgets import controls
from course_lib.widgets.explorer import Explorer
from course_lib.widgets.prediction import Question


def activation_explorer(
    activation="tanh", mean=0.0, std=2.0, parameter=None, others=("sigmoid", "relu", "gelu"), predict=True
) -> Explorer:
    """Compare activation functions: value, slope, and the share of inputs that meet a saturated slope.

    Parameters
    ----------
    activation : str, a name in ``course_lib.units.vanishing_gradients.experiments.slopes.SHAPES``
    mean, std : float, of the normally distributed inputs
    parameter : float or None, the alpha or beta of the functions that have one; None takes the usual value, and so
        does choosing another function
    others : tuple of names of functions to compare with
    predict : bool, whether to ask for a prediction before anything is shown

    Returns
    -------
    Explorer, whose ``result`` is a ``Comparison``
    """
    which = controls.choice("Activation", activation, SHAPES)
    usual = SHAPES[activation].default if parameter is None else parameter
    number = controls.real("Alpha or beta", usual, 0.0, 2.0, 0.01)

    def follow(_):
        number.disabled = SHAPES[which.value].parameter is None
        number.value = SHAPES[which.value].default

    number.disabled = SHAPES[activation].parameter is None
    which.observe(follow, names="value")
    return Explorer(
        maker=activation_explorer,
        controls={
            "activation": which,
            "mean": controls.real("Mean of inputs", mean, -4.0, 4.0, 0.1),
            "std": controls.real("Std. of inputs", std, 0.1, 5.0, 0.1),
            "parameter": number,
            "others": controls.several("Compare with", others, SHAPES),
        },
        run=compare,
        picture=ActivationPicture,
        question=_question(activation, mean, std) if predict else None,
    )


def _question(activation, mean, std):
    return Question(
        f"Inputs of mean {mean:g} and standard deviation {std:g} go through {activation}. How many of them meet a "
        "slope below 1 % of the function's largest slope?",
        ("none (less than 1 %)", "1 to 10 %", "10 to 30 %", "more than 30 %"),
        lambda result: sum(result.first.saturated >= bound for bound in (0.01, 0.1, 0.3)),
        _shares,
    )


def _shares(result):
    shares = (f"{each.saturated:.1%} with {each.activation}" for each in (result.first, *result.others))
    return f"Measured: {', '.join(shares)}."
