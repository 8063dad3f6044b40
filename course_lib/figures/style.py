"""The look that all figures share: colours, line styles and markers, limits and numbers."""

import re
from itertools import cycle, islice

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import LogFormatterSciNotation, LogLocator, MaxNLocator, NullLocator

# Petroff 2021: ten colours that stay apart with colour-blind eyes; styles and markers say the same once more.
BLUE, ORANGE, RED, GREY, PURPLE, BROWN, VERMILION, SAND, SLATE, CYAN = matplotlib.color_sequences["petroff10"]
TEXT = "#333333"
DPI = 120
CSS_PIXELS_PER_INCH = 100  # on the page: a little denser than the screen, so that letters stay sharp


WIDEST = 9.5  # of a figure, in inches
WIDEST_PANEL = 4.75  # one that is wider would have to be scrolled on a page of 900 pixels, or its text be too small


def new_figure(width_ratios, *, width=None, height=3.7, bottom=0.155, top=0.755, wspace=0.3):
    """A Figure (in inches) with one row of axes of the given relative widths, and its axes in a list."""
    if width is None:
        width = min(WIDEST, WIDEST_PANEL * sum(width_ratios) / max(width_ratios))
    figure = Figure(figsize=(width, height), dpi=DPI)
    left, right = 0.67 / width, 1 - 0.14 / width
    grid = {"width_ratios": width_ratios, "left": left, "right": right, "bottom": bottom, "top": top, "wspace": wspace}
    axes = figure.subplots(1, len(width_ratios), squeeze=False, gridspec_kw=grid)[0]
    return figure, list(axes)


def label(ax, title, x, y, legend_rows=1):
    """Title (with room for a legend below it), axis labels, a light grid, no frame above and on the right."""
    # fixed positions: matplotlib would otherwise measure every tick label at every drawing, a third of its time
    ax.set_title(title, fontsize=10, color=TEXT, loc="left", y=1.0, pad=7 + 13 * legend_rows)
    ax.set_xlabel(x, fontsize=9, color=TEXT)
    ax.set_ylabel(y, fontsize=9, color=TEXT)
    ax.xaxis.set_label_coords(0.5, -0.12)
    inches = ax.get_position().width * ax.figure.get_figwidth()
    ax.yaxis.set_label_coords(-0.48 / inches, 0.5)
    ax.tick_params(labelsize=8.5, colors=TEXT)
    ax.grid(True, color="#e3e3e3", linewidth=0.7)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)


def logarithmic_y(ax):
    """Make the y-axis logarithmic, with a few ticks at powers of ten; on a short one at 2 and 5 as well."""
    ax.set_yscale("log")
    ax.yaxis.set_major_locator(_PowersOfTen(numticks=8))
    ax.yaxis.set_major_formatter(_PlainBetweenPowers())
    ax.yaxis.set_minor_locator(NullLocator())


class _PowersOfTen(LogLocator):
    """Powers of ten; on a short axis their double and fivefold too, and on a very short one equal steps."""

    def tick_values(self, vmin, vmax):
        powers = super().tick_values(vmin, vmax)
        for ticks in (powers, np.outer(powers, (1, 2, 5)).ravel()):
            if np.sum((ticks >= vmin) & (ticks <= vmax)) > 1:
                return ticks
        return MaxNLocator(4).tick_values(vmin, vmax)


class _PlainBetweenPowers(LogFormatterSciNotation):
    """10 with its exponent, and plain numbers where the axis is too short for that."""

    def __call__(self, x, pos=None):
        low, high = self.axis.get_view_interval()
        return f"{x:.4g}" if high < 100 * low else super().__call__(x, pos)


def legend(ax, handlelength=2.2, rows=1, handles=None):
    """The legend between title and axes, where it hides no data; markers alone need a shorter handle."""
    handles = ax.get_legend_handles_labels()[0] if handles is None else handles
    where = {"loc": "lower left", "bbox_to_anchor": (0, 1.0), "borderaxespad": 0.2, "borderpad": 0}
    look = {"fontsize": 8.5, "frameon": False, "labelcolor": TEXT, "columnspacing": 1.2, "handlelength": handlelength}
    return ax.legend(handles=handles, **where, **look, ncols=-(-len(handles) // rows))


def legends(ax, handles):
    """A legend of the first handle, one of the first two, and so on: ``show_one`` of them names what is there."""
    found = [legend(ax, handles=handles[: n + 1]) for n in range(len(handles))]
    for each in found[:-1]:
        ax.add_artist(each)  # axes forget a legend when they get another one
    return found


def show_one(artists, index):
    """Hide all artists but one."""
    for at, artist in enumerate(artists):
        artist.set_visible(at == index)


def heading(figure):
    """An empty bold line of text above all axes."""
    return figure.text(0.012, 0.935, "", fontsize=10.5, color=TEXT, weight="bold")


def distinct_styles(n):
    """``n`` dicts of colour, line style and marker, each different from the others in all three."""
    styles = zip(
        cycle([BLUE, VERMILION, PURPLE, SLATE, BROWN, CYAN, SAND]),
        cycle(["-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 2))]),
        cycle(["o", "s", "^", "D", "v", "P", "X"]),
        strict=False,
    )
    return [{"color": color, "linestyle": line, "marker": marker} for color, line, marker in islice(styles, n)]


def decades(*arrays, low=-4, high=1):
    """Limits of a logarithmic axis around all positive finite values: 10**low to 10**high, or further in long strides.

    Every stride doubles the distance to 1, so that limits rarely change: the eye can compare what it sees before and
    after a slider moved, and a live figure keeps its background.
    """
    values = np.concatenate([np.ravel(a) for a in arrays])
    values = np.log10(values[np.isfinite(values) & (values > 0)])
    while values.size and values.min() < low:
        low *= 2
    while values.size and values.max() > high:
        high = max(4, 2 * high)
    return 10.0**low, 10.0**high


def number(x) -> str:
    """A float for a sentence, with two significant digits: 0.13, 250, 5.7 × 10⁻¹³, 10⁻⁵, "not finite"."""
    if not np.isfinite(x):
        return "not finite"
    digits, exponent = f"{x:.1e}".split("e")
    return f"{float(f'{x:.2g}'):g}" if -3 <= int(exponent) <= 3 else power_of_ten(digits, exponent)


def percents(text: str) -> str:
    """The text with a space before each per cent sign that follows its number, at which no line breaks."""
    return re.sub(r"(?<=\d)%", "\u00a0%", text)


def power_of_ten(digits: str, exponent: str) -> str:
    """The number that Python writes as digits, the letter e, exponent: 5.7 × 10⁻¹³, 10⁻⁵, 0."""
    if float(digits) == 0:
        return "0"
    mantissa = "" if float(digits) == 1 else f"{digits}\u00a0×\u00a0"  # no line break within a number
    raised = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa}10{raised}"
