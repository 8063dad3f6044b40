"""Figures say what they show: in labels, in the data of their lines, and in words."""

from dataclasses import replace

import numpy as np
import pytest

from course_lib.figures.picture import png
from course_lib.figures.style import number
from course_lib.units.vanishing_gradients.experiments.activation_portrait import compare
from course_lib.units.vanishing_gradients.experiments.gradient_check_curve import check_gradient
from course_lib.units.vanishing_gradients.experiments.playground import Playground
from course_lib.units.vanishing_gradients.experiments.propagation import propagate
from course_lib.units.vanishing_gradients.experiments.slopes import SHAPES
from course_lib.units.vanishing_gradients.experiments.standardised_features import standardised_features
from course_lib.units.vanishing_gradients.figures import (
    ActivationPicture,
    FeaturesPicture,
    GradientCheckPicture,
    PlaygroundPicture,
    SignalPicture,
    activation_strip,
)
from course_lib.units.vanishing_gradients.figures.signal import change
from course_lib.units.vanishing_gradients.figures.units import short
from vanishing_gradients.examples import trained

pytestmark = pytest.mark.compiled


def test_signal_picture_draws_and_says_the_data():
    result = propagate(12, 24, "tanh", "lecun_normal", seed=4, gain=1.5)
    picture = SignalPicture(result)
    lines = {line.get_label(): line for ax in picture.figure.axes for line in ax.lines}
    np.testing.assert_array_equal(lines["of the weights"].get_ydata(), result.weight_gradient_norm)
    np.testing.assert_array_equal(lines["of the inputs"].get_ydata(), result.input_gradient_norm)
    np.testing.assert_array_equal(lines["saturated"].get_ydata(), result.saturated)
    np.testing.assert_array_equal(lines["dead"].get_ydata(), result.dead)
    np.testing.assert_array_equal(lines["between samples"].get_ydata(), result.between_samples)
    np.testing.assert_array_equal(lines["units too"].get_ydata(), result.activation_std)
    for value in (result.between_samples[-1], result.activation_std[0], result.input_gradient_norm[0]):
        assert number(value) in picture.alt
    assert change(result.input_gradient_norm[-1], result.input_gradient_norm[0]) in picture.alt


def test_signal_and_gradient_are_on_one_scale():
    spread, gradient, _ = SignalPicture(propagate()).figure.axes
    assert spread.get_ylim() == gradient.get_ylim()


def test_the_readout_says_both_directions_with_the_factor_a_layer():
    result = propagate()
    assert SignalPicture.describe(result).count("vanishes") == 2
    for sizes in (result.between_samples, result.input_gradient_norm[::-1]):
        each = np.exp(np.diff(np.log(sizes)).mean())
        assert f"by a factor of {each:.3f} a layer" in SignalPicture.describe(result)
    assert "factor" not in SignalPicture.describe(propagate(5, 8, "relu", "zeros"))


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
    result = compare("tanh", 0.3, 4.0, None, ("relu", "sigmoid"))
    text = ActivationPicture.describe(result)
    assert f"{result.first.saturated:.1%}" in text and f"{result.first.output_mean:.2f}" in text
    assert "not zero-centred" in text
    for other in result.others:
        assert f"{other.activation} {other.saturated:.1%} and {number(other.slope_mean_square)}" in text
    assert "are zero-centred" in ActivationPicture.describe(compare("tanh", 0.0, 4.0))


def test_activation_picture_overlays_the_chosen_functions():
    result = compare("elu", 0.0, 1.0, 0.5, ("tanh", "gelu"))
    picture = ActivationPicture(result)
    values, slopes = ([line for line in ax.lines if len(line.get_xdata()) > 2] for ax in picture.figure.axes)
    by_name = {each.activation: each for each in (result.first, *result.others)}
    expected = [by_name[name] for name in SHAPES if name in by_name]
    for line, portrait in zip(values, expected, strict=True):
        np.testing.assert_array_equal(line.get_ydata(), portrait.value)
    for line, portrait in zip(slopes, expected, strict=True):
        np.testing.assert_array_equal(line.get_ydata(), portrait.slope)
    names = [text.get_text() for text in picture.figure.axes[0].texts if text.get_text()]
    assert names == ["elu", "tanh", "gelu"]


def test_all_functions_at_once_have_each_a_colour_and_a_line_of_their_own():
    picture = ActivationPicture(compare("relu", others=SHAPES))
    lines = [line for line in picture.figure.axes[1].lines if len(line.get_xdata())]
    for looks in ([line.get_color() for line in lines], [str(line._unscaled_dash_pattern) for line in lines]):
        assert len(set(looks)) == len(looks) == len(SHAPES)


@pytest.mark.parametrize("name", SHAPES)
def test_strip_shows_value_and_derivative(name):
    strip, shape = activation_strip(name), SHAPES[name]
    value, slope = strip.figure.axes[0].lines[:2]
    np.testing.assert_array_equal(value.get_ydata(), shape.value(value.get_xdata()))
    np.testing.assert_array_equal(slope.get_ydata(), shape.slope(slope.get_xdata()))
    assert name in strip.alt and number(shape.slope(np.array([2.0]))[0]) in strip.alt
    low, high = strip.figure.axes[0].get_ylim()
    assert low < min(value.get_ydata()[100:300].min(), slope.get_ydata().min())
    assert high > slope.get_ydata().max()


def test_features_picture_draws_every_seed_and_says_the_range():
    result = standardised_features(("sigmoid", "tanh"), (1, 3), (0, 1))
    picture = FeaturesPicture(result)
    sigmoid, tanh = picture.figure.axes
    assert [ax.get_title(loc="left") for ax in (sigmoid, tanh)] == ["sigmoid", "tanh"]
    dots = [line.get_ydata() for line in tanh.lines if line.get_linestyle() == "None"]
    np.testing.assert_array_equal(dots, [result.raw[1].ravel(), result.standardised[1].ravel()])
    low, high = 100 * result.standardised[0, 1].min(), 100 * result.standardised[0, 1].max()
    assert f"sigmoid, 3 layers: 9 % on the features as they are, {low:.0f} to {high:.0f} % once" in picture.alt


def test_gradient_check_picture_says_the_errors_at_the_chosen_step():
    curve = check_gradient(h=1e-3)
    picture = GradientCheckPicture(curve)
    assert number(curve.central[curve.chosen]) in picture.alt and number(curve.one_sided[curve.chosen]) in picture.alt
    step = next(line for line in picture.figure.axes[0].lines if line.get_label() == "the chosen step")
    assert step.get_xdata()[0] == curve.h[curve.chosen]


def test_playground_picture_draws_points_and_gradient():
    result = trained(40, skip=True, max_norm=0.01)
    picture = PlaygroundPicture(result)
    _, plane, gradient, loss = picture.figure.axes
    drawn = sum(len(line.get_xdata()) for line in plane.lines)
    assert drawn == len(result.points)
    np.testing.assert_array_equal(plane.images[0].get_array(), result.probability)
    assert plane.images[0].origin == "lower"
    np.testing.assert_array_equal(loss.lines[0].get_ydata(), result.loss)
    np.testing.assert_array_equal(gradient.lines[0].get_ydata(), result.gradient_norm)
    for text in (f"{result.accuracy:.0%}", "Step 40", f"scaled down in {result.clipped} of", number(result.spread[-1])):
        assert text in picture.alt
    blind = replace(result, probability=np.full_like(result.probability, np.nan))
    assert png(PlaygroundPicture(blind).figure).startswith(b"\x89PNG")


def units_drawn(result):
    """The colours of the maps (layers, units, pixels, pixels, RGB), and the edges with their numbers."""
    network = PlaygroundPicture(result).figure.axes[0]
    canvas, (edges,) = network.images[0].get_array() / 255, network.collections  # bytes
    depth, shown = result.units.shape[:2]
    opaque = canvas[:, :, 3] > 0
    columns = np.flatnonzero(np.diff(opaque.any(axis=0).astype(int), prepend=0) == 1)
    assert len(columns) == depth + 2  # with inputs and output
    maps = []
    for left in columns[1:-1]:
        rows = np.flatnonzero(np.diff(opaque[:, left].astype(int), prepend=0) == 1)
        assert len(rows) == shown
        maps.append([canvas[top + 1 : top + 23, left + 1 : left + 23, :3] for top in rows])
    return np.array(maps), edges


def test_maps_of_the_units_fade_where_the_network_forgets():
    sigmoid, _ = units_drawn(trained(depth=6, activation="sigmoid"))
    colour = (1 - sigmoid).max(axis=-1).mean(axis=(1, 2, 3))  # how far from white
    # until they are white, but for the 256 steps of the colours
    assert colour[0] > 0.1 and colour[-1] < 0.01 and np.all(np.diff(colour[:4]) < 0)
    tanh, _ = units_drawn(trained(depth=6, activation="tanh"))
    assert np.all((1 - tanh).max(axis=-1).mean(axis=(1, 2, 3)) > 0.1)


def test_maps_have_the_plane_the_right_way_up():
    result = trained(depth=1, width=4, activation="identity")
    maps, _ = units_drawn(result)
    orange = maps[0, :, :, :, 0] - maps[0, :, :, :, 2]  # positive where the unit is above its mean
    for unit, drawn in zip(result.units[0], orange, strict=True):
        upside_up = np.corrcoef(drawn[::-1].ravel(), unit[1:-1, 1:-1].ravel())[0, 1]
        assert upside_up > 0.9


@pytest.mark.parametrize(("width", "shown"), [(3, 3), (8, 5)])
def test_every_edge_has_the_gradient_of_its_weight(width, shown):
    network = Playground(depth=2, width=width)
    network.advance(3)
    result, gradients = network.snapshot(), network._network.weight_gradients()
    _, edges = units_drawn(result)
    assert len(edges.get_segments()) == len(result.edges) == 2 * shown + shown**2 + 2 * shown
    expected = np.concatenate([np.abs(g[:shown, :shown]).ravel() for g in gradients])
    np.testing.assert_array_equal(result.edges, expected)
    np.testing.assert_allclose(edges.get_array(), np.log10(np.clip(expected, 1e-6, 1)), rtol=1e-6)
    # row by row: the edges of the first input come first, and lead to all units
    assert len({tuple(segment[0]) for segment in edges.get_segments()[:shown]}) == 1


@pytest.mark.parametrize(
    ("x", "text"), [(0.213, "0.2"), (0.0049, "0.005"), (3.2e-5, "3e-5"), (9.7e-4, "0.001"), (2e-13, "2e-13"), (0, "0")]
)
def test_short_numbers(x, text):
    assert short(x) == text
