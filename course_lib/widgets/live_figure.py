"""A picture that follows a slider: only what changed is drawn, and its bytes go to image widgets."""

import threading
from collections import OrderedDict

import ipywidgets
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.image import AxesImage
from matplotlib.legend import Legend
from matplotlib.text import Text

from course_lib.figures.picture import SHRINKS_TO, Picture, css, encode, panels
from course_lib.widgets.names import PICTURE

GHOST = 0.35  # opacity of what is pinned
WORDS = (Text, Legend)
KEPT_BACKGROUNDS = 8  # of 1 MB each; a slider that goes back and forth finds its background again


class LiveFigure:
    """Shows a ``Picture``, an ``ipywidgets.Image`` for each of its panels.

    The axes of a panel are drawn once for each set of axis limits and kept as a background; ``update`` puts the
    changing artists on top of it (blitting). Text is what takes longest: the heading is left out, since it stands above
    all panels, and other text is drawn again only when it says something else.

    Parameters
    ----------
    picture : Picture, showing
    result : what it was made for

    Attributes
    ----------
    image : Panels
    """

    def __init__(self, picture: Picture, result):
        self.picture, self._result, self._pinned = picture, result, None
        # a training thread and a moved slider may want to draw at the same time
        self._lock = threading.Lock()
        for artist in picture.changing:
            artist.set_animated(True)
        self._drawn = [artist for artist in picture.changing if not isinstance(artist, WORDS)]
        self.image = Panels(picture, self._lock)
        self._paint()

    def update(self, result) -> str:
        """Show ``result``; returns what the picture shows, in words."""
        with self._lock:
            self._result = result
            self.picture.update(result)
            self._paint()
            return self.picture.alt

    def pin(self, result) -> None:
        """Show this result, pale, behind what is shown; None ends it."""
        with self._lock:
            self._pinned = result
            self._paint()

    def _paint(self):
        self.image.clear()
        if self._pinned is not None:
            self._draw_ghost()
        for artist in self._drawn:
            self.picture.figure.draw_artist(artist)
        self.image.show()

    def _draw_ghost(self):
        figure, picture = self.picture.figure, self.picture
        views = [(ax, ax.get_xlim(), ax.get_ylim()) for ax in figure.axes]
        picture.draw(self._pinned)
        for ax, xlim, ylim in views:  # those of what is shown
            ax.set(xlim=xlim, ylim=ylim)
        for artist in self._drawn:
            # these could not be told from those on top of them
            if not isinstance(artist, AxesImage | LineCollection):
                opacity = artist.get_alpha()
                artist.set_alpha(GHOST * (1.0 if opacity is None else opacity))
                figure.draw_artist(artist)
                artist.set_alpha(opacity)
        picture.draw(self._result)


class Panels(ipywidgets.HBox):
    """The panels of a picture, side by side where the page is wide enough."""

    def __init__(self, picture, lock):
        self._figure, self._lock = picture.figure, lock
        renderer = FigureCanvasAgg(picture.figure).get_renderer()
        self._pixels = np.asarray(renderer.buffer_rgba())  # no copy: drawing changes it
        self._pixels[:] = 255
        self._panels = [_Panel(picture, self._pixels, place) for place in panels(picture.figure)]
        super().__init__(
            [panel.image for panel in self._panels], layout={"flex_flow": "row wrap", "overflow": "auto hidden"}
        )
        self.add_class(PICTURE)

    @property
    def value(self) -> bytes:
        """The whole picture as one PNG image, with its heading."""
        with self._lock:
            without = self._pixels.copy()
            for text in self._figure.texts:
                self._figure.draw_artist(text)
            image = encode(self._pixels)
            self._pixels[:] = without
            return image

    def clear(self) -> None:
        """Put axes and texts on the canvas, and nothing else."""
        for panel in self._panels:
            panel.clear()

    def show(self) -> None:
        """Send what has changed on the canvas to the page."""
        for panel in self._panels:
            panel.show()


class _Panel:
    """A part of the canvas with the axes in it, and the widget that shows it."""

    def __init__(self, picture, pixels, place):
        self._figure, self._pixels, (rows, columns) = picture.figure, pixels[place], place
        self._axes = [ax for ax in self._figure.axes if _is_in(place, ax)]
        self._texts = [text for text in picture.changing if isinstance(text, WORDS) and text.axes in self._axes]
        self._backgrounds = OrderedDict()
        self._said = self._with_texts = self._shown = None
        self.image = _image(css(rows), css(columns))

    def clear(self):
        limits = tuple(ax.viewLim.bounds for ax in self._axes)
        said = limits, [_says(text) for text in self._texts]
        if said != self._said:
            self._pixels[:] = self._background(limits)
            for text in self._texts:
                self._figure.draw_artist(text)
            self._said, self._with_texts = said, self._pixels.copy()
        self._pixels[:] = self._with_texts

    def show(self):
        if not np.array_equal(self._pixels, self._shown):
            self._shown = self._pixels.copy()
            self.image.value = encode(self._shown)

    def _background(self, limits):
        """The axes with these limits, which they have now."""
        if limits not in self._backgrounds:
            self._pixels[:] = 255
            for ax in self._axes:
                self._figure.draw_artist(ax)
            self._backgrounds[limits] = self._pixels.copy()
        self._backgrounds.move_to_end(limits)
        if len(self._backgrounds) > KEPT_BACKGROUNDS:
            self._backgrounds.popitem(last=False)
        return self._backgrounds[limits]


def _says(words):
    """What tells whether a text or legend has to be drawn again."""
    return words.get_visible() if isinstance(words, Legend) else (words.get_text(), words.get_position())


def _is_in(place, ax) -> bool:
    """Whether the middle of the axes lies in these rows and columns of pixels."""
    (x, y), (rows, columns) = ax.get_position().get_points().mean(axis=0), place
    _, _, width, height = ax.figure.bbox.bounds
    return rows.start <= (1 - y) * height < rows.stop and columns.start <= x * width < columns.stop


def _image(height, width):
    # the attributes tell the page the proportions before the image is there
    layout = {
        "width": f"{width}px",
        "height": "auto",
        "max_width": "100%",
        "min_width": f"{round(SHRINKS_TO * width)}px",
    }
    return ipywidgets.Image(format="png", width=f"{width}", height=f"{height}", layout=layout)
