"""A picture that follows a slider: only what changed is drawn, and its bytes go to an image widget."""

import io
import threading
from collections import OrderedDict

import ipywidgets
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.image import imsave

from course_lib.figures.picture import Picture, css_size

KEPT_BACKGROUNDS = 8  # of 2 MB each; a slider that goes back and forth finds its background again


class LiveFigure:
    """Shows a ``Picture`` in an ``ipywidgets.Image``.

    The axes are drawn once for each set of axis limits and kept as a background; ``update`` puts the changing artists
    on top of it (blitting).

    Parameters
    ----------
    picture : Picture

    Attributes
    ----------
    image : ipywidgets.Image of fixed height, so that the page does not jump
    """

    def __init__(self, picture: Picture):
        self.picture = picture
        self._canvas = FigureCanvasAgg(picture.figure)
        self._backgrounds = OrderedDict()
        # a training thread and a moved slider may want to draw at the same time
        self._lock = threading.Lock()
        for artist in picture.changing:
            artist.set_animated(True)
        width, height = css_size(picture.figure)
        self.image = ipywidgets.Image(
            format="png",
            layout={"width": f"{width}px", "height": f"{height}px", "max_width": "100%", "object_fit": "contain"},
        )
        self._paint()

    def update(self, result) -> str:
        """Show ``result``; returns what the picture shows, in words."""
        with self._lock:
            self.picture.update(result)
            self._paint()
            return self.picture.alt

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
        for artist in self.picture.changing:
            figure.draw_artist(artist)
        self.image.value = _encode(canvas)


def _encode(canvas) -> bytes:
    """The canvas as a PNG image, which matplotlib leaves to Pillow.

    The fastest level takes half as long as the usual one and gives a file hardly larger. Of what a moved slider costs
    in the kernel that is a third to a half; rows without a filter, written by hand, are three times as fast, but what
    they save, 4 ms on an idle machine and 11 on a busy one, nobody notices in a redraw of 50 to 70 ms.
    """
    out = io.BytesIO()
    imsave(out, canvas.buffer_rgba(), format="png", pil_kwargs={"compress_level": 1})
    return out.getvalue()
