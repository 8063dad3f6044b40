"""A network that trains before one's eyes."""

import threading

import ipywidgets

from course_lib.data.datasets import TOY_SETS
from course_lib.functions.activations import ACTIVATIONS
from course_lib.initialization import INITIALIZERS
from course_lib.units.vanishing_gradients.experiments.playground import Playground
from course_lib.units.vanishing_gradients.figures.playground import PlaygroundPicture
from course_lib.widgets import controls
from course_lib.widgets.explorer import Explorer
from course_lib.widgets.prediction import Question

LAST_STEP = 2000
STEPS_PER_FRAME = 20
SECONDS_PER_FRAME = 0.1  # ten pictures a second; the front end cannot take many more
QUESTION_STEP = 500


def playground(
    data="moons",
    depth=6,
    width=16,
    activation="sigmoid",
    initialization="glorot_normal",
    lr=0.1,
    seed=0,
    steps=0,
    predict=True,
) -> "PlaygroundExplorer":
    """Train a network in two dimensions, with Play and Stop.

    Parameters
    ----------
    data, depth, width, activation, initialization, lr, seed
        The first values of the controls; see ``Playground``.
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
            "seed": controls.seed(seed),
        },
        _question(depth, activation, data) if predict else None,
    )


class PlaygroundExplorer(Explorer):
    """An ``Explorer`` whose experiment goes on in a thread between ``play`` and ``stop``.

    Attributes
    ----------
    play_button, stop_button : ipywidgets.Button
    progress : ipywidgets.IntProgress, in training steps
    """

    def __init__(self, steps, control_widgets, question):
        self._thread, self._halt = None, threading.Event()
        self._first_steps = self._next_steps = steps
        self.play_button = ipywidgets.Button(
            description="Play", icon="play", button_style="primary", tooltip="Train", layout={"width": "90px"}
        )
        self.stop_button = ipywidgets.Button(
            description="Stop", icon="stop", tooltip="Pause the training", layout={"width": "90px"}, disabled=True
        )
        self.progress = ipywidgets.IntProgress(0, 0, LAST_STEP, description="Steps")
        super().__init__(
            maker=playground,
            controls=control_widgets,
            run=self._start_anew,
            picture=PlaygroundPicture,
            question=question,
            buttons=(self.play_button, self.stop_button, self.progress),
        )
        self.play_button.on_click(lambda _: self.play())
        self.stop_button.on_click(lambda _: self.stop())

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
        self.play_button.disabled, self.stop_button.disabled = True, False
        self._thread = threading.Thread(target=self._train, name="playground", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the training thread and wait for it; ``play`` goes on from there."""
        self._halt.set()
        if self.playing:
            self._thread.join()

    def show_next_frame(self) -> None:
        """Train for a few steps, and show where they lead."""
        self._playground.advance(min(STEPS_PER_FRAME, LAST_STEP - self._playground.steps))
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

    def close(self) -> None:
        """Stop the thread, and remove the widget from the page."""
        self.stop()
        super().close()

    def measure_answer(self):
        network = Playground(**self.settings())
        network.advance(QUESTION_STEP)
        return network.snapshot()

    def _start_anew(self, **settings):
        self._playground = Playground(**settings)
        self._playground.advance(self._next_steps)
        self._next_steps = 0
        return self._playground.snapshot()

    def _train(self):
        try:
            while not (self._halt.is_set() or self._playground.diverged or self._playground.steps >= LAST_STEP):
                self.show_next_frame()
                self._halt.wait(SECONDS_PER_FRAME)
        except Exception as error:  # an exception in a thread would otherwise be lost
            self.report(error)
        finally:
            self.play_button.disabled, self.stop_button.disabled = False, True


def _question(depth, activation, data):
    return Question(
        f"A network of {depth} hidden {activation} layers trains on the {data}. "
        f"After {QUESTION_STEP} steps it gets right",
        ("about half of the points, as if it guessed", "60 to 90 %", "more than 90 %"),
        lambda result: sum(result.accuracy >= bound for bound in (0.6, 0.9)),
    )
