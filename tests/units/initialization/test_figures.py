"""Of this unit's figures alone: what their pictures and their words say of a result."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.legend import Legend

from course_lib.figures.picture import panels
from course_lib.figures.style import number
from course_lib.units.initialization.experiments.glorot_histograms import glorot_histograms
from course_lib.units.initialization.experiments.order_and_chaos import order_and_chaos
from course_lib.units.initialization.experiments.rectifier_depth import EPOCHS, RectifierCurves
from course_lib.units.initialization.experiments.scale_map import GAINS, scale_map
from course_lib.units.initialization.experiments.symmetry import SHOWN, STILL, break_symmetry
from course_lib.units.initialization.figures import (
    PhasePicture,
    ScalePicture,
    SymmetryPicture,
    glorot_figure,
    rectifier_figure,
)
from course_lib.units.initialization.figures.scale import FURTHEST, kept, powers
from course_lib.units.initialization.figures.symmetry import TILE, canvas, first_moves, what_moves
from initialization.examples import FIGURES, TRAINED

pytestmark = pytest.mark.compiled


# sizes


@pytest.mark.parametrize(
    ("picture", "at", "named"),
    [
        (SymmetryPicture, 1, (["layer 1"], ["layer 1", "2", "3"])),
        (PhasePicture, 0, (["chosen"], ["chosen", "trained"])),
        (PhasePicture, 2, (["6 × depth scale"], ["6 × depth scale", "trained"])),
    ],
)
def test_a_legend_names_what_is_there(picture, at, named):
    drawn = picture(FIGURES[picture][0])
    for result, names in zip(FIGURES[picture], named, strict=True):
        drawn.update(result)
        legends = [each for each in drawn.figure.axes[at].get_children() if isinstance(each, Legend)]
        shown = [each for each in legends if each.get_visible()]
        assert [[text.get_text() for text in each.get_texts()] for each in shown] == [names]


def test_maps_have_the_sizes_where_their_layer_and_gain_are():
    result = scale_map("relu", 8, 16, gain=0.6)
    picture = ScalePicture(result)
    for ax, sizes in zip(picture.figure.axes, (result.forward, result.backward), strict=False):
        (image,) = ax.images
        np.testing.assert_array_equal(image.get_array(), powers(sizes))
        left, right, low, high = image.get_extent()
        assert (left, right) == (0.5, 8.5) and image.origin == "lower"
        # the middle of the first and of the last row
        half = (high - low) / len(GAINS) / 2
        assert low + half == pytest.approx(GAINS[0]) and high - half == pytest.approx(GAINS[-1])
        chosen, keeps = (line.get_ydata()[0] for line in ax.lines)
        assert chosen == 0.6 and keeps == pytest.approx(2**0.5, abs=1e-3)
    z, gradient = (line.get_ydata() for line in picture.figure.axes[2].lines[:2])
    np.testing.assert_array_equal(z, result.forward[result.row])
    np.testing.assert_array_equal(gradient, result.backward[result.row])


def test_sizes_beyond_the_colours_have_the_last_of_them():
    np.testing.assert_allclose(powers(np.array([0.0, 1e-30, 0.01, 1.0, 1e30])), [-FURTHEST, -FURTHEST, -2, 0, FURTHEST])


def test_the_gains_that_keep_both_sizes_are_said():
    result = scale_map("relu", 20, 64)
    first, last = (float(word) for word in kept(result).split(" both")[0].split("from ")[1].split(" to "))
    for gain, keeps in ((first, True), (last, True), (first - 0.1, False), (last + 0.1, False)):
        row = result.choose(gain).row
        sizes = np.array([result.forward[row, -1] / result.forward[row, 0], result.backward[row, 0]])
        assert np.all((sizes > 0.1) & (sizes < 10)) == keeps
    assert kept(replace(result, backward=np.zeros_like(result.backward))).startswith("With no gain")
    assert kept(result) in ScalePicture.describe(result)


# order and chaos


def test_the_plane_has_every_depth_that_was_tried_and_the_last_panel_those_of_these_biases():
    result = order_and_chaos(2.5, 0.1, 0.6, 12, trained=TRAINED)
    picture = PhasePicture(result)
    plane, way, reach = picture.figure.axes
    dots = plane.collections[-1]
    np.testing.assert_array_equal(dots.get_offsets(), [(1.0, 0.1), (1.8, 0.1), (1.0, 0.2)])
    assert list(np.argsort(dots.get_sizes())) == [2, 0, 1]
    depths = next(line for line in reach.lines if line.get_label() == "trained")
    np.testing.assert_array_equal(depths.get_xydata(), [(1.0, 16), (1.8, 32)])
    assert "16 at 1, 32 at 1.8." in picture.alt and "at 1, 0" not in picture.alt
    theory = next(line for line in way.lines if line.get_label() == "wide layers")
    np.testing.assert_array_equal(theory.get_ydata(), result.theory)
    note = reach.texts[0].get_text()
    assert note == "" and PhasePicture(order_and_chaos()).figure.axes[2].texts[0].get_text().startswith("Measure")


@pytest.mark.parametrize(
    ("weight_variance", "said"),
    [(0.5, "order. Each"), (1.0, "between order and chaos. Each"), (2.0, "chaos. Each")],
)
def test_on_the_line_gradients_keep_their_size(weight_variance, said):
    alt = PhasePicture(order_and_chaos(weight_variance, 0.0, depth=1)).alt
    assert f"biases of variance 0: {said}" in alt and "after 1 wide layer, " in alt
    assert ("keep their size" in alt) == (weight_variance == 1.0)


def test_two_seeds_of_one_place_are_said_as_a_range():
    twice = [*TRAINED, replace(TRAINED[0], depth=20)]
    assert "16 to 20 at 1, 32 at 1.8." in PhasePicture.describe(order_and_chaos(2.5, 0.1, trained=twice))


@pytest.mark.parametrize(("weight", "words"), [(1.0, ("order", "vanish")), (3.0, ("chaos", "explode"))])
def test_the_phase_is_said(weight, words):
    assert all(word in PhasePicture.describe(order_and_chaos(weight)) for word in words)


# symmetry


def test_pictures_stand_in_the_row_of_their_step_and_the_column_of_their_unit():
    result = break_symmetry("tanh", 1, 0.1, 0.01)
    image = canvas(result.pictures)
    assert image.shape == (len(SHOWN) * TILE, 8 * TILE, 4)
    orange = image[..., 0] - image[..., 2]  # grows with the weight
    for step, unit in ((0, 0), (3, 5), (6, 7)):
        tile = orange[step * TILE + 1 : (step + 1) * TILE - 1, unit * TILE + 1 : (unit + 1) * TILE - 1]
        order = np.argsort(result.pictures[step, unit].ravel())
        assert np.all(np.diff(tile.ravel()[order]) >= 0)
    # a weight of zero is white, up to half of one of 256 colours
    assert np.all(canvas(np.zeros((7, 8, 8, 8)))[1, 1] > 0.99)


def test_the_tensors_that_move_are_drawn_and_said():
    result = break_symmetry("sigmoid", 1)
    picture = SymmetryPicture(result)
    starts = [line.get_xdata()[0] for line in picture.figure.axes[2].lines if len(line.get_xdata())]
    assert starts == [2, 2, 1, 1] == [first_moves(result, at)[0] for at in range(4)]
    assert f"W1 (by {number(result.moved[0, -1])})" in picture.alt
    still = replace(result, moved=np.full_like(result.moved, STILL))
    assert what_moves(still) == "no tensor moves" and first_moves(still, 0) == []
    one = break_symmetry()
    assert what_moves(one) == f"b2 (by {number(one.moved[-1, -1])}) moves, W1, b1 and W2 do not"


# figures of the literature


def test_every_layer_has_its_median_and_its_band():
    result = glorot_histograms((0, 1, 2))
    shown = glorot_figure(result)
    densities = (result.activations[0], result.gradients[0], result.activations[1], result.gradients[1])
    for ax, values in zip(shown.figure.axes, densities, strict=True):
        assert ax.get_xlabel() and ax.get_ylabel() and ax.get_title(loc="left")
        for layer, (line, band) in enumerate(zip(ax.lines, ax.collections, strict=True)):
            np.testing.assert_array_equal(line.get_ydata(), np.median(values[:, layer], axis=0))
            assert band.get_paths()[0].vertices[:, 1].max() == pytest.approx(values[:, layer].max())
    assert number(result.gradient_std[0, :, 0].min()) in shown.alt and "3 seeds" in shown.alt
    canvas_of = FigureCanvasAgg(shown.figure)
    canvas_of.draw()
    image = np.array(canvas_of.buffer_rgba())
    for place in panels(shown.figure):  # no letter is cut
        panel = image[place]
        assert all(np.all(edge == 255) for edge in (panel[0], panel[-1], panel[:, 0], panel[:, -1])), place


def test_learning_curves_have_a_panel_for_each_depth():
    errors = np.linspace(0.9, 0.1, 2 * 2 * 3 * EPOCHS).reshape(2, 2, 3, EPOCHS)
    shown = rectifier_figure(RectifierCurves((0, 1, 2), errors, np.ones((2, 2, 3))))
    assert [ax.get_title(loc="left") for ax in shown.figure.axes] == ["22 ReLU layers", "30 ReLU layers"]
    for ax, arms in zip(shown.figure.axes, errors, strict=True):
        for line, runs in zip(ax.lines, arms, strict=True):
            np.testing.assert_array_equal(line.get_ydata(), np.median(runs, axis=0))
    assert "30 ReLU layers, He" in shown.alt
