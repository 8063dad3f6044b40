"""A figure that displays itself in a notebook, and can be drawn again for another result."""

import base64
import io
from dataclasses import dataclass
from html import escape

from matplotlib.artist import Artist
from matplotlib.figure import Figure

from course_lib.figures.style import CSS_PIXELS_PER_INCH


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
    """The mimebundle of a static figure; with HTML, as JupyterLab ignores the alternative text of a bare image."""
    data, metadata = mimebundle(figure, png(figure), alt)
    source = f"data:image/png;base64,{data['image/png']}"
    html = f'<img src="{source}" alt="{escape(alt)}" width="{css_size(figure)[0]}" style="max-width:100%">'
    return {"text/html": html, **data}, metadata


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
