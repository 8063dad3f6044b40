"""A network that trains before one's eyes."""

import threading
import time

import ipywidgets

from course_lib.data.datasets import TOY_SETS
from course_lib.figures.style import number
from course_lib.functions.activations import ACTIVATIONS
from course_lib.initialization import INITIALIZERS
from course_lib.units.vanishing_gradients.experiments.playground import Playground
from course_lib.units.vanishing_gradients.figures.playground import PlaygroundPicture
from course_lib.widgets import controls
from course_lib.widgets.explorer import Explorer
from course_lib.widgets.prediction import Question

LAST_STEP = 2000
SPEEDS = (1, 5, 20, 100, 500)  # steps from one picture to the next
SPEED = 100
SECONDS_PER_FRAME = 0.1  # ten pictures a second; the front end cannot take many more
MOST_LEFT_OUT = 4  # pictures in a row, where drawing takes longer: Stop is heard in between
LIMITS = ("none", 0.01, 0.1, 1.0, 10.0)  # of the gradient's norm
QUESTION_STEP = 500


def playground(
    data="moons",
    depth=6,
    width=16,
    activation="sigmoid",
    initialization="glorot_normal",
    lr=0.1,
    skip=False,
    max_norm="none",
    seed=0,
    steps=0,
    predict=True,
) -> "PlaygroundExplorer":
    """Train a network in two dimensions, with Play, Stop and single steps.

    Parameters
    ----------
    data, depth, width, activation, initialization, lr, skip, max_norm, seed
        The first values of the controls; see ``Playground``. ``max_norm`` is "none", 0.01, 0.1, 1 or 10.
    steps : int, training steps that are done before the widget appears
    predict : bool, whether to ask for a prediction before anything is shown

    Returns
    -------
    PlaygroundExplorer, whose ``result`` is a ``Snapshot``
    """
    if not 0 <= steps <= LAST_STEP:
        raise ValueError(f"steps must lie in [0, {LAST_STEP}], got {steps}")
    return PlaygroundExplorer(
        steps,
        {
            "data": controls.choice("Data", data, TOY_SETS),
            "depth": controls.whole("Hidden layers", depth, 1, 10),
            "width": controls.whole("Width", width, 2, 32, 2),
            "activation": controls.choice("Activation", activation, ACTIVATIONS),
            "initialization": controls.choice("Initialisation", initialization, INITIALIZERS),
            "lr": controls.power("Learning rate", lr, -3, 2, 0.25),
            "skip": controls.flag("Skip connections", skip),
            "max_norm": controls.choice("Clip norm at", max_norm, LIMITS),
            "seed": controls.seed(seed),
        },
        _question(depth, activation, data) if predict else None,
    )


class PlaygroundExplorer(Explorer):
    """An ``Explorer`` whose experiment goes on in a thread between ``play`` and ``stop``.

    Attributes
    ----------
    play_button, stop_button, step_button : ipywidgets.Button
    speed : ipywidgets.Dropdown, training steps from one picture to the next. Where the machine is too slow for ten
        pictures a second, pictures are left out, and the training keeps its pace
    progress : ipywidgets.IntProgress, in training steps
    note : ipywidgets.HTML that says whether the training goes on, and why it does not
    """

    def __init__(self, steps, control_widgets, question):
        self._thread, self._halt = None, threading.Event()
        self._first_steps = self._next_steps = steps
        self.play_button = _button("Play", "play", "Train until Stop, or the last step", button_style="primary")
        self.stop_button = _button("Stop", "stop", "Pause the training", disabled=True)
        self.step_button = _button("Step", "step-forward", "Train for a single step")
        self.speed = ipywidgets.Dropdown(
            options=SPEEDS,
            value=SPEED,
            description="Steps at a time",
            layout={"width": "190px"},
            style={"description_width": "112px"},
        )
        self.progress = ipywidgets.IntProgress(
            steps, 0, LAST_STEP, description="Steps", layout={"width": "180px"}, style={"description_width": "45px"}
        )
        self.note = ipywidgets.HTML()
        super().__init__(
            maker=playground,
            controls=control_widgets,
            run=self._start_anew,
            picture=PlaygroundPicture,
            question=question,
            buttons=(self.play_button, self.stop_button, self.step_button, self.speed, self.progress, self.note),
        )
        self.play_button.on_click(lambda _: self.play())
        self.stop_button.on_click(lambda _: self.stop())
        self.step_button.on_click(lambda _: self.step())

    @property
    def playing(self) -> bool:
        """Whether the training thread is alive."""
        return self._thread is not None and self._thread.is_alive()

    def state(self):
        return {**self.settings(), "steps": self._playground.steps}

    def play(self) -> None:
        """Train in a thread, until ``stop``, divergence or the last step."""
        if self.playing:
            return
        self._halt.clear()
        self._set_buttons(playing=True)
        self._thread = threading.Thread(target=self._train, name="playground", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the training thread and wait for it; ``play`` goes on from there."""
        self._halt.set()
        if self.playing:
            self._thread.join()

    def step(self) -> None:
        """Train for a single step, and show where it leads."""
        if not self.playing:
            self.show_next_frame(1)
            self._say_why_it_stands()

    def show_next_frame(self, n_steps=None) -> None:
        """Train for as many steps as ``speed`` says, and show where they lead."""
        self._playground.advance(min(n_steps or self.speed.value, LAST_STEP - self._playground.steps))
        self.present(self._playground.snapshot())

    def refresh(self) -> None:
        """Start anew with the present values, and go on playing if it was playing."""
        was_playing = self.playing
        self.stop()
        super().refresh()
        if was_playing:
            self.play()

    def restore(self) -> None:
        self.stop()
        self._next_steps = self._first_steps
        super().restore()

    def present(self, result):
        self.progress.value = result.steps
        super().present(result)
        self.note.value = ""

    def close(self) -> None:
        """Stop the thread, and remove the widget from the page."""
        self.stop()
        super().close()

    def measure_answer(self):
        network = Playground(**_arguments(self.settings()))
        network.advance(QUESTION_STEP)
        return network.snapshot()

    def _start_anew(self, **settings):
        self._playground = Playground(**_arguments(settings))
        self._playground.advance(self._next_steps)
        self._next_steps = 0
        return self._playground.snapshot()

    def _train(self):
        try:
            due = time.monotonic()
            while not (self._why_it_ended() or self._halt.wait(due - time.monotonic())):
                left_out = min(MOST_LEFT_OUT, int((time.monotonic() - due) / SECONDS_PER_FRAME))
                self.show_next_frame((1 + left_out) * self.speed.value)
                due += (1 + left_out) * SECONDS_PER_FRAME
            self._say_why_it_stands()
        except Exception as error:  # an exception in a thread would otherwise be lost
            self.report(error)
        finally:
            self._set_buttons(playing=False)

    def _set_buttons(self, playing):
        self.play_button.disabled = self.step_button.disabled = playing
        self.stop_button.disabled = not playing

    def _why_it_ended(self) -> str:
        if self._playground.diverged:
            return "It has diverged: choose other values, or Reset."
        if self._playground.steps >= LAST_STEP:
            return f"That was step {LAST_STEP}, the last one: choose other values, or Reset."
        return ""

    def _say_why_it_stands(self):
        text = self._why_it_ended() or "Paused: Play goes on."
        self.note.value = f'<span role="status">{text}</span>'


def _button(description, icon, tooltip, **options):
    return ipywidgets.Button(description=description, icon=icon, tooltip=tooltip, layout={"width": "90px"}, **options)


def _arguments(settings):
    """The controls' values as ``Playground`` takes them."""
    max_norm = settings["max_norm"]
    return {**settings, "max_norm": None if max_norm == "none" else max_norm}


def _question(depth, activation, data):
    return Question(
        f"A network of {depth} hidden {activation} layers trains on the {data}. "
        f"After {QUESTION_STEP} steps it gets right",
        ("about half of the points, as if it guessed", "60 to 90 %", "more than 90 %"),
        lambda result: sum(result.accuracy >= bound for bound in (0.6, 0.9)),
        _what_it_got,
    )


def _what_it_got(result):
    spread, norms = result.spread, result.gradient_norm
    return (
        f"It gets {result.accuracy:.0%} right. From point to point, a unit's outputs differ by {number(spread[0])} "
        f"in the first hidden layer and by {number(spread[-1])} in the last; the gradient of the weights has norm "
        f"{number(norms[-1])} in the last layer and {number(norms[0])} in the first."
    )
