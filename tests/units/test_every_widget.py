"""Every widget of every unit: what a control does to picture, readout and line of Python; the prediction."""

import base64
import html
import io
from importlib import import_module

import ipywidgets
import matplotlib.image
import pytest
from explorers import count_runs, evaluate, same
from matplotlib.backends.backend_agg import FigureCanvasAgg
from thrift import first_of_each, rest_in_soak

from course_lib.figures.style import percents
from course_lib.units import built
from course_lib.widgets.names import READOUT, STATUS

pytestmark = pytest.mark.compiled

EXAMPLES = {unit: import_module(f"{unit}.examples") for unit in built()}
CONTROLS = {make: values for each in EXAMPLES.values() for make, values in each.CONTROLS.items()}
ROWS = [row for each in EXAMPLES.values() for row in each.PREDICTIONS]
FIRST = {row[0]: row for row in reversed(ROWS)}
# `make test` takes the first row of each widget
PREDICTIONS = [pytest.param(*row, marks=[] if row is FIRST[row[0]] else [pytest.mark.soak]) for row in ROWS]
REFUSED = [row for each in EXAMPLES.values() for row in each.REFUSED]
# a run through all controls draws twenty pictures
ONE_OF_A_UNIT = pytest.mark.parametrize(
    "make", first_of_each(each.CONTROLS for each in EXAMPLES.values()), ids=lambda make: make.__name__
)
MAKERS = pytest.mark.parametrize("make", CONTROLS, ids=lambda make: make.__name__)


@pytest.fixture(autouse=True)
def _closed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where predictions are kept
    yield
    ipywidgets.Widget.close_all()


SHOWN = ("image", "readout", "code")


def shown(explorer):
    return {part: getattr(explorer, part).value for part in SHOWN}


def hidden_texts(picture, image):
    """The fixed texts inside of axes of which the image (height, width, RGBA) shows nothing: something covers them."""
    renderer = FigureCanvasAgg(picture.figure).get_renderer()
    for text in (text for ax in picture.figure.axes for text in ax.texts if text not in picture.changing):
        (left, bottom), (right, top) = text.get_window_extent(renderer).get_points().astype(int)
        height = image.shape[0]
        if text.get_text() and image[height - top : height - bottom, left:right, :3].min() > 0.5:
            yield text


def train(explorer):
    """Some steps, where the widget trains at all."""
    if hasattr(explorer, "show_next_frame"):
        explorer.show_next_frame(10)


@pytest.mark.parametrize("unit", built())
def test_no_widget_is_forgotten(unit):
    names = import_module(f"course_lib.units.{unit}.widgets").__all__
    assert {make.__name__ for make in EXAMPLES[unit].CONTROLS} == set(names)


@ONE_OF_A_UNIT
def test_every_control_changes_what_is_shown_and_the_code_makes_it_again(make, monkeypatch):
    """And Reset, in a single run, leads back."""
    explorer = make(predict=False)
    first = shown(explorer)
    train(explorer)  # a learning rate shows only in training
    after = shown(explorer)
    for name, value in CONTROLS[make].items():
        before = after
        getattr(explorer.controls, name).value = value
        train(explorer)
        after = shown(explorer)
        assert [part for part in SHOWN if after[part] == before[part]] == [], name
        assert repr(value) in after["code"]
    other = evaluate(after["code"])
    assert same(other.result, explorer.result)
    assert other.prediction is None
    assert shown(other) == after  # the same bytes: blitting leaves nothing behind of the states in between
    runs = count_runs(monkeypatch, explorer)
    explorer.reset.click()
    assert shown(explorer) == first
    assert len(runs) == 1


@pytest.mark.parametrize("make", rest_in_soak(CONTROLS), ids=lambda make: make.__name__)
def test_what_is_pinned_stays_behind_the_next_state_until_it_is_released(make):
    explorer, plain = make(predict=False), make(predict=False)
    first = percents(explorer.figure.picture.alt)
    explorer.pin.value = True
    for name, value in list(CONTROLS[make].items())[:2]:  # every picture takes a tenth of a second
        for each in (explorer, plain):
            getattr(each.controls, name).value = value
    assert explorer.image.value != plain.image.value
    assert html.escape(first) in explorer.readout.value and html.escape(first) not in plain.readout.value
    assert same(explorer.result, plain.result) and explorer.code.value == plain.code.value
    explorer.pin.value = False
    assert explorer.image.value == plain.image.value and explorer.readout.value == plain.readout.value


@MAKERS
def test_what_the_picture_shows_is_said_and_stands_in_the_mimebundle(make):
    explorer = make(predict=False)
    assert {STATUS, READOUT} <= set(explorer.readout._dom_classes)
    picture = explorer.figure.picture
    assert picture.alt == picture.describe(explorer.result)
    assert picture.alt.split(".")[0] in explorer.readout.value
    data, metadata = explorer._repr_mimebundle_()
    image = matplotlib.image.imread(io.BytesIO(base64.b64decode(data["image/png"])))
    assert image.shape[2] == 4 and image.std() > 0.05  # RGBA, and not blank
    assert [text.get_text() for text in hidden_texts(picture, image)] == []
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["text/plain"] == metadata["image/png"]["alt"] != ""


@MAKERS
def test_controls_are_native_and_described(make):
    explorer = make()
    for control in vars(explorer.controls).values():
        assert control.description
        assert control.tabbable is not False
    for button in (explorer.reset, explorer.prediction.button):
        assert button.description and button.tooltip
    assert f"tdn-{make.__name__.replace('_', '-')}" in explorer._dom_classes


@MAKERS
def test_nothing_is_shown_before_the_prediction(make, monkeypatch):
    explorer = make()
    runs = count_runs(monkeypatch, explorer)
    assert explorer.children[1:] == (explorer.prediction,)
    assert not any(isinstance(widget, ipywidgets.Image) for widget in ipywidgets.widgets.widget._instances.values())
    assert set(explorer._repr_mimebundle_()[0]) == {"application/vnd.jupyter.widget-view+json", "text/plain"}
    assert runs == []
    explorer.prediction.choice.index = 1
    explorer.prediction.button.click()
    assert explorer.image.value and all(image.value and image.height for image in explorer.image.children)
    assert explorer.prediction.choice.options[1] in explorer.prediction.verdict.value


@pytest.mark.outcome
@pytest.mark.parametrize(("make", "settings", "answer"), PREDICTIONS)
def test_the_measurement_judges_the_prediction(make, settings, answer):
    explorer = make(**settings)
    result, question = explorer.measure_answer(), explorer.prediction.question
    assert question.answer(result) == answer
    assert question.explain(result)


@pytest.mark.parametrize(("make", "wrong"), REFUSED)
def test_first_values_out_of_range_are_refused(make, wrong):
    (value,) = wrong.values()
    with pytest.raises(ValueError) as caught:
        make(**wrong)
    assert repr(value) in str(caught.value)
