"""Every diagram of every unit: legible, nothing cut off or on top of something else, and said in words."""

from importlib import import_module
from importlib.util import find_spec
from itertools import combinations

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from course_lib.figures.style import CSS_PIXELS_PER_INCH
from course_lib.units import built

MODULES = [name for unit in built() if find_spec(name := f"course_lib.units.{unit}.figures.diagrams")]
DIAGRAMS = [
    draw for name in MODULES for called, draw in vars(import_module(name)).items() if called.endswith("_diagram")
]


@pytest.fixture(params=DIAGRAMS, ids=lambda draw: draw.__name__)
def diagram(request):
    return request.param()


def letters(diagram):
    """The texts that are drawn, and their extents."""
    canvas = FigureCanvasAgg(diagram.figure)
    canvas.draw()
    texts = [text for text in diagram.figure.axes[0].texts if text.get_text()]
    return texts, [text.get_window_extent(canvas.get_renderer()) for text in texts]


def test_text_is_at_least_11_pixels_high(diagram):
    texts, _ = letters(diagram)
    assert texts and all(text.get_fontsize() / 72 * CSS_PIXELS_PER_INCH >= 11 for text in texts)
    assert diagram.figure.get_figwidth() * CSS_PIXELS_PER_INCH <= 480  # what a page of 900 pixels shows in full size


def test_no_text_is_cut_or_covers_another(diagram):
    texts, boxes = letters(diagram)
    for text, box in zip(texts, boxes, strict=True):
        assert box.x0 >= 0 and box.x1 <= diagram.figure.bbox.x1 and box.y0 >= 0 and box.y1 <= diagram.figure.bbox.y1, (
            text
        )
    for (one, first), (other, second) in combinations(zip(texts, boxes, strict=True), 2):
        assert not first.overlaps(second), (one.get_text(), other.get_text())


def test_both_directions_differ_in_more_than_colour_and_are_said(diagram):
    looks = {(line.get_color(), line.get_linestyle()) for line in diagram.figure.axes[0].lines}
    assert len(looks) == len({color for color, _ in looks}) == len({style for _, style in looks}) == 2
    assert ("orward" in diagram.alt and "ackward" in diagram.alt) or "way back" in diagram.alt


def test_displays_itself(diagram):
    data, metadata = diagram._repr_mimebundle_()
    assert diagram.alt == data["text/plain"] == metadata["image/png"]["alt"]
