"""What all widgets share: controls, a live picture, a text readout, Reset, a prediction, the state as Python."""

import html
from types import SimpleNamespace

import ipywidgets

from course_lib.figures.picture import mimebundle
from course_lib.figures.style import percents
from course_lib.widgets.controls import value_of
from course_lib.widgets.live_figure import LiveFigure
from course_lib.widgets.names import READOUT, SHELL, STATUS, names
from course_lib.widgets.prediction import LINE, Prediction
from course_lib.widgets.reruns import replace_earlier


class Explorer(ipywidgets.VBox):
    """Controls bound to an experiment bound to a picture.

    Moving a control runs the experiment for the values that all controls have at that moment. Nothing is queued: a
    Jupyter front end holds a slider's newest value back until the kernel has dealt with the one before.

    Parameters
    ----------
    maker : function that makes this widget from the controls' values as keyword arguments
    controls : dict of name -> control widget
    run : function of the controls' values as keyword arguments, returning a result
    picture : class of the ``Picture`` that shows a result
    question : Question or None; with a question, everything else appears when it has been answered

    Attributes
    ----------
    controls : namespace of the control widgets, such as ``controls.depth``
    reset : ipywidgets.Button
    pin : ipywidgets.ToggleButton; while it is pressed, the state of that moment stands behind all others
    prediction : Prediction or None
    result : the result that is shown, and
    figure, image, readout, code : what shows it; with a question, all of them exist when it has been answered
    """

    def __init__(self, *, maker, controls, run, picture, question=None, buttons=()):
        self._maker, self._run, self._make_picture, self._buttons = maker, run, picture, buttons
        self.controls = SimpleNamespace(**controls)
        self._initial = self._shown = self.settings()
        self._paused = False
        self.reset = ipywidgets.Button(
            description="Reset", icon="undo", tooltip="Back to the first values", layout={"width": "90px"}
        )
        self.pin = ipywidgets.ToggleButton(
            description="Pin",
            icon="thumb-tack",
            tooltip="Keep the present state, pale, behind the next ones",
            layout={"width": "90px"},
        )
        self.prediction = self.result = self._pinned = None
        super().__init__()
        self.add_class(SHELL).add_class(f"tdn-{maker.__name__.replace('_', '-')}")
        if question:
            self.prediction = Prediction(question, self.measure_answer, lambda _: self._build())
        self.children = [names(), self.prediction or self._build()]
        replace_earlier(self)

    def _build(self):
        """Everything but the question, for the first values of the controls."""
        self.result = self._run(**self._initial)
        self.figure = LiveFigure(self._make_picture(self.result), self.result)
        self.image = self.figure.image
        self.readout = ipywidgets.HTML()
        self.readout.add_class(STATUS).add_class(READOUT)
        self.code = ipywidgets.Textarea(
            rows=2,
            description="As Python",
            tooltip="Paste this line into a cell to see the same state again",
            layout={"width": "98%"},
            style={"description_width": "80px"},
        )
        self.say(self.figure.picture.alt)
        for control in vars(self.controls).values():
            control.observe(self._changed, names="value")
        self.reset.on_click(lambda _: self.restore())
        self.pin.observe(lambda change: self._pin(change.new), names="value")
        rows = ipywidgets.HBox(list(vars(self.controls).values()), layout={"flex_flow": "row wrap"})
        buttons = ipywidgets.HBox([self.reset, self.pin, *self._buttons], layout={"flex_flow": "row wrap"})
        panel = ipywidgets.VBox([rows, buttons], layout={"flex": "1 1 340px"})
        # beside the picture where there is room for both
        stage = ipywidgets.HBox([panel, self.image], layout={"flex_flow": "row wrap"})
        return ipywidgets.VBox([stage, self.readout, self.code])

    def settings(self) -> dict:
        """The values of all controls at this moment."""
        return {name: value_of(control) for name, control in vars(self.controls).items()}

    def state(self) -> dict:
        """The keyword arguments that make this widget again as it is now."""
        return self.settings()

    def python(self) -> str:
        """A line of Python that makes this widget again as it is now."""
        arguments = ", ".join(f"{name}={value!r}" for name, value in self.state().items())
        name, package = self._maker.__name__, self._maker.__module__.rpartition(".")[0]
        return f"from {package} import {name}; {name}({arguments}, predict=False)"

    def measure_answer(self):
        """The result by which the prediction is judged."""
        return self._run(**self._initial)

    def restore(self) -> None:
        """Give all controls their first values, with one redraw."""
        self._paused = True
        for name, value in self._initial.items():
            getattr(self.controls, name).value = value
        self._paused = False
        self.refresh()

    def refresh(self) -> None:
        """Run the experiment for the present values and show its result, or the error that it raised."""
        self._shown = self.settings()
        try:
            self.present(self._run(**self._shown))
        except Exception as error:  # whatever it is, the learner must see it: a widget has no other place to fail
            self.report(error)

    def present(self, result) -> None:
        """Show a result."""
        self.result = result
        self.say(self.figure.update(result))

    def say(self, text: str) -> None:
        """Put a text into the readout, and the present state into the line of Python."""
        pinned = [f"Pinned, and pale in the picture: {self._pinned}"] if self._pinned is not None else []
        parts = (f'<div style="{LINE}">{html.escape(percents(part))}</div>' for part in (text, *pinned))
        self.readout.value = " ".join(parts)  # a screen reader hears them as one text
        self.code.value = self.python()

    def report(self, error: Exception) -> None:
        """Put an error into the readout; the picture keeps the last result."""
        text = html.escape(f"{type(error).__name__}: {error}")
        self.readout.value = f'<div style="{LINE}"><b>This state cannot be shown.</b> {text}</div>'

    def _pin(self, pinned: bool):
        self._pinned = self.figure.picture.alt if pinned else None
        self.figure.pin(self.result if pinned else None)
        self.say(self.figure.picture.alt)

    def _changed(self, _):
        # one control may have moved another, and both report it
        if not self._paused and self.settings() != self._shown:
            self.refresh()

    def _repr_mimebundle_(self, **kwargs):
        widget = super()._repr_mimebundle_(**kwargs)
        if self.result is None:
            return {**widget, "text/plain": self.prediction.question.text}, {}
        # the image is for pages without a kernel: feedback, GitHub
        picture = self.figure.picture
        data, metadata = mimebundle(picture.figure, self.image.value, picture.alt)
        return {**widget, **data}, metadata
