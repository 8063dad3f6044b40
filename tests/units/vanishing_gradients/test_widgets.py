"""Of this unit's widgets alone: errors, rounding, and the playground's thread."""

import io
import threading
import time
from importlib import import_module
from itertools import pairwise

import ipywidgets
import matplotlib.image
import numpy as np
import pytest
from explorers import count_runs, evaluate, same

from course_lib.figures.picture import png
from course_lib.units.vanishing_gradients import widgets as widgets
from course_lib.units.vanishing_gradients.figures import SignalPicture
from course_lib.units.vanishing_gradients.widgets.playground import LAST_STEP, MOST_LEFT_OUT
from vanishing_gradients.examples import trained

pytestmark = pytest.mark.compiled


def until(condition, seconds=600):
    """Wait for a condition; the deadline only keeps a broken thread from hanging the tests."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)


def training_threads():
    return [thread for thread in threading.enumerate() if thread.name == "playground"]


@pytest.fixture(autouse=True)
def no_thread_outlives_its_test():
    yield
    ipywidgets.Widget.close_all()
    assert not training_threads()


@pytest.mark.soak
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


def test_an_error_stands_in_the_readout_and_the_next_change_recovers(monkeypatch):
    explorer = widgets.signal_explorer(predict=False)
    image, run = explorer.image.value, explorer._run

    def breaks(**settings):
        if settings["depth"] == 13:
            raise ArithmeticError("<unlucky>")
        return run(**settings)

    monkeypatch.setattr(explorer, "_run", breaks)
    explorer.controls.depth.value = 13
    assert "This state cannot be shown." in explorer.readout.value
    assert "ArithmeticError: &lt;unlucky&gt;" in explorer.readout.value
    assert explorer.image.value == image
    explorer.controls.depth.value = 14
    assert "This state cannot be shown." not in explorer.readout.value
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
    assert explorer.result.first.parameter == 0.4
    runs = count_runs(monkeypatch, explorer)
    explorer.controls.activation.value = "leaky_relu"
    assert explorer.result.first.parameter == 0.01
    assert len(runs) == 1
    explorer.controls.activation.value = "tanh"
    assert explorer.controls.parameter.disabled


# the training thread


def test_play_trains_and_stop_ends_the_thread():
    explorer = widgets.playground(activation="tanh", predict=False)
    image = explorer.image.value
    explorer.play_button.click()
    explorer.speed.value = 5
    until(lambda: explorer.result.steps >= 60)
    assert explorer.playing and explorer.step_button.disabled
    assert explorer.play_button.disabled and not explorer.stop_button.disabled
    explorer.stop_button.click()
    assert "Paused" in explorer.note.value
    assert not explorer.playing and not training_threads()
    assert not explorer.play_button.disabled and explorer.stop_button.disabled
    steps = explorer.result.steps
    assert explorer.progress.value == steps and f"Step {steps}" in explorer.readout.value
    assert explorer.image.value != image
    explorer.play()
    until(lambda: explorer.result.steps > steps)
    explorer.stop()


@pytest.mark.soak
def test_trained_state_is_made_again_by_its_code():
    explorer = widgets.playground(activation="relu", initialization="he_normal", predict=False)
    explorer.play()
    until(lambda: explorer.result.steps >= 40)
    explorer.stop()
    assert f"steps={explorer.result.steps}" in explorer.code.value
    again = evaluate(explorer.code.value)
    assert same(again.result, explorer.result)
    assert again.image.value == explorer.image.value


@pytest.mark.soak
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


@pytest.mark.soak
def test_reset_brings_back_the_first_steps_and_a_new_setting_does_not():
    explorer = widgets.playground(steps=25, predict=False)
    assert explorer.result.steps == 25 == explorer.progress.value
    explorer.controls.width.value = 8
    assert explorer.result.steps == 0
    explorer.reset.click()
    assert explorer.result.steps == 25


def test_divergence_ends_the_thread_and_is_said():
    explorer = widgets.playground(activation="identity", initialization="normal 1", lr=50.0, predict=False)
    explorer.play()
    until(lambda: not explorer.playing)
    assert explorer.result.diverged and "no longer finite" in explorer.readout.value
    assert "diverged" in explorer.note.value
    assert not explorer.play_button.disabled


@pytest.mark.soak
def test_the_last_step_ends_the_thread():
    explorer = widgets.playground(steps=LAST_STEP - 30, depth=1, width=2, predict=False)
    explorer.play()
    until(lambda: not explorer.playing)
    assert explorer.result.steps == LAST_STEP == explorer.progress.value
    assert f"step {LAST_STEP}, the last" in explorer.note.value
    explorer.controls.lr.value = 1.0
    assert explorer.result.steps == 0 and explorer.note.value == ""


def test_play_at_the_last_step_says_why_nothing_happens():
    explorer = widgets.playground(steps=LAST_STEP, depth=1, width=2, predict=False)
    assert explorer.note.value == ""
    for button in (explorer.play_button, explorer.step_button):
        button.click()
        until(lambda: not explorer.playing)
        assert explorer.result.steps == LAST_STEP and f"step {LAST_STEP}, the last" in explorer.note.value
        explorer.note.value = ""


def test_a_single_step_is_the_same_as_one_of_many():
    explorer = widgets.playground(max_norm=0.1, skip=True, predict=False)
    for _ in range(3):
        explorer.step_button.click()
    assert explorer.result.steps == 3 and "steps=3" in explorer.code.value
    assert same(explorer.result, trained(3, depth=6, activation="sigmoid", skip=True, max_norm=0.1))


def pictures(explorer, monkeypatch, seconds):
    """The step of every picture of a film, each of which takes so long to draw."""
    seen, present = [], explorer.present
    monkeypatch.setattr(
        explorer, "present", lambda result: (seen.append(result.steps), time.sleep(seconds), present(result))
    )
    explorer.play()
    until(lambda: not explorer.playing)
    return seen


@pytest.mark.soak
def test_speed_is_the_number_of_steps_from_picture_to_picture(monkeypatch):
    explorer = widgets.playground(steps=LAST_STEP - 40, depth=1, width=2, predict=False)
    explorer.speed.value = 20
    monkeypatch.setattr(import_module(widgets.playground.__module__), "SECONDS_PER_FRAME", 1.0)
    assert pictures(explorer, monkeypatch, 0.0) == [LAST_STEP - 20, LAST_STEP]


def test_pictures_that_take_too_long_are_left_out_and_the_pace_is_kept(monkeypatch):
    explorer = widgets.playground(steps=LAST_STEP - 500, depth=1, width=2, predict=False)
    explorer.speed.value = 20
    monkeypatch.setattr(import_module(widgets.playground.__module__), "SECONDS_PER_FRAME", 0.02)
    steps = pictures(explorer, monkeypatch, 0.06)
    assert steps[-1] == LAST_STEP and all((LAST_STEP - step) % 20 == 0 for step in steps)
    assert all(after - before <= 20 * (1 + MOST_LEFT_OUT) for before, after in pairwise(steps))
    assert len(steps) <= 25 / 2  # 25 are due, and after the first, two of three are left out


@pytest.mark.soak
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
