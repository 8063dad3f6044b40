"""Of this unit's figures alone: what their pictures and their words say of a result."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from course_lib.figures.picture import panels
from course_lib.figures.style import number
from course_lib.units.normalization.experiments.batch_gap import SIZES, batch_gap
from course_lib.units.normalization.experiments.depth_gain import GAINS, depth_gain
from course_lib.units.normalization.experiments.ioffe import Ioffe
from course_lib.units.normalization.experiments.noisy_norm import ARMS, NoisyNorm
from course_lib.units.normalization.experiments.sharing import sharing
from course_lib.units.normalization.experiments.zigzag import zigzag
from course_lib.units.normalization.figures import (
    BatchPicture,
    DepthGainPicture,
    SharingPicture,
    ZigzagPicture,
    ioffe_figure,
    noisy_norm_figure,
    sharing_figure,
)
from course_lib.units.normalization.figures.sharing import FIRST, OTHER, SHARED, TILE, canvas

pytestmark = pytest.mark.compiled

RNG = np.random.default_rng(0)
UNIT = Ioffe((0, 1, 2), np.arange(9, 91, 9), RNG.uniform(size=(2, 3, 10)), np.sort(RNG.normal(size=(2, 3, 10, 3))))
NOISE = NoisyNorm((0, 1, 2), np.arange(7, 71, 7), *RNG.uniform(size=(2, 3, 3, 10)), *RNG.uniform(size=(2, 3, 3, 3)))
# the figures that no slider moves
STATIC = {
    "one unit": lambda: ioffe_figure(UNIT),
    "noise": lambda: noisy_norm_figure(NOISE),
    "sharing": sharing_figure,
}


def curves(ax):
    return {line.get_label(): line for line in ax.lines if not line.get_label().startswith("_")}


def reaches(band, runs):
    """Whether a band goes from the smallest to the largest value."""
    heights = band.get_paths()[0].vertices[:, 1]
    return heights.min() == pytest.approx(runs.min()) and heights.max() == pytest.approx(runs.max())


@pytest.mark.parametrize("draw", STATIC.values(), ids=STATIC)
def test_axes_are_labelled_letters_large_and_none_is_cut(draw):
    figure = draw().figure
    canvas_of = FigureCanvasAgg(figure)
    canvas_of.draw()
    image = np.array(canvas_of.buffer_rgba())
    for ax in figure.axes:
        assert ax.get_xlabel() and ax.get_ylabel() and ax.get_title(loc="left")
        texts = [ax.xaxis.label, ax.yaxis.label, *ax.get_xticklabels(), *ax.get_yticklabels()]
        assert all(text.get_fontsize() >= 8.5 for text in texts)  # 11.8 CSS pixels
        looks = [(line.get_linestyle(), line.get_marker()) for line in curves(ax).values()]
        assert len(set(looks)) == len(looks)
    for place in panels(figure):
        panel = image[place]
        assert all(np.all(edge == 255) for edge in (panel[0], panel[-1], panel[:, 0], panel[:, -1])), place


def test_one_unit_has_the_median_in_a_band_between_the_outer_percentiles():
    shown = ioffe_figure(UNIT)
    accuracy, *units = shown.figure.axes
    for line, runs in zip(accuracy.lines, UNIT.accuracy, strict=True):
        np.testing.assert_array_equal(line.get_xydata(), np.stack([UNIT.steps, np.median(runs, axis=0)], axis=1))
    for ax, runs in zip(units, UNIT.percentiles, strict=True):
        for line, band, values in zip(curves(ax).values(), ax.collections, runs, strict=True):
            np.testing.assert_array_equal(line.get_ydata(), values[:, 1])
            assert reaches(band, values[:, (0, 2)])
        assert ax.get_ylim() == units[0].get_ylim()  # to be compared
    assert "after 90 steps, 3 seeds" in shown.alt and f"to {UNIT.percentiles[1, 2, -1, 0]:.1f} /" in shown.alt


def test_noise_has_three_networks_and_says_the_relative_shift_too():
    shown = noisy_norm_figure(NOISE)
    accuracy, shift = shown.figure.axes
    assert list(curves(accuracy)) == list(curves(shift)) == list(ARMS)
    for ax, measured in ((accuracy, NOISE.accuracy), (shift, NOISE.shift)):
        for line, runs in zip(ax.lines, measured, strict=True):
            np.testing.assert_array_equal(line.get_ydata(), np.median(runs, axis=0))
    np.testing.assert_array_equal(accuracy.lines[0].get_xdata(), NOISE.steps)
    smallest = np.median(NOISE.relative_shift[2], axis=0).min()
    assert f"{number(smallest)} to" in shown.alt.split("In standard deviations")[1]


def test_the_path_and_the_contours_are_those_of_the_first_sample():
    result = zigzag(4.0, 0.5, 0.3, 0.6)
    picture = ZigzagPicture(result)
    plane, losses = picture.figure.axes
    path = curves(plane)["gradient descent"].get_xydata()
    np.testing.assert_array_equal(path, result.path[: len(path)])
    ring = plane.lines[0].get_xydata()
    ring = ring[np.isfinite(ring).all(axis=1)]
    values = np.einsum("ti,ij,tj->t", ring, result.hessian, ring) / 2  # the start has half of it along, half across
    assert {round(float(value), 6) for value in values} == {round(level**2, 6) for level in (0.1, 0.25, 0.5, 0.75, 1)}
    # equal scales: as many pixels for a unit in both directions
    box = plane.get_window_extent()
    x, y = np.ptp(plane.get_xlim()), np.ptp(plane.get_ylim())
    assert box.width / x == pytest.approx(box.height / y, rel=1e-6)
    median = curves(losses)["median"].get_ydata()
    np.testing.assert_allclose(median[:5], np.median(result.losses, axis=0)[:5])


def test_depth_and_gain_have_the_chosen_row_and_all_gains():
    result = depth_gain("tanh", 8, gain=3.0)
    layers, apart, gains = DepthGainPicture(result).figure.axes
    for ax, measured in ((layers, result.gradient), (apart, result.spread)):
        for name, runs in zip(("without", "batch norm"), measured[:, :, result.row], strict=True):
            np.testing.assert_array_equal(curves(ax)[name].get_ydata(), np.median(runs, axis=0))
    line = curves(gains)["batch norm"]
    np.testing.assert_array_equal(line.get_xdata(), GAINS)
    np.testing.assert_array_equal(line.get_ydata(), np.median(result.gradient[1, ..., 0], axis=0))
    assert f"a factor of {result.factors[1]:.2f} a layer" in DepthGainPicture.describe(result)


def test_batches_have_both_modes_at_every_size_and_the_sorted_answers():
    result = batch_gap(16, 0.5, 4)
    gap, company, error = BatchPicture(result).figure.axes
    for line, runs in zip(curves(gap).values(), (result.training, result.evaluation), strict=True):
        np.testing.assert_array_equal(line.get_xdata(), SIZES)
        np.testing.assert_array_equal(line.get_ydata(), np.median(runs, axis=0))
    answers = curves(company)["of the batch"].get_ydata()
    np.testing.assert_array_equal(answers, np.median(np.sort(result.in_company, axis=1), axis=0))
    np.testing.assert_allclose(curves(error)["1 / √size"].get_ydata(), np.array(SIZES) ** -0.5)
    low, high = result.training[:, 3].min(), result.training[:, 3].max()
    assert f"loss {low:.2f} to {high:.2f} by the statistics of batches of 16" in BatchPicture.describe(result)


def test_the_tensor_has_a_square_for_each_image_and_channel():
    result = sharing("group", 4, 3, 2)
    image = canvas(result.block, 8)
    assert image.shape == (8 * TILE, 8 * TILE, 3) and np.all(image[3 * TILE :] == 1)
    middle = TILE // 2 + 2  # in the last pixel of a square
    found = image[middle::TILE, middle::TILE][:3]
    expected = np.where(result.block[:, :, -1, -1, None], SHARED, OTHER)
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(image[3, 3], FIRST)
    numbers = [text.get_text() for text in SharingPicture(result).figure.axes[0].texts]
    assert numbers == ["1", "2", "3", "", "", "", "", ""]


def test_what_is_not_noticed_and_what_cannot_be_is_said():
    def notes(result):
        return [text.get_text() for text in SharingPicture(result).figure.axes[1].texts]

    assert notes(sharing()) == ["", "", "not noticed"]
    assert notes(sharing("layer", n=1)) == ["no others", "not noticed", ""]
    assert notes(sharing("instance", side=1)) == ["all zero"] * 3
    assert "; 1 mean of 288 entries." in SharingPicture.describe(replace(sharing(), means=1, entries=288))
