"""A picture that follows a slider: only what changed is drawn, and its bytes go to an image widget."""

import struct
import threading
import zlib
from collections import OrderedDict

import ipywidgets
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg

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
    """The canvas as a PNG image (RFC 2083).

    Rows without a filter and zlib's fastest level take 3 ms for 1152 x 444 pixels, where Pillow takes 7 at that level
    and 12 at its usual one; large areas of one colour still compress to 60 kB. It is felt where the machine is busy:
    with two programs to a core, a moved slider costs 19 to 41 ms in the kernel, and 35 to 63 with Pillow, measured in
    turns. This encoder takes a quarter to a half of the redraw's processor time, Pillow a half to three quarters.
    """
    pixels = np.asarray(canvas.buffer_rgba())
    height, width, channels = pixels.shape
    rows = np.zeros((height, 1 + width * channels), np.uint8)  # every row starts with its filter type: 0, none
    rows[:, 1:] = pixels.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)  # 8 bits per channel, colour type 6: RGBA
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, level=1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
