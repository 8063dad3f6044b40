"""A question that a widget asks before it shows anything: who has predicted remembers what happened."""

from collections.abc import Callable
from dataclasses import dataclass

import ipywidgets


@dataclass(frozen=True)
class Question:
    """A multiple-choice question whose answer is measured, never written down.

    Parameters
    ----------
    text : str
    options : tuple of str
    answer : function of the experiment's result, returning the index of the option that it bears out
    """

    text: str
    options: tuple[str, ...]
    answer: Callable[[object], int]


class Prediction(ipywidgets.VBox):
    """Shows a ``Question`` and a button; ``reveal`` compares the prediction with what was measured.

    Attributes
    ----------
    choice : ipywidgets.RadioButtons, without a choice at first
    show : ipywidgets.Button
    verdict : ipywidgets.HTML with role="status", empty until the button is pressed
    """

    def __init__(self, question: Question):
        self.question = question
        text = ipywidgets.HTML(f'<div style="line-height: 1.5"><b>Predict first.</b> {question.text}</div>')
        self.choice = ipywidgets.RadioButtons(
            options=question.options, value=None, description="Your prediction", layout={"width": "max-content"}
        )
        self.choice.style.description_width = "110px"
        self.show = ipywidgets.Button(description="Show", button_style="primary", tooltip="Show what happens")
        self.verdict = ipywidgets.HTML()
        super().__init__([text, self.choice, self.show, self.verdict])

    def reveal(self, result) -> None:
        """Say what was measured; the question stays on the page, the button goes."""
        measured = self.question.options[self.question.answer(result)]
        predicted = self.choice.value
        if predicted is None:
            sentence = f"Measured: <b>{measured}</b>."
        elif predicted == measured:
            sentence = f"You predicted <b>{predicted}</b>, and that is what was measured."
        else:
            sentence = f"You predicted <b>{predicted}</b>; measured: <b>{measured}</b>. What explains the difference?"
        self.verdict.value = f'<div role="status">{sentence}</div>'
        self.choice.disabled = True
        self.show.layout.display = "none"
