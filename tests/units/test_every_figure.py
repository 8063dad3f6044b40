"""Every figure of every unit says what it shows, and is drawn again without a trace of what it showed before."""

import base64
import subprocess
import sys
from importlib import import_module

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from thrift import first_of_each
from widths import fits_a_narrow_page

from course_lib.figures.picture import panels, png
from course_lib.units import built

pytestmark = pytest.mark.compiled

EXAMPLES = {unit: import_module(f"{unit}.examples") for unit in built()}
FIGURES = {picture: results for each in EXAMPLES.values() for picture, results in each.FIGURES.items()}
WITHOUT_NUMBERS = [row for each in EXAMPLES.values() for row in each.WITHOUT_NUMBERS]


# what is compared pixel by pixel is drawn six times
ONE_OF_A_UNIT = pytest.mark.parametrize(
    "case",
    first_of_each(each.FIGURES for each in EXAMPLES.values()),
    indirect=True,
    ids=lambda picture: picture.__name__,
)


@pytest.fixture(scope="module", params=FIGURES, ids=lambda picture: picture.__name__)
def case(request):
    return request.param, *FIGURES[request.param]


@pytest.fixture(scope="module")
def drawn(case):
    """Pictures of the two results; no test changes them."""
    picture, *results = case
    return [picture(result) for result in results]


@pytest.fixture(scope="module")
def images(drawn):
    """What these pictures look like, as arrays of pixels."""
    return list(map(pixels, drawn))


def pixels(picture):
    canvas = FigureCanvasAgg(picture.figure)
    canvas.draw()
    return np.array(canvas.buffer_rgba())


def test_all_axes_are_labelled(drawn):
    for ax in drawn[0].figure.axes:
        assert ax.get_xlabel() and ax.get_ylabel() and ax.get_title(loc="left")


def test_lines_that_share_an_axis_differ_in_more_than_colour(drawn):
    for ax in drawn[1].figure.axes:
        looks = [(line.get_linestyle(), line.get_marker()) for line in ax.lines if line.get_label()[0] != "_"]
        assert len(set(looks)) == len(looks)


def test_every_panel_fits_a_narrow_page(drawn):
    assert fits_a_narrow_page(drawn[0].figure)


def test_no_letter_is_cut_where_panels_part(drawn, images):
    for picture, image in zip(drawn, images, strict=True):
        for place in panels(picture.figure):
            panel = image[place]
            for edge in (panel[0], panel[-1], panel[:, 0], panel[:, -1]):
                assert np.all(edge == 255), place


@ONE_OF_A_UNIT
def test_drawing_again_gives_the_same_pixels_as_a_new_figure(case, images):
    (picture, first, second), (before, after) = case, images
    again = picture(first)
    again.update(second)
    assert np.array_equal(pixels(again), after)
    again.update(first)
    assert np.array_equal(pixels(again), before)
    assert not np.array_equal(before, after)


def test_picture_displays_as_png_with_its_description(case, drawn):
    picture, first, second = case
    data, metadata = drawn[0]._repr_mimebundle_()
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert data["text/plain"] == metadata["image/png"]["alt"] == drawn[0].alt == picture.describe(first)
    assert picture.describe(first) != picture.describe(second)


@pytest.mark.parametrize(("picture", "result", "text"), WITHOUT_NUMBERS)
def test_a_result_without_numbers_to_show_is_drawn_and_said(picture, result, text):
    drawn = picture(result)
    assert png(drawn.figure).startswith(b"\x89PNG")
    assert "nan" not in drawn.alt
    assert text in drawn.alt


@ONE_OF_A_UNIT
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
    assert np.array_equal(pixels(drawn), pixels(other))


@pytest.mark.parametrize("unit", built())
def test_no_picture_is_forgotten(unit):
    names = import_module(f"course_lib.units.{unit}.figures").__all__
    assert {picture.__name__ for picture in EXAMPLES[unit].FIGURES} == {n for n in names if n.endswith("Picture")}


def test_figures_never_import_pyplot():
    """One process for all units: Matplotlib takes a second to import."""
    modules = [f"course_lib.units.{unit}.figures" for unit in built()]
    code = f"import sys, {', '.join(modules)}; print('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "False"
