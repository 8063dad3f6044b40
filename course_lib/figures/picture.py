"""A figure that displays itself in a notebook, and can be drawn again for another result."""

import base64
import io
import struct
import zlib
from dataclasses import dataclass
from html import escape
from itertools import pairwise, zip_longest

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from course_lib.figures.style import CSS_PIXELS_PER_INCH, DPI, percents


def png(figure: Figure) -> bytes:
    """The figure as a PNG image."""
    out = io.BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()


def mimebundle(figure: Figure, image: bytes, alt: str):
    """What Jupyter needs to display ``image``, a PNG of ``figure``, with its alternative text: (data, metadata)."""
    data = {"image/png": base64.b64encode(image).decode("ascii"), "text/plain": alt}
    return data, {"image/png": {"alt": alt, "width": css_size(figure)[0]}}


def described(figure: Figure, alt: str):
    """The mimebundle of a static figure; as HTML its panels, which a narrow page puts below each other."""
    data, metadata = mimebundle(figure, png(figure), alt)
    return {"text/html": panels_html(figure, alt), **data}, metadata


def panels_html(figure: Figure, alt: str) -> str:
    """The panels as images in one element that has the alternative text, below the figure's heading."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())
    heading = "".join(f"<div><b>{escape(text.get_text())}</b></div>" for text in figure.texts)
    images = "".join(
        f'<img src="data:image/png;base64,{_base64(pixels[_inked(pixels, rows), columns])}" alt="" '
        f'width="{css(columns)}" style="{_shrinking(css(columns))}">'
        for rows, columns in panels(figure)
    )
    row = "display:flex;flex-wrap:wrap;gap:4px;align-items:flex-start;overflow-x:auto"
    return f'{heading}<div role="img" aria-label="{escape(percents(alt))}" tabindex="0" style="{row}">{images}</div>'


def _base64(pixels: np.ndarray) -> str:
    return base64.b64encode(encode(pixels)).decode("ascii")


def _inked(pixels, rows: slice) -> slice:
    """Those of the rows in which something is drawn, and a margin."""
    (inked,) = np.nonzero((pixels[rows] != 255).any(axis=(1, 2)))
    if not inked.size:
        return rows
    start, stop = rows.start + inked[0] - MARGIN, rows.start + inked[-1] + 1 + MARGIN
    return slice(max(rows.start, int(start)), min(rows.stop, int(stop)))


def _shrinking(width: int) -> str:
    """The style of a panel ``width`` CSS pixels wide: panels share a row as long as each has its least width."""
    least = round(SHRINKS_TO * width)
    # the per cent tell what is around the panel that it may be narrower, too
    return f"flex:{width} 1 {least}px;min-width:{least}px;max-width:min(100%,{width}px)"


# At full size, text is 11.8 CSS pixels high; a page that is too narrow for 11 has to be scrolled.
SHRINKS_TO = 0.933
HEADING = 0.33  # inches: the strip in which a figure has its heading
TITLE = 0.5  # inches: above axes, for their title and legend
MARGIN = 10  # pixels above and below what is drawn
LABELS = 0.84  # inches on the left of axes that are enough for their numbers and label
GAP = 0.3  # inches between axes that are panels of their own; a colour bar is nearer


def panels(figure: Figure) -> list[tuple[slice, slice]]:
    """Rows and columns of pixels of every panel: visible axes, and what is near them, without the figure's heading."""
    width, height = figure.get_size_inches()
    boxes = [Bbox(ax.get_position().get_points() * (width, height)) for ax in figure.axes if ax.get_visible()]
    found, top = [], height - (HEADING if figure.texts else 0)
    rows = _apart(boxes, lambda box: (-box.y1, -box.y0))
    for row, below in zip_longest(rows, rows[1:]):
        bottom = max(box.y1 for box in below) + TITLE if below else 0.0
        columns = _apart(row, lambda box: (box.x0, box.x1))
        ends = [max(box.x1 for box in column) for column in columns]
        starts = [min(box.x0 for box in column) for column in columns[1:]]
        # labels stand on the left of axes, and half a number may stand out on their right
        gaps = [(end, start - end) for end, start in zip(ends, starts, strict=False)]
        cuts = [0.0, *(end + max(0.15 * gap, gap - LABELS) for end, gap in gaps)]
        cuts.append(min(width, ends[-1] + 0.2))
        for left, right in pairwise(cuts):
            found.append((_pixels(height - top, height - bottom), _pixels(left, right)))
        top = bottom
    return found or [(_pixels(0, height), _pixels(0, width))]


def _apart(boxes: list[Bbox], extent) -> list[list[Bbox]]:
    """Boxes in groups that are apart from each other; ``extent`` gives where a box begins and ends."""
    groups = []
    for box in sorted(boxes, key=extent):
        if groups and extent(box)[0] - max(extent(other)[1] for other in groups[-1]) < GAP:
            groups[-1].append(box)
        else:
            groups.append([box])
    return groups


def _pixels(start: float, end: float) -> slice:
    return slice(round(start * DPI), round(end * DPI))


def css(pixels: slice) -> int:
    """How long a range of pixels is on the page, in CSS pixels."""
    return round((pixels.stop - pixels.start) * CSS_PIXELS_PER_INCH / DPI)


def encode(pixels: np.ndarray) -> bytes:
    """Pixels (height, width, RGBA) as a PNG image (RFC 2083).

    Rows without a filter and zlib's fastest level take 3 ms for 1152 x 444 pixels, where Pillow takes 7 at that level
    and 12 at its usual one; large areas of one colour still compress to 60 kB. It is felt where the machine is busy:
    with two programs to a core, a moved slider costs 19 to 41 ms in the kernel, and 35 to 63 with Pillow, measured in
    turns. This encoder takes a quarter to a half of the redraw's processor time, Pillow a half to three quarters.
    """
    height, width, channels = pixels.shape
    rows = np.zeros((height, 1 + width * channels), np.uint8)  # every row starts with its filter type: 0, none
    rows[:, 1:] = pixels.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)  # 8 bits per channel, colour type 6: RGBA
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, level=1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def css_size(figure: Figure) -> tuple[int, int]:
    """Width and height of the figure on the page, in CSS pixels."""
    width, height = figure.get_size_inches() * CSS_PIXELS_PER_INCH
    return round(width), round(height)


@dataclass(frozen=True)
class Shown:
    """A figure with its alternative text, displayable in Jupyter."""

    figure: Figure
    alt: str

    def _repr_mimebundle_(self, **_):
        return described(self.figure, self.alt)


def show(figure: Figure, alt: str) -> Shown:
    """Display a figure as the last line of a cell; a Figure that pyplot did not make does not display itself.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    alt : str, what the picture shows, for those who do not see it

    Raises
    ------
    ValueError
        When ``alt`` is empty.
    """
    if not alt.strip():
        raise ValueError("alt must say what the picture shows, got an empty text")
    return Shown(figure, alt)


class Picture:
    """A figure whose changing artists follow a result.

    Subclasses build ``figure`` and ``changing`` in ``build``, set the artists' data in ``draw``, and say in
    ``describe`` what the picture shows.

    Attributes
    ----------
    figure : matplotlib.figure.Figure
    changing : list of the artists that ``draw`` changes
    alt : str, what the picture shows at present
    """

    figure: Figure
    changing: list[Artist]

    def __init__(self, result):
        self.build()
        self.update(result)

    def build(self) -> None:
        """Make the figure, its axes and its artists, without data."""
        raise NotImplementedError

    def draw(self, result) -> None:
        """Give the artists the data of ``result``."""
        raise NotImplementedError

    @staticmethod
    def describe(result) -> str:
        """A few sentences on what the picture of ``result`` shows."""
        raise NotImplementedError

    def update(self, result) -> None:
        """Show another result in the same figure."""
        self.draw(result)
        self.alt = self.describe(result)

    def _repr_mimebundle_(self, **_):
        return described(self.figure, self.alt)
