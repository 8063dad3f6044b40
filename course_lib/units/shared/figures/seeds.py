"""The same thing measured with several seeds: the median, and a band from the smallest value to the largest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.ticker import MaxNLocator

from course_lib.figures.picture import Shown, show
from course_lib.figures.style import distinct_styles, label, legend, logarithmic_y, new_figure, number

LONGEST_LEGEND = 56  # letters in one row above a panel, of which the line before each name takes the room of six
KEY = 6
MOST_MARKERS = 40  # of longer curves, single values are not marked
APART = 0.02  # of the height of all curves: two that are nowhere further apart would be one to the eye
RING = {"markerfacecolor": "none", "markersize": 7}  # around the markers of another curve


@dataclass(frozen=True)
class Panel:
    """One plot: a name for each curve, and its values, one row for each seed (or a single row).

    ``at`` holds what the values belong to on the x-axis; by default they are counted, from 1 on.
    """

    series: Mapping[str, Sequence]
    title: str
    x: str
    y: str
    log: bool = False
    at: Sequence | None = None


def over_seeds(*panels: Panel) -> Shown:
    """The panels side by side. A curve ends where the values of fewer than half of the seeds are finite.

    Raises
    ------
    ValueError
        When the rows of a curve differ in length.
    """
    figure, axes = new_figure([1] * len(panels))
    said = [sentence for ax, panel in zip(axes, panels, strict=True) for sentence in _draw(ax, panel)]
    return show(figure, " ".join(said))


def _draw(ax, panel: Panel):
    lines = []
    for (name, rows), style in zip(panel.series.items(), distinct_styles(len(panel.series)), strict=True):
        values = np.atleast_2d(np.array(rows, dtype=float))
        finite = np.ma.masked_invalid(values)
        finite[:, finite.count(axis=0) < len(values) / 2] = np.ma.masked
        x = np.arange(1, values.shape[1] + 1) if panel.at is None else np.asarray(panel.at)
        is_short = values.shape[1] <= MOST_MARKERS
        style = style if is_short else {**style, "marker": "", "linewidth": 1}
        lines += ax.plot(x, np.ma.median(finite, axis=0), label=name, markersize=4, **style)
        if len(values) > 1:
            low, high = finite.min(axis=0), finite.max(axis=0)
            ax.fill_between(x, low, high, color=style["color"], alpha=0.2, linewidth=0)
        yield f"{panel.title}, {name}: {_ends(values)}."
    if panel.log:
        logarithmic_y(ax)
    _tell_apart(lines, panel.log)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    rows = legend_rows(list(panel.series))
    label(ax, panel.title, panel.x, panel.y, legend_rows=rows)
    legend(ax, rows=rows)


def _tell_apart(lines, log: bool):
    """Give rings to a curve that would hide one before it."""
    heights = [np.ma.log10(line.get_ydata()) if log else line.get_ydata() for line in lines]
    near = APART * np.ma.ptp(np.ma.concatenate(heights))
    for at, (line, height) in enumerate(zip(lines, heights, strict=True)):
        if any(len(before) == len(height) and np.ma.abs(before - height).max() <= near for before in heights[:at]):
            line.set(**RING)


def legend_rows(names: Sequence[str]) -> int:
    """How many rows a legend of these names needs. It is filled column by column."""
    for rows in range(1, len(names)):
        columns = np.array_split([len(name) for name in names], -(-len(names) // rows))
        if sum(KEY + max(column) for column in columns) <= LONGEST_LEGEND:
            return rows
    return max(1, len(names))


def _ends(values: np.ndarray) -> str:
    """The first and the last value: the median over the seeds, and how far they are apart."""
    first, last = (np.where(np.isfinite(column), column, np.nan) for column in (values[:, 0], values[:, -1]))
    text = f"from {_middle(first)} to {_middle(last)}"
    if len(values) > 1 and np.isfinite(last).any():
        text += f" at the end ({number(np.nanmin(last))} to {number(np.nanmax(last))} with {len(values)} seeds)"
    lost = int(np.isnan(last).sum())
    return f"{text}, not finite with {lost} of {len(values)} seeds" if lost else text


def _middle(column: np.ndarray) -> str:
    return number(np.nanmedian(column)) if np.isfinite(column).any() else "not finite"
