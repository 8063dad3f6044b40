"""What a live figure draws and sends when its result changes, and what it leaves as it is."""

import io

import ipywidgets
import matplotlib.image
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from course_lib.figures import style
from course_lib.figures.picture import Picture, panels
from course_lib.widgets.live_figure import LiveFigure


class Two(Picture):
    """Two panels: a line whose height is the result's first number, and a word; a line for the second."""

    def build(self):
        self.figure, self._axes = style.new_figure([1, 1])
        for ax in self._axes:
            style.label(ax, "Title", "x", "y")
            ax.set_xlim(0, 1)
        self._lines = [ax.plot([], [])[0] for ax in self._axes]
        self._word = self._axes[0].text(0.1, 0.1, "", transform=self._axes[0].transAxes)
        self._title = style.heading(self.figure)
        self.changing = [self._word, *self._lines, self._title]

    def draw(self, result):
        *heights, word = result
        for ax, line, height in zip(self._axes, self._lines, heights, strict=True):
            line.set_data([0, 1], [height, height])
            ax.set_ylim(0, 1 if height < 1 else 10)
        self._word.set_text(word)
        self._title.set_text(self.describe(result))

    @staticmethod
    def describe(result):
        return f"Heights {result[0]:g} and {result[1]:g}"


FIRST = (0.3, 0.4, "low")


@pytest.fixture
def live():
    yield LiveFigure(Two(FIRST), FIRST)
    ipywidgets.Widget.close_all()


@pytest.fixture
def drawn(live, monkeypatch):
    """The axes and artists that were drawn, as a list that grows."""
    seen, draw = [], live.picture.figure.draw_artist
    monkeypatch.setattr(live.picture.figure, "draw_artist", lambda artist: (seen.append(artist), draw(artist)))
    return seen


def sent(live):
    return [image.value for image in live.image.children]


def test_a_move_draws_the_lines_alone(live, drawn):
    live.update((0.5, 0.6, "low"))
    assert drawn == live.picture._lines


def test_a_text_is_drawn_when_it_says_something_else(live, drawn):
    picture = live.picture
    live.update((0.5, 0.6, "high"))
    assert drawn == [picture._word, *picture._lines]
    live.update((0.7, 0.6, "high"))
    assert drawn[3:] == picture._lines


def test_of_the_axes_only_those_with_other_limits_are_drawn_and_only_once(live, drawn):
    picture = live.picture
    live.update((0.3, 4.0, "low"))
    assert [artist for artist in drawn if artist in picture._axes] == [picture._axes[1]]
    live.update(FIRST)
    live.update((0.3, 5.0, "low"))
    assert [artist for artist in drawn if artist in picture._axes] == [picture._axes[1]]


def test_only_a_panel_that_has_changed_is_sent(live):
    left, right = sent(live)
    live.update((0.3, 0.9, "low"))
    assert sent(live)[0] is left and sent(live)[1] != right


@pytest.mark.parametrize("result", [(0.5, 0.4, "low"), (3.0, 0.4, "high"), (0.3, 7.0, "")])
def test_the_pixels_are_those_of_a_picture_drawn_at_once(live, result):
    live.update((2.0, 2.0, "in between"))
    live.update(result)
    picture = Two(result)
    canvas = FigureCanvasAgg(picture.figure)
    canvas.draw()
    expected = np.asarray(canvas.buffer_rgba())
    for image, place in zip(live.image.children, panels(picture.figure), strict=True):
        # lines drawn last lie over the axes' frames: single pixels differ, at most 1 in 100
        assert np.mean(np.abs(pixels(image.value) - expected[place].astype(int)).max(axis=2) > 5) < 0.01
    heading = slice(panels(picture.figure)[0][0].start)
    np.testing.assert_array_equal(pixels(live.image.value)[heading], expected[heading])
    assert live.image.value == live.image.value  # asking leaves no trace


def test_what_is_pinned_has_no_part_in_the_next_picture(live):
    other = LiveFigure(Two(FIRST), FIRST)
    live.pin((0.8, 4.0, "pinned"))
    live.update((0.5, 0.6, "high"))
    other.update((0.5, 0.6, "high"))
    assert sent(live) != sent(other)
    live.pin(None)
    assert sent(live) == sent(other)


def pixels(image):
    return (255 * matplotlib.image.imread(io.BytesIO(image))).round().astype(int)
