"""Widgets: what a control does to picture, readout and line of Python; the prediction; threads that end."""

import base64
import io
import threading
import time
from dataclasses import fields, is_dataclass

import ipywidgets
import matplotlib.image
import numpy as np
import pytest

from course_lib.figures.picture import png
from course_lib.units.vanishing_gradients import widgets as widgets
from course_lib.units.vanishing_gradients.figures import SignalPicture
from course_lib.units.vanishing_gradients.widgets.playground import LAST_STEP

pytestmark = pytest.mark.compiled

# for every widget, values other than the first for all of its controls
CHANGES = {
    widgets.signal_explorer: {
        "depth": 33,
        "width": 32,
        "activation": "prelu",
        "initialization": "he_normal",
        "gain": 1.35,
        "residual": True,
        "seed": 7,
    },
    widgets.activation_explorer: {"activation": "swish", "mean": -1.1, "std": 3.2, "parameter": 0.6},
    widgets.gradient_check_explorer: {"h": 1e-9, "activation": "relu", "precision": "float32", "seed": 3},
    widgets.playground: {
        "data": "xor",
        "depth": 2,
        "width": 8,
        "activation": "relu",
        "initialization": "he_normal",
        "lr": 0.01,
        "seed": 5,
    },
}
MAKERS = pytest.mark.parametrize("make", CHANGES, ids=lambda make: make.__name__)


def same(a, b):
    if is_dataclass(a):
        return type(a) is type(b) and all(same(getattr(a, f.name), getattr(b, f.name)) for f in fields(a))
    return np.array_equal(a, b)


def evaluate(line):
    """What a pasted line of Python displays."""
    statement, _, expression = line.partition("; ")
    names = {}
    exec(statement, names)
    return eval(expression, names)


def until(condition, seconds=600):
    """Wait for a condition; the deadline only keeps a broken thread from hanging the tests."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)


def count_runs(monkeypatch, explorer):
    """A list that grows with every run of the explorer's experiment."""
    runs, run = [], explorer._run
    monkeypatch.setattr(explorer, "_run", lambda **settings: (runs.append(settings), run(**settings))[1])
    return runs


def training_threads():
    return [thread for thread in threading.enumerate() if thread.name == "playground"]


@pytest.fixture(autouse=True)
def no_thread_outlives_its_test():
    yield
    ipywidgets.Widget.close_all()
    assert not training_threads()


@MAKERS
def test_every_control_changes_picture_readout_and_code(make):
    explorer = make(predict=False)
    for name, value in CHANGES[make].items():
        if make is widgets.playground:  # a learning rate shows only in training
            explorer.show_next_frame()
        before = {part: getattr(explorer, part).value for part in ("image", "readout", "code")}
        getattr(explorer.controls, name).value = value
        if make is widgets.playground:
            explorer.show_next_frame()
        unchanged = [part for part, old in before.items() if getattr(explorer, part).value == old]
        assert not unchanged, name
        assert repr(value) in explorer.code.value


@MAKERS
def test_all_ways_to_a_state_lead_to_the_same_pixels(make, monkeypatch):
    """Moving the controls, making a new widget, pasting the line of Python; and Reset, in a single run, back again."""
    explorer = make(predict=False)
    first = {name: getattr(explorer, name).value for name in ("image", "readout", "code")}
    for name, value in CHANGES[make].items():
        getattr(explorer.controls, name).value = value
    # the same bytes: blitting leaves nothing behind of the states in between
    for other in (make(predict=False, **CHANGES[make]), evaluate(explorer.code.value)):
        assert same(other.result, explorer.result)
        assert other.prediction is None
        assert {name: getattr(other, name).value for name in first} == {n: getattr(explorer, n).value for n in first}
    runs = count_runs(monkeypatch, explorer)
    explorer.reset.click()
    assert {name: getattr(explorer, name).value for name in first} == first
    assert len(runs) == 1


@MAKERS
def test_readout_is_announced_and_says_what_the_picture_shows(make):
    explorer = make(predict=False)
    assert explorer.readout.value.startswith('<div role="status"')
    picture = explorer.figure.picture
    assert picture.alt == picture.describe(explorer.result)
    assert picture.alt.split(".")[0] in explorer.readout.value


@MAKERS
def test_controls_are_native_and_described(make):
    explorer = make()
    for control in vars(explorer.controls).values():
        assert control.description
        assert control.tabbable is not False
    for button in (explorer.reset, explorer.prediction.show):
        assert button.description and button.tooltip
    assert f"tdn-{make.__name__.replace('_', '-')}" in explorer._dom_classes
    assert explorer.image.layout.height.endswith("px")


@MAKERS
def test_nothing_is_shown_before_the_prediction(make):
    explorer = make()
    assert explorer._stage.layout.display == "none"
    assert explorer.prediction.choice.value is None
    assert explorer.prediction.verdict.value == ""
    explorer.prediction.choice.index = 1
    explorer.prediction.show.click()
    assert explorer._stage.layout.display is None
    assert explorer.prediction.choice.options[1] in explorer.prediction.verdict.value
    assert 'role="status"' in explorer.prediction.verdict.value
    assert explorer.prediction.choice.disabled


@MAKERS
def test_prediction_can_be_skipped(make):
    explorer = make(predict=False)
    assert explorer.prediction is None
    assert explorer._stage.layout.display is None
    unanswered = make()
    unanswered.prediction.show.click()
    assert "Measured:" in unanswered.prediction.verdict.value


@pytest.mark.outcome
@pytest.mark.parametrize(
    ("make", "settings", "answer"),
    [
        (widgets.signal_explorer, {}, 0),
        (widgets.signal_explorer, {"activation": "relu", "initialization": "he_normal"}, 2),
        (widgets.signal_explorer, {"activation": "relu", "initialization": "normal 1"}, 3),
        (widgets.activation_explorer, {"activation": "leaky_relu"}, 0),
        (widgets.activation_explorer, {"activation": "relu"}, 3),
        (widgets.gradient_check_explorer, {}, 2),
        (widgets.gradient_check_explorer, {"precision": "float32"}, 3),
        (widgets.playground, {}, 0),
        (widgets.playground, {"activation": "tanh"}, 2),
    ],
)
def test_the_measurement_judges_the_prediction(make, settings, answer):
    right, wrong = make(**settings), make(**settings)
    right.prediction.choice.index, wrong.prediction.choice.index = answer, 1
    for explorer in (right, wrong):
        explorer.prediction.show.click()
    assert "that is what was measured" in right.prediction.verdict.value
    assert right.prediction.question.options[answer] in wrong.prediction.verdict.value
    assert "that is what was measured" not in wrong.prediction.verdict.value


@MAKERS
def test_static_picture_stands_in_the_mimebundle(make):
    data, metadata = make(predict=False)._repr_mimebundle_()
    image = matplotlib.image.imread(io.BytesIO(base64.b64decode(data["image/png"])))
    assert image.shape[2] == 4 and image.std() > 0.05  # RGBA, and not blank
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["text/plain"] == metadata["image/png"]["alt"] != ""


def test_live_picture_has_the_pixels_of_the_static_one():
    explorer = widgets.signal_explorer(predict=False)
    explorer.controls.gain.value = 2.0
    live, static = (
        matplotlib.image.imread(io.BytesIO(data))
        for data in (explorer.image.value, png(SignalPicture(explorer.result).figure))
    )
    # lines drawn last lie over the axes' frames: single pixels differ, at most 1 in 100
    assert live.shape == static.shape
    assert np.mean(np.abs(live - static).max(axis=2) > 0.02) < 0.01


@pytest.mark.parametrize(
    ("make", "wrong"),
    [
        (widgets.signal_explorer, {"depth": 51}),
        (widgets.signal_explorer, {"activation": "step"}),
        (widgets.activation_explorer, {"std": 0.0}),
        (widgets.gradient_check_explorer, {"h": 1.0}),
        (widgets.playground, {"steps": LAST_STEP + 1}),
        (widgets.playground, {"seed": -1}),
    ],
)
def test_first_values_out_of_range_are_refused(make, wrong):
    (value,) = wrong.values()
    with pytest.raises(ValueError) as caught:
        make(**wrong)
    assert repr(value) in str(caught.value)


def test_an_error_stands_in_the_readout_and_the_next_change_recovers(monkeypatch):
    explorer = widgets.signal_explorer(predict=False)
    image, run = explorer.image.value, explorer._run

    def breaks(**settings):
        if settings["depth"] == 13:
            raise ArithmeticError("<unlucky>")
        return run(**settings)

    monkeypatch.setattr(explorer, "_run", breaks)
    explorer.controls.depth.value = 13
    assert 'role="alert"' in explorer.readout.value
    assert "ArithmeticError: &lt;unlucky&gt;" in explorer.readout.value
    assert explorer.image.value == image
    explorer.controls.depth.value = 14
    assert 'role="status"' in explorer.readout.value
    assert explorer.image.value != image


def test_rounding_by_the_front_end_is_no_change_of_state(monkeypatch):
    explorer = widgets.activation_explorer(mean=0.3, std=2.0, predict=False)
    runs, code = count_runs(monkeypatch, explorer), explorer.code.value
    explorer.controls.std.value = np.nextafter(2.0, 3.0)
    explorer.controls.mean.value = 0.1 + 0.2
    assert not runs and explorer.code.value == code
    explorer.controls.mean.value = -5e-17
    assert "mean=0.0," in explorer.code.value


def test_another_activation_brings_its_usual_parameter_in_one_run(monkeypatch):
    explorer = widgets.activation_explorer(activation="elu", parameter=0.4, predict=False)
    assert explorer.result.parameter == 0.4
    runs = count_runs(monkeypatch, explorer)
    explorer.controls.activation.value = "leaky_relu"
    assert explorer.result.parameter == 0.01
    assert len(runs) == 1
    explorer.controls.activation.value = "tanh"
    assert explorer.controls.parameter.disabled


# the training thread


def test_play_trains_and_stop_ends_the_thread():
    explorer = widgets.playground(activation="tanh", predict=False)
    image = explorer.image.value
    explorer.play_button.click()
    until(lambda: explorer.result.steps >= 60)
    assert explorer.playing and explorer.play_button.disabled and not explorer.stop_button.disabled
    explorer.stop_button.click()
    assert not explorer.playing and not training_threads()
    assert not explorer.play_button.disabled and explorer.stop_button.disabled
    steps = explorer.result.steps
    assert explorer.progress.value == steps and f"Step {steps}" in explorer.readout.value
    assert explorer.image.value != image
    explorer.play()
    until(lambda: explorer.result.steps > steps)
    explorer.stop()


def test_trained_state_is_made_again_by_its_code():
    explorer = widgets.playground(activation="relu", initialization="he_normal", predict=False)
    explorer.play()
    until(lambda: explorer.result.steps >= 40)
    explorer.stop()
    assert f"steps={explorer.result.steps}" in explorer.code.value
    again = evaluate(explorer.code.value)
    assert same(again.result, explorer.result)
    assert again.image.value == explorer.image.value


def test_a_control_moved_while_playing_starts_anew_and_goes_on():
    explorer = widgets.playground(predict=False)
    explorer.play()
    explorer.play()  # a second click is no second thread
    assert len(training_threads()) == 1
    until(lambda: explorer.result.steps >= 40)
    explorer.controls.depth.value = 2
    until(lambda: explorer.result.steps >= 20)
    assert len(explorer.result.gradient_norm) == 3
    assert len(training_threads()) == 1
    explorer.reset.click()
    assert not explorer.playing and explorer.result.steps == 0


def test_reset_brings_back_the_first_steps_and_a_new_setting_does_not():
    explorer = widgets.playground(steps=25, predict=False)
    assert explorer.result.steps == 25
    explorer.controls.width.value = 8
    assert explorer.result.steps == 0
    explorer.reset.click()
    assert explorer.result.steps == 25


def test_divergence_ends_the_thread_and_is_said():
    explorer = widgets.playground(activation="identity", initialization="normal 1", lr=50.0, predict=False)
    explorer.play()
    until(lambda: not explorer.playing)
    assert explorer.result.diverged and "no longer finite" in explorer.readout.value
    assert not explorer.play_button.disabled


def test_the_last_step_ends_the_thread():
    explorer = widgets.playground(steps=LAST_STEP - 30, depth=1, width=2, predict=False)
    explorer.play()
    until(lambda: not explorer.playing)
    assert explorer.result.steps == LAST_STEP == explorer.progress.value


def test_closing_ends_the_thread():
    explorer = widgets.playground(predict=False)
    explorer.play()
    assert training_threads()
    explorer.close()
    assert not training_threads()


def test_an_error_in_the_thread_stands_in_the_readout(monkeypatch):
    explorer = widgets.playground(predict=False)

    def breaks(n_steps):
        raise FloatingPointError("numbers ran out")

    monkeypatch.setattr(explorer._playground, "advance", breaks)
    explorer.play()
    until(lambda: not explorer.playing)
    assert "FloatingPointError: numbers ran out" in explorer.readout.value
    assert not explorer.play_button.disabled
