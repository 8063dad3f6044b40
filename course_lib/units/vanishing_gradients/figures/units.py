"""What each hidden unit of a network in two dimensions computes, as small maps between edges coloured by gradient."""

from itertools import pairwise

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.ticker import FuncFormatter

from course_lib.figures.style import TEXT
from course_lib.units.vanishing_gradients.experiments.playground import UNITS_SHOWN

DEEPEST = 10
TILE, GAP = 24, 6  # pixels of the canvas
HEIGHT = UNITS_SHOWN * (TILE + GAP)
SMALLEST, LARGEST = -6, 0  # powers of ten: gradients beyond are drawn as these
GRADIENT = LinearSegmentedColormap.from_list("gradient", ["#dcdcdc", "#e8a06a", "#bd3a01"])


class UnitMap:
    """The inputs, up to five units of each hidden layer, and the outputs, as columns in an axes.

    A unit's map shows its output over the plane, less its mean there: white where it is the same everywhere. The scale
    of colours is that of the layer whose outputs vary most so far, so that a layer is pale where less is left of the
    inputs than in a layer before it. Each edge has the colour and the width of its weight's gradient.

    Parameters
    ----------
    ax : axes that has its place in the figure
    colours : colormap of the maps, white in the middle
    """

    def __init__(self, ax, colours):
        box = ax.get_window_extent()
        self._ax, self._colours = ax, colours
        self._width = round(HEIGHT * box.width / box.height)
        ax.set(ylim=(HEIGHT, 0), yticks=[])
        ax.xaxis.set_major_formatter(FuncFormatter(self._name_column))
        ax.tick_params(length=0, pad=2)
        ax.grid(False)
        ax.spines[:].set_visible(False)
        self._edges = LineCollection([], cmap=GRADIENT, norm=Normalize(SMALLEST, LARGEST), zorder=1)
        ax.add_collection(self._edges, autolim=False)
        self._maps = ax.imshow(
            np.zeros((1, 1, 4), np.uint8), extent=(0, 1, HEIGHT, 0), aspect="auto", interpolation="nearest", zorder=2
        )
        below = {"ha": "center", "va": "top", "fontsize": 8.5, "color": TEXT}
        self._spreads = [ax.text(0, HEIGHT + 18, "", **below) for _ in range(DEEPEST)]
        self.changing = [self._edges, self._maps, *self._spreads]

    def draw(self, result):
        """Show a ``Snapshot``."""
        depth, side = len(result.units), result.units.shape[-1]
        columns = [_inputs(side), *_on_one_scale(result.units), _outputs(result.probability)]
        self._ax.set(xlim=(0, len(columns)), xticks=np.arange(len(columns)) + 0.5)
        canvas = np.zeros((HEIGHT, self._width, 4), np.uint8)
        across = (np.arange(len(columns)) + 0.5) / len(columns) * self._width
        middles = [(x, y) for x, column in zip(across, columns, strict=True) for y in _heights(len(column))]
        for (x, y), tile in zip(middles, self._colours(np.concatenate(columns), bytes=True), strict=True):
            _put(canvas, tile, x, y)
        self._maps.set_extent((0, len(columns), HEIGHT, 0))
        self._maps.set_data(canvas)
        self._join([len(column) for column in columns], result.edges)
        for at, text in enumerate(self._spreads):
            text.set(x=at + 1.5, text=short(result.spread[at]) if at < depth else "")

    def _name_column(self, x, _):
        last = round(self._ax.get_xlim()[1]) - 1
        return {0: "x", last: "P(1)"}.get(int(x), f"{int(x)}")

    def _join(self, counts, gradient):
        """An edge for each weight in the order of ``Snapshot.edges``, all edges into the output's map at its middle."""
        ends = [*map(_heights, counts[:-1]), np.full(2, HEIGHT / 2)]
        half = 0.5 * TILE / self._width * len(counts)
        self._edges.set_segments(
            [
                ((at + 0.5 + half, y), (at + 1.5 - half, into))
                for at, (ys, intos) in enumerate(pairwise(ends))
                for y in ys
                for into in intos
            ]
        )
        size = np.log10(np.clip(np.nan_to_num(gradient, nan=0.0), 10.0**SMALLEST, 10.0**LARGEST))
        self._edges.set_array(size)
        self._edges.set_linewidth(0.5 + 1.5 * (size - SMALLEST) / (LARGEST - SMALLEST))


def _heights(n):
    """The middles of ``n`` maps above one another, half way down the canvas."""
    return HEIGHT / 2 + (np.arange(n) - (n - 1) / 2) * (TILE + GAP)


def _on_one_scale(units):
    """Numbers from 0 to 1, 0.5 for the mean: 0 and 1 are twice the largest standard deviation of a layer so far."""
    units = np.nan_to_num(units, nan=0.0, posinf=0.0, neginf=0.0).astype(np.float64)
    largest = 2 * np.maximum.accumulate(units.std(axis=(1, 2, 3)))[:, None, None, None]
    return 0.5 + 0.5 * np.clip(units / np.where(largest > 0, largest, 1), -1, 1)


def _inputs(side):
    along = np.tile(np.linspace(0, 1, side), (side, 1))
    return np.array([along, along.T])


def _outputs(probability):
    return np.nan_to_num(probability, nan=0.5)[None, ::2, ::2]


def _put(canvas, tile, x, y):
    """A map with a grey frame around the point (x, y); its first row is the lowest."""
    top, left = round(y - TILE / 2), round(x - TILE / 2)
    canvas[top : top + TILE, left : left + TILE] = tile[::-1]
    frame = canvas[top : top + TILE, left : left + TILE]
    frame[[0, -1]] = frame[:, [0, -1]] = (153, 153, 153, 255)


def short(x) -> str:
    """One digit in little room: 0.2, 0.005, 3e-5."""
    digit = f"{x:.0e}"
    return digit.replace("e-0", "e-") if 0 < float(digit) < 1e-3 else f"{float(digit):g}"
