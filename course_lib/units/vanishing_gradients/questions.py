"""What the lesson asks before it shows it."""

import numpy as np

from course_lib.widgets.prediction import Question


def _lowest_loss(runs) -> int:
    return int(np.argmin([run.train_loss[-1] for run in runs]))


def _losses(runs) -> str:
    return f"The losses are {', '.join(f'{run.train_loss[-1]:.2f} ({run.label})' for run in runs)}."


QUESTIONS = (
    Question(
        name="three_networks",
        text="Which of the three networks has the lowest loss after eight passes over the data?",
        options=("two layers, sigmoid", "twelve layers, sigmoid", "twelve layers, tanh"),
        answer=_lowest_loss,
        explanation=_losses,
    ),
    Question(
        name="skip_connections",
        text="Thirty layers of tanh units, with and without skip connections. Which of the two networks has the lower "
        "loss after eight passes over the data?",
        options=("the one without", "the one with skip connections"),
        answer=_lowest_loss,
        explanation=lambda runs: (
            f"Without, the loss is {runs[0].train_loss[-1]:.2f}; with, {runs[1].train_loss[-1]:.2f}."
        ),
    ),
)
