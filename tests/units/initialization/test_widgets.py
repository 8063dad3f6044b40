"""Of this unit's widgets alone: what is trained on demand, and what is not measured again."""

import ipywidgets
import pytest
from explorers import evaluate, same

from course_lib.units.initialization import widgets
from course_lib.units.initialization.experiments.scale_map import scale_map
from course_lib.units.initialization.experiments.trainable_depth import trainable_depth
from course_lib.units.initialization.widgets import phases, scale

pytestmark = pytest.mark.compiled


@pytest.fixture(autouse=True)
def _closed():
    yield
    ipywidgets.Widget.close_all()


@pytest.fixture
def grid(monkeypatch):
    """Two places of the plane, at which only shallow networks train, so that the search is short."""
    monkeypatch.setattr(phases, "GRID", (0.5, 0.6))
    return phases.GRID


def test_measure_trains_at_every_place_and_shows_each_depth_at_once(grid, monkeypatch):
    explorer = widgets.phase_explorer(bias_variance=0.0, predict=False)
    before, seen, present = explorer.image.value, [], explorer.present
    monkeypatch.setattr(explorer, "present", lambda result: (seen.append(len(result.trained_depth)), present(result)))
    explorer.measure_button.click()
    assert seen == [1, 2] and explorer.progress.value == 2 and not explorer.measure_button.disabled
    expected = [trainable_depth(weight, 0.0).depth for weight in grid]
    assert list(explorer.result.trained_depth) == expected
    assert explorer.image.value != before and f"{expected[0]} at 0.5" in explorer.readout.value


def test_what_was_measured_stays_goes_into_the_code_and_ends_with_reset(grid):
    explorer = widgets.phase_explorer(bias_variance=0.0, predict=False)
    first = explorer.code.value
    explorer.measure()
    explorer.controls.weight_variance.value = 2.0
    assert len(explorer.result.trained_depth) == 2
    assert "measured=((0.0, 0),)" in explorer.code.value
    other = evaluate(explorer.code.value)
    assert same(other.result, explorer.result) and other.image.value == explorer.image.value
    explorer.reset.click()
    assert explorer.code.value == first and len(explorer.result.trained_depth) == 0
    other.reset.click()  # its first state had been measured
    assert len(other.result.trained_depth) == 2


@pytest.mark.soak
def test_measuring_again_with_another_seed_adds_to_it(grid):
    explorer = widgets.phase_explorer(bias_variance=0.0, predict=False)
    explorer.measure()
    explorer.controls.seed.value = 1
    explorer.measure()
    assert len(explorer.result.trained_depth) == 4
    assert "measured=((0.0, 0), (0.0, 1))" in explorer.code.value


def test_a_search_that_is_broken_off_is_said_and_is_no_measurement(monkeypatch):
    explorer = widgets.phase_explorer(predict=False)
    code = explorer.code.value
    monkeypatch.setattr(phases, "trainable_depth", lambda *_: 1 / 0)
    explorer.measure()
    assert "ZeroDivisionError" in explorer.readout.value and not explorer.measure_button.disabled
    explorer.controls.depth.value = 12
    assert explorer.code.value == code.replace("depth=30", "depth=12") and len(explorer.result.trained_depth) == 0


def test_another_gain_measures_nothing_again(monkeypatch):
    runs = []

    def counted(*settings):
        runs.append(settings)
        return scale_map(*settings)

    monkeypatch.setattr(scale, "scale_map", counted)
    explorer = widgets.scale_explorer(predict=False)
    for gain in (1.0, 1.5, 2.5):
        explorer.controls.gain.value = gain
        assert explorer.result.gain == gain
    assert len(runs) == 1
    explorer.controls.seed.value = 1
    assert len(runs) == 2
