"""Figures say what they show: in labels, in the data of their lines, and in words."""

import base64
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

from course_lib.figures.picture import png, show
from course_lib.figures.style import decades, distinct_styles, number
from course_lib.units.vanishing_gradients.experiments.activation_portrait import portray
from course_lib.units.vanishing_gradients.experiments.gradient_check_curve import check_gradient
from course_lib.units.vanishing_gradients.experiments.playground import Playground
from course_lib.units.vanishing_gradients.experiments.propagation import propagate
from course_lib.units.vanishing_gradients.figures import (
    ActivationPicture,
    GradientCheckPicture,
    PlaygroundPicture,
    SignalPicture,
)
from course_lib.units.vanishing_gradients.figures.signal import change

pytestmark = pytest.mark.compiled


def trained(steps=0, **settings):
    network = Playground(**settings)
    network.advance(steps)
    return network.snapshot()


# for every picture two results that differ in all that is drawn, axis limits included
RESULTS = {
    SignalPicture: (propagate(), propagate(50, 16, "relu", "normal 1", seed=2, gain=2.0)),
    ActivationPicture: (portray("tanh", 0.0, 2.0), portray("relu", -3.0, 0.5)),
    GradientCheckPicture: (check_gradient(), check_gradient("relu", "float32", h=1e-2)),
    PlaygroundPicture: (trained(), trained(300, data="circles", depth=5, activation="relu")),
}
BROKEN = {
    SignalPicture: propagate(5, 8, "relu", "zeros"),
    PlaygroundPicture: trained(400, activation="identity", initialization="normal 1", lr=50.0),
}


@pytest.fixture(params=RESULTS, ids=lambda picture: picture.__name__)
def case(request):
    return request.param, *RESULTS[request.param]


def test_all_axes_are_labelled(case):
    picture, first, _ = case
    for ax in picture(first).figure.axes:
        assert ax.get_xlabel() and ax.get_ylabel() and ax.get_title(loc="left")


def test_lines_that_share_an_axis_differ_in_more_than_colour(case):
    picture, _, second = case
    for ax in picture(second).figure.axes:
        looks = [(line.get_linestyle(), line.get_marker()) for line in ax.lines if line.get_label()[0] != "_"]
        assert len(set(looks)) == len(looks)


def test_drawing_again_gives_the_same_pixels_as_a_new_figure(case):
    picture, first, second = case
    drawn = picture(first)
    before = png(drawn.figure)
    drawn.update(second)
    assert png(drawn.figure) == png(picture(second).figure)
    drawn.update(first)
    assert png(drawn.figure) == before != png(picture(second).figure)


def test_picture_displays_as_png_with_its_description(case):
    picture, first, second = case
    drawn = picture(first)
    data, metadata = drawn._repr_mimebundle_()
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert data["text/plain"] == metadata["image/png"]["alt"] == drawn.alt == picture.describe(first)
    assert picture.describe(first) != picture.describe(second)


@pytest.mark.parametrize("picture", BROKEN)
def test_a_result_without_numbers_to_show_is_drawn_and_said(picture):
    drawn = picture(BROKEN[picture])
    assert png(drawn.figure).startswith(b"\x89PNG")
    assert "nan" not in drawn.alt
    expected = {SignalPicture: "exactly zero", PlaygroundPicture: "no longer finite"}[picture]
    assert expected in drawn.alt


def test_changing_artists_are_all_that_changes(case):
    # what is not listed stays in the background of a live figure, and would show an old state
    picture, first, second = case
    drawn, other = picture(first), picture(second)
    for each in (drawn, other):
        for artist in each.changing:
            artist.set_visible(False)
    for ax, model in zip(other.figure.axes, drawn.figure.axes, strict=True):
        ax.set(xlim=model.get_xlim(), ylim=model.get_ylim(), xticks=model.get_xticks(), yticks=model.get_yticks())
    for ax in drawn.figure.axes:
        ax.set(xlim=ax.get_xlim(), ylim=ax.get_ylim(), xticks=ax.get_xticks(), yticks=ax.get_yticks())
    assert png(drawn.figure) == png(other.figure)


def test_signal_picture_draws_and_says_the_data():
    result = propagate(12, 24, "tanh", "lecun_normal", seed=4, gain=1.5)
    picture = SignalPicture(result)
    lines = {line.get_label(): line for ax in picture.figure.axes for line in ax.lines}
    np.testing.assert_array_equal(lines["of the weights"].get_ydata(), result.weight_gradient_norm)
    np.testing.assert_array_equal(lines["of the inputs"].get_ydata(), result.input_gradient_norm)
    np.testing.assert_array_equal(lines["saturated"].get_ydata(), result.saturated)
    np.testing.assert_array_equal(lines["dead"].get_ydata(), result.dead)
    np.testing.assert_array_equal(picture.figure.axes[0].lines[0].get_ydata(), result.activation_std)
    for value in (result.activation_std[0], result.activation_std[-1], result.input_gradient_norm[0]):
        assert number(value) in picture.alt
    assert change(result.input_gradient_norm[-1], result.input_gradient_norm[0]) in picture.alt


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        (1.0, 1e-9, "vanishes"),
        (1.0, 0.05, "shrinks"),
        (2.0, 3.0, "keeps"),
        (1.0, 50.0, "grows"),
        (1e-3, 1e6, "explodes"),
        (1.0, 0.0, "exactly zero"),
        (0.0, 0.0, "exactly zero"),
        (0.0, 1.0, "exactly zero"),
        (1.0, np.inf, "not finite"),
        (np.nan, 1.0, "not finite"),
    ],
)
def test_change_in_words(before, after, word):
    assert word in change(before, after)


def test_activation_picture_says_the_shares():
    result = portray("tanh", 0.3, 4.0)
    text = ActivationPicture.describe(result)
    assert f"{result.saturated:.1%}" in text and f"{result.output_mean:.2f}" in text and "not zero-centred" in text
    assert "are zero-centred" in ActivationPicture.describe(portray("tanh", 0.0, 4.0))


def test_gradient_check_picture_says_the_errors_at_the_chosen_step():
    curve = check_gradient(h=1e-3)
    picture = GradientCheckPicture(curve)
    assert number(curve.central[curve.chosen]) in picture.alt and number(curve.one_sided[curve.chosen]) in picture.alt
    step = next(line for line in picture.figure.axes[0].lines if line.get_label() == "the chosen step")
    assert step.get_xdata()[0] == curve.h[curve.chosen]


def test_playground_picture_draws_points_and_gradient():
    result = trained(40)
    picture = PlaygroundPicture(result)
    plane, loss, gradient = picture.figure.axes
    drawn = sum(len(line.get_xdata()) for line in plane.lines)
    assert drawn == len(result.points)
    np.testing.assert_array_equal(plane.images[0].get_array(), result.probability)
    assert plane.images[0].origin == "lower"
    np.testing.assert_array_equal(loss.lines[0].get_ydata(), result.loss)
    np.testing.assert_array_equal(gradient.lines[0].get_ydata(), result.gradient_norm)
    assert f"{result.accuracy:.0%}" in picture.alt and "Step 40" in picture.alt
    blind = replace(result, probability=np.full_like(result.probability, np.nan))
    assert png(PlaygroundPicture(blind).figure).startswith(b"\x89PNG")


def test_show_wraps_any_figure_and_wants_a_text():
    figure = Figure()
    data, metadata = show(figure, "an empty page")._repr_mimebundle_()
    assert data["text/plain"] == metadata["image/png"]["alt"] == "an empty page"
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    with pytest.raises(ValueError, match="alt must say"):
        show(figure, "  ")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.1266, "0.13"),
        (250.0, "250"),
        (1e-5, "10⁻⁵"),
        (-3.14e12, "-3.1\u00a0×\u00a010¹²"),
        (np.inf, "not finite"),
        (np.nan, "not finite"),
        (9999.0, "10⁴"),
    ],
)
def test_numbers_for_sentences(value, text):
    assert number(value) == text


@pytest.mark.parametrize("seed", range(20))
def test_decades_hold_all_positive_values_and_change_in_strides(seed):
    rng = np.random.default_rng(seed)
    values = 10.0 ** rng.uniform(-250, 250, 5) if seed % 2 else 10.0 ** rng.uniform(-3, 1, 5)
    low, high = decades(values, [0.0, np.nan, np.inf])
    assert low <= values.min() and values.max() <= high
    assert decades(values * 1.0001)[0] == low or seed % 2
    assert decades([0.0]) == decades([np.nan])


def test_styles_differ_in_all_channels():
    styles = distinct_styles(7)
    for channel in ("color", "linestyle", "marker"):
        assert len({style[channel] for style in styles}) == 7


def test_figures_never_import_pyplot():
    code = "import sys, course_lib.units.vanishing_gradients.figures; print('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "False"
