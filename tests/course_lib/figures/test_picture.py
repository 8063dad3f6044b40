"""Pictures on a page: panels that a narrow page puts below each other, and their alternative text."""

import base64
import io
import re

import matplotlib.image
import numpy as np
import pytest
from matplotlib.figure import Figure

from course_lib.figures.picture import HEADING, MARGIN, encode, panels, panels_html, png
from course_lib.figures.style import DPI, heading, label, legend, new_figure


def drawn(ratios, title=""):
    figure, axes = new_figure(ratios)
    for ax in axes:
        ax.plot([0, 250], [1e-12, 1], label="a line")
        ax.set(yscale="log", xlim=(0, 250))
        label(ax, "Title", "training step", "cross-entropy (nats)")
        legend(ax)
    if title:
        heading(figure).set_text(title)
    return figure


def pixels(image):
    return (255 * matplotlib.image.imread(io.BytesIO(image))).round().astype(np.uint8)


@pytest.mark.parametrize("ratios", [[1], [1.5, 1], [1, 1], [1.05, 1.05, 0.8]])
def test_no_panel_cuts_what_is_drawn(ratios):
    figure = drawn(ratios)
    image = pixels(png(figure))
    places = panels(figure)
    assert len(places) == len(ratios)
    ink = (image != 255).any(axis=2)
    for _, columns in places:
        assert not ink[:, columns.start].any()
        assert columns.stop >= image.shape[1] or not ink[:, columns.stop].any()
    assert (image[:, places[-1][1].stop :] == 255).all()
    assert max(columns.stop - columns.start for _, columns in places) <= 4.9 * DPI


def test_axes_that_are_near_each_other_are_one_panel_and_hidden_ones_none():
    figure, axes = new_figure([1, 0.05], wspace=0.1)
    assert len(panels(figure)) == 1
    figure, axes = new_figure([1, 1, 1])
    axes[-1].set_visible(False)
    assert len(panels(figure)) == 2


def test_the_html_has_the_heading_as_text_and_one_alternative_text():
    html = panels_html(drawn([1, 1], title="Two <runs>"), 'what "it" shows')
    assert html.startswith("<div><b>Two &lt;runs&gt;</b></div>")
    assert 'role="img" aria-label="what &quot;it&quot; shows" tabindex="0"' in html
    images = [pixels(base64.b64decode(data)) for data in re.findall(r"base64,([^\"]+)\"", html)]
    assert len(images) == 2 and html.count('alt=""') == 2
    below = pixels(png(drawn([1, 1], title="Two <runs>")))[round(HEADING * DPI) :]
    (inked,) = np.nonzero((below != 255).any(axis=(1, 2)))
    assert inked[0] > MARGIN  # empty rows are left out
    shown = below[inked[0] - MARGIN : inked[-1] + 1 + MARGIN]
    np.testing.assert_array_equal(images[0], shown[:, : images[0].shape[1]])


@pytest.mark.parametrize("ratios", [[1, 1], [1.5, 1], [1.05, 1.05, 0.8]])
def test_the_panels_of_a_row_may_shrink_until_they_share_it(ratios):
    html = panels_html(drawn(ratios), "panels")
    flex = [[int(number) for number in found] for found in re.findall(r"flex:(\d+) 1 (\d+)px", html)]
    assert len(flex) == len(ratios)
    assert sum(least for _, least in flex) <= 948  # an output in a window of 1400 pixels, beside the list of files


def test_the_encoder_loses_nothing():
    noise = np.random.default_rng(0).integers(0, 256, (17, 31, 4), dtype=np.uint8)
    np.testing.assert_array_equal(pixels(encode(noise)), noise)


def test_rows_are_cut_above_the_titles_of_the_next():
    figure = Figure(figsize=(9.5, 6), dpi=DPI)
    for place in ((0.08, 0.62, 0.6, 0.25), (0.75, 0.62, 0.24, 0.25), (0.08, 0.1, 0.4, 0.25), (0.58, 0.1, 0.41, 0.25)):
        ax = figure.add_axes(place)
        label(ax, "Title", "x", "y")
        ax.xaxis.set_label_coords(0.5, -0.2)
    ink = (pixels(png(figure)) != 255).any(axis=2)
    places = panels(figure)
    assert len(places) == 4
    assert sum(ink[place].sum() for place in places) == ink.sum()
    assert not ink[places[0][0].stop].any()
