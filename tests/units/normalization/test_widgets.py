"""Of this unit's widgets alone: what is not measured again, and what the answers say."""

import ipywidgets
import numpy as np
import pytest

from course_lib.units.normalization import widgets
from course_lib.units.normalization.experiments import batch_gap as gap
from course_lib.units.normalization.experiments.depth_gain import depth_gain
from course_lib.units.normalization.experiments.sharing import sharing
from course_lib.units.normalization.widgets import depth_gain as depth_widget

pytestmark = pytest.mark.compiled


@pytest.fixture(autouse=True)
def _closed():
    yield
    ipywidgets.Widget.close_all()


def test_another_gain_measures_nothing_again(monkeypatch):
    runs = []

    def counted(*settings, **more):
        runs.append(settings)
        return depth_gain(*settings, **more)

    monkeypatch.setattr(depth_widget, "depth_gain", counted)
    explorer = widgets.depth_gain_explorer(predict=False)
    for gain in (1.5, 3.0, 5.0):
        explorer.controls.gain.value = gain
        assert explorer.result.gain == gain
    assert len(runs) == 1
    explorer.controls.depth.value = 10
    assert len(runs) == 2


def test_groups_can_be_chosen_for_group_norm_alone():
    explorer = widgets.sharing_explorer(predict=False)
    assert explorer.controls.groups.disabled
    explorer.controls.norm.value = "group"
    assert not explorer.controls.groups.disabled
    explorer.reset.click()
    assert explorer.controls.groups.disabled


def test_another_size_or_momentum_trains_nothing_again(monkeypatch):
    explorer = widgets.batch_explorer(predict=False)
    monkeypatch.setattr(gap, "trained", lambda *_: 1 / 0)
    for size, momentum in ((2, 0.0), (256, 0.99)):
        explorer.controls.size.value = size
        explorer.controls.momentum.value = momentum
        assert (explorer.result.size, explorer.result.momentum) == (size, momentum)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (widgets.zigzag_explorer, "(standardise)"),
        (widgets.depth_gain_explorer, "without batch norm"),
        (widgets.batch_explorer, "depends on its company"),
        (widgets.sharing_explorer, "Not noticed: channel × 3"),
    ],
)
def test_the_answer_says_why(make, words):
    explorer = make()
    assert words in explorer.prediction.question.explain(explorer.measure_answer())


def test_the_answer_s_numbers_are_those_measured():
    explorer = widgets.depth_gain_explorer()
    result = explorer.measure_answer()
    text = explorer.prediction.question.explain(result)
    assert f"by {result.factors[1]:.2f} with it, and by {result.factors[0]:.2f} without" in text
    result = gap.batch_gap(8)
    text = widgets.batch_explorer(size=8).prediction.question.explain(result)
    assert f"{np.median(result.training[:, 2]):.2f} by the batches" in text


@pytest.mark.parametrize(("groups", "end"), [(1, "layer"), (8, "instance")])
def test_group_norm_shows_its_ends(groups, end):
    explorer = widgets.sharing_explorer(norm="group", groups=groups, predict=False)
    assert np.array_equal(explorer.result.block, sharing(end).block)
