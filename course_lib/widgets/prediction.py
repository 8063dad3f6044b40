"""A question that is asked before anything is shown: who has predicted remembers what happened."""

import html
from collections.abc import Callable
from dataclasses import dataclass

import ipywidgets

from course_lib.figures.style import percents
from course_lib.widgets import memory
from course_lib.widgets.memory import Kept
from course_lib.widgets.names import COMMIT, SHELL, STATUS, names
from course_lib.widgets.reruns import replace_earlier

LINE = "line-height: 1.5; max-width: 60em"


@dataclass(frozen=True)
class Question:
    """A multiple-choice question whose answer is measured, never written down.

    Parameters
    ----------
    text : str, may hold HTML
    options : tuple of str
    answer : function of the experiment's result, returning the index of the option that it bears out
    explanation : str or function of the result that returns one; why it is so. A str is a format string over
        ``result``, such as "the loss is {result.loss:.2f}"; it may hold HTML
    name : str, under which the prediction is kept; by default the text
    """

    text: str
    options: tuple[str, ...]
    answer: Callable[[object], int]
    explanation: str | Callable[[object], str] = ""
    name: str = ""

    def measured(self, result) -> str:
        """The option that the result bears out."""
        return self.options[self.answer(result)]

    def explain(self, result) -> str:
        """The explanation for this result."""
        return self.explanation(result) if callable(self.explanation) else self.explanation.format(result=result)


class Prediction(ipywidgets.VBox):
    """Choose, commit, reveal: nothing of the answer exists before the learner has committed to a choice.

    The choice is kept by the question's name (``course_lib.widgets.memory``). Who had committed already sees the answer
    at once.

    Parameters
    ----------
    question : Question
    experiment : function without parameters; runs when the learner commits, and its result goes to the question
    picture : function of the result, returning what is shown: a widget, or what has an HTML form; or None

    Attributes
    ----------
    choice : ipywidgets.RadioButtons, without a choice at first
    button : ipywidgets.Button that commits
    verdict : ipywidgets.HTML, whose changes are announced
    result : of the experiment; None before
    """

    def __init__(self, question: Question, experiment: Callable[[], object], picture=None):
        self.question, self._experiment, self._picture = question, experiment, picture
        self._name = question.name or question.text
        self.result = None
        text = ipywidgets.HTML(f'<div style="{LINE}"><b>Predict first.</b> {percents(question.text)}</div>')
        self.choice = ipywidgets.RadioButtons(
            options=question.options, value=None, description="Your prediction", layout={"width": "auto"}
        )
        self.choice.style.description_width = "110px"
        self.button = ipywidgets.Button(
            description="Commit", button_style="primary", tooltip="Commit to your prediction, and see what happens"
        )
        self.button.add_class(COMMIT)
        self.verdict = ipywidgets.HTML()
        self.verdict.add_class(STATUS)
        self._asked, self._shown = ipywidgets.VBox([text, self.choice, self.button]), ipywidgets.VBox()
        super().__init__([names(), self._asked, self.verdict, self._shown])
        self.add_class(SHELL).add_class("tdn-prediction")
        replace_earlier(self)

        kept = memory.recall(self._name)
        if kept and kept.choice in question.options:
            self.choice.value = kept.choice
        self._committed = bool(kept and kept.committed and self.choice.value)
        self.choice.observe(lambda _: self._chosen(), names="value")
        self.button.on_click(lambda _: self.commit())
        if self._committed:
            self._run()

    def commit(self) -> None:
        """Run the experiment, and show what it says of the choice; without a choice, ask for one."""
        if self.choice.value is None:
            self._say("Choose one of the answers first.")
            return
        self._committed = True
        self._keep()
        self._run()

    def _chosen(self):
        """Keep the choice. One that comes after the commitment was made before it: the click has overtaken it.

        It may come while the experiment is running, since JupyterLab lets widgets speak on a thread of their own.
        """
        self._keep()
        if self.result is not None:
            self._say(self._judged(self.result))

    def _keep(self):
        memory.keep(self._name, Kept(self.choice.value, self._committed))

    def _run(self):
        self.choice.disabled = self.button.disabled = True
        self._say("The experiment is running …")
        try:
            result = self._experiment()
            sentences = self._judged(result)
            shown = self._picture(result) if self._picture else None
        except (Exception, KeyboardInterrupt) as error:  # also an interrupted kernel: a widget has no other place
            text = html.escape(f"{type(error).__name__}: {error}".rstrip(": "))
            self._say(f"<b>The experiment could not be run to its end.</b> {text}")
            self.button.disabled = False
            return
        self.result = result
        self._say(sentences)
        self._asked.children = [self._folded_question()]
        if shown is not None:
            self._shown.children = [as_widget(shown)]

    def _judged(self, result) -> str:
        measured, predicted = self.question.measured(result), self.choice.value
        if predicted == measured:
            sentence = f"You predicted <b>{html.escape(predicted)}</b>, and that is what was measured."
        else:
            sentence = (
                f"You predicted <b>{html.escape(predicted)}</b>; measured: <b>{html.escape(measured)}</b>. "
                "What explains the difference?"
            )
        return f"{sentence} {self.question.explain(result)}"

    def _say(self, sentences):
        self.verdict.value = f'<div style="{LINE}">{percents(sentences)}</div>'

    def _folded_question(self):
        options = "".join(f"<li>{html.escape(option)}</li>" for option in self.question.options)
        text = percents(self.question.text)
        summary = '<summary style="cursor: pointer">The question</summary>'
        return ipywidgets.HTML(f'<details style="{LINE}">{summary}{text}<ul>{options}</ul></details>')


def as_widget(shown) -> ipywidgets.Widget:
    """What is shown as a widget: itself, or its HTML form."""
    if isinstance(shown, ipywidgets.Widget):
        return shown
    if hasattr(shown, "_repr_mimebundle_"):
        data, _ = shown._repr_mimebundle_()
        return ipywidgets.HTML(data["text/html"])
    return ipywidgets.HTML(shown._repr_html_())
