"""A picture that follows a slider: only what changed is drawn, and its bytes go to image widgets."""

import threading
from collections import OrderedDict

import ipywidgets
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.image import AxesImage
from matplotlib.text import Text

from course_lib.figures.picture import SHRINKS_TO, Picture, css, encode, panels
from course_lib.widgets.names import PICTURE

GHOST = 0.35  # opacity of what is pinned
KEPT_BACKGROUNDS = 8  # of 2 MB each; a slider that goes back and forth finds its background again


class LiveFigure:
    """Shows a ``Picture``, an ``ipywidgets.Image`` for each of its panels.

    The axes are drawn once for each set of axis limits and kept as a background; ``update`` puts the changing artists
    on top of it (blitting).

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
        self._canvas = FigureCanvasAgg(picture.figure)
        self._backgrounds = OrderedDict()
        # a training thread and a moved slider may want to draw at the same time
        self._lock = threading.Lock()
        for artist in picture.changing:
            artist.set_animated(True)
        self.image = Panels(picture.figure, self._canvas)
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
        figure, canvas = self.picture.figure, self._canvas
        limits = tuple(ax.viewLim.bounds for ax in figure.axes)
        if limits in self._backgrounds:
            canvas.restore_region(self._backgrounds[limits])
        else:
            canvas.draw()
            self._backgrounds[limits] = canvas.copy_from_bbox(figure.bbox)
        self._backgrounds.move_to_end(limits)
        if len(self._backgrounds) > KEPT_BACKGROUNDS:
            self._backgrounds.popitem(last=False)
        if self._pinned is not None:
            self._draw_ghost()
        for artist in self.picture.changing:
            figure.draw_artist(artist)
        self.image.show()

    def _draw_ghost(self):
        figure, picture = self.picture.figure, self.picture
        views = [(ax, ax.get_xlim(), ax.get_ylim()) for ax in figure.axes]
        picture.draw(self._pinned)
        for ax, xlim, ylim in views:  # those of what is shown
            ax.set(xlim=xlim, ylim=ylim)
        for artist in picture.changing:
            # these could not be told from those on top of them
            if not isinstance(artist, Text | AxesImage | LineCollection):
                opacity = artist.get_alpha()
                artist.set_alpha(GHOST * (1.0 if opacity is None else opacity))
                figure.draw_artist(artist)
                artist.set_alpha(opacity)
        picture.draw(self._result)


class Panels(ipywidgets.HBox):
    """The panels of a canvas, side by side where the page is wide enough."""

    def __init__(self, figure, canvas):
        self._canvas, self._places = canvas, panels(figure)
        super().__init__(
            [_image(css(rows), css(columns)) for rows, columns in self._places],
            layout={"flex_flow": "row wrap", "overflow": "auto hidden"},
        )
        self.add_class(PICTURE)

    @property
    def value(self) -> bytes:
        """The whole picture as one PNG image."""
        return encode(np.asarray(self._canvas.buffer_rgba()))

    def show(self) -> None:
        """Send the canvas to the page."""
        pixels = np.asarray(self._canvas.buffer_rgba())
        for image, place in zip(self.children, self._places, strict=True):
            image.value = encode(pixels[place])


def _image(height, width):
    # the attributes tell the page the proportions before the image is there
    layout = {
        "width": f"{width}px",
        "height": "auto",
        "max_width": "100%",
        "min_width": f"{round(SHRINKS_TO * width)}px",
    }
    return ipywidgets.Image(format="png", width=f"{width}", height=f"{height}", layout=layout)
